/* SPDX-License-Identifier: MIT */
/*
 * prompt: one line that the user types at the bottom of the screen.
 *
 * It is a state of the event loop, never a loop of its own: presses go in one at a time.
 */
#ifndef SMTPSCOPE_TUI_PROMPT_H
#define SMTPSCOPE_TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#define PROMPT_SIZE 256

struct prompt {
	char text[PROMPT_SIZE]; /* UTF-8, NUL-terminated */
	size_t len;
	size_t cursor; /* a byte position between characters */
	bool is_offered; /* the text is what was there before: typing replaces it */
};

enum prompt_state { PROMPT_OPEN, PROMPT_DONE, PROMPT_CANCELLED };

/** Starts with TEXT offered, the cursor at its end: a character typed first replaces it, a key that
 * edits keeps it. */
void prompt_start(struct prompt *prompt, const char *text);

/** Takes one press in: edits, or says that Enter or Esc ended it. */
enum prompt_state prompt_press(struct prompt *prompt, int press);

#endif
