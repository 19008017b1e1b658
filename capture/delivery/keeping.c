/* SPDX-License-Identifier: MIT */
#include "delivery/keeping.h"

#include "delivery/deliveries_move.h"

#include <stdlib.h>

/* What an attempt takes with its delivery, its texts, and its places in the join. */
#define ATTEMPT_BYTES (sizeof(struct attempt) + sizeof(struct delivery) + 400)

enum { KEPT = 1, PINNED = 2, TROUBLED = 4, /* of the session itself: */ OPEN = 8 };

struct keeping {
	const struct ledger *ledger;
	const struct deliveries *deliveries;
	uint32_t count;
	uint32_t *above; /* by session: a newer one that it belongs to, or itself */
	uint8_t *bits;   /* of all that belong together, at the newest of them; and OPEN */
	uint64_t *bytes; /* likewise */
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

/* Sums up what belongs together. */
static uint64_t sum_up(struct keeping *keeping)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < keeping->count; i++) {
		const struct session *session = ledger_session(keeping->ledger, i);
		uint32_t newest = newest_of(keeping, i);
		uint64_t bytes = bytes_of(keeping, session);
		keeping->bytes[newest] += bytes;
		all += bytes;
		if (session->is_closed)
			continue;
		keeping->bits[newest] |= PINNED;
		keeping->bits[i] |= OPEN;
	}
	return all;
}

static void note_trouble(struct keeping *keeping)
{
	for (uint32_t i = 0; i < deliveries_count(keeping->deliveries); i++) {
		const struct delivery *delivery = delivery_get(keeping->deliveries, i);
		if (!delivery->try_count || !delivery_is_troubled(delivery))
			continue;
		uint32_t session =
			ledger_attempt(keeping->ledger, delivery->tries[0].attempt)->session;
		keeping->bits[newest_of(keeping, session)] |= TROUBLED;
	}
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
	deliveries_relate(deliveries, put_together, keeping);
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
		keeping->bits[newest_of(keeping, session)] |= PINNED;
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
	uint64_t all = sum_up(keeping);
	uint64_t room = (uint64_t)((double)all * share);

	note_trouble(keeping);
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
