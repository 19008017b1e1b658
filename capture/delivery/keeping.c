/* SPDX-License-Identifier: MIT */
#include "delivery/keeping.h"

#include "delivery/deliveries_move.h"

#include <stdlib.h>

/* What an attempt takes with its delivery, its texts, and its places in the join. */
#define ATTEMPT_BYTES (sizeof(struct attempt) + sizeof(struct delivery) + 400)

enum { KEPT = 1, PINNED = 2, TROUBLED = 4, OPEN = 8 };

struct keeping {
	const struct ledger *ledger;
	const struct deliveries *deliveries;
	uint32_t count;
	uint32_t *above; /* by session: a newer one that it belongs to, or itself */
	uint8_t *bits;   /* once all is chosen, those of all that belong together are at the newest
			    of them; but OPEN */
	uint64_t *bytes; /* likewise, once all is chosen */
	uint32_t next_session;  /* that is to be looked at, */
	uint32_t next_delivery; /* and when all of them were */
};

/* The newest of the sessions that SESSION belongs to. */
static uint32_t newest_of(const struct keeping *keeping, uint32_t session)
{
	while (keeping->above[session] != session) {
		keeping->above[session] = keeping->above[keeping->above[session]];
		session = keeping->above[session];
	}
	return session;
}

static void put_together(void *context, uint32_t session, uint32_t other)
{
	const struct keeping *keeping = context;

	if (session >= keeping->count || other >= keeping->count)
		return;
	uint32_t a = newest_of(keeping, session), b = newest_of(keeping, other);
	keeping->above[a < b ? a : b] = a < b ? b : a;
}

static uint64_t bytes_of(const struct keeping *keeping, const struct session *session)
{
	uint64_t bytes = sizeof *session + session->event_count * sizeof *session->events;
	const struct attempt *attempt = ledger_attempt(keeping->ledger, session->first_attempt);

	for (; attempt; attempt = ledger_attempt(keeping->ledger, attempt->next_in_session))
		bytes += ATTEMPT_BYTES + attempt->recipient_count * sizeof(struct recipient);
	return bytes;
}

static void look_at_session(struct keeping *keeping, uint32_t id)
{
	const struct session *session = ledger_session(keeping->ledger, id);

	keeping->bytes[id] = bytes_of(keeping, session);
	if (!session->is_closed)
		keeping->bits[id] |= PINNED | OPEN;
	deliveries_relate_connection(keeping->deliveries, id, put_together, keeping);
}

/* Trouble is noted at the first session, for all that belong to it. */
static void look_at_delivery(struct keeping *keeping, uint32_t id)
{
	const struct delivery *delivery = delivery_get(keeping->deliveries, id);

	if (!delivery->try_count)
		return;
	uint32_t session = ledger_attempt(keeping->ledger, delivery->tries[0].attempt)->session;
	if (session >= keeping->count)
		return;
	if (delivery_is_troubled(delivery))
		keeping->bits[session] |= TROUBLED;
	deliveries_relate_tries(keeping->deliveries, delivery, put_together, keeping);
}

bool keeping_step(struct keeping *keeping, uint32_t most)
{
	for (; most && keeping->next_session < keeping->count; most--)
		look_at_session(keeping, keeping->next_session++);
	for (; most && keeping->next_delivery < deliveries_count(keeping->deliveries); most--)
		look_at_delivery(keeping, keeping->next_delivery++);
	return keeping->next_session < keeping->count ||
	       keeping->next_delivery < deliveries_count(keeping->deliveries);
}

/* Sums up what belongs together, at the newest of it. Returns what all sessions take. */
static uint64_t sum_up(struct keeping *keeping)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < keeping->count; i++) {
		uint32_t newest = newest_of(keeping, i);
		all += keeping->bytes[i];
		if (newest == i)
			continue;
		keeping->bytes[newest] += keeping->bytes[i];
		keeping->bits[newest] |= keeping->bits[i] & (PINNED | TROUBLED);
	}
	return all;
}

struct keeping *keeping_new(const struct ledger *ledger, const struct deliveries *deliveries)
{
	struct keeping *keeping = calloc(1, sizeof *keeping);
	uint32_t count = ledger_session_count(ledger);

	if (!keeping)
		return NULL;
	*keeping = (struct keeping){.ledger = ledger, .deliveries = deliveries, .count = count};
	keeping->above = calloc(count + 1u, sizeof *keeping->above);
	keeping->bits = calloc(count + 1u, sizeof *keeping->bits);
	keeping->bytes = calloc(count + 1u, sizeof *keeping->bytes);
	if (!keeping->above || !keeping->bits || !keeping->bytes) {
		keeping_free(keeping);
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++)
		keeping->above[i] = i;
	return keeping;
}

void keeping_free(struct keeping *keeping)
{
	if (!keeping)
		return;
	free(keeping->above);
	free(keeping->bits);
	free(keeping->bytes);
	free(keeping);
}

void keeping_pin(struct keeping *keeping, uint32_t session)
{
	if (session < keeping->count)
		keeping->bits[session] |= PINNED;
}

/* Keeps the newest of those with all of BITS, until ROOM is used up. Returns how much is left. */
static uint64_t keep_newest(struct keeping *keeping, uint8_t bits, uint64_t room)
{
	for (uint32_t i = keeping->count; i-- > 0;) {
		bool is_wanted = keeping->above[i] == i && !(keeping->bits[i] & KEPT) &&
				 (keeping->bits[i] & bits) == bits;
		if (!is_wanted || (keeping->bytes[i] > room && !(bits & PINNED)))
			continue;
		keeping->bits[i] |= KEPT;
		room -= keeping->bytes[i] < room ? keeping->bytes[i] : room;
	}
	return room;
}

void keeping_choose(struct keeping *keeping, double share)
{
	uint64_t room = (uint64_t)((double)sum_up(keeping) * share);

	room = keep_newest(keeping, PINNED, room);
	uint64_t reserve = room / 4;
	room = keep_newest(keeping, TROUBLED, room - reserve) + reserve;
	keep_newest(keeping, 0, room);
}

bool keeping_has(const struct keeping *keeping, uint32_t session)
{
	return session >= keeping->count || (keeping->bits[newest_of(keeping, session)] & KEPT);
}

void keeping_rescue(struct keeping *keeping, uint32_t session)
{
	keeping->bits[newest_of(keeping, session)] |= KEPT;
}

bool keeping_was_open(const struct keeping *keeping, uint32_t session)
{
	return keeping->bits[session] & OPEN;
}
