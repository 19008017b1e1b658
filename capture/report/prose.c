/* SPDX-License-Identifier: MIT */
#include "prose.h"

#include "text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

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
		size_t n;
		int width = text_character(p, &n);
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
