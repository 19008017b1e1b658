/* SPDX-License-Identifier: MIT */
#include "chosen.h"

#include <stdlib.h>

static void choose(struct chosen *chosen, const struct ledger *ledger,
		   const struct delivery *delivery)
{
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct attempt *attempt = ledger_attempt(ledger, delivery->tries[i].attempt);
		chosen->attempts[attempt->number] = true;
		chosen->sessions[attempt->session] = true;
	}
}

/* As many as have been numbered. */
static uint32_t count_numbers(const struct ledger *ledger)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < ledger_attempt_count(ledger); i++) {
		uint32_t number = ledger_attempt(ledger, i)->number;
		count = number >= count ? number + 1 : count;
	}
	return count;
}

bool chosen_make(struct chosen *chosen, struct analysis *analysis, struct filter *where)
{
	const struct ledger *ledger = analysis_ledger(analysis);
	const struct deliveries *deliveries = analysis_deliveries(analysis);

	*chosen = (struct chosen){0};
	if (!where)
		return true;
	chosen->attempt_count = count_numbers(ledger);
	chosen->attempts = calloc(chosen->attempt_count + 1u, 1);
	chosen->sessions = calloc(ledger_session_count(ledger) + 1u, 1);
	if (!chosen->attempts || !chosen->sessions) {
		chosen_free(chosen);
		return false;
	}
	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (delivery->try_count && filter_matches(where, ledger, delivery))
			choose(chosen, ledger, delivery);
	}
	return true;
}

void chosen_free(struct chosen *chosen)
{
	free(chosen->attempts);
	free(chosen->sessions);
	*chosen = (struct chosen){0};
}

static bool is_in(void *context, const struct delivery *delivery)
{
	const struct chosen_by *by = context;

	return filter_matches(by->where, by->ledger, delivery);
}

struct delivery_choice chosen_choice(struct chosen_by *by)
{
	return (struct delivery_choice){by->where ? is_in : NULL, by};
}
