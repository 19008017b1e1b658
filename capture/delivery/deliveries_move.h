/* SPDX-License-Identifier: MIT */
/*
 * deliveries_move: deliveries made anew from a ledger that holds less.
 *
 * The new ones find by themselves what belongs together, from what is in the new ledger. What they
 * cannot find there they take over: how the clocks of the files differ, the numbers that deliveries
 * are known by, what was let go so far. For capture/compaction.c.
 */
#ifndef SMTPSCOPE_DELIVERIES_MOVE_H
#define SMTPSCOPE_DELIVERIES_MOVE_H

#include "moves.h"
#include "tally.h"

/** Deliveries of LEDGER, set up as BEFORE, and without numbers as yet. NULL: no memory. */
struct deliveries *deliveries_anew(const struct deliveries *before, struct ledger *ledger);

/**
 * Those of the attempts of SESSION, an id of before, get the numbers and revisions that they had.
 * Call after an update.
 */
void deliveries_carry(struct deliveries *after, const struct deliveries *before,
		      const struct moves *moves, uint32_t session);

/**
 * AFTER, which is complete, takes the place of BEFORE: it owns what that knows of what was let go,
 * to which all is added that MOVES does not have. False: no memory to count all of it.
 */
bool deliveries_go_on(struct deliveries *after, struct deliveries *before,
		      const struct moves *moves);

/** Time passes anew: the next update judges what waits, whatever it was judged at before. */
void deliveries_restart_clock(struct deliveries *deliveries);

/** The servers and senders of what was let go; NULL: nothing was. */
struct tally *deliveries_past(const struct deliveries *deliveries);

/** Bytes of memory held. */
size_t deliveries_memory(const struct deliveries *deliveries);

/** Two sessions that belong together, as keeping.h has it. */
typedef void relate_visit(void *context, uint32_t session, uint32_t other);

/** Shows all such to VISIT, or only what SESSION has a part in; some more than once. */
void deliveries_relate(const struct deliveries *deliveries, relate_visit *visit, void *context);
void deliveries_relate_session(const struct deliveries *deliveries, uint32_t session,
			       relate_visit *visit, void *context);

#endif
