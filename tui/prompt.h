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
#define PROMPT_WHY 400

struct prompt {
	char text[PROMPT_SIZE]; /* UTF-8, NUL-terminated */
	size_t len;
	size_t cursor;	      /* a byte position between characters */
	bool is_offered;      /* the text is what was there before: typing replaces it */
	char why[PROMPT_WHY]; /* the text was refused, for that reason; "": it was not */
	size_t why_at;	      /* these bytes of it are what is wrong; 0: its end */
	size_t why_length;
};

enum prompt_state { PROMPT_OPEN, PROMPT_DONE, PROMPT_CANCELLED };

/** Starts with TEXT offered, the cursor at its end: a character typed first replaces it, a key that
 * edits keeps it. */
void prompt_start(struct prompt *prompt, const char *text);

/**
 * The text was refused because of LENGTH bytes from AT on: the cursor goes there, WHY and the
 * place are shown until the next press.
 */
void prompt_refuse(struct prompt *prompt, size_t at, size_t length, const char *why);

/** Takes one press in: edits, or says that Enter or Esc ended it. */
enum prompt_state prompt_press(struct prompt *prompt, int press);

#endif
