/* SPDX-License-Identifier: MIT */
/*
 * summary: one delivery from its tries: their verdicts, the sums over them, and its state.
 */
#ifndef SMTPSCOPE_SUMMARY_H
#define SMTPSCOPE_SUMMARY_H

#include "delivery.h"
#include "delivery/pairs.h"

/** What verdicts depend on beside the packets. */
struct judging {
	const struct ledger *ledger;
	struct pairs *pairs; /* connections that were captured in two places */
	struct delivery_options options;
	int64_t now_ns; /* newest time of the capture, or the live clock */
};

/** The vantage of SESSION: the one that was set, or else inferred; REASON may be NULL. */
enum vantage judging_vantage(const struct judging *judging, const struct session *session,
			     const char **reason);

/** The verdict on ATTEMPT for its recipient INDEX; NEXT_TRY_NS as in verdict.h. */
void judging_verdict(const struct judging *judging, const struct attempt *attempt, uint32_t index,
		     int64_t next_try_ns, struct verdict *out);

/** What the two captures of TRY tell together, and the verdict on both. False: it has one. */
bool judging_views(const struct judging *judging, const struct try *try, int64_t next_try_ns,
		   struct views *views, struct verdict *verdict);

/** When the try behind TRY began, on the clock of TRY's own capture; NO_TIME if it is the last. */
int64_t summary_next_start(const struct judging *judging, const struct delivery *delivery,
			   const struct try *try);

/**
 * Adds TRY to DELIVERY, in order of time. False: LIMIT_ATTEMPTS, or no memory. Call
 * summary_refresh() afterwards, here as with the two below.
 */
bool summary_add_try(const struct judging *judging, struct delivery *delivery,
		     const struct try *try);

/** The try in DELIVERY whose attempt, or its twin, is ATTEMPT; NULL if it has none. */
struct try *summary_find_try(const struct delivery *delivery, uint32_t attempt);

/** Takes the try of ATTEMPT, if there is one, out of DELIVERY. */
void summary_drop_try(struct delivery *delivery, uint32_t attempt);

/** Takes all tries out of DELIVERY, which is counted nowhere any more. */
void summary_forget(struct delivery *delivery);

/** Says that the verdict on TRY, which is one of DELIVERY, is to be found again. */
void summary_make_stale(const struct delivery *delivery, struct try *try);

/**
 * Judges the tries of DELIVERY that are stale or that time bears on, and sums all up. DELIVERY
 * has one try at least.
 */
void summary_refresh(const struct judging *judging, struct delivery *delivery);

/** Whether time alone can change its verdicts. */
bool summary_is_waiting(const struct delivery *delivery);

#endif
