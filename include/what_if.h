/* SPDX-License-Identifier: MIT */
/*
 * what_if: what another timer would have changed.
 *
 * Known only as far as replies were seen, or were waited for: an attempt whose reply came within
 * the timer would have been confirmed; one that waited as long as the timer and had no reply by
 * then would not. Whether one that was never answered would have been, had the client stayed
 * longer, nobody can know.
 */
#ifndef SMTPSCOPE_WHAT_IF_H
#define SMTPSCOPE_WHAT_IF_H

#include "delivery.h"

enum what_if {
	WHAT_IF_NO_END,    /* its end of data was not seen: the timer is not its matter */
	WHAT_IF_CONFIRMED, /* a 2xx within the timer, or an encrypted reply */
	WHAT_IF_REFUSED,   /* a 4xx or 5xx within the timer */
	WHAT_IF_TOO_LATE,  /* no reply by then */
	WHAT_IF_UNKNOWN,   /* no reply was seen, and the client did not wait so long */
	WHAT_IFS,
};

/** What a sender that waits TIMER_NS would have had on ATTEMPT, judged as VERDICT. */
enum what_if what_if_of(const struct ledger *ledger, const struct attempt *attempt,
			const struct verdict *verdict, int64_t timer_ns);

/**
 * From the end of data of ATTEMPT to the reply that VERDICT names; NO_TIME: it has none, or its
 * end of data was not seen.
 */
int64_t answer_time(const struct ledger *ledger, const struct attempt *attempt,
		    const struct verdict *verdict);

/** All attempts with an end of data, as one timer would have had them. */
struct what_if_sums {
	int64_t timer_ns;
	uint32_t attempts;
	uint32_t confirmed;
	uint32_t refused;
	uint32_t too_late;
	uint32_t unknown;
	uint32_t encrypted;       /* of the confirmed ones: probably */
	uint32_t spared;          /* attempts that would not have been made: an earlier one of the
				     same delivery would have been confirmed */
};

/** Sums over every attempt of those DELIVERIES that are in CHOICE. */
struct what_if_sums what_if_sum(const struct ledger *ledger, const struct deliveries *deliveries,
				struct delivery_choice choice, int64_t timer_ns);

#endif
