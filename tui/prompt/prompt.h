/* SPDX-License-Identifier: MIT */
/*
 * prompt: one line that the user types at the bottom of the screen.
 *
 * It is a state of the event loop, never a loop of its own: presses go in one at a time. Who asked
 * may look at the text after each of them, and say what is wrong with it, what may be typed, and
 * what Tab completes.
 */
#ifndef SMTPSCOPE_TUI_PROMPT_H
#define SMTPSCOPE_TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROMPT_SIZE 256
#define PROMPT_WHY 400
#define PROMPT_MORE 64

struct prompt {
	char text[PROMPT_SIZE]; /* UTF-8, NUL-terminated */
	size_t len;
	size_t cursor;	      /* a byte position between characters */
	bool is_offered;      /* the text is what was there before: typing replaces it */
	char why[PROMPT_WHY]; /* the text is none, for that reason; "": it may be one */
	size_t why_at;	      /* these bytes of it are what is wrong; 0: its end */
	size_t why_length;
	char hint[PROMPT_WHY]; /* what may be typed; "": nothing is said */
	char more[PROMPT_MORE]; /* what Tab writes in place of the bytes from more_from to the
				   cursor; "": nothing */
	size_t more_from;
};

enum prompt_state { PROMPT_OPEN, PROMPT_DONE, PROMPT_CANCELLED };

/** Starts with TEXT offered, the cursor at its end: a character typed first replaces it, a key that
 * edits keeps it. */
void prompt_start(struct prompt *prompt, const char *text);

/** LENGTH bytes from AT on are wrong: WHY and the place are shown until the next press. */
void prompt_mark(struct prompt *prompt, size_t at, size_t length, const char *why);

/** As prompt_mark(), of a text that was refused: the cursor goes to the place. */
void prompt_refuse(struct prompt *prompt, size_t at, size_t length, const char *why);

/** Puts TEXT in place of what was typed; "" and other texts may be typed on. */
void prompt_replace(struct prompt *prompt, const char *text);

/** Reads "12" or "#12", of which users are told. False: TEXT is none of these. */
bool prompt_number(const char *text, uint32_t *out);

/** Takes one press in: edits, or says that Enter or Esc ended it. Advice is forgotten. */
enum prompt_state prompt_press(struct prompt *prompt, int press);

#endif
