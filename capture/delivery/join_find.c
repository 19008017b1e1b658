/* SPDX-License-Identifier: MIT */
#include "bounds.h"
#include "delivery/join_state.h"

#include <string.h>

#define CHAINS 16 /* legs and versions of one message that are told apart */

/* What is known of a chain that a part may belong to. */
struct chain {
	uint32_t delivery;
	uint32_t number;          /* its newest part with the same message, or NO_NUMBER */
	enum certainty certainty;
	bool is_other_leg;
	bool is_leg_before;       /* its server is the part's client */
};

static bool is_same_host(const struct endpoint *a, const struct endpoint *b)
{
	return memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* Adds what EARLIER says of its chain. */
static void consider(const struct join *join, struct chain *chain, struct part earlier,
		     uint32_t number, struct part part)
{
	enum certainty certainty;

	if (!part.attempt->is_encrypted &&
	    likeness_is_hop(join->ledger, earlier.attempt, part.attempt)) {
		chain->is_other_leg = true;
		chain->is_leg_before |=
			is_same_host(&attempt_session(join->ledger, earlier.attempt)->server,
				     &attempt_session(join->ledger, part.attempt)->client);
	}
	if (!likeness_find(join->ledger, earlier, part, &certainty))
		return;
	if (chain->number == NO_NUMBER)
		chain->number = number;
	if (certainty < chain->certainty)
		chain->certainty = certainty;
}

static struct chain *find_chain(struct chain *chains, uint32_t *count, uint32_t delivery)
{
	for (uint32_t i = 0; i < *count; i++) {
		if (chains[i].delivery == delivery)
			return &chains[i];
	}
	if (*count == CHAINS)
		return NULL;
	chains[*count] = (struct chain){delivery, NO_NUMBER, JOIN_POSSIBLE, false, false};
	return &chains[(*count)++];
}

/* The best of the chains, which are in order from the newest on. */
static struct match choose(const struct chain *chains, uint32_t count)
{
	struct match match = {NO_NUMBER, JOIN_CERTAIN, NO_NUMBER};
	bool is_direct = false;

	for (uint32_t i = 0; i < count; i++) {
		const struct chain *chain = &chains[i];
		if (chain->number == NO_NUMBER)
			continue;
		if (chain->is_other_leg) {
			if (match.hop_of == NO_NUMBER || (chain->is_leg_before && !is_direct))
				match.hop_of = chain->number;
			is_direct |= chain->is_leg_before;
		} else if (match.number == NO_NUMBER || chain->certainty < match.certainty) {
			match.number = chain->number;
			match.certainty = chain->certainty;
		}
	}
	return match;
}

/* What nearly every resend is: equal to the newest part, and from the same client. */
static bool is_plain(const struct join *join, const struct chain *chain, struct part earlier,
		     struct part part)
{
	return chain->number != NO_NUMBER && chain->certainty == JOIN_CERTAIN &&
	       !chain->is_other_leg &&
	       is_same_host(&attempt_session(join->ledger, earlier.attempt)->client,
			    &attempt_session(join->ledger, part.attempt)->client);
}

struct match join_find(const struct join *join, uint32_t number)
{
	struct part part = join_part(join, number);
	uint32_t limit = part.attempt->is_encrypted ? 1 : LIMIT_JOIN, count = 0;
	uint32_t at = join_known(join, number)->links[LIST_GROUP].earlier;
	struct chain chains[CHAINS];

	for (uint32_t i = 0; i < limit && at != NO_NUMBER; i++) {
		const struct known_part *known = join_known(join, at);
		struct part earlier = join_part(join, at);
		struct chain *chain = find_chain(chains, &count, known->delivery);
		/* A recipient may be named twice in one transaction. */
		if (earlier.attempt == part.attempt)
			return (struct match){at, JOIN_CERTAIN, NO_NUMBER};
		if (!chain)
			break;
		consider(join, chain, earlier, at, part);
		if (i == 0 && is_plain(join, chain, earlier, part))
			break;
		at = known->links[LIST_GROUP].earlier;
	}
	return choose(chains, count);
}

bool join_is_founded(const struct join *join, uint32_t number, uint32_t delivery)
{
	uint32_t at = join_known(join, number)->links[LIST_GROUP].earlier;

	for (uint32_t i = 0; i < LIMIT_JOIN && at != NO_NUMBER; i++) {
		const struct known_part *known = join_known(join, at);
		if (known->delivery == delivery)
			return true;
		at = known->links[LIST_GROUP].earlier;
	}
	return false;
}

/* ---- Refused attempts ---------------------------------------------------------------------- */

uint32_t join_next(const struct join *join, uint32_t number)
{
	const struct known_part *known = join_known(join, number);
	struct part refused = join_part(join, number);
	uint32_t at = known->is_refused ? known->links[LIST_CLIENT].later : NO_NUMBER;

	for (uint32_t i = 0; i < LIMIT_JOIN && at != NO_NUMBER; i++) {
		if (likeness_is_next(join->ledger, refused.attempt, join_part(join, at).attempt))
			return at;
		at = join_known(join, at)->links[LIST_CLIENT].later;
	}
	return NO_NUMBER;
}

uint32_t join_refused_before(const struct join *join, uint32_t number, uint32_t *numbers,
			     uint32_t room)
{
	uint32_t at = join_known(join, number)->links[LIST_CLIENT].earlier, count = 0;

	for (uint32_t i = 0; i < LIMIT_JOIN && at != NO_NUMBER && count < room; i++) {
		const struct known_part *known = join_known(join, at);
		if (known->is_refused)
			numbers[count++] = at;
		at = known->links[LIST_CLIENT].earlier;
	}
	return count;
}
