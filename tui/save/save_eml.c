/* SPDX-License-Identifier: MIT */
#include "save/save_eml.h"

#include "app.h"
#include "export.h"
#include "list/rows.h"
#include "messages.h"
#include "save/save_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STEP_PACKETS 200 /* some 0.2 ms */

/** One message, and whose it is, as screens count. */
struct letter {
	uint32_t id;	  /* of the attempt, */
	uint32_t attempt; /* and its number in all of the capture */
	uint32_t row;	 /* of the delivery or session, from 1 */
	uint32_t number; /* of the attempt in it, from 1 */
};

struct save_eml {
	struct analysis *analysis;
	bool is_sessions; /* rows are sessions, not deliveries */
	bool is_several;  /* rows */
	char folder[SAVE_PATH]; /* "." or with its slash */
	char stem[SAVE_PATH];	/* of the files' names, without ".eml" */
	struct letter *letters; /* by attempt, once all are there */
	uint32_t count;
	uint32_t room;
	uint32_t encrypted; /* attempts that have no message to save */
	uint32_t bare;
	bool is_too_many;
	struct export *export;
	struct message_sink sink; /* the export's, counted */
	uint32_t begun;
	struct messages *messages;
};

/* ---- Which messages ----------------------------------------------------------------------- */

static bool add_letter(struct save_eml *eml, const struct letter *letter)
{
	const struct attempt *attempt = ledger_attempt(analysis_ledger(eml->analysis), letter->id);
	eml->encrypted += attempt->is_encrypted;
	eml->bare += !attempt->is_encrypted && !attempt->has_begun;
	if (!messages_can_give(attempt))
		return true;
	eml->is_too_many = eml->count >= 2 * SAVE_EML_MOST; /* some may be of several rows */
	if (eml->is_too_many)
		return true;
	if (eml->count == eml->room) {
		uint32_t room = eml->room * 2 + 16;
		struct letter *letters = reallocarray(eml->letters, room, sizeof *letters);
		if (!letters)
			return false;
		eml->letters = letters;
		eml->room = room;
	}
	eml->letters[eml->count] = *letter;
	eml->letters[eml->count++].attempt = attempt->number;
	return true;
}

/** The attempt of TRY, as seen where more of its message was. */
static uint32_t better_seen(const struct ledger *ledger, const struct try *try)
{
	const struct attempt *near = ledger_attempt(ledger, try->attempt);
	if (try->twin == NO_ATTEMPT || near->has_digest)
		return try->attempt;
	const struct attempt *far = ledger_attempt(ledger, try->twin);
	return far->has_digest || far->size > near->size ? try->twin : try->attempt;
}

static bool add_delivery(struct save_eml *eml, const struct delivery *delivery)
{
	const struct ledger *ledger = analysis_ledger(eml->analysis);
	for (uint32_t i = 0; i < delivery->try_count; i++)
		if (!add_letter(eml, &(struct letter){better_seen(ledger, &delivery->tries[i]), 0,
						      delivery->number + 1, i + 1}))
			return false;
	return true;
}

static bool add_session(struct save_eml *eml, const struct session *session)
{
	const struct ledger *ledger = analysis_ledger(eml->analysis);
	uint32_t number = 0;
	for (uint32_t id = session->first_attempt; id != NO_ATTEMPT;
	     id = ledger_attempt(ledger, id)->next_in_session)
		if (!add_letter(eml, &(struct letter){id, 0, session->number + 1, ++number}))
			return false;
	return true;
}

static bool add_rows(struct save_eml *eml, const struct app *app)
{
	struct save_rows rows;
	bool is_fine = save_rows_take(app, &rows);
	for (uint32_t i = 0; is_fine && i < rows.count && !eml->is_too_many; i++)
		is_fine = eml->is_sessions
				  ? add_session(eml, ledger_session(app->model.ledger, rows.ids[i]))
				  : add_delivery(eml, delivery_get(app->model.deliveries, rows.ids[i]));
	eml->is_several = rows.count > 1;
	save_rows_free(&rows);
	return is_fine;
}

