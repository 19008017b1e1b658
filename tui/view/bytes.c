/* SPDX-License-Identifier: MIT */
#include "view/bytes.h"

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
	uint32_t event;		    /* the next one that may be of a line */
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

/**
 * Whether the line that ROW is of, or a part of it, is a secret, as the events tell. What none
 * tells of, as the rest of a line behind a gap, is one unless it begins with a verb.
 */
static bool is_told_secret(struct maker *maker, const struct bytes_row *row)
{
	const struct session *session = maker->session;
	struct span rest = span_take(span_skip(maker->contents->bytes[SIDE_CLIENT], row->at),
				     AUTH_LINE);
	const uint8_t *lf = memchr(rest.p, '\n', rest.n);
	size_t length = lf ? (size_t)(lf - rest.p) + 1 : rest.n;
	for (; maker->event < session->event_count; maker->event++) {
		const struct event *event = session_event(session, maker->event);
		int32_t to_end = (int32_t)(event->offset - row->offset);
		bool is_line = event->kind == EVENT_LINE || event->kind == EVENT_COMMAND;
		if (!is_line || event->bits & (EVENT_FROM_SERVER | EVENT_ASSUMED) || to_end <= 0)
			continue;
		if (event->kind == EVENT_LINE)
			return false;
		if ((size_t)to_end <= length)
			return event->bits & EVENT_SECRET;
		break;
	}
	return !begins_with_verb(maker, row);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** What of an AUTH line is no secret: the verb and the name of the mechanism. */
static uint32_t plain_part(const struct maker *maker, const struct bytes_row *row)
{
	const uint8_t *p = maker->contents->bytes[SIDE_CLIENT].p + row->at;
	uint32_t n = 5;
	if (!begins_with(maker, row, "AUTH"))
		return 0;
	while (n < row->length && !is_blank(p[n]))
		n++;
	uint32_t end = n;
	while (end < row->length && is_blank(p[end]))
		end++;
	return end == row->length ? end : n;
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
		is_secret = maker->contents->is_offset_sure ? is_told_secret(maker, row)
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
