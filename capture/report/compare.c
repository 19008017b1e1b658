/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include "report/scene.h"
#include "text.h"
#include "waits.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS 60
#define WAIT_COLUMNS 12
#define MOST_NAMED 3 /* recipients that only one of the two has, by name */

const char *compare_part_name(enum compare_part part)
{
	static const char *const names[COMPARE_PARTS] = {
		[COMPARE_ENVELOPE] = "Envelope",
		[COMPARE_MESSAGE] = "Message",
		[COMPARE_PATH] = "Way",
		[COMPARE_TIMING] = "Waits",
	};

	return names[part];
}

static bool digests_are_equal(struct digest a, struct digest b)
{
	return a.high == b.high && a.low == b.low;
}

enum compare_message compare_messages(const struct attempt *a, const struct attempt *b)
{
	if (!a->has_digest || !b->has_digest)
		return COMPARE_UNKNOWN;
	if (digests_are_equal(a->digest, b->digest))
		return COMPARE_SAME;
	return digests_are_equal(a->body_digest, b->body_digest) ? COMPARE_SAME_BODY
								 : COMPARE_OTHER;
}

/** Two attempts side by side; A is the earlier one. */
struct pair {
	struct scene a;
	struct scene b;
};

/** "LABEL: X in attempt 1, Y in attempt 2." on a line of its own. */
static void add_both(const struct pair *pair, struct prose *out, const char *label, const char *x,
		     const char *y)
{
	prose_break(out);
	prose_add(out, "%s: %s in attempt %u, %s in attempt %u.", label, x, pair->a.try + 1, y,
		  pair->b.try + 1);
}

/** A text of each, where they differ; NONE stands for one that is not there. */
static void add_texts(const struct pair *pair, struct prose *out, const char *label, text_id x,
		      text_id y, const char *none)
{
	const struct subject *subject = pair->a.subject;

	if (x == y)
		return;
	add_both(pair, out, label, x ? text_words(subject, x, NAME_COLUMNS).s : none,
		 y ? text_words(subject, y, NAME_COLUMNS).s : none);
}

/* ---- Envelope ------------------------------------------------------------------------------ */

static bool has_recipient(const struct scene *scene, text_id address)
{
	for (uint32_t i = 0; i < scene->attempt->recipient_count; i++)
		if (ledger_recipient(scene->subject->ledger, scene->attempt, i)->address == address)
			return true;
	return false;
}

static text_id recipient_at(const struct scene *scene, uint32_t index)
{
	return ledger_recipient(scene->subject->ledger, scene->attempt, index)->address;
}

/** Tells which recipients ONE has and OTHER lacks; returns how many. */
static uint32_t add_missing(const struct scene *one, const struct scene *other, struct prose *out)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < one->attempt->recipient_count; i++) {
		text_id address = recipient_at(one, i);
		if (has_recipient(other, address))
			continue;
		if (!count++)
			prose_break(out);
		if (count <= MOST_NAMED)
			prose_add(out, "%s%s", count > 1 ? ", " : "",
				  text_words(one->subject, address, NAME_COLUMNS).s);
	}
	if (count > MOST_NAMED)
		prose_add(out, " and %u more", count - MOST_NAMED);
	if (count)
		prose_add(out, " only in attempt %u.", one->try + 1);
	return count;
}

/** What stands behind the address of the MAIL command. */
static struct span mail_parameters(const struct scene *scene)
{
	const struct event *mail = scene_event(scene, scene->attempt->mail);
	struct span line = {0};

	if (!mail)
		return line;
	line = ledger_text(scene->subject->ledger, mail->text);
	const uint8_t *end = line.n ? memrchr(line.p, '>', line.n) : NULL;
	if (!end)
		return (struct span){0};
	line = span_skip(line, (size_t)(end - line.p) + 1);
	while (line.n && (*line.p == ' ' || *line.p == '\t'))
		line = span_skip(line, 1);
	while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\r' ||
			  line.p[line.n - 1] == '\n'))
		line.n--;
	return line;
}

