/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <limits.h>
#include <stdio.h>
#include <utf8proc.h>

#define MARKS_PER_BASE 2
#define UNIT_BYTES 16 /* the longest unit is "<U+10FFFF>" or "\xf0\x9f\x98\x80" */

/* One character of the input, or one invalid byte, in the form that is shown. */
struct unit {
	char bytes[UNIT_BYTES + 1];
	int len;
	int columns;
	bool is_base; /* a combining mark may follow */
};

/* What has been written so far, and how far back a cut may go. */
struct writer {
	char *out;
	size_t size; /* of out, without its NUL */
	int max_columns;
	size_t len;
	int columns;
	const char *ellipsis;
	size_t cut_len; /* here the ellipsis still fits */
	int cut_columns;
};

struct char_range {
	int32_t first, last;
};

/*
 * Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties.txt) outside of Cf and Cn:
 * invisible, so that text could hide behind them, though their categories are harmless.
 */
static const struct char_range invisible[] = {
	{0x034f, 0x034f}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180d},	  {0x180f, 0x180f},
	{0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xffa0, 0xffa0}, {0xe0100, 0xe01ef},
};

/*
 * Characters that take more or fewer columns in one terminal than in the next: conjoining Hangul
 * letters, and a few on whose width Unicode and C libraries differ.
 */
static const struct char_range unsteady[] = {
	{0x1160, 0x11ff}, {0x302e, 0x302f}, {0x3248, 0x324f},
	{0x4dc0, 0x4dff}, {0xd7b0, 0xd7fb}, {0x16ff0, 0x16ff1},
};

static bool is_among(int32_t c, const struct char_range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static bool is_deceptive(int32_t c)
{
	return is_among(c, invisible, sizeof invisible / sizeof invisible[0]) ||
	       is_among(c, unsteady, sizeof unsteady / sizeof unsteady[0]);
}

/* Columns of a character that is_deceptive() has let through. */
static int char_columns(int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return 0;
	case UTF8PROC_CATEGORY_MC: /* "spacing" marks stand in a place of their own */
		return 1;
	default:
		return utf8proc_charwidth(c);
	}
}

static bool is_control(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

static struct unit unit_hex(struct span bytes)
{
	struct unit unit = {.len = 0};

	for (size_t i = 0; i < bytes.n; i++)
		unit.len += snprintf(unit.bytes + unit.len, sizeof unit.bytes - (size_t)unit.len,
				     "\\x%02x", bytes.p[i]);
	unit.columns = unit.len;
	return unit;
}

static struct unit unit_code_point(int32_t c)
{
	struct unit unit = {.len = 0};

	unit.len = snprintf(unit.bytes, sizeof unit.bytes, "<U+%04X>", (unsigned)c);
	unit.columns = unit.len;
	return unit;
}

static struct unit unit_literal(struct span bytes, int columns)
{
	struct unit unit = {.len = (int)bytes.n, .columns = columns, .is_base = true};

	memcpy(unit.bytes, bytes.p, bytes.n);
	return unit;
}

static bool is_printable(int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return !is_deceptive(c);
	}
}

/* MARKS counts the combining marks that the character before this one carries, -1 if it may not. */
static struct unit unit_beyond_ascii(struct span bytes, int32_t c, int marks, bool ascii_only)
{
	int columns = char_columns(c);

	if (!is_printable(c))
		return unit_code_point(c);
	if (!columns && (marks < 0 || marks >= MARKS_PER_BASE))
		return unit_code_point(c);
	return ascii_only ? unit_hex(bytes) : unit_literal(bytes, columns);
}

/* Takes one unit off the front of REST; REST is not empty. */
static struct unit unit_take(struct span *rest, int marks, bool ascii_only)
{
	int32_t c;
	utf8proc_ssize_t n = utf8proc_iterate(rest->p, (utf8proc_ssize_t)rest->n, &c);
	struct span bytes = span_take(*rest, n > 0 ? (size_t)n : 1);

	*rest = span_skip(*rest, bytes.n);
	if (n <= 0)
		return unit_hex(bytes);
	if (is_control(c)) {
		uint8_t byte = (uint8_t)c;
		return unit_hex((struct span){&byte, 1});
	}
	if (c < 0x80)
		return unit_literal(bytes, 1);
	return unit_beyond_ascii(bytes, c, marks, ascii_only);
}

static bool writer_has_room(const struct writer *w, size_t len, int columns)
{
	return len <= w->size - w->len && columns <= w->max_columns - w->columns;
}

static void writer_put(struct writer *w, const char *bytes, size_t len, int columns)
{
	memcpy(w->out + w->len, bytes, len);
	w->len += len;
	w->columns += columns;
}

static void writer_cut(struct writer *w)
{
	w->len = w->cut_len;
	w->columns = w->cut_columns;
	if (writer_has_room(w, strlen(w->ellipsis), 1))
		writer_put(w, w->ellipsis, strlen(w->ellipsis), 1);
}

/*
 * Nearly all texts are plain ASCII: takes as much of that off the front of REST as leaves room for
 * the ellipsis, all at once. False: the next character is another one, or there is no such room.
 */
static bool writer_put_plain(struct writer *w, struct span *rest)
{
	size_t ellipsis = strlen(w->ellipsis), n = 0;

	if (!writer_has_room(w, ellipsis + 1, 2))
		return false;
	size_t bytes = w->size - w->len - ellipsis;
	size_t columns = (size_t)(w->max_columns - w->columns - 1);
	struct span most = span_take(*rest, bytes < columns ? bytes : columns);
	while (n < most.n && most.p[n] >= ' ' && most.p[n] <= '~')
		n++;
	if (!n)
		return false;
	w->cut_len = w->len + n - 1;
	w->cut_columns = w->columns + (int)n - 1;
	writer_put(w, (const char *)rest->p, n, (int)n);
	*rest = span_skip(*rest, n);
	return true;
}

int text_clean(struct span in, char *out, size_t out_size, int max_columns, bool ascii_only)
{
	if (!out_size)
		return 0;
	struct writer w = {
		.out = out,
		.size = out_size - 1,
		.max_columns = max_columns,
		.ellipsis = ascii_only ? "~" : "…",
	};

	int marks = -1;
	while (in.n) {
		if (writer_put_plain(&w, &in)) {
			marks = 0;
			continue;
		}
		struct unit unit = unit_take(&in, marks, ascii_only);
		marks = !unit.is_base ? -1 : unit.columns ? 0 : marks + 1;
		if (unit.columns && writer_has_room(&w, strlen(w.ellipsis), 1)) {
			w.cut_len = w.len;
			w.cut_columns = w.columns;
		}
		if (!writer_has_room(&w, (size_t)unit.len, unit.columns)) {
			writer_cut(&w);
			break;
		}
		writer_put(&w, unit.bytes, (size_t)unit.len, unit.columns);
	}
	out[w.len] = '\0';
	return w.columns;
}

const char *text_safe(const char *in, char *out, size_t out_size)
{
	(void)text_clean(span_of(in), out, out_size, INT_MAX, false);
	return out;
}

int text_character(const char *text, size_t *n)
{
	int32_t c;
	utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);

	*n = taken > 0 ? (size_t)taken : 1;
	return taken > 0 ? char_columns(c) : 1;
}

int text_columns(const char *s)
{
	int columns = 0;

	for (size_t n; *s; s += n)
		columns += text_character(s, &n);
	return columns;
}
