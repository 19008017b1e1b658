/* SPDX-License-Identifier: MIT */
/*
 * taps: what two views of one connection tell of the places where they were captured, and of the
 * clocks there. pairs.h says how.
 */
#ifndef SMTPSCOPE_TAPS_H
#define SMTPSCOPE_TAPS_H

#include "ledger.h"

/** What the far clock shows more than the near one lies between these. */
struct bounds {
	int64_t least_ns, most_ns;
	bool has_least, has_most;
};

struct bounds taps_compare_clocks(const struct session *near, const struct session *far);

/** Whether A is nearer to the client than B. */
bool taps_is_nearer(const struct session *a, const struct session *b);

/** Whether both are of one tap, as where a file was given twice. */
bool taps_is_same(const struct session *a, const struct session *b);

#endif
