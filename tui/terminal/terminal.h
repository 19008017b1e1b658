/* SPDX-License-Identifier: MIT */
/*
 * terminal: the only module that knows curses.
 *
 * There is one terminal, and signal handlers must find it: its state is this module's own. A
 * crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) puts the terminal back before the program
 * dies of it, by a string and settings prepared beforehand.
 */
#ifndef SMTPSCOPE_TUI_TERMINAL_H
#define SMTPSCOPE_TUI_TERMINAL_H

#include "canvas.h"
#include "fault.h"
#include "run/options.h"

struct terminal_options {
	bool stdin_is_taken; /* packets come from it: keys come from /dev/tty */
	bool no_mouse;
	enum color_choice color;
};

/** Takes the terminal over. False: FAULT says what it lacks; nothing was changed. */
bool terminal_open(const struct terminal_options *options, struct fault *fault);

/** Puts the terminal back; without effect if it is not open. */
void terminal_close(void);

/** The descriptor to poll for keys. */
int terminal_fd(void);

/** After poll() found it readable: whether that is no key but its end. */
bool terminal_is_at_end(void);

/** Takes the mouse (WANTED), or leaves it to the terminal. */
void terminal_take_mouse(bool wanted);

enum terminal_event { TERMINAL_NOTHING, TERMINAL_PRESS, TERMINAL_LOST };

struct terminal_press {
	int press; /* see keys.h */
	int row;   /* of the mouse */
	int column;
};

/** The next key that is waiting. TERMINAL_LOST: the terminal has gone away. */
enum terminal_event terminal_read(struct terminal_press *out);

/** The size; after SIGWINCH terminal_resize() takes the new one up. */
void terminal_size(int *rows, int *columns);
void terminal_resize(void);

/**
 * Shows CANVAS in THEME, with the cursor at CURSOR_COLUMN of the last row, or hidden (-1).
 * Only what changed is written; with EVERYTHING all of it.
 */
void terminal_show(const struct canvas *canvas, enum theme_choice theme, int cursor_column,
		   bool everything);

/**
 * Puts TEXT into the terminal's clipboard: the one thing that is written besides screens. False:
 * a terminal of this type has none, or there is no memory.
 */
bool terminal_copy(const char *text);

/** Puts the terminal back, stops the process as ^Z does, and takes the terminal over again. */
void terminal_suspend(void);

#endif
