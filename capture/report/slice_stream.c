/* SPDX-License-Identifier: MIT */
#include "report/slice_stream.h"

#include <ctype.h>
#include <stdlib.h>

#define TERMINATOR 3u   /* ".\r\n", or "\n.\n" to servers that take it */
#define LINE_END 2u     /* CRLF; of a bare LF one byte more than the line is kept, another LF */
#define LONGEST_NAME 76u

enum field { FIELD_BLANK, FIELD_KEPT, FIELD_SUBJECT };
enum tagged { TAG_HEADER, TAG_SUBJECT, TAG_BODY };

static bool is_behind(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static void keep(struct stream_reader *r, uint32_t at, uint32_t n)
{
	r->has_failed |= !patches_keep(&r->patches, at, n);
}

static void letter(struct stream_reader *r, enum tagged tagged, uint32_t at)
{
	if (r->letters[tagged] == TAG_LETTERS)
		return;
	r->has_failed |=
		!patches_letter(&r->patches, at, r->tags[tagged], r->letters[tagged]++);
}

/* ---- Events of the ledger ------------------------------------------------------------------ */

/* Where EVENT begins and ends, with the stream being at AT. False: nothing stays for it. */
static bool locate(struct stream_reader *r, const struct event *event, uint32_t at)
{
	bool is_assumed = event->bits & EVENT_ASSUMED;
	bool from_server = event->bits & EVENT_FROM_SERVER;
	uint32_t text_n = 0;

	r->ahead_from = r->ahead_to = event->offset;
	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
		if (event->value == VERB_DATA || event->value == VERB_BDAT)
			r->is_bdat = event->value == VERB_BDAT;
		if (is_assumed || event->value == VERB_UNKNOWN || event->value == VERB_AUTH_ANSWER)
			return false;
		text_n = (uint32_t)ledger_text(r->ledger, event->text).n;
		if (event->value != VERB_AUTH)
			r->ahead_from -= text_n + LINE_END;
		return true;
	case EVENT_EOD:
		if (!r->is_bdat && !is_assumed)
			r->ahead_from -= TERMINATOR;
		return true;
	case EVENT_LINE:
		r->ahead_from = at;
		return !from_server;
	case EVENT_TLS:
		if (from_server)
			r->ahead_from = r->ahead_to = at;
		return true;
	case EVENT_MESSAGE:
		return true;
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN:
	case EVENT_RST:
	case EVENT_FIN_RESENT:
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
	case EVENT_GAP:
	case EVENT_REPLY:
	case EVENT_REPLY_PART:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
	case EVENT_CONFLICT:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
		break;
	}
	return false;
}

static void look_ahead(struct stream_reader *r, uint32_t at)
{
	while (!r->has_ahead) {
		const struct event *event = session_event(r->session, r->next_event);
		if (!event)
			return;
		r->next_event++;
		r->ahead = *event;
		r->has_ahead = locate(r, event, at);
	}
}

