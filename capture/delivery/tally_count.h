/* SPDX-License-Identifier: MIT */
/*
 * tally_count: what one session, and one try of a delivery, adds to its server and its sender.
 */
#ifndef SMTPSCOPE_TALLY_COUNT_H
#define SMTPSCOPE_TALLY_COUNT_H

#include "tally.h"

/** A delivery whose tries are counted in their order. */
struct delivery_walk {
	const struct ledger *ledger;
	const struct delivery *delivery;
	int64_t timer_ns;
	bool is_schedule_known;  /* its schedule went to its sender */
};

/** Adds SESSION and all its waits but those for the end of data. False: no memory. */
bool party_count_session(struct party *server, struct party *sender, const struct ledger *ledger,
			 const struct session *session);

/** Adds try INDEX of the walk's delivery. False: no memory. */
bool party_count_try(struct party *server, struct party *sender, struct delivery_walk *walk,
		     uint32_t index);

/** Makes TO, which is zeros, a copy of FROM. False: no memory. */
bool party_copy(struct party *to, const struct party *from);

/** Frees what PARTY holds. */
void party_clear(struct party *party);

#endif
