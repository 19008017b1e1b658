/* SPDX-License-Identifier: MIT */
#include "report/slice_pick.h"

#include <stdlib.h>

/* How far from its stream's beginning a segment may lie: with both directions, half of what
 * sequence numbers can tell. */
#define STREAM_REACH (UINT32_C(1) << 31)

/* Both ends in a fixed order, laid out without padding. */
struct pair {
	struct endpoint end[2];
	uint16_t tap;
};

/* A session of a pair that has a chosen one. */
struct candidate {
	struct pair pair;
	uint32_t session;
	bool is_chosen;
};

/* What the candidates of one pair have in common. */
struct route {
	const struct candidate *first;
	uint32_t count;
	const struct candidate *current; /* whose segments go by now, or NULL */
};

struct pick {
	const struct ledger *ledger;
	struct candidate *candidates; /* by pair, then by session */
	uint32_t candidate_count;
	struct route *routes; /* by pair */
	uint32_t route_count;
};

static struct pair make_pair(const struct endpoint *a, const struct endpoint *b, uint16_t tap)
{
	int order = memcmp(a->address, b->address, sizeof a->address);
	bool is_second = order > 0 || (order == 0 && a->port > b->port);

	return (struct pair){.end = {is_second ? *b : *a, is_second ? *a : *b}, .tap = tap};
}

static int compare_endpoints(const struct endpoint *a, const struct endpoint *b)
{
	int order = memcmp(a->address, b->address, sizeof a->address);

	return order ? order : (int)a->port - (int)b->port;
}

static int compare_pairs(const struct pair *a, const struct pair *b)
{
	int order = compare_endpoints(&a->end[0], &b->end[0]);

	if (!order)
		order = compare_endpoints(&a->end[1], &b->end[1]);
	return order ? order : (int)a->tap - (int)b->tap;
}

static int compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = compare_pairs(&a->pair, &b->pair);

	return order ? order : (a->session > b->session) - (a->session < b->session);
}

static int compare_route(const void *key, const void *element)
{
	const struct route *route = element;

	return compare_pairs(key, &route->first->pair);
}

static void fill_candidates(struct pick *pick, const bool *chosen)
{
	for (uint32_t i = 0; i < ledger_session_count(pick->ledger); i++) {
		const struct session *s = ledger_session(pick->ledger, i);
		pick->candidates[i] = (struct candidate){
			make_pair(&s->client, &s->server, s->tap), s->id, chosen[i]};
	}
	pick->candidate_count = ledger_session_count(pick->ledger);
	qsort(pick->candidates, pick->candidate_count, sizeof *pick->candidates,
	      compare_candidates);
}

/* Routes of pairs that have a chosen candidate. */
static void fill_routes(struct pick *pick)
{
	uint32_t next;

	for (uint32_t i = 0; i < pick->candidate_count; i = next) {
		bool is_wanted = false;
		for (next = i; next < pick->candidate_count &&
			       compare_pairs(&pick->candidates[i].pair,
					     &pick->candidates[next].pair) == 0;
		     next++)
			is_wanted |= pick->candidates[next].is_chosen;
		if (is_wanted)
			pick->routes[pick->route_count++] =
				(struct route){&pick->candidates[i], next - i, NULL};
	}
}

struct pick *pick_new(const struct ledger *ledger, const bool *chosen)
{
	struct pick *pick = calloc(1, sizeof *pick);
	size_t n = ledger_session_count(ledger) + 1u;

	if (!pick)
		return NULL;
	pick->ledger = ledger;
	pick->candidates = calloc(n, sizeof *pick->candidates);
	pick->routes = calloc(n, sizeof *pick->routes);
	if (!pick->candidates || !pick->routes) {
		pick_free(pick);
		return NULL;
	}
	fill_candidates(pick, chosen);
	fill_routes(pick);
	return pick;
}

void pick_free(struct pick *pick)
{
	if (!pick)
		return;
	free(pick->candidates);
	free(pick->routes);
	free(pick);
}

void pick_restart(struct pick *pick)
{
	for (uint32_t i = 0; i < pick->route_count; i++)
		pick->routes[i].current = NULL;
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

/* The first session of ROUTE that SEGMENT fits. */
static const struct candidate *find(const struct pick *pick, const struct route *route,
				    const struct segment *segment,
				    bool (*fits)(const struct session *, const struct segment *))
{
	for (uint32_t i = 0; i < route->count; i++) {
		const struct candidate *candidate = &route->first[i];
		if (fits(ledger_session(pick->ledger, candidate->session), segment))
			return candidate;
	}
	return NULL;
}

const struct session *pick_session(struct pick *pick, const struct segment *segment)
{
	struct pair pair = make_pair(&segment->source, &segment->destination, segment->tap);
	struct route *route = bsearch(&pair, pick->routes, pick->route_count,
				      sizeof *pick->routes, compare_route);

	if (!route)
		return NULL;
	if (segment->flags & TCP_SYN)
		route->current = find(pick, route, segment, opens);
	else if (!route->current)
		route->current = find(pick, route, segment, lies_in);
	if (!route->current || !route->current->is_chosen)
		return NULL;
	return ledger_session(pick->ledger, route->current->session);
}
