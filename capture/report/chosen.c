/* SPDX-License-Identifier: MIT */
#include "chosen.h"

#include <stdlib.h>

static void choose(struct chosen *chosen, const struct ledger *ledger,
		   const struct delivery *delivery)
{
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		uint32_t attempt = delivery->tries[i].attempt;
		chosen->attempts[attempt] = true;
		chosen->sessions[ledger_attempt(ledger, attempt)->session] = true;
	}
}

bool chosen_make(struct chosen *chosen, struct analysis *analysis, struct filter *where)
{
	const struct ledger *ledger = analysis_ledger(analysis);
	const struct deliveries *deliveries = analysis_deliveries(analysis);

	*chosen = (struct chosen){0};
	if (!where)
		return true;
	chosen->attempts = calloc(ledger_attempt_count(ledger) + 1u, 1);
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
