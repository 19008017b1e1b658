/* SPDX-License-Identifier: MIT */
/*
 * signals: as events that a poll loop reads, never as interruptions.
 */
#ifndef SMTPSCOPE_TUI_SIGNALS_H
#define SMTPSCOPE_TUI_SIGNALS_H

/**
 * From now on SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP and SIGCONT are only read from
 * the descriptor that this returns; SIGPIPE is ignored. -1: the system refused.
 */
int signals_open(void);

/** The next signal that came in, or 0. */
int signals_next(int fd);

/** Dies of signal NUMBER, so that the caller's parent sees what ended the program. */
void signals_die_of(int number);

#endif
