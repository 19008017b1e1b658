/* SPDX-License-Identifier: MIT */
#include "report/dialogue_lines.h"

#include "bounds.h"
#include "text.h"

#include <inttypes.h>
#include <limits.h>
#include <time.h>

#define CLEAN_SIZE (12 * LIMIT_TEXT) /* no byte takes more: "<U+202E>" stands for three */

/* How a line is to be read: the mark behind C or S. */
enum speech { SPEECH_SAID = ':', SPEECH_OTHER = '?', SPEECH_BEGUN = '~', SPEECH_NOTE = '*' };

/* ---- Times -------------------------------------------------------------------------------- */

/* The time since the capture's beginning; a clock that was set back makes it negative. */
static void write_seconds(const struct dialogue_page *page, int64_t time_ns)
{
	uint64_t before = (uint64_t)page->origin_ns - (uint64_t)time_ns;
	uint64_t after = (uint64_t)time_ns - (uint64_t)page->origin_ns;
	bool is_before = time_ns < page->origin_ns;
	uint64_t us = (is_before ? before : after) / 1000;
	char seconds[32];

	snprintf(seconds, sizeof seconds, "%s%" PRIu64 ".%06" PRIu64, is_before ? "-" : "",
		 us / 1000000, us % 1000000);
	fprintf(page->out, " %14s ", seconds);
}

