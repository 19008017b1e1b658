/* SPDX-License-Identifier: MIT */
/*
 * loop: one thread, one poll: keys, signals, packets, and the clock where something moves.
 *
 * Packets are read in batches of a few milliseconds, so that a key never waits longer. When
 * nothing happens nothing is written to the terminal.
 */
#ifndef SMTPSCOPE_TUI_LOOP_H
#define SMTPSCOPE_TUI_LOOP_H

#include "app.h"

enum loop_end {
	LOOP_QUIT,    /* the user did */
	LOOP_HANG_UP, /* the terminal went away */
	LOOP_SIGNAL,  /* *NUMBER ended it */
	LOOP_FAILED,  /* no memory, or no poll */
};

/** Runs APP on the open terminal until it ends; SIGNAL_FD from signals_open(). */
enum loop_end loop_run(struct app *app, int signal_fd, int *number);

#endif