static int compare_letters(const void *left, const void *right)
{
	const struct letter *a = left, *b = right;
	if (a->attempt != b->attempt)
		return a->attempt < b->attempt ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/** By attempt, each once. */
static void sort_letters(struct save_eml *eml)
{
	uint32_t kept = 0;
	if (!eml->count)
		return;
	qsort(eml->letters, eml->count, sizeof *eml->letters, compare_letters);
	for (uint32_t i = 0; i < eml->count; i++)
		if (!i || eml->letters[i].attempt != eml->letters[kept - 1].attempt)
			eml->letters[kept++] = eml->letters[i];
	eml->count = kept;
}

/** Why there is nothing to be saved, or too much. */
static bool refuse(const struct save_eml *eml, struct fault *fault)
{
	if (eml->is_too_many || eml->count > SAVE_EML_MOST)
		return fault_set(fault, FAULT_USAGE,
				 "more than %d messages at once: --eml DIR writes them all",
				 SAVE_EML_MOST);
	if (eml->encrypted && eml->bare)
		return fault_set(fault, FAULT_USAGE,
				 "%u encrypted (TLS), and no message on %u other attempts",
				 eml->encrypted, eml->bare);
	if (eml->encrypted)
		return fault_set(fault, FAULT_USAGE, "%s encrypted (TLS): it cannot be read",
				 eml->encrypted == 1 ? "the message is" : "all messages are");
	return fault_set(fault, FAULT_USAGE, "no message was sent: all ended before it");
}

/* ---- Names -------------------------------------------------------------------------------- */

/** Takes PATH, which ends in ".eml", apart. */
static bool take_path(struct save_eml *eml, const char *path, struct fault *fault)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct stat status;
	snprintf(eml->folder, sizeof eml->folder, "%.*s", slash ? (int)(name - path) : 1,
		 slash ? path : ".");
	snprintf(eml->stem, sizeof eml->stem, "%.*s", (int)(strlen(name) - strlen(".eml")), name);
	if (!eml->stem[0])
		return fault_set(fault, FAULT_USAGE, "%s has no name before its ending", path);
	if (stat(eml->folder, &status) != 0)
		return fault_set(fault, FAULT_OPEN, "%s: %s", strerror(errno), eml->folder);
	return true;
}

static void print_name(const struct save_eml *eml, const struct letter *letter,
		       char out[static EXPORT_NAME])
{
	if (eml->count == 1)
		snprintf(out, EXPORT_NAME, "%.200s.eml", eml->stem);
	else if (eml->is_several)
		snprintf(out, EXPORT_NAME, "%.200s-%c%u-A%u.eml", eml->stem,
			 eml->is_sessions ? 'S' : 'D', letter->row, letter->number);
	else
		snprintf(out, EXPORT_NAME, "%.200s-A%u.eml", eml->stem, letter->number);
}

static void name_letter(const void *context, uint32_t attempt, char out[static EXPORT_NAME])
{
	const struct save_eml *eml = context;
	const struct letter key = {.attempt = attempt};
	uint32_t low = 0, high = eml->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (eml->letters[middle].attempt < key.attempt)
			low = middle + 1;
		else
			high = middle;
	}
	print_name(eml, &eml->letters[low], out);
}

uint32_t save_eml_files(const struct save_eml *eml)
{
	return eml->count;
}

uint32_t save_eml_existing(const struct save_eml *eml, char *name, size_t size)
{
	static const char *const endings[] = {"", ".part"};
	uint32_t count = 0;
	for (uint32_t i = 0; i < eml->count; i++) {
		char file[EXPORT_NAME], path[SAVE_PATH + EXPORT_NAME + 8];
		print_name(eml, &eml->letters[i], file);
		for (size_t k = 0; k < 2; k++) {
			snprintf(path, sizeof path, "%s/%s%s", eml->folder, file, endings[k]);
			if (save_file_exists(path) && count++ == 0)
				snprintf(name, size, "%s%s", file, endings[k]);
		}
	}
	return count;
}

/* ---- Its life ----------------------------------------------------------------------------- */

struct save_eml *save_eml_new(const struct app *app, struct fault *fault)
{
	const struct rows_kind *kind = app->save.offer.kind;
	struct save_eml *eml = calloc(1, sizeof *eml);
	bool is_fine = kind == &rows_deliveries || kind == &rows_sessions;
	if (!eml) {
		fault_set(fault, FAULT_MEMORY, "no memory for the messages");
		return NULL;
	}
	eml->analysis = app->model.analysis;
	eml->is_sessions = kind == &rows_sessions;
	if (!is_fine)
		fault_set(fault, FAULT_USAGE, "messages are saved of deliveries and sessions");
	else if (!(is_fine = add_rows(eml, app)))
		fault_set(fault, FAULT_MEMORY, "no memory for the messages");
	sort_letters(eml);
	if (is_fine && (!eml->count || eml->is_too_many || eml->count > SAVE_EML_MOST))
		is_fine = refuse(eml, fault);
	if (is_fine && take_path(eml, app->save.path, fault))
		return eml;
	save_eml_free(eml);
	return NULL;
}

