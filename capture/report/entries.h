/* SPDX-License-Identifier: MIT */
/*
 * entries: the deliveries that a report for readers tells about, in its order: trouble first, the
 * worst state first, then by time.
 */
#ifndef SMTPSCOPE_REPORT_ENTRIES_H
#define SMTPSCOPE_REPORT_ENTRIES_H

#include "delivery.h"
#include "filter.h"
#include "prose.h"

struct entry {
	const struct delivery *delivery;
	bool is_trouble;
};

struct entries {
	struct entry *list;
	uint32_t count;
	uint32_t trouble; /* of them, at the beginning of the list */
	uint32_t in_state[STATES];
	uint32_t all; /* those that do not fit the filter too */
	uint32_t ids; /* there were when it began, and the next one to look at */
	uint32_t next;
	bool is_sorted;
};

/** Empty, with room for DELIVERIES. False: no memory. */
bool entries_begin(struct entries *entries, const struct deliveries *deliveries);
void entries_free(struct entries *entries);

/** Takes in those of MOST more deliveries that fit WHERE. False: that was all, and they are in
 * order. */
bool entries_take(struct entries *entries, const struct ledger *ledger,
		  const struct deliveries *deliveries, struct filter *where, uint32_t most);

/** How much of a report is done, 0 to 1, that wrote DONE of ALL once these were taken in. */
double entries_share(const struct entries *entries, double done, double all);

/** "398 deliveries in 412 sessions: 3 duplicated, 1 in doubt, 394 delivered once", or "3 of 398 ..."
 * with a filter. */
void entries_tell(const struct entries *entries, uint32_t sessions, bool is_filtered,
		  struct prose *out);

#endif
