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
	bool has_client;          /* the part's client sent in it too */
};

/* Adds what EARLIER says of its chain. */
static void consider(const struct join *join, struct chain *chain, struct part earlier,
		     uint32_t number, struct part part)
{
	const struct endpoint *client = &attempt_session(join->ledger, part.attempt)->client;
	const struct session *session = attempt_session(join->ledger, earlier.attempt);
	enum certainty certainty;

	chain->has_client |= endpoint_is_host(&session->client, client);
	if (!part.attempt->is_encrypted &&
	    likeness_is_hop(join->ledger, join->pairs, earlier.attempt, part.attempt)) {
		chain->is_other_leg = true;
		chain->is_leg_before |= endpoint_is_host(&session->server, client);
	}
	if (!likeness_find(join->ledger, join->pairs, earlier, part, &certainty))
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
	chains[*count] = (struct chain){.delivery = delivery, .number = NO_NUMBER,
					   .certainty = JOIN_POSSIBLE};
	return &chains[(*count)++];
}

/* The newest leg that the part may be a hop of: best one whose server sends the part. */
static const struct chain *find_leg_before(const struct chain *chains, uint32_t count)
{
	const struct chain *found = NULL;

	for (uint32_t i = 0; i < count; i++) {
		const struct chain *chain = &chains[i];
		if (chain->number == NO_NUMBER || !chain->is_other_leg)
			continue;
		if (!found || (chain->is_leg_before && !found->is_leg_before))
			found = chain;
	}
	return found;
}

/* The surest of the chains, then one that the same client sent in, then the newest: they are in
 * order from that on. What a relay hands on is no try of anybody else's. */
static struct match choose(const struct chain *chains, uint32_t count)
{
	const struct chain *before = find_leg_before(chains, count), *best = NULL;
	bool is_relayed = before && before->is_leg_before;

	for (uint32_t i = 0; i < count; i++) {
		const struct chain *chain = &chains[i];
		if (chain->number == NO_NUMBER || chain->is_other_leg ||
		    (is_relayed && !chain->has_client))
			continue;
		if (!best || chain->certainty < best->certainty ||
		    (chain->certainty == best->certainty && chain->has_client && !best->has_client))
			best = chain;
	}
	return (struct match){
		.number = best ? best->number : NO_NUMBER,
		.certainty = best ? best->certainty : JOIN_CERTAIN,
		.hop_of = before ? before->number : NO_NUMBER,
	};
}

/* What nearly every resend is: equal to the newest part, and from the same client. */
static bool is_plain(const struct chain *chain)
{
	return chain->number != NO_NUMBER && chain->certainty == JOIN_CERTAIN &&
	       !chain->is_other_leg && chain->has_client;
}

struct match join_find(struct join *join, uint32_t number)
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
		join->compared++;
		consider(join, chain, earlier, at, part);
		if (i == 0 && is_plain(chain))
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

uint32_t join_next(struct join *join, uint32_t number)
{
	const struct known_part *known = join_known(join, number);
	struct part refused = join_part(join, number);
	uint32_t at = known->is_refused ? known->links[LIST_CLIENT].later : NO_NUMBER;

	for (uint32_t i = 0; i < LIMIT_JOIN && at != NO_NUMBER; i++) {
		join->compared++;
		if (likeness_is_next(join->pairs, refused.attempt, join_part(join, at).attempt))
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
