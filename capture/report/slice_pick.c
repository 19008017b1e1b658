/* SPDX-License-Identifier: MIT */
#include "report/slice_pick.h"

#include "hash_key.h"

#include <stdlib.h>

/* How far from its stream's beginning a segment may lie: with both directions, half of what
 * sequence numbers can tell. */
#define STREAM_REACH (UINT32_C(1) << 31)

/* Both ends in a fixed order, laid out without padding that is not zero. */
struct pair {
	struct endpoint end[2];
	uint16_t tap;
	uint16_t zero;
};

_Static_assert(sizeof(struct pair) == 2 * sizeof(struct endpoint) + 4, "hashed byte by byte");

/* A session among those of its pair, in the order of their ids. */
struct candidate {
	uint32_t next; /* NO_SESSION: it is the last one */
	/* Of the first one alone: */
	uint32_t last;
	uint32_t current; /* whose segments go by now, or NO_SESSION */
	bool is_wanted;	  /* one of them is chosen */
};

struct pick {
	const struct ledger *ledger;
	const bool *chosen;
	uint64_t seed;
	struct candidate *candidates; /* by session */
	uint32_t count;
	uint32_t filled; /* those that are in the table */
	uint32_t *slots; /* the first session of a pair, or NO_SESSION */
	uint32_t mask;
};

static int compare_endpoints(const struct endpoint *a, const struct endpoint *b)
{
	int order = memcmp(a->address, b->address, sizeof a->address);

	return order ? order : (int)a->port - (int)b->port;
}

static struct pair make_pair(const struct endpoint *a, const struct endpoint *b, uint16_t tap)
{
	bool is_second = compare_endpoints(a, b) > 0;

	return (struct pair){.end = {is_second ? *b : *a, is_second ? *a : *b}, .tap = tap};
}

static struct pair pair_of(const struct pick *pick, uint32_t id)
{
	const struct session *session = ledger_session(pick->ledger, id);

	return make_pair(&session->client, &session->server, session->tap);
}

/* The slot of PAIR: the one that its first session is in, or would be. */
static uint32_t *find_slot(const struct pick *pick, const struct pair *pair)
{
	uint32_t at = (uint32_t)hash_key(pair, sizeof *pair, pick->seed) & pick->mask;

	for (; pick->slots[at] != NO_SESSION; at = (at + 1) & pick->mask) {
		struct pair other = pair_of(pick, pick->slots[at]);
		if (memcmp(&other, pair, sizeof other) == 0)
			break;
	}
	return &pick->slots[at];
}

static void fill_in(struct pick *pick, uint32_t id)
{
	struct pair pair = pair_of(pick, id);
	uint32_t *slot = find_slot(pick, &pair);
	struct candidate *first;

	if (*slot == NO_SESSION) {
		*slot = id;
		pick->candidates[id] =
			(struct candidate){NO_SESSION, id, NO_SESSION, pick->chosen[id]};
		return;
	}
	first = &pick->candidates[*slot];
	pick->candidates[id].next = NO_SESSION;
	pick->candidates[first->last].next = id;
	first->last = id;
	first->is_wanted |= pick->chosen[id];
}

struct pick *pick_new(const struct ledger *ledger, const bool *chosen, uint64_t seed)
{
	struct pick *pick = calloc(1, sizeof *pick);
	uint32_t size = 16;

	if (!pick)
		return NULL;
	pick->ledger = ledger;
	pick->chosen = chosen;
	pick->seed = seed;
	pick->count = ledger_session_count(ledger);
	while (size / 2 < pick->count && size < UINT32_C(1) << 31)
		size *= 2;
	pick->mask = size - 1;
	pick->candidates = calloc(pick->count + 1u, sizeof *pick->candidates);
	pick->slots = reallocarray(NULL, size, sizeof *pick->slots);
	if (!pick->candidates || !pick->slots) {
		pick_free(pick);
		return NULL;
	}
	memset(pick->slots, 0xff, size * sizeof *pick->slots);
	return pick;
}

void pick_free(struct pick *pick)
{
	if (!pick)
		return;
	free(pick->candidates);
	free(pick->slots);
	free(pick);
}

bool pick_fill(struct pick *pick, uint32_t most)
{
	for (; most && pick->filled < pick->count; most--)
		fill_in(pick, pick->filled++);
	return pick->filled < pick->count;
}

void pick_restart(struct pick *pick)
{
	for (uint32_t i = 0; i < pick->count; i++)
		pick->candidates[i].current = NO_SESSION;
}

static bool is_from_client(const struct session *session, const struct segment *segment)
{
	return compare_endpoints(&session->client, &segment->source) == 0;
}

/* Whether a SYN opens SESSION: it has its initial sequence number, or acknowledges the other's. */
static bool opens(const struct session *session, const struct segment *segment)
{
	bool from_client = is_from_client(session, segment);
	uint32_t mine = from_client ? session->isn_client : session->isn_server;
	uint32_t other = from_client ? session->isn_server : session->isn_client;

	return segment->seq == mine || (segment->flags & TCP_ACK && segment->ack == other + 1);
}

/* Whether SEGMENT may lie in SESSION, whose SYNs the capture lacks. */
static bool lies_in(const struct session *session, const struct segment *segment)
{
	uint32_t base = is_from_client(session, segment) ? session->base_client
							 : session->base_server;

	return session->syn_ns == NO_TIME && session->syn_ack_ns == NO_TIME &&
	       segment->seq - base < STREAM_REACH;
}

/* The first session from ID on, of one pair, that SEGMENT fits. */
static uint32_t find(const struct pick *pick, uint32_t id, const struct segment *segment,
		     bool (*fits)(const struct session *, const struct segment *))
{
	while (id != NO_SESSION && !fits(ledger_session(pick->ledger, id), segment))
		id = pick->candidates[id].next;
	return id;
}

const struct session *pick_session(struct pick *pick, const struct segment *segment)
{
	struct pair pair = make_pair(&segment->source, &segment->destination, segment->tap);
	uint32_t first = *find_slot(pick, &pair);

	if (first == NO_SESSION || !pick->candidates[first].is_wanted)
		return NULL;
	uint32_t *current = &pick->candidates[first].current;
	if (segment->flags & TCP_SYN)
		*current = find(pick, first, segment, opens);
	else if (*current == NO_SESSION)
		*current = find(pick, first, segment, lies_in);
	return *current != NO_SESSION && pick->chosen[*current]
		       ? ledger_session(pick->ledger, *current)
		       : NULL;
}
