/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include "text.h"
#include "timetext.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define AUTH_LINE 12288 /* the longest one with a secret (RFC 4954 4) */

#define NEVER INT64_MAX

/** A line that has not ended, of one side. */
struct open_line {
	struct bytes_row row;
	bool is_open;
	bool is_more;	/* a part of it is a row already */
	bool is_masked; /* and it was a secret */
};

struct maker {
	struct bytes *bytes;
	const struct wire_contents *contents;
	const struct session *session;
	struct open_line lines[2];
	int64_t sealed_ns;	    /* when encryption begins; NEVER */
	uint32_t event;		    /* the next one that may be a secret */
	const struct bytes *masked; /* in hexadecimal: the lines that are */
	uint32_t next_masked;
};

static void add_row(struct bytes *bytes, const struct bytes_row *row)
{
	if (bytes->count == bytes->room) {
		uint32_t room = bytes->room * 2 + 256;
		struct bytes_row *rows = realloc(bytes->rows, room * sizeof *rows);
		if (!rows) {
			bytes->has_failed = true;
			return;
		}
		bytes->rows = rows;
		bytes->room = room;
	}
	bytes->rows[bytes->count++] = *row;
}

/* ---- Secrets ------------------------------------------------------------------------------ */

/** Whether the line at ROW begins with WORD and then ends or goes on behind a space. */
static bool begins_with(const struct maker *maker, const struct bytes_row *row, const char *word)
{
	struct span line = span_skip(maker->contents->bytes[SIDE_CLIENT], row->at);
	size_t n = strlen(word);
	return row->length > n && !strncasecmp((const char *)line.p, word, n) &&
	       (line.p[n] == ' ' || line.p[n] == '\r' || line.p[n] == '\n');
}

static bool begins_with_verb(const struct maker *maker, const struct bytes_row *row)
{
	for (int verb = VERB_UNKNOWN + 1; verb < VERB_AUTH_ANSWER; verb++)
		if (begins_with(maker, row, verb_name((enum verb)verb)))
			return true;
	return false;
}

/** Whether an event says that the line that ROW is of, or a part of it, is a secret. */
static bool has_secret_event(struct maker *maker, const struct bytes_row *row)
{
	const struct session *session = maker->session;
	struct span rest = span_take(span_skip(maker->contents->bytes[SIDE_CLIENT], row->at),
				     AUTH_LINE);
	const uint8_t *lf = memchr(rest.p, '\n', rest.n);
	size_t length = lf ? (size_t)(lf - rest.p) + 1 : rest.n;
	for (; maker->event < session->event_count; maker->event++) {
		const struct event *event = session_event(session, maker->event);
		int32_t to_end = (int32_t)(event->offset - row->offset);
		if ((event->bits & EVENT_SECRET) && to_end > 0)
			return (size_t)to_end <= length;
	}
	return false;
}

/** What of an AUTH line is no secret: the verb and the name of the mechanism. */
static uint32_t plain_part(const struct maker *maker, const struct bytes_row *row)
{
	const uint8_t *p = maker->contents->bytes[SIDE_CLIENT].p + row->at;
	uint32_t n = 5;
	if (!begins_with(maker, row, "AUTH"))
		return 0;
	while (n < row->length && p[n] != ' ' && p[n] != '\r' && p[n] != '\n')
		n++;
	return n;
}

/**
 * Masks what of a client's line is a secret. Where the beginning of the session is gone, events
 * cannot be laid beside the bytes: then everything that is no command is one.
 */
static void mask_line(struct maker *maker, struct bytes_row *row, bool goes_on_secret)
{
	if (row->side != SIDE_CLIENT || row->is_message || maker->bytes->shows_secrets)
		return;
	bool is_secret = goes_on_secret || begins_with(maker, row, "AUTH");
	if (!is_secret)
		is_secret = maker->contents->is_offset_sure ? has_secret_event(maker, row)
							    : !begins_with_verb(maker, row);
	if (is_secret)
		row->masked = (uint32_t)row->length - plain_part(maker, row);
}

/* ---- Lines -------------------------------------------------------------------------------- */

static void end_line(struct maker *maker, enum side side, bool is_over)
{
	struct open_line *line = &maker->lines[side];
	if (!line->is_open)
		return;
	line->row.kind = line->is_more ? BYTES_MORE : BYTES_TEXT;
	mask_line(maker, &line->row, line->is_more && line->is_masked);
	line->is_masked = line->row.masked > 0;
	add_row(maker->bytes, &line->row);
	line->is_open = false;
	line->is_more = !is_over;
}

