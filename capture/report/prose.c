/* SPDX-License-Identifier: MIT */
#include "prose.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <utf8proc.h>

void prose_clear(struct prose *prose)
{
	prose->used = 0;
	prose->text[0] = '\0';
}

/* A cut may have left the first bytes of a character at the end. */
static void drop_broken_tail(struct prose *prose)
{
	while (prose->used && ((unsigned char)prose->text[prose->used - 1] & 0xc0) == 0x80)
		prose->used--;
	if (prose->used && (unsigned char)prose->text[prose->used - 1] >= 0xc0)
		prose->used--;
	prose->text[prose->used] = '\0';
}

void prose_add(struct prose *prose, const char *format, ...)
{
	size_t room = sizeof prose->text - prose->used;
	va_list arguments;

	va_start(arguments, format);
	int len = vsnprintf(prose->text + prose->used, room, format, arguments);
	va_end(arguments);
	if (len < 0)
		return;
	if ((size_t)len < room) {
		prose->used += (size_t)len;
		return;
	}
	prose->used = sizeof prose->text - 1;
	drop_broken_tail(prose);
}

void prose_break(struct prose *prose)
{
	if (prose->used)
		prose_add(prose, "\n");
}

/* The character at P: how many bytes it has, and in COLUMNS how wide it is. */
static size_t character(const char *p, int *columns)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);

	*columns = n > 0 ? utf8proc_charwidth(c) : 1;
	return n > 0 ? (size_t)n : 1;
}

/* "90.0 s" and "27 212 bytes" are not to be torn apart at their blanks. */
static bool may_break(const char *line, const char *blank)
{
	static const char *const units[] = {"s", "ms", "min", "h", "d", "bytes", "kB", "MB", "GB"};
	size_t len = 0;

	if (blank == line || !isdigit((unsigned char)blank[-1]))
		return true;
	if (isdigit((unsigned char)blank[1]))
		return false;
	while (isalpha((unsigned char)blank[1 + len]))
		len++;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strlen(units[i]) == len && memcmp(units[i], blank + 1, len) == 0)
			return false;
	return true;
}

struct span prose_next_line(const char **rest, int columns)
{
	const char *line = *rest;
	const char *p = line;
	const char *blank = NULL; /* the last one that the line may be broken at */
	int used = 0;

	if (!*line)
		return (struct span){NULL, 0};
	while (*p && *p != '\n') {
		int width;
		size_t n = character(p, &width);
		if (*p == ' ' && may_break(line, p))
			blank = p;
		if (used + width > columns && p > line) {
			p = blank && blank > line ? blank : p;
			break;
		}
		used += width;
		p += n;
	}
	*rest = *p == ' ' || *p == '\n' ? p + 1 : p;
	return (struct span){(const uint8_t *)line, (size_t)(p - line)};
}
