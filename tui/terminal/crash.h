/* SPDX-License-Identifier: MIT */
/*
 * crash: puts the terminal back when the program dies of a bug.
 *
 * A handler may hardly call anything; so what must be written, and the terminal's settings, are
 * prepared while all is well. Afterwards the signal takes its course.
 */
#ifndef SMTPSCOPE_TUI_CRASH_H
#define SMTPSCOPE_TUI_CRASH_H

#include <stdbool.h>

/** Keeps the settings of terminal FD, before curses changes them. */
void crash_remember_settings(int fd);

/** From now on a crash restores it. Curses must be open; HAS_MOUSE: it reports the mouse. */
void crash_watch(bool has_mouse);

/** The terminal was put back in order: a crash leaves it alone. */
void crash_unwatch(void);

/** As crash_watch(), with what was prepared then. */
void crash_watch_again(void);

#endif
