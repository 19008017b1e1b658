/* SPDX-License-Identifier: MIT */
/*
 * tui_pty: the real program in a pseudo-terminal, seen through a terminal emulator.
 *
 * Nothing here sleeps for a fixed time: tests wait until a screen says what they expect, with a
 * deadline after which the screen is printed and the test fails.
 */
#ifndef SMTPSCOPE_TESTS_TUI_PTY_H
#define SMTPSCOPE_TESTS_TUI_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

struct pty {
	pid_t pid;
	int master; /* -1 once it was hung up */
	VTerm *vterm;
	VTermScreen *screen;
	int rows;
	int columns;
	size_t written;	       /* bytes that the program wrote so far */
	bool has_alternate;    /* the alternate screen is shown */
	bool has_cursor;       /* the cursor is */
	struct termios before; /* settings of the terminal when the program was started */
	int slave;	       /* held open, so that settings can be read after its end */
	const char *forbidden; /* bytes that must never be written; NULL: none */
	bool wrote_forbidden;
};

/** Starts `$BUILD/smtpscope ARGUMENTS` (NULL ends them) with TERM=xterm-256color in UTF-8. */
void pty_start(struct pty *pty, int rows, int columns, const char *const *arguments);

/** The same with more in its ENVIRONMENT, "TERM=vt100"; a NULL ends it. */
void pty_start_in(struct pty *pty, int rows, int columns, const char *const *environment,
		  const char *const *arguments);

/** Starts an interactive shell instead, whose prompt is "shell> ", with job control. */
void pty_start_shell(struct pty *pty, int rows, int columns);

/** Path of the program under test. */
const char *pty_program(void);

/** Ends the program, if it still runs, by its process id, and frees everything. */
void pty_stop(struct pty *pty);

void pty_type(struct pty *pty, const char *bytes);
void pty_resize(struct pty *pty, int rows, int columns);

/** Fails unless TEXT stands on the screen within five seconds (or stands there no more). */
void pty_expect(struct pty *pty, const char *text);
void pty_expect_gone(struct pty *pty, const char *text);

/** Whether TEXT stands on the screen now. */
bool pty_shows(struct pty *pty, const char *text);

/** Closes the terminal, as a lost connection does. */
void pty_hang_up(struct pty *pty);

/** Waits for the program to end within WITHIN_MS; returns its wait status, or fails. */
int pty_wait(struct pty *pty, int within_ms);

/** Waits until the program has written nothing for 30 ms: until a screen is whole. */
void pty_settle(struct pty *pty);

/** Bytes written within MS milliseconds. */
size_t pty_written_within(struct pty *pty, int ms);

/** Whether the terminal's settings and screen are as before the program. */
bool pty_is_restored(struct pty *pty);

#endif
