/* SPDX-License-Identifier: MIT */
/*
 * prompt_line: how a prompt looks. The last row has the question and the text, moved to the left
 * where it is too long for the cursor to be seen. Of a text that is none it is said above:
 *
 *     there is no such state; there are: duplicated maybe-duplicated in-doubt undelivered
 *                                vvvvvvvvv
 *     show only rows with: state=duplicate and from ~ msn
 *
 * Of others stands there what may be typed, where there is room for it.
 */
#ifndef SMTPSCOPE_TUI_PROMPT_LINE_H
#define SMTPSCOPE_TUI_PROMPT_LINE_H

#include "canvas.h"
#include "prompt/prompt.h"

/** Draws in the last rows of CANVAS; returns the column of the cursor. */
int prompt_line_draw(const struct prompt *prompt, const char *question, bool ascii_only,
		     struct canvas *canvas);

#endif