static bool spans_are_equal(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static void add_parameters(const struct pair *pair, struct prose *out)
{
	struct span x = mail_parameters(&pair->a);
	struct span y = mail_parameters(&pair->b);
	bool ascii = pair->a.subject->ascii_only;
	char first[NAME_COLUMNS * 4];
	char second[NAME_COLUMNS * 4];

	if (spans_are_equal(x, y))
		return;
	text_clean(x, first, sizeof first, NAME_COLUMNS, ascii);
	text_clean(y, second, sizeof second, NAME_COLUMNS, ascii);
	add_both(pair, out, "Parameters of MAIL", x.n ? first : "none", y.n ? second : "none");
}

static bool has_envelope(const struct scene *scene)
{
	return scene->attempt->mail != NO_EVENT && scene->attempt->recipient_count;
}

static void tell_envelope(const struct pair *pair, struct prose *out)
{
	const struct attempt *a = pair->a.attempt;
	const struct attempt *b = pair->b.attempt;

	if (!has_envelope(&pair->a) || !has_envelope(&pair->b)) {
		prose_add(out, "The envelope of attempt %u was not seen.",
			  (has_envelope(&pair->a) ? pair->b.try : pair->a.try) + 1);
		return;
	}
	add_texts(pair, out, "Sender", a->sender, b->sender, "<>");
	add_missing(&pair->a, &pair->b, out);
	add_missing(&pair->b, &pair->a, out);
	add_parameters(pair, out);
	if (!out->used)
		prose_add(out, "The same: sender, %s and the parameters of MAIL.",
			  plural_words(a->recipient_count, "recipient").s);
}

/* ---- Message ------------------------------------------------------------------------------- */

static void add_header(const struct pair *pair, struct prose *out)
{
	const struct attempt *a = pair->a.attempt;
	const struct attempt *b = pair->b.attempt;
	size_t before = out->used;

	add_texts(pair, out, "Message-ID", a->message_id, b->message_id, "none");
	add_texts(pair, out, "Date", a->date, b->date, "none");
	add_texts(pair, out, "Subject", a->subject, b->subject, "none");
	if (a->received_fields != b->received_fields)
		add_both(pair, out, "Received fields",
			 number_text(a->received_fields).s, number_text(b->received_fields).s);
	if (a->size != b->size)
		add_both(pair, out, "Size", bytes_words(a->size).s, bytes_words(b->size).s);
	if (out->used > before)
		return;
	prose_break(out);
	prose_add(out, "Message-ID, Date, Subject, size and the number of Received fields are the "
		       "same: what differs is elsewhere. The bytes of both sessions show it.");
}

/** Why nobody can tell whether the messages are the same. */
static void tell_unseen(const struct pair *pair, struct prose *out)
{
	const struct scene *scene = pair->a.attempt->has_digest ? &pair->b : &pair->a;

	if (scene_is_encrypted(scene))
		prose_add(out, "Attempt %u is encrypted: nobody can tell whether they are the same.",
			  scene->try + 1);
	else if (scene->attempt->message == NO_EVENT)
		prose_add(out, "Attempt %u sent no message.", scene->try + 1);
	else
		prose_add(out,
			  "Attempt %u was not seen whole (%s of it): nobody can tell whether they "
			  "are the same.",
			  scene->try + 1, bytes_words(scene->attempt->size).s);
}

static void tell_message(const struct pair *pair, struct prose *out)
{
	const struct attempt *a = pair->a.attempt;
	const struct attempt *b = pair->b.attempt;

	switch (compare_messages(a, b)) {
	case COMPARE_UNKNOWN:
		tell_unseen(pair, out);
		break;
	case COMPARE_SAME:
		prose_add(out, "The same %s, header and body (one digest).",
			  bytes_words(a->size).s);
		break;
	case COMPARE_SAME_BODY:
		prose_add(out, "The same body under another header (one digest of the body).");
		add_header(pair, out);
		break;
	case COMPARE_OTHER:
		prose_add(out, "Another header or body: the digests of both differ.");
		add_header(pair, out);
		break;
	}
	if (a->message != NO_EVENT && b->message != NO_EVENT && a->is_bdat != b->is_bdat)
		add_both(pair, out, "Sent with", a->is_bdat ? "BDAT" : "DATA",
			 b->is_bdat ? "BDAT" : "DATA");
}

/* ---- Way ----------------------------------------------------------------------------------- */

static const char *tls_words(const struct session *session)
{
	static const char *const words[] = {
		[TLS_NONE] = "none",
		[TLS_STARTTLS] = "STARTTLS",
		[TLS_IMPLICIT] = "from the first byte on",
	};

	return words[session->tls];
}

static void tell_path(const struct pair *pair, struct prose *out)
{
	const struct session *a = pair->a.session;
	const struct session *b = pair->b.session;

	if (a == b) {
		prose_add(out, "On the same connection.");
		return;
	}
	if (strcmp(address_words(&a->client).s, address_words(&b->client).s) != 0)
		add_both(pair, out, "Client", address_words(&a->client).s,
			 address_words(&b->client).s);
	if (strcmp(server_words(a).s, server_words(b).s) != 0)
		add_both(pair, out, "Server", server_words(a).s, server_words(b).s);
	add_texts(pair, out, "The client calls itself", a->client_name, b->client_name,
		  "(not seen)");
	add_texts(pair, out, "The server calls itself", a->server_name, b->server_name,
		  "(not seen)");
	if (a->tls != b->tls)
		add_both(pair, out, "TLS", tls_words(a), tls_words(b));
	if (pair->a.vantage != pair->b.vantage)
		add_both(pair, out, "Captured at", vantage_name(pair->a.vantage),
			 vantage_name(pair->b.vantage));
	if (!out->used)
		prose_add(out, "The same client, server, names and TLS, on another connection.");
}

/* ---- Waits --------------------------------------------------------------------------------- */

static struct time_text wait_text(int64_t waited_ns)
{
	return waited_ns == NO_TIME ? (struct time_text){"not seen"} : duration_text(waited_ns);
}

static struct longest_waits waits_of(const struct scene *scene)
{
	struct longest_waits waits;

	waits_of_attempt(scene->subject->ledger, scene->attempt, &waits);
	waits.waited_ns[WAIT_EOD] =
		scene->verdict->has_waited ? scene->verdict->waited_ns : NO_TIME;
	return waits;
}

static void tell_timing(const struct pair *pair, struct prose *out)
{
	const struct longest_waits a = waits_of(&pair->a);
	const struct longest_waits b = waits_of(&pair->b);

	prose_add(out, "%-9s %*s %2u  %*s %2u", "", WAIT_COLUMNS - 3, "attempt",
		  pair->a.try + 1, WAIT_COLUMNS - 3, "attempt", pair->b.try + 1);
	for (int kind = 0; kind < WAITS; kind++) {
		if (a.waited_ns[kind] == NO_TIME && b.waited_ns[kind] == NO_TIME)
			continue;
		prose_break(out);
		prose_add(out, "%-9s %*s  %*s   for %s", wait_kind_name((enum wait_kind)kind),
			  WAIT_COLUMNS, wait_text(a.waited_ns[kind]).s, WAIT_COLUMNS,
			  wait_text(b.waited_ns[kind]).s, wait_kind_words((enum wait_kind)kind));
	}
	prose_break(out);
	prose_add(out, "Attempt %u began %s after attempt %u.", pair->b.try + 1,
		  duration_text(scene_start(&pair->b) - scene_start(&pair->a)).s, pair->a.try + 1);
}

void compare_tell(const struct subject *subject, uint32_t a, uint32_t b, enum compare_part part,
		  struct prose *out)
{
	const struct pair pair = {scene_of(subject, a < b ? a : b),
				  scene_of(subject, a < b ? b : a)};

	prose_clear(out);
	switch (part) {
	case COMPARE_ENVELOPE:
		tell_envelope(&pair, out);
		break;
	case COMPARE_MESSAGE:
		tell_message(&pair, out);
		break;
	case COMPARE_PATH:
		tell_path(&pair, out);
		break;
	case COMPARE_TIMING:
		tell_timing(&pair, out);
		break;
	case COMPARE_PARTS:
		break;
	}
}

/* ---- All of them --------------------------------------------------------------------------- */

/** The attempts that stand to the first one so: BITS[relation][try]. */
struct groups {
	bool is_in[COMPARE_OTHER + 1][COMPARE_MOST];
	uint32_t size[COMPARE_OTHER + 1];
	uint32_t first; /* the first attempt whose message was seen whole */
	uint32_t count;
};

/** "1 to 3" where they follow each other, else "1, 2 and 4". */
static struct words range_words(const bool *wanted, uint32_t count)
{
	uint32_t first = 0;
	uint32_t last = count;
	struct words words;

	while (first < count && !wanted[first])
		first++;
	while (last > first && !wanted[last - 1])
		last--;
	for (uint32_t i = first; i < last; i++)
		if (!wanted[i])
			return attempts_words(wanted, count);
	if (last - first < 3)
		return attempts_words(wanted, count);
	snprintf(words.s, sizeof words.s, "%u to %u", first + 1, last);
	return words;
}

static bool group(const struct subject *subject, struct groups *groups)
{
	uint32_t tries = subject->delivery->try_count;
	uint32_t seen = 0;

	*groups = (struct groups){.first = UINT32_MAX};
	groups->count = tries < COMPARE_MOST ? tries : COMPARE_MOST;
	for (uint32_t i = 0; i < groups->count; i++) {
		struct scene scene = scene_of(subject, i);
		if (scene.attempt->message == NO_EVENT)
			continue;
		if (scene.attempt->has_digest && groups->first == UINT32_MAX)
			groups->first = i;
		enum compare_message how = COMPARE_UNKNOWN;
		if (scene.attempt->has_digest)
			how = compare_messages(scene_of(subject, groups->first).attempt,
					       scene.attempt);
		groups->is_in[how][i] = true;
		groups->size[how]++;
		seen += scene.attempt->has_digest;
	}
	return seen >= 2;
}

static const char *attempts_noun(uint32_t count)
{
	return count == 1 ? "attempt" : "attempts";
}

void compare_headline(const struct subject *subject, struct prose *out)
{
	struct groups groups;

	prose_clear(out);
	if (!group(subject, &groups))
		return;
	const uint32_t *size = groups.size;
	if (size[COMPARE_SAME] > 1)
		prose_add(out, "Attempts %s sent the same bytes.",
			  range_words(groups.is_in[COMPARE_SAME], groups.count).s);
	for (int how = COMPARE_SAME_BODY; how <= COMPARE_OTHER; how++)
		if (size[how])
			prose_add(out, "%s%s %s sent %s than attempt %u.", out->used ? " " : "",
				  size[how] == 1 ? "Attempt" : "Attempts",
				  range_words(groups.is_in[how], groups.count).s,
				  how == COMPARE_OTHER ? "another message"
						       : "the same body under another header",
				  groups.first + 1);
	if (size[COMPARE_UNKNOWN])
		prose_add(out, " Of %s %s not all was seen.", attempts_noun(size[COMPARE_UNKNOWN]),
			  range_words(groups.is_in[COMPARE_UNKNOWN], groups.count).s);
}
