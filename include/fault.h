/* SPDX-License-Identifier: MIT */
/*
 * fault: why a call failed, as a value that goes up.
 *
 * A function that can fail takes a `struct fault *` last and returns false, NULL or a negative
 * value; the fault then holds the kind, for the caller's decision, and one line of text for the
 * user: what, where and, if there is one, what to do. The text has no newline and may hold
 * bytes from file names: it passes text_clean() before it is shown.
 *
 * Bad input is not a fault but data: it is counted, with its place, and reading goes on.
 */
#ifndef SMTPSCOPE_FAULT_H
#define SMTPSCOPE_FAULT_H

#include <stdbool.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_OPEN,       /* a file or an interface could not be opened */
	FAULT_FORMAT,     /* the file is no capture, or one that cannot be read */
	FAULT_CUT_SHORT,  /* the file ends inside a record; what came before it was read */
	FAULT_PERMISSION, /* the system does not allow it */
	FAULT_READ,       /* the system failed to read, or the interface went away */
	FAULT_MEMORY,     /* no memory */
	FAULT_LIMIT,      /* one of limits.h was reached */
	FAULT_USAGE,      /* the caller's words are off: an option, a filter */
};

struct fault {
	enum fault_kind kind;
	char text[400];
};

/**
 * Fills FAULT (which may be NULL). Text that is too long is cut.
 * Always returns false, so that `return fault_set(...)` reads well.
 */
bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