/* The number of DIGEST from 1; 0: it is not known. */
static uint32_t number_of(const struct digest_numbers *numbers, const struct digest *digest)
{
	uint32_t low = 0, high = numbers->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = memcmp(&numbers->all[middle], digest, sizeof *digest);
		if (!order)
			return middle + 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static void begin_message(struct stream_reader *r)
{
	const struct attempt *a = r->attempt;
	uint32_t index = r->next_event - 1;

	while (a && a->message != index)
		a = ledger_attempt(r->ledger, a->next_in_session);
	r->attempt = a ? a : r->attempt;
	r->is_in_message = r->is_at_beginning = true;
	r->mode = STREAM_HEADER;
	r->last = r->last_but_one = 0;
	r->line_n = 0;
	r->has_cr = r->is_in_name = r->is_behind_colon = false;
	r->field = FIELD_BLANK;
	memset(r->tags, 0, sizeof r->tags);
	memset(r->letters, 0, sizeof r->letters);
	if (!a)
		return;
	r->tags[TAG_SUBJECT] = a->subject;
	if (!a->has_digest)
		return;
	r->tags[TAG_HEADER] = number_of(r->numbers, &a->digest);
	r->tags[TAG_BODY] = number_of(r->numbers, &a->body_digest);
}

/* "AUTH PLAIN " of the line that ended here: as much as is no secret, and the blank behind it. */
static void keep_mechanism(struct stream_reader *r, const struct event *event)
{
	struct span text = ledger_text(r->ledger, event->text);
	uint32_t n = 0, words = 0;

	while (n < text.n && (words < 1 || text.p[n] != ' '))
		words += text.p[n++] == ' ';
	n++;
	if (r->line_start == event->offset && n <= r->line_start - r->line_before)
		keep(r, r->line_before, n);
}

/* Of what stands before the dialogue its first line stays, or all of a binary header. */
static void keep_preface(struct stream_reader *r, const struct event *event)
{
	struct span text = ledger_text(r->ledger, event->text);
	uint32_t n = (uint32_t)text.n;

	if (text.n && text.p[0] == '(')
		n = r->ahead_to - r->ahead_from;
	keep(r, r->ahead_from, n);
}

static void end_message(struct stream_reader *r)
{
	r->mode = STREAM_COMMANDS;
	r->is_in_message = false;
}

/* RFC 8446 5.1: its type, and 3 for the version. */
static bool is_tls_record(struct span bytes)
{
	return bytes.n >= 2 && bytes.p[0] >= 0x14 && bytes.p[0] <= 0x17 && bytes.p[1] == 3;
}

/* The stream is at the event ahead, and goes on with BYTES. */
static void reach(struct stream_reader *r, struct span bytes, uint32_t at)
{
	const struct event *event = &r->ahead;

	r->has_ahead = false;
	r->skip_to = r->ahead_to;
	r->keeps_dots = false;
	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
		if (event->value == VERB_AUTH)
			keep_mechanism(r, event);
		else
			keep(r, r->ahead_from, r->ahead_to - r->ahead_from);
		if (event->value != VERB_BDAT || !r->is_in_message)
			end_message(r);
		r->line_start = r->ahead_to;
		break;
	case EVENT_LINE:
		keep_preface(r, event);
		break;
	case EVENT_MESSAGE:
		begin_message(r);
		break;
	case EVENT_EOD:
		r->keeps_dots = true;
		end_message(r);
		r->line_start = r->ahead_to;
		break;
	case EVENT_TLS:
		if (is_tls_record(bytes))
			keep(r, at, UINT32_MAX - at);
		r->mode = STREAM_DONE;
		break;
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN:
	case EVENT_RST:
	case EVENT_FIN_RESENT:
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
	case EVENT_GAP:
	case EVENT_REPLY:
	case EVENT_REPLY_PART:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
	case EVENT_CONFLICT:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
		break;
	}
}

/* ---- Messages ------------------------------------------------------------------------------ */

static bool is_stuffed(const struct stream_reader *r, uint8_t c)
{
	return c == '.' && !r->is_bdat &&
	       (r->is_at_beginning || (r->last == '\n' && r->last_but_one == '\r'));
}

static void note_byte(struct stream_reader *r, uint8_t c)
{
	r->last_but_one = r->last;
	r->last = c;
	r->is_at_beginning = false;
}

static enum field field_of(const struct stream_reader *r)
{
	static const struct {
		const char *name;
		enum field field;
	} fields[] = {{"message-id", FIELD_KEPT}, {"date", FIELD_KEPT}, {"subject", FIELD_SUBJECT}};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (r->name_n == strlen(fields[i].name) &&
		    memcmp(r->name, fields[i].name, r->name_n) == 0)
			return fields[i].field;
	return FIELD_BLANK;
}

static void name_byte(struct stream_reader *r, uint8_t c, uint32_t at)
{
	if (c == ':') {
		r->is_in_name = false;
		r->is_behind_colon = true;
		r->field = (uint8_t)field_of(r);
		keep(r, r->name_at, at + 1 - r->name_at);
	} else if (c <= ' ' || c >= 127 || r->name_n == LONGEST_NAME) {
		r->is_in_name = false;
		r->field = FIELD_BLANK;
	} else {
		if (r->name_n < STREAM_NAME)
			r->name[r->name_n] = (uint8_t)tolower(c);
		r->name_n++;
	}
}

static void value_byte(struct stream_reader *r, uint8_t c, uint32_t at)
{
	bool is_blank = c == ' ' || c == '\t';

	if (r->is_behind_colon && is_blank) {
		keep(r, at, 1);
		return;
	}
	r->is_behind_colon = false;
	if (r->field == FIELD_KEPT)
		keep(r, at, 1);
	else
		letter(r, r->field == FIELD_SUBJECT ? TAG_SUBJECT : TAG_HEADER, at);
}

static void header_byte(struct stream_reader *r, uint8_t c, uint32_t at)
{
	if (c == '\n') {
		if (r->line_n == 0)
			r->mode = STREAM_BODY;
		r->line_n = 0;
		r->has_cr = r->is_in_name = false;
		return;
	}
	r->line_n += r->has_cr; /* one that is no line end */
	r->has_cr = c == '\r';
	if (r->has_cr)
		return;
	if (r->line_n++ == 0) {
		if (c == ' ' || c == '\t') { /* a folded value goes on */
			keep(r, at, 1);
			return;
		}
		r->is_in_name = true;
		r->name_n = 0;
		r->name_at = at;
	}
	if (r->is_in_name)
		name_byte(r, c, at);
	else
		value_byte(r, c, at);
}