void save_eml_free(struct save_eml *eml)
{
	if (!eml)
		return;
	if (eml->export)
		export_drop(eml->export);
	messages_free(eml->messages);
	export_free(eml->export);
	free(eml->letters);
	free(eml);
}

/* ---- Writing ------------------------------------------------------------------------------ */

static void *begin_letter(void *context, const struct session *session,
			  const struct attempt *attempt)
{
	struct save_eml *eml = context;
	const struct message_sink *sink = export_sink(eml->export);
	eml->begun++;
	return sink->begin(sink->context, session, attempt);
}

bool save_eml_start(struct save_eml *eml, bool may_overwrite, struct fault *fault)
{
	const struct export_names names = {name_letter, eml, may_overwrite};
	eml->export = export_new(eml->folder, fault);
	if (!eml->export)
		return false;
	export_name(eml->export, &names);
	eml->sink = *export_sink(eml->export);
	eml->sink.context = eml;
	eml->sink.begin = begin_letter;
	eml->messages = messages_new(eml->analysis, &eml->sink, 1);
	if (!eml->messages)
		return fault_set(fault, FAULT_MEMORY, "no memory for the messages");
	for (uint32_t i = 0; i < eml->count; i++)
		messages_add(eml->messages, eml->letters[i].id);
	return true;
}

bool save_eml_has_started(const struct save_eml *eml)
{
	return eml->messages != NULL;
}

enum save_eml_state save_eml_step(struct save_eml *eml, struct fault *fault)
{
	switch (messages_step(eml->messages, STEP_PACKETS)) {
	case MESSAGES_GO_ON:
		return SAVE_EML_GOES_ON;
	case MESSAGES_DONE:
		return export_finish(eml->export, fault) ? SAVE_EML_DONE : SAVE_EML_FAILED;
	case MESSAGES_FAILED:
		break;
	}
	fault_set(fault, FAULT_MEMORY, "no memory to read the messages again");
	return SAVE_EML_FAILED;
}

int save_eml_progress(const struct save_eml *eml)
{
	return messages_progress(eml->messages);
}

uint32_t save_eml_written(const struct save_eml *eml)
{
	struct export_counts counts = export_counts(eml->export);
	return counts.whole + counts.partial;
}

/* ---- What is said of it ------------------------------------------------------------------- */

static void add_words(char *out, size_t size, uint32_t count, const char *words)
{
	size_t n = strlen(out);
	if (count)
		snprintf(out + n, size - n, "; %u %s", count, words);
}

/** Why messages did not come. */
static const char *missing_words(const struct save_eml *eml)
{
	return messages_lost(eml->messages) ? "cannot be read any more: the ring let the packets go"
					    : "not captured";
}

void save_eml_tell(const struct save_eml *eml, char *out, size_t size)
{
	uint32_t written = save_eml_written(eml);
	uint32_t partial = export_counts(eml->export).partial;
	const char *folder = strcmp(eml->folder, ".") == 0 ? "" : eml->folder;
	char first[EXPORT_NAME], last[EXPORT_NAME];
	if (!written) {
		snprintf(out, size, "not saved: the message%s %s", eml->count == 1 ? "" : "s",
			 messages_lost(eml->messages)
				 ? "cannot be read any more: the ring let the packets go"
				 : "could not be read: not captured");
		return;
	}
	print_name(eml, &eml->letters[0], first);
	print_name(eml, &eml->letters[eml->count - 1], last);
	if (eml->count == 1) {
		snprintf(out, size, "saved to %s%s%s%s", folder, first, partial ? ".part" : "",
			 partial ? ": not all of the message was captured" : "");
	} else {
		snprintf(out, size, "%u message%s saved to %s%s ... %s", written,
			 written == 1 ? "" : "s", folder, first, last);
		add_words(out, size, partial, "incomplete (.part)");
	}
	add_words(out, size, eml->count - eml->begun, missing_words(eml));
	add_words(out, size, eml->encrypted, "encrypted (TLS)");
	add_words(out, size, eml->bare, "ended before a message");
}
