/* SPDX-License-Identifier: MIT */
/*
 * lines: a stream of bytes cut into lines, wherever the segments were cut.
 *
 * A line ends with LF; a CR before it is taken off (RFC 5321 2.3.8 asks for CRLF, but bare LF is
 * seen). A line that lies whole in one span is handed out where it lies; others are put
 * together in a buffer of at most LIMIT_LINE bytes, and what is longer is cut and said so.
 */
#ifndef SMTPSCOPE_LINES_H
#define SMTPSCOPE_LINES_H

#include "span.h"

#include <stdbool.h>

struct line_reader {
	uint8_t *kept;       /* the beginning of a line, NULL before one was needed */
	size_t kept_n;
	size_t kept_room;
	bool is_cut;         /* the line is longer than what is kept */
};

struct line {
	struct span text;    /* without its CRLF; valid until the next call */
	bool is_cut;
	bool is_bare_lf;     /* it ended with LF alone */
};

/**
 * Takes bytes from the front of IN. True: LINE is a whole line. False: IN is used up and what
 * there is of a line is kept.
 */
bool line_read(struct line_reader *reader, struct span *in, struct line *line);

/** What is kept of a line that has not ended. */
struct span line_rest(const struct line_reader *reader);

/** Forgets what is kept. */
void line_forget(struct line_reader *reader);

/** Frees what READER holds. */
void line_close(struct line_reader *reader);

#endif