/* Takes header bytes from the front of BYTES; returns how many. */
static uint32_t take_header(struct stream_reader *r, struct span bytes, uint32_t at)
{
	uint32_t n = 0;

	for (; n < bytes.n && r->mode == STREAM_HEADER; n++) {
		uint8_t c = bytes.p[n];
		if (is_stuffed(r, c))
			keep(r, at + n, 1);
		else
			header_byte(r, c, at + n);
		note_byte(r, c);
	}
	return n;
}

/* Takes body bytes up to where no letters are missing and no dot is. */
static uint32_t take_body(struct stream_reader *r, struct span bytes, uint32_t at)
{
	uint32_t n = 0;

	while (n < bytes.n) {
		uint8_t c = bytes.p[n];
		if (is_stuffed(r, c))
			keep(r, at + n, 1);
		else if (c != '\r' && c != '\n')
			letter(r, TAG_BODY, at + n);
		note_byte(r, c);
		n++;
		if (r->letters[TAG_BODY] < TAG_LETTERS || c == '\n')
			continue;
		const uint8_t *lf = memchr(bytes.p + n, '\n', bytes.n - n);
		uint32_t next = lf ? (uint32_t)(lf - bytes.p) : (uint32_t)bytes.n;
		if (next > n) {
			r->last_but_one = next - n > 1 ? bytes.p[next - 2] : r->last;
			r->last = bytes.p[next - 1];
		}
		n = next;
	}
	return n;
}

/* ---- The stream ---------------------------------------------------------------------------- */

static uint32_t take_commands(struct stream_reader *r, struct span bytes, uint32_t at)
{
	const uint8_t *lf = memchr(bytes.p, '\n', bytes.n);

	if (!lf)
		return (uint32_t)bytes.n;
	r->line_before = r->line_start;
	r->line_start = at + (uint32_t)(lf - bytes.p) + 1;
	return r->line_start - at;
}

static uint32_t take_some(struct stream_reader *r, struct span bytes, uint32_t at)
{
	switch (r->mode) {
	case STREAM_COMMANDS:
		return take_commands(r, bytes, at);
	case STREAM_HEADER:
		return take_header(r, bytes, at);
	case STREAM_BODY:
		return take_body(r, bytes, at);
	case STREAM_DONE:
		break;
	}
	return (uint32_t)bytes.n;
}

/* Passes over what an event covers. */
static uint32_t pass(struct stream_reader *r, struct span bytes, uint32_t at)
{
	uint32_t n = r->skip_to - at;

	if (n > bytes.n)
		n = (uint32_t)bytes.n;
	for (uint32_t i = 0; r->keeps_dots && i < n; i++)
		if (bytes.p[i] == '.')
			keep(r, at + i, 1);
	return n;
}

void stream_init(struct stream_reader *reader, const struct ledger *ledger,
		 const struct session *session, const struct digest_numbers *numbers)
{
	*reader = (struct stream_reader){
		.ledger = ledger,
		.session = session,
		.numbers = numbers,
		.attempt = ledger_attempt(ledger, session->first_attempt),
	};
}

void stream_take(struct stream_reader *r, struct span bytes, uint32_t at)
{
	if (r->next_event == 0)
		r->skip_to = r->line_start = r->line_before = at;
	while (bytes.n && r->mode != STREAM_DONE) {
		uint32_t n;
		look_ahead(r, at);
		if (r->has_ahead && !is_behind(r->ahead_from, at) && !is_behind(r->skip_to, at)) {
			reach(r, bytes, at);
			continue;
		}
		if (is_behind(r->skip_to, at)) {
			n = pass(r, bytes, at);
		} else {
			struct span until = bytes;
			if (r->has_ahead)
				until = span_take(bytes, r->ahead_from - at);
			n = take_some(r, until, at);
		}
		bytes = span_skip(bytes, n);
		at += n;
	}
	/* Its line may be the last one. */
	if (r->has_ahead && r->ahead.kind == EVENT_COMMAND && r->ahead_from == at)
		reach(r, bytes, at);
}

void stream_skip(struct stream_reader *r, uint32_t to)
{
	r->line_start = to;
	r->last = r->last_but_one = 0;
	r->is_in_name = r->is_at_beginning = false;
	r->line_n++; /* what follows is the rest of a line */
	r->field = FIELD_BLANK;
}
