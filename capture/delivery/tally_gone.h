/* SPDX-License-Identifier: MIT */
/*
 * tally_gone: servers and senders of what is let go.
 *
 * A tally of its own counts them, before they go; tally_collect() of all deliveries begins with it.
 * What belongs together is let go together, so that each is counted once, here or there. The timer
 * that waits are compared with is that of the moment.
 */
#ifndef SMTPSCOPE_TALLY_GONE_H
#define SMTPSCOPE_TALLY_GONE_H

#include "delivery/deliveries_move.h"

/** A tally that begins with PAST, or empty if that is NULL. NULL: no memory. */
struct tally *tally_go_on(const struct tally *past);

/** Counts, in steps (tally_step()), the sessions that IS_GONE and their deliveries too. */
bool tally_begin_gone(struct tally *tally, const struct ledger *ledger,
		      const struct deliveries *deliveries, is_let_go *is_gone, const void *context);

/** All was counted. */
void tally_end_gone(struct tally *tally);

#endif
