/* SPDX-License-Identifier: MIT */
/*
 * How rows of bytes read, and which row belongs to a frame or an event.
 */
#include "view/bytes.h"

#include "text.h"
#include "timetext.h"

#include <limits.h>
#include <stdio.h>

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
			 "frames %u to %u have left the memory for the newest packets (--ring); "
			 "the ladder still has what was said",
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
