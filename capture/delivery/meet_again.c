/* SPDX-License-Identifier: MIT */
#include "delivery/meet_again.h"

#include <stdlib.h>

struct meet_again {
	const struct pairs *before;
	struct pairs *now;
	uint32_t *ids; /* of all sessions, in the order in which they came */
	uint32_t count;
	uint32_t met;
	uint32_t compared; /* with how they met before, when all have met */
	bool has_news;
};

struct meet_again *meet_again_new(const struct pairs *before)
{
	const struct ledger *ledger = pairs_ledger(before);
	struct meet_again *again = calloc(1, sizeof *again);

	if (!again)
		return NULL;
	*again = (struct meet_again){
		.before = before,
		.now = pairs_begin_anew(before),
		.ids = ledger_sessions_in_order(ledger),
		.count = ledger_session_count(ledger),
	};
	if (again->now && again->ids)
		return again;
	meet_again_free(again);
	return NULL;
}

void meet_again_free(struct meet_again *again)
{
	if (!again)
		return;
	pairs_free(again->now);
	free(again->ids);
	free(again);
}

bool meet_again_step(struct meet_again *again, uint32_t most)
{
	const struct ledger *ledger = pairs_ledger(again->before);
	bool was_meeting = again->met < again->count;

	for (; most && again->met < again->count; most--)
		pairs_meet_anew(again->now, ledger_session(ledger, again->ids[again->met++]));
	if (was_meeting && again->met == again->count)
		pairs_end_anew(again->now);
	for (; most && again->compared < again->count; most--)
		again->has_news |= pairs_differ(again->before, again->now, again->compared++);
	return again->compared < again->count;
}

struct pairs *meet_again_take(struct meet_again *again, bool *has_news)
{
	struct pairs *now = again->now;

	*has_news = pairs_were_outdated(now) || again->has_news;
	again->now = NULL;
	return now;
}
