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

/** Whether SESSION, with all that belongs to it, is let go. */
typedef bool is_let_go(const void *context, uint32_t session);

/** Adds to SUMS the deliveries from id FROM on and below UNTIL that IS_GONE. */
void deliveries_sum_let_go(const struct deliveries *deliveries, uint32_t from, uint32_t until,
			   is_let_go *is_gone, const void *context, struct let_go *sums);

/**
 * AFTER, which is complete, takes the place of BEFORE, with what is known of all that was let go:
 * how much it was, and PAST, its servers and senders, which is AFTER's from now on.
 */
void deliveries_go_on(struct deliveries *after, const struct deliveries *before,
		      const struct let_go *let_go, struct tally *past);

/** Time passes anew: the next update judges what waits, whatever it was judged at before. */
void deliveries_restart_clock(struct deliveries *deliveries);

/** The servers and senders of what was let go; NULL: nothing was. */
struct tally *deliveries_past(const struct deliveries *deliveries);

/** Bytes of memory held. */
size_t deliveries_memory(const struct deliveries *deliveries);

/** Two sessions that belong together, as keeping.h has it. */
typedef void relate_visit(void *context, uint32_t session, uint32_t other);

/** Shows to VISIT what belongs together by the connection of SESSION; by a delivery. */
void deliveries_relate_connection(const struct deliveries *deliveries, uint32_t session,
				  relate_visit *visit, void *context);
void deliveries_relate_tries(const struct deliveries *deliveries, const struct delivery *delivery,
			     relate_visit *visit, void *context);

/** Both, for SESSION and all deliveries that were tried in it. */
void deliveries_relate(const struct deliveries *deliveries, uint32_t session, relate_visit *visit,
		       void *context);

#endif
