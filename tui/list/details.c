/* SPDX-License-Identifier: MIT */
#include "list/details.h"

#include "host_names.h"
#include "list/notes.h"
#include "story.h"
#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define CLEAN_SIZE 512
#define CLEAN_COLUMNS 200
#define MOST_ATTEMPTS 8 /* more than there are lines for */

static void clean(const struct model *model, text_id id, const char *missing, char *out,
		  size_t size)
{
	struct span text = ledger_text(model->ledger, id);
	if (text.n)
		text_clean(text, out, size, CLEAN_COLUMNS, model->is_ascii);
	else
		snprintf(out, size, "%s", missing);
}

/* ---- A delivery ---------------------------------------------------------------------------- */

void details_state(const struct delivery *d, char *out, size_t size)
{
	char name[32];
	snprintf(name, sizeof name, "%s", state_name(d->state));
	for (char *c = name; *c; c++)
		*c = *c == '-' ? ' ' : (char)toupper((unsigned char)*c);
	if (d->copies_min == d->copies_max)
		snprintf(out, size, "%s, %u %s", name, d->copies_min,
			 d->copies_min == 1 ? "copy" : "copies");
	else
		snprintf(out, size, "%s, %u to %u copies", name, d->copies_min, d->copies_max);
}

void details_envelope(const struct model *model, const struct delivery *d, char *out, size_t size)
{
	char sender[CLEAN_SIZE];
	char recipient[CLEAN_SIZE];
	bool saw_mail = d->try_count &&
			ledger_attempt(model->ledger, d->tries[0].attempt)->mail != NO_EVENT;
	clean(model, d->sender, saw_mail ? "<>" : "(sender not seen)", sender, sizeof sender);
	clean(model, d->recipient, "(recipient not seen)", recipient, sizeof recipient);
	snprintf(out, size, "%s -> %s", sender, recipient);
}

static void add_attempts(const struct model *model, const struct subject *subject,
			 struct prose *out)
{
	const struct delivery *d = subject->delivery;
	int64_t before_ns = NO_TIME;
	for (uint32_t i = 0; i < d->try_count && i < MOST_ATTEMPTS; i++) {
		char when[WHEN_TEXT];
		struct prose ending;
		int64_t start_ns = story_start(subject, i);
		when_print(model->when, start_ns, model->origin_ns, before_ns, 0, when);
		story_ending(subject, i, &ending);
		prose_break(out);
		prose_add(out, "attempt %u  %s%s%s", i + 1, when, when[0] ? "  " : "", ending.text);
		before_ns = start_ns;
	}
}

void details_delivery(const struct model *model, uint32_t row, struct prose *out)
{
	const struct delivery *d = delivery_get(model->deliveries, row);
	struct subject subject = subject_of(model->ledger, model->deliveries, d, model->now_ns,
					    analysis_is_over(model->analysis));
	char state[64];
	char envelope[2 * CLEAN_SIZE + 8];
	char about[CLEAN_SIZE];
	struct prose headline;
	struct prose way;
	subject.ascii_only = model->is_ascii;
	subject.source = analysis_source(model->analysis);
	details_state(d, state, sizeof state);
	details_envelope(model, d, envelope, sizeof envelope);
	clean(model, d->subject, "", about, sizeof about);
	story_headline(&subject, &headline);
	prose_clear(out);
	prose_add(out, "%s\n%s", state, envelope);
	if (about[0])
		prose_add(out, "  \"%s\"", about);
	prose_break(out);
	prose_add(out, "%s", headline.text);
	story_way_short(&subject, &way);
	if (way.used)
		prose_add(out, ", %s", way.text);
	if (d->try_count > 1)
		add_attempts(model, &subject, out);
}

/* ---- A session ----------------------------------------------------------------------------- */

static void add_end(const struct model *model, const struct endpoint *endpoint, text_id id,
		    struct prose *out)
{
	char address[ENDPOINT_TEXT];
	char name[CLEAN_SIZE];
	const char *alias = host_names_find(ledger_host_names(model->ledger), endpoint);
	clean(model, id, "", name, sizeof name);
	prose_add(out, "%s%s%s", endpoint_format(endpoint, address), alias[0] ? " " : "", alias);
	if (name[0])
		prose_add(out, " (%s)", name);
}

void details_file(const struct model *model, const struct session *session, char *out, size_t size)
{
	const struct source *source = analysis_source(model->analysis);
	const char *name = source_input(source, session->file)->name;
	const char *slash = strrchr(name, '/');
	if (slash && slash[1])
		name = slash + 1;
	text_clean(span_of(source_inputs(source) > 1 ? name : ""), out, size, CLEAN_COLUMNS,
		   model->is_ascii);
}

void details_session(const struct model *model, uint32_t row, struct prose *out)
{
	const struct session *session = ledger_session(model->ledger, row);
	char file[CLEAN_SIZE];
	prose_clear(out);
	prose_add(out, "session %u\nclient ", session->number + 1);
	add_end(model, &session->client, session->client_name, out);
	prose_break(out);
	prose_add(out, "server ");
	add_end(model, &session->server, session->server_name, out);
	details_file(model, session, file, sizeof file);
	if (file[0])
		prose_add(out, "\ncaptured in %s", file);
}

/* ---- A note -------------------------------------------------------------------------------- */

void details_note(const struct model *model, uint32_t row, struct prose *out)
{
	const struct note *note = &model->notes->items[row];
	char text[CLEAN_SIZE];
	prose_clear(out);
	text_safe(note->what, text, sizeof text);
	prose_add(out, "%s", text + strspn(text, " "));
	text_safe(note->value, text, sizeof text);
	prose_add(out, "%s%s\n", text[0] ? ": " : "", text);
	text_safe(note->meaning, text, sizeof text);
	prose_add(out, "%s", text);
}
