/* SPDX-License-Identifier: MIT */
/*
 * summary: one delivery from its tries: their verdicts, the sums over them, and its state.
 */
#ifndef SMTPSCOPE_SUMMARY_H
#define SMTPSCOPE_SUMMARY_H

#include "delivery.h"

/** What verdicts depend on beside the packets. */
struct judging {
	const struct ledger *ledger;
	struct delivery_options options;
	int64_t now_ns; /* newest time of the capture, or the live clock */
};

/** The vantage of SESSION: the one that was set, or else inferred; REASON may be NULL. */
enum vantage judging_vantage(const struct judging *judging, const struct session *session,
			     const char **reason);

/** The verdict on ATTEMPT for its recipient INDEX; NEXT_TRY_NS as in verdict.h. */
void judging_verdict(const struct judging *judging, const struct attempt *attempt, uint32_t index,
		     int64_t next_try_ns, struct verdict *out);

/**
 * Adds TRY to DELIVERY, in order of time. False: LIMIT_ATTEMPTS, or no memory. Call
 * summary_refresh() afterwards.
 */
bool summary_add_try(const struct judging *judging, struct delivery *delivery,
		     const struct try *try);

/** Judges the tries of DELIVERY, which has one at least, and sums them up. */
void summary_refresh(const struct judging *judging, struct delivery *delivery);

/** Whether time alone can change its verdicts. */
bool summary_is_waiting(const struct delivery *delivery);

#endif