/** Adds the N bytes at AT of PIECE, within one line, to the line of their side. */
static void go_on(struct maker *maker, const struct wire_piece *piece, size_t at, size_t n)
{
	struct open_line *line = &maker->lines[piece->side];
	if (line->is_open) {
		line->row.length += n;
		return;
	}
	line->is_open = true;
	line->row = (struct bytes_row){
		.mark = piece->mark,
		.at = at,
		.length = n,
		.offset = piece->offset + (uint32_t)(at - piece->at),
		.side = (uint8_t)piece->side,
		.is_message = piece->is_message,
	};
}

static void add_lines(struct maker *maker, const struct wire_piece *piece)
{
	struct span rest = {maker->contents->bytes[piece->side].p + piece->at,
			    (size_t)piece->length};
	size_t at = piece->at;
	struct open_line *line = &maker->lines[piece->side];
	if (line->is_open && line->row.is_message != piece->is_message)
		end_line(maker, piece->side, true);
	while (rest.n) {
		size_t room = BYTES_LINE - (line->is_open ? (size_t)line->row.length : 0);
		struct span part = span_take(rest, room);
		const uint8_t *lf = memchr(part.p, '\n', part.n);
		if (lf)
			part.n = (size_t)(lf - part.p) + 1;
		go_on(maker, piece, at, part.n);
		at += part.n;
		rest = span_skip(rest, part.n);
		if (lf || line->row.length == BYTES_LINE)
			end_line(maker, piece->side, lf != NULL);
	}
}

/* ---- Encryption --------------------------------------------------------------------------- */

/** When the bytes of SESSION begin to be encrypted: behind the 220, or with the first record. */
static int64_t find_sealed(const struct session *session)
{
	for (uint32_t i = 0; i < session->event_count; i++) {
		const struct event *event = session_event(session, i);
		if (event->kind == EVENT_TLS)
			return event->time_ns + (event->bits & EVENT_FROM_SERVER ? 1 : 0);
	}
	return NEVER;
}

/** Adds PIECE as encrypted bytes; those of one side in a run are one row. */
static void add_sealed(struct maker *maker, const struct wire_piece *piece)
{
	struct bytes *bytes = maker->bytes;
	struct bytes_row *last = bytes->count ? &bytes->rows[bytes->count - 1] : NULL;
	const struct bytes_row row = {
		.mark = piece->mark,
		.at = piece->at,
		.length = piece->length,
		.offset = piece->offset,
		.side = (uint8_t)piece->side,
		.kind = BYTES_SEALED,
	};
	end_line(maker, piece->side, true);
	if (last && last->kind == BYTES_SEALED && last->side == row.side &&
	    last->at + last->length == row.at)
		last->length += row.length;
	else
		add_row(bytes, &row);
}

/* ---- Hexadecimal -------------------------------------------------------------------------- */

/** Masks the bytes of ROW that lie in a masked line. */
static void mask_dump(struct maker *maker, struct bytes_row *row)
{
	const struct bytes *lines = maker->masked;
	if (row->side != SIDE_CLIENT)
		return;
	for (; maker->next_masked < lines->count; maker->next_masked++) {
		const struct bytes_row *line = &lines->rows[maker->next_masked];
		size_t end = line->at + (size_t)line->length;
		size_t from = end - line->masked;
		if (end <= row->at)
			continue;
		if (from < row->at + row->length)
			row->masked = (uint32_t)(row->at + row->length -
						 (from > row->at ? from : row->at));
		return;
	}
}

static void add_dump(struct maker *maker, const struct wire_piece *piece)
{
	for (size_t i = 0; i < piece->length; i += BYTES_HEX) {
		uint64_t left = piece->length - i;
		struct bytes_row row = {
			.mark = piece->mark,
			.at = piece->at + i,
			.length = left < BYTES_HEX ? left : BYTES_HEX,
			.offset = piece->offset + (uint32_t)i,
			.side = (uint8_t)piece->side,
			.kind = BYTES_DUMP,
			.is_message = piece->is_message,
		};
		mask_dump(maker, &row);
		add_row(maker->bytes, &row);
	}
}

/* ---- All rows ----------------------------------------------------------------------------- */

