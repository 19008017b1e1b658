/* SPDX-License-Identifier: MIT */
#include "what_if.h"

#include "delivery/verdict.h"
#include "timers.h"

int64_t answer_time(const struct ledger *ledger, const struct attempt *attempt,
		    const struct verdict *verdict)
{
	const struct event *eod = attempt_event(ledger, attempt, attempt->eod);
	const struct event *reply = attempt_event(ledger, attempt, verdict->reply);

	if (!eod || !reply || reply->time_ns < eod->time_ns)
		return NO_TIME;
	return reply->time_ns - eod->time_ns;
}

enum what_if what_if_of(const struct ledger *ledger, const struct attempt *attempt,
			const struct verdict *verdict, int64_t timer_ns)
{
	int64_t answer_ns = answer_time(ledger, attempt, verdict);
	/* One that was lost on its way is none, however long the client had waited. */
	bool has_arrived = answer_ns != NO_TIME && verdict->cause != CAUSE_REPLY_LOST;

	if (attempt->eod == NO_EVENT || !verdict->has_waited)
		return WHAT_IF_NO_END;
	if (!has_arrived)
		return timer_has_expired(verdict->waited_ns, timer_ns) ? WHAT_IF_TOO_LATE
								       : WHAT_IF_UNKNOWN;
	if (answer_ns > timer_ns)
		return WHAT_IF_TOO_LATE;
	if (attempt->is_encrypted || verdict->reply_code / 100 == 2)
		return WHAT_IF_CONFIRMED;
	return WHAT_IF_REFUSED;
}

static void count(struct what_if_sums *sums, enum what_if answer, bool is_encrypted)
{
	switch (answer) {
	case WHAT_IF_NO_END:
	case WHAT_IFS:
		return;
	case WHAT_IF_CONFIRMED:
		sums->confirmed++;
		sums->encrypted += is_encrypted;
		break;
	case WHAT_IF_REFUSED:
		sums->refused++;
		break;
	case WHAT_IF_TOO_LATE:
		sums->too_late++;
		break;
	case WHAT_IF_UNKNOWN:
		sums->unknown++;
		break;
	}
	sums->attempts++;
}

/* An attempt for several recipients counts once, as its lead. */
static void sum_delivery(const struct ledger *ledger, const struct delivery *delivery,
			 struct what_if_sums *sums)
{
	bool is_confirmed = false;

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		const struct attempt *attempt = ledger_attempt(ledger, try->attempt);
		enum what_if answer = what_if_of(ledger, attempt, &try->verdict, sums->timer_ns);
		if (try->recipient == attempt_lead(ledger, attempt)) {
			count(sums, answer, attempt->is_encrypted);
			sums->spared += is_confirmed && try->relation == RELATION_RESEND;
		}
		is_confirmed |= answer == WHAT_IF_CONFIRMED;
	}
}

struct what_if_sums what_if_sum(const struct ledger *ledger, const struct deliveries *deliveries,
				struct delivery_choice choice, int64_t timer_ns)
{
	struct what_if_sums sums = {.timer_ns = timer_ns};

	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (delivery_is_chosen(&choice, delivery))
			sum_delivery(ledger, delivery, &sums);
	}
	return sums;
}
