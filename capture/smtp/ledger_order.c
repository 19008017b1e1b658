/* SPDX-License-Identifier: MIT */
#include "ledger.h"

#include <stdlib.h>

struct place {
	uint32_t number;
	uint32_t id;
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return a->number < b->number ? -1 : a->number > b->number;
}

static uint32_t session_number(const struct ledger *ledger, uint32_t id)
{
	return ledger_session(ledger, id)->number;
}

static uint32_t attempt_number(const struct ledger *ledger, uint32_t id)
{
	return ledger_attempt(ledger, id)->number;
}

/* The ids below COUNT in the order of their numbers. NULL: no memory. */
static uint32_t *in_order(const struct ledger *ledger, uint32_t count,
			  uint32_t (*number)(const struct ledger *ledger, uint32_t id))
{
	uint32_t *ids = calloc(count + 1u, sizeof *ids);
	struct place *places = calloc(count + 1u, sizeof *places);

	bool is_in_order = true;

	for (uint32_t i = 0; places && i < count; i++) {
		places[i] = (struct place){number(ledger, i), i};
		is_in_order = is_in_order && (!i || places[i - 1].number < places[i].number);
	}
	if (places && !is_in_order)
		qsort(places, count, sizeof *places, compare_places);
	for (uint32_t i = 0; places && ids && i < count; i++)
		ids[i] = places[i].id;
	if (!places) {
		free(ids);
		ids = NULL;
	}
	free(places);
	return ids;
}

uint32_t *ledger_sessions_in_order(const struct ledger *ledger)
{
	return in_order(ledger, ledger_session_count(ledger), session_number);
}

uint32_t *ledger_attempts_in_order(const struct ledger *ledger)
{
	return in_order(ledger, ledger_attempt_count(ledger), attempt_number);
}
