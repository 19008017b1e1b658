/* SPDX-License-Identifier: MIT */
/*
 * ladder_run: the segments that carried one row of a ladder, read again. No curses in here.
 *
 * A message is one arrow, however many segments it took. Opened, each of them is a row with what
 * TCP did: retransmitted, early, filling a hole, met by a window that is shut.
 */
#ifndef SMTPSCOPE_TUI_LADDER_RUN_H
#define SMTPSCOPE_TUI_LADDER_RUN_H

#include "view/ladder.h"
#include "wire.h"

struct ladder_run {
	uint32_t event;	    /* whose segments they are; NO_EVENT: none is open */
	uint32_t *segments; /* indices of the wire's contents */
	uint32_t count;
	uint32_t offset; /* in the stream, where the run begins */
};

/** Fills RUN for EVENT of SESSION. False: no memory, and it is empty. */
bool ladder_run_make(struct ladder_run *run, const struct wire_contents *contents,
		     const struct session *session, uint32_t event);
void ladder_run_clear(struct ladder_run *run);

/** Row INDEX of RUN. */
void ladder_run_row(const struct ladder_run *run, const struct wire_contents *contents,
		    uint32_t index, struct ladder_row *out);

/** What that row means. */
void ladder_run_explain(const struct ladder_run *run, const struct wire_contents *contents,
			uint32_t index, struct prose *out);

/** "19 segments: 2 retransmitted, 1 early." */
void ladder_run_sum(const struct ladder_run *run, const struct wire_contents *contents,
		    struct prose *out);

#endif
