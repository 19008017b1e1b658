/* SPDX-License-Identifier: MIT */
/*
 * prose: a bounded piece of text that grows sentence by sentence, and its lines on a screen.
 *
 * A text holds one thought a line, divided by newlines; a screen wraps each of them. What does
 * not fit is cut, never overrun.
 */
#ifndef SMTPSCOPE_PROSE_H
#define SMTPSCOPE_PROSE_H

#include "span.h"

#include <stddef.h>

#define PROSE_SIZE 3072

struct prose {
	size_t used;
	char text[PROSE_SIZE]; /* NUL-terminated UTF-8 */
};

/** An empty text. */
void prose_clear(struct prose *prose);

/** Adds to the end, as printf would. */
void prose_add(struct prose *prose, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Begins a new line, unless the text is empty. */
void prose_break(struct prose *prose);

/**
 * Takes the next line of at most COLUMNS columns off *REST (a NUL-terminated UTF-8 text), broken
 * between words, but never between a number and its unit; a word that is too long is cut in two.
 * An empty span with a NULL pointer: there is none left.
 */
struct span prose_next_line(const char **rest, int columns);

#endif
