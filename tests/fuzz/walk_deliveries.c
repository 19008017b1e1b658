/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "delivery/verdict.h"
#include "fuzz.h"

static bool is_state_of(const struct delivery *d)
{
	switch (d->state) {
	case STATE_DUPLICATED:
		return d->copies_min >= 2;
	case STATE_MAYBE_DUPLICATED:
		return d->copies_max >= 2 && d->copies_min < 2;
	case STATE_IN_DOUBT:
		return d->copies_min == 0 && d->copies_max == 1;
	case STATE_UNDELIVERED:
		return d->copies_max == 0;
	case STATE_DELIVERED:
		return d->copies_min == 1 && d->copies_max == 1;
	case STATES:
		break;
	}
	return false;
}

static int64_t start_of(const struct ledger *ledger, const struct try *try)
{
	return attempt_start(ledger, ledger_attempt(ledger, try->attempt));
}

static void walk_verdict(const struct session *session, const struct verdict *v)
{
	assert(v->outcome < OUTCOMES && v->cause < CAUSES);
	assert(v->copies_min <= v->copies_max && v->copies_max <= 1);
	assert(v->reply == NO_EVENT || v->reply < session->event_count);
	assert(v->left == NO_EVENT || v->left < session->event_count);
	assert(v->proof == NO_EVENT || v->proof < session->event_count);
	assert(!v->timer_expired || v->has_waited);
}

static void walk_tries(const struct ledger *ledger, const struct deliveries *deliveries,
		       const struct delivery *d)
{
	uint32_t copies_max = 0;

	for (uint32_t i = 0; i < d->try_count; i++) {
		const struct try *try = &d->tries[i];
		const struct attempt *attempt = ledger_attempt(ledger, try->attempt);
		struct verdict verdict;
		assert(attempt && delivery_of(deliveries, try->attempt, try->recipient) == d->id);
		assert((i == 0) == (try->relation == RELATION_FIRST));
		walk_verdict(attempt_session(ledger, attempt), &try->verdict);
		deliveries_judge(deliveries, try->attempt, try->recipient, &verdict);
		assert(verdict.outcome == try->verdict.outcome &&
		       verdict.copies_min == try->verdict.copies_min &&
		       verdict.copies_max == try->verdict.copies_max);
		copies_max += verdict.copies_max;
		assert(!i || start_of(ledger, try - 1) <= start_of(ledger, try));
	}
	assert(d->copies_min <= d->copies_max && d->copies_max <= copies_max);
	assert(is_state_of(d));
	assert(d->first_ns <= d->last_ns);
}

void walk_deliveries(struct analysis *analysis)
{
	const struct ledger *ledger = analysis_ledger(analysis);
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	uint32_t in_state[STATES] = {0};

	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *d = delivery_get(deliveries, i);
		assert(d->id == i);
		if (!d->try_count)
			continue;
		in_state[d->state]++;
		walk_tries(ledger, deliveries, d);
	}
	for (int i = 0; i < STATES; i++)
		assert(deliveries_in_state(deliveries, (enum delivery_state)i) == in_state[i]);
}