static void add_missing(struct maker *maker, const struct wire_piece *piece)
{
	const struct bytes_row row = {
		.mark = piece->mark,
		.length = piece->length,
		.offset = piece->offset,
		.side = (uint8_t)piece->side,
		.kind = piece->kind == WIRE_GAP ? BYTES_GAP : BYTES_LEFT_OUT,
		.gap = (uint8_t)piece->gap,
		.is_message = piece->is_message,
	};
	end_line(maker, piece->side, true);
	add_row(maker->bytes, &row);
}

static void add_note(struct maker *maker, bool is_before)
{
	const struct wire_contents *c = maker->contents;
	bool is_cut = is_before ? c->is_cut_before : c->is_cut_after;
	struct bytes_row row = {.kind = BYTES_NOTE};
	if (is_before && c->gone_first) {
		row.mark.frame = c->gone_first;
		row.length = c->gone_last;
		add_row(maker->bytes, &row);
	}
	row = (struct bytes_row){.kind = BYTES_NOTE, .is_message = is_before};
	if (is_cut)
		add_row(maker->bytes, &row);
}

static void make_rows(struct maker *maker)
{
	const struct wire_contents *c = maker->contents;
	add_note(maker, true);
	for (size_t i = 0; i < c->piece_count; i++) {
		if (c->pieces[i].kind != WIRE_BYTES)
			add_missing(maker, &c->pieces[i]);
		else if (maker->masked)
			add_dump(maker, &c->pieces[i]);
		else if (c->pieces[i].mark.time_ns >= maker->sealed_ns)
			add_sealed(maker, &c->pieces[i]);
		else
			add_lines(maker, &c->pieces[i]);
	}
	end_line(maker, SIDE_CLIENT, true);
	end_line(maker, SIDE_SERVER, true);
	add_note(maker, false);
}

/** Leaves the lines that hold a secret, for the dump to mask the same bytes. */
static void keep_masked(struct bytes *lines)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < lines->count; i++)
		if (lines->rows[i].masked)
			lines->rows[kept++] = lines->rows[i];
	lines->count = kept;
}

void bytes_make(struct bytes *bytes, const struct wire_contents *contents,
		const struct session *session)
{
	struct maker maker = {.bytes = bytes, .contents = contents, .session = session};
	maker.sealed_ns = find_sealed(session);
	struct bytes lines = {.shows_secrets = bytes->shows_secrets};
	bytes->count = 0;
	if (bytes->is_hex) {
		struct maker masker = maker;
		masker.bytes = &lines;
		make_rows(&masker);
		keep_masked(&lines);
		maker.masked = &lines;
	}
	make_rows(&maker);
	bytes->has_failed = bytes->has_failed || lines.has_failed;
	bytes_clear(&lines);
}

void bytes_clear(struct bytes *bytes)
{
	free(bytes->rows);
	bytes->rows = NULL;
	bytes->count = bytes->room = 0;
}

/* ---- Texts -------------------------------------------------------------------------------- */

const char *bytes_mark(const struct bytes_row *row)
{
	static const char *const marks[2][3] = {{"C:", "C+", "C*"}, {"S:", "S+", "S*"}};
	switch ((enum bytes_kind)row->kind) {
	case BYTES_TEXT:
	case BYTES_DUMP:
		return marks[row->side][0];
	case BYTES_MORE:
		return marks[row->side][1];
	case BYTES_SEALED:
	case BYTES_GAP:
	case BYTES_LEFT_OUT:
		return marks[row->side][2];
	case BYTES_NOTE:
		break;
	}
	return "";
}

static void print_line(const struct bytes_row *row, struct span line, bool ascii_only, char *out)
{
	struct span plain = span_take(line, line.n - row->masked);
	if (!row->masked && plain.n >= 2 && plain.p[plain.n - 1] == '\n' &&
	    plain.p[plain.n - 2] == '\r')
		plain.n -= 2;
	text_clean(plain, out, BYTES_ROW_TEXT - 8, INT_MAX, ascii_only);
	size_t used = strlen(out);
	if (row->masked)
		snprintf(out + used, BYTES_ROW_TEXT - used, "%s***", used ? " " : "");
}

