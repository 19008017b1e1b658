/* SPDX-License-Identifier: MIT */
/*
 * text: the one way in which bytes from the network become something a terminal may show.
 *
 * text_clean() keeps printable UTF-8 and turns everything else into something visible: C0, DEL
 * and C1 controls and invalid UTF-8 become \xNN; bidirectional controls, zero-width and other
 * format characters (categories Cc Cf Co Cn Zl Zp) become <U+202E> and the like; at most two
 * combining marks stay on a base character. The result is valid UTF-8, has no newline, and
 * takes exactly the number of columns that it reports.
 */
#ifndef SMTPSCOPE_TEXT_H
#define SMTPSCOPE_TEXT_H

#include "span.h"

#include <stdbool.h>

/**
 * Writes the safe form of IN to OUT, NUL-terminated, at most OUT_SIZE bytes and at most
 * MAX_COLUMNS columns; what does not fit is cut, and the cut shown by "…" ("~" with ASCII_ONLY).
 * With ASCII_ONLY characters beyond ASCII are written as \xNN too.
 * Returns the columns used.
 */
int text_clean(struct span in, char *out, size_t out_size, int max_columns, bool ascii_only);

/** As text_clean(), for a C string, UTF-8 allowed, without a limit on columns. Returns OUT. */
const char *text_safe(const char *in, char *out, size_t out_size);

/**
 * TEXT, already clean, as Markdown shows it letter by letter (CommonMark, and the tables, struck
 * text and bare links of GitHub and GitLab): no markup, HTML, link or end of a table's cell comes of
 * it, wherever in a paragraph or cell it stands. At most OUT_SIZE bytes, never cut within a
 * character or what stands for one; 6 times TEXT's bytes are enough. Returns OUT.
 */
const char *text_markdown(const char *text, char *out, size_t out_size);

/** The character that TEXT (already clean, not empty) begins with: its bytes in N, its columns. */
int text_character(const char *text, size_t *n);

/** Columns that the UTF-8 text S (already clean) takes on a terminal. */
int text_columns(const char *s);

#endif