const char *dialogue_date(int64_t time_ns, char out[static DIALOGUE_DATE])
{
	int64_t rest_ns = time_ns % NS_PER_SECOND;
	time_t seconds = (time_t)(time_ns / NS_PER_SECOND);
	struct tm tm = {.tm_mday = 1};

	if (time_ns == NO_TIME)
		return "-";
	if (rest_ns < 0) {
		rest_ns += NS_PER_SECOND;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	size_t used = strftime(out, DIALOGUE_DATE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + used, DIALOGUE_DATE - used, ".%06" PRId64 "Z", rest_ns / 1000);
	return out;
}

/* ---- Lines -------------------------------------------------------------------------------- */

/* Everything before the text of an event's line. */
static void begin_line(const struct dialogue_page *page, const struct event *event,
		       enum speech speech)
{
	if (event->frame)
		fprintf(page->out, "%10" PRIu32, event->frame);
	else
		fprintf(page->out, "%10s", "-");
	write_seconds(page, event->time_ns);
	fprintf(page->out, "%c%c ", event->bits & EVENT_FROM_SERVER ? 'S' : 'C', (char)speech);
}

static void write_note(const struct dialogue_page *page, const struct event *event,
		       const char *note)
{
	begin_line(page, event, SPEECH_NOTE);
	fprintf(page->out, "%s\n", note);
}

void dialogue_write_clean(const struct dialogue_page *page, struct span bytes)
{
	char clean[CLEAN_SIZE];

	text_clean(bytes, clean, sizeof clean, INT_MAX, page->ascii_only);
	fputs(clean, page->out);
}

/* The lines of a text, each on one of its own. */
static void write_lines(const struct dialogue_page *page, const struct event *event,
			enum speech speech)
{
	struct span rest = ledger_text(page->ledger, event->text);
	bool is_cut = rest.n >= LIMIT_TEXT;

	do {
		const uint8_t *lf = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
		struct span line = span_take(rest, lf ? (size_t)(lf - rest.p) : rest.n);
		rest = span_skip(rest, lf ? line.n + 1 : line.n);
		begin_line(page, event, speech);
		dialogue_write_clean(page, line);
		if (event->bits & EVENT_SECRET)
			fputs(line.n ? " ***" : "***", page->out);
		fputc('\n', page->out);
	} while (rest.n);
	if (is_cut)
		write_note(page, event, "the rest of it is not kept");
}

/* ---- Events ------------------------------------------------------------------------------- */

/* The number of the attempt that event INDEX begins or ends the message of. Both count upwards. */
static uint32_t attempt_of(struct dialogue_page *page, uint32_t index)
{
	const struct attempt *attempt = page->attempt;

	while (attempt && attempt->message != index && attempt->eod != index &&
	       (attempt->message == NO_EVENT || attempt->message < index) &&
	       (attempt->eod == NO_EVENT || attempt->eod < index))
		attempt = ledger_attempt(page->ledger, attempt->next_in_session);
	page->attempt = attempt;
	return attempt ? attempt->number : NO_ATTEMPT;
}

static void write_message(struct dialogue_page *page, const struct event *event, uint32_t index)
{
	uint32_t id = attempt_of(page, index);

	begin_line(page, event, SPEECH_NOTE);
	fprintf(page->out, "message %" PRIu32 ": %" PRIu32 " bytes%s\n", id, event->length,
		page->is_encrypted ? " in TLS records" : "");
}

static void write_end_of_data(struct dialogue_page *page, const struct event *event, uint32_t index)
{
	const char *how = "";

	if (event->bits & EVENT_BARE_LF)
		how = ", a dot between bare LFs";
	else if (event->bits & EVENT_ASSUMED)
		how = ", not seen";
	begin_line(page, event, SPEECH_NOTE);
	fprintf(page->out, "end of message %" PRIu32 "%s\n", attempt_of(page, index), how);
}

static void write_command(const struct dialogue_page *page, const struct event *event)
{
	if (!(event->bits & EVENT_ASSUMED)) {
		write_lines(page, event, SPEECH_SAID);
		return;
	}
	begin_line(page, event, SPEECH_NOTE);
	fprintf(page->out, "%s, not seen\n", verb_name((enum verb)event->value));
}

static void write_reply(const struct dialogue_page *page, const struct event *event)
{
	if (page->is_encrypted && event->text == 0)
		write_note(page, event, "encrypted reply");
	else
		write_lines(page, event, SPEECH_SAID);
	if (event->bits & EVENT_UNMATCHED)
		write_note(page, event, "it answers no command that was seen");
}

static void write_gap(const struct dialogue_page *page, const struct event *event)
{
	const char *why = "";

	switch ((enum gap_kind)event->value) {
	case GAP_CAPTURE:
		why = "not in this capture";
		break;
	case GAP_SNAPLEN:
		why = "cut off by the snaplen";
		break;
	case GAP_LIMIT:
		why = "given up, too much came early";
		break;
	case GAP_MISSING:
		why = "never seen, never acknowledged";
		break;
	}
	begin_line(page, event, SPEECH_NOTE);
	fprintf(page->out, "gap of %" PRIu32 " bytes: %s\n", event->length, why);
}

/* What was said, and where it is missing. */
static bool is_spoken(const struct event *event)
{
	return event->kind == EVENT_GAP ||
	       (event->kind >= EVENT_COMMAND && event->kind <= EVENT_LINE);
}

static bool is_close(const struct event *event)
{
	return event->kind == EVENT_FIN || event->kind == EVENT_RST;
}

/*
 * Bytes may be read long after they were seen, a close is noted at once: it waits here for its
 * time. Writes those before event END that come before BEFORE_NS.
 */
static void write_closes(struct dialogue_page *page, const struct session *session, uint32_t end,
			 int64_t before_ns)
{
	for (; page->next_close < end; page->next_close++) {
		const struct event *event = session_event(session, page->next_close);
		if (!is_close(event))
			continue;
		if (event->time_ns >= before_ns)
			return;
		write_note(page, event, event->kind == EVENT_FIN ? "closes (FIN)" : "resets (RST)");
	}
}

static void write_event(struct dialogue_page *page, const struct event *event, uint32_t index)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
		write_command(page, event);
		break;
	case EVENT_REPLY:
		write_reply(page, event);
		break;
	case EVENT_REPLY_PART:
		write_lines(page, event, SPEECH_BEGUN);
		break;
	case EVENT_LINE:
		write_lines(page, event, SPEECH_OTHER);
		break;
	case EVENT_MESSAGE:
		write_message(page, event, index);
		break;
	case EVENT_EOD:
		write_end_of_data(page, event, index);
		break;
	case EVENT_TLS:
		if (!page->is_encrypted)
			write_note(page, event, "TLS from here on");
		page->is_encrypted = true;
		break;
	case EVENT_GAP:
		write_gap(page, event);
		break;
	case EVENT_CONFLICT:
		write_note(page, event, "bytes came again, and differ from the first copy");
		break;
	case EVENT_TOO_BIG:
		write_note(page, event, "a router refused a packet as too big");
		break;
	case EVENT_UNREACHABLE:
		write_note(page, event, "a router says that a packet did not arrive");
		break;
	case EVENT_FIN:
	case EVENT_RST:
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN_RESENT:
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
		break;
	}
}

/* ---- A session ---------------------------------------------------------------------------- */

void dialogue_write_session(struct dialogue_page *page, const struct session *session)
{
	char client[ENDPOINT_TEXT], server[ENDPOINT_TEXT], date[DIALOGUE_DATE];

	fprintf(page->out, "\nsession %" PRIu32 " %s %s > %s %s capture %u%s\n", session->number,
		dialogue_date(session->start_ns, date), endpoint_format(&session->client, client),
		endpoint_format(&session->server, server),
		session->protocol == PROTOCOL_LMTP ? "LMTP" : "SMTP", session->file,
		session->is_swapped_file ? "+" : "");
	page->attempt = ledger_attempt(page->ledger, session->first_attempt);
	page->is_encrypted = false;
	page->next_close = 0;
	for (uint32_t i = 0; i < session->event_count; i++) {
		const struct event *event = session_event(session, i);
		if (is_spoken(event))
			write_closes(page, session, i, event->time_ns);
		write_event(page, event, i);
	}
	write_closes(page, session, session->event_count, INT64_MAX);
	if (session->lost_events)
		fprintf(page->out, "and %" PRIu32 " more events than are kept\n",
			session->lost_events);
}