/** "00012f  4d 41 49 4c 20 46 52 4f  4d 3a ...  MAIL FROM:" */
static void print_dump(const struct bytes_row *row, struct span bytes, char *out)
{
	size_t plain = bytes.n - row->masked;
	size_t used = (size_t)snprintf(out, BYTES_ROW_TEXT, "%06x ", row->offset);
	for (size_t i = 0; i < BYTES_HEX; i++) {
		const char *gap = i == BYTES_HEX / 2 ? "  " : " ";
		char byte[3] = "  ";
		if (i < bytes.n)
			snprintf(byte, sizeof byte, i < plain ? "%02x" : "**", bytes.p[i]);
		used += (size_t)snprintf(out + used, BYTES_ROW_TEXT - used, "%s%s", gap, byte);
	}
	used += (size_t)snprintf(out + used, BYTES_ROW_TEXT - used, "  ");
	for (size_t i = 0; i < bytes.n; i++) {
		bool is_plain = i < plain && bytes.p[i] >= ' ' && bytes.p[i] < 127;
		out[used++] = i >= plain ? '*' : is_plain ? (char)bytes.p[i] : '.';
	}
	out[used] = '\0';
}

static void print_note(const struct bytes_row *row, const struct wire_contents *contents, char *out)
{
	if (!row->mark.frame)
		snprintf(out, BYTES_ROW_TEXT,
			 row->is_message ? "there is more before this: + reads more"
					 : "there is more behind this: + reads more");
	else if (contents->gone.kind == FAULT_LIMIT)
		snprintf(out, BYTES_ROW_TEXT,
			 "frames %u to %u have left the memory for the newest packets: what they "
			 "held is known to the ladder alone",
			 row->mark.frame, (unsigned)row->length);
	else
		snprintf(out, BYTES_ROW_TEXT, "frames %u to %u cannot be read again: %s",
			 row->mark.frame, (unsigned)row->length, contents->gone.text);
}

const char *bytes_text(const struct bytes *bytes, const struct wire_contents *contents,
		       uint32_t index, bool ascii_only, char out[static BYTES_ROW_TEXT])
{
	const struct bytes_row *row = &bytes->rows[index];
	struct span side = contents->bytes[row->side];
	char clean[BYTES_ROW_TEXT];
	out[0] = '\0';
	switch ((enum bytes_kind)row->kind) {
	case BYTES_TEXT:
	case BYTES_MORE:
		print_line(row, span_take(span_skip(side, row->at), (size_t)row->length),
			   ascii_only, out);
		break;
	case BYTES_DUMP:
		print_dump(row, span_take(span_skip(side, row->at), (size_t)row->length), out);
		break;
	case BYTES_SEALED:
		snprintf(out, BYTES_ROW_TEXT, "%s, encrypted", size_text(row->length).s);
		break;
	case BYTES_GAP:
		snprintf(out, BYTES_ROW_TEXT, "%s: %s", size_text(row->length).s,
			 gap_words((enum gap_kind)row->gap));
		break;
	case BYTES_LEFT_OUT:
		snprintf(out, BYTES_ROW_TEXT, "%s of the message left out: + shows more",
			 size_text(row->length).s);
		break;
	case BYTES_NOTE:
		print_note(row, contents, out);
		snprintf(clean, sizeof clean, "%s", out);
		text_safe(clean, out, BYTES_ROW_TEXT);
		break;
	}
	return out;
}

uint32_t bytes_row_of(const struct bytes *bytes, uint32_t frame)
{
	uint32_t best = 0;
	for (uint32_t i = 0; i < bytes->count; i++) {
		const struct bytes_row *row = &bytes->rows[i];
		if (row->kind == BYTES_NOTE || row->mark.frame > frame)
			continue;
		const struct bytes_row *was = &bytes->rows[best];
		bool is_newer = row->mark.frame > was->mark.frame ||
				(row->mark.frame == was->mark.frame && row->mark.frame < frame);
		if (was->kind == BYTES_NOTE || is_newer)
			best = i;
	}
	return best;
}

uint32_t bytes_row_of_event(const struct bytes *bytes, const struct event *event)
{
	enum side side = event->bits & EVENT_FROM_SERVER ? SIDE_SERVER : SIDE_CLIENT;
	bool has_bytes = event->kind >= EVENT_COMMAND && event->kind <= EVENT_LINE;
	uint32_t offset = event->kind == EVENT_MESSAGE ? event->offset : event->offset - 1;
	for (uint32_t i = 0; has_bytes && i < bytes->count; i++) {
		const struct bytes_row *row = &bytes->rows[i];
		if (row->kind != BYTES_NOTE && row->side == side &&
		    (uint64_t)(offset - row->offset) < row->length)
			return i;
	}
	return bytes_row_of(bytes, event->frame);
}
