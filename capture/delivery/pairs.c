/* SPDX-License-Identifier: MIT */
#include "delivery/pairs.h"

#include "bounds.h"
#include "delivery/keys.h"
#include "pool.h"
#include "xxh3.h"

#include <stdlib.h>

#define NO_PAIRING UINT32_MAX
#define MOST_CANDIDATES 64 /* older sessions with the same endpoints that are looked at */
#define MOST_AHEAD 32      /* events that one capture may have and the other has not */
#define MOST_COMPARED 1024 /* events of a session whose times are compared */
/* A connection whose sequence numbers were all rewritten on the way is known by its endpoints, its
 * dialogue and its beginning: within this of each other. A port pair that is used again, for a
 * resend, takes longer. */
#define SAME_TIME_NS NS_PER_SECOND

/* What is known of a session that was met. */
struct standing {
	bool is_met;
	uint8_t meeting;           /* enum meeting */
	uint32_t pairing;
	uint32_t before;           /* session + 1 that was met before with these endpoints; 0: none */
};

struct clock {
	bool is_known;
	int64_t offset_ns;
	bool has_newest;
	int64_t newest_ns;
};

struct pairs {
	const struct ledger *ledger;
	uint64_t seed;
	struct keys *by_isns;      /* of both sides -> session */
	struct keys *by_ends;      /* endpoints -> newest session */
	struct pool standings;     /* struct standing, by session */
	struct pool pairings;      /* struct pairing */
	struct clock clocks[LIMIT_SOURCES]; /* by file, against the first of its pairs */
};

struct pairs *pairs_new(const struct ledger *ledger, uint64_t seed)
{
	struct pairs *pairs = calloc(1, sizeof *pairs);

	if (!pairs)
		return NULL;
	pairs->ledger = ledger;
	pairs->seed = seed;
	pairs->standings = pool_of(sizeof(struct standing));
	pairs->pairings = pool_of(sizeof(struct pairing));
	pairs->by_isns = keys_new();
	pairs->by_ends = keys_new();
	if (pairs->by_isns && pairs->by_ends)
		return pairs;
	pairs_free(pairs);
	return NULL;
}

void pairs_free(struct pairs *pairs)
{
	if (!pairs)
		return;
	keys_free(pairs->by_isns);
	keys_free(pairs->by_ends);
	pool_empty(&pairs->standings);
	pool_empty(&pairs->pairings);
	free(pairs);
}

/* ---- Places in the streams -------------------------------------------------------------------- */

/* Where EVENT ends: by sequence number, or where those were rewritten, from the beginning. */
static uint32_t place_of(const struct session *session, const struct event *event,
			 bool is_rewritten)
{
	bool is_server = event->bits & EVENT_FROM_SERVER;

	if (!is_rewritten)
		return (is_server ? session->base_server : session->base_client) + event->offset;
	/* Offsets count from the first byte where the beginning was seen. */
	return event->offset;
}

static bool is_same_event(const struct session *a, const struct event *x, const struct session *b,
			  const struct event *y)
{
	bool is_rewritten = a->has_isn && b->has_isn &&
			    (a->isn_client != b->isn_client || a->isn_server != b->isn_server);

	return x && y && x->kind == y->kind &&
	       ((x->bits ^ y->bits) & EVENT_FROM_SERVER) == 0 &&
	       place_of(a, x, is_rewritten) == place_of(b, y, is_rewritten);
}

/* ---- Which sessions are one connection ----------------------------------------------------- */

static bool is_same_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->address, b->address, sizeof a->address) == 0;
}

static const struct event *first_command(const struct session *session)
{
	for (uint32_t i = 0; i < session->event_count; i++)
		if (session->events[i].kind == EVENT_COMMAND)
			return &session->events[i];
	return NULL;
}

/* Whether the dialogues begin alike, as two views of one do. */
static bool begin_alike(const struct session *a, const struct session *b)
{
	const struct event *x = first_command(a), *y = first_command(b);

	return a->server_name == b->server_name && (!x || !y || x->text == y->text);
}

static int64_t apart_ns(const struct pairs *pairs, const struct session *a, const struct session *b)
{
	int64_t ns = a->start_ns - pairs_clock(pairs, a) - (b->start_ns - pairs_clock(pairs, b));
	return ns < 0 ? -ns : ns;
}

/* Of equal initial sequence numbers. */
static bool is_same_by_isns(const struct pairs *pairs, const struct session *a,
			    const struct session *b)
{
	bool same_client = is_same_end(&a->client, &b->client);
	bool same_server = is_same_end(&a->server, &b->server);

	if (a->isn_client != b->isn_client || a->isn_server != b->isn_server)
		return false;
	if (same_client && same_server)
		return true;
	if (a->file == b->file)
		return (same_client || same_server) && apart_ns(pairs, a, b) <= NS_PER_SECOND;
	return begin_alike(a, b);
}

/* Whether a transaction of both stands at the same place. */
static bool share_a_place(const struct pairs *pairs, const struct session *a,
			  const struct session *b)
{
	const struct attempt *x = ledger_attempt(pairs->ledger, a->first_attempt);
	const struct attempt *y = ledger_attempt(pairs->ledger, b->first_attempt);

	for (uint32_t i = 0; x && i < MOST_CANDIDATES; i++) {
		const struct attempt *z = y;
		for (uint32_t k = 0; z && k < MOST_CANDIDATES; k++) {
			if (is_same_event(a, session_event(a, x->mail), b,
					  session_event(b, z->mail)) ||
			    is_same_event(a, session_event(a, x->eod), b, session_event(b, z->eod)))
				return true;
			z = ledger_attempt(pairs->ledger, z->next_in_session);
		}
		x = ledger_attempt(pairs->ledger, x->next_in_session);
	}
	return false;
}

/* Of equal endpoints, in different files. */
static bool is_same_by_ends(const struct pairs *pairs, const struct session *a,
			    const struct session *b)
{
	if (a->file == b->file || !is_same_end(&a->client, &b->client) ||
	    !is_same_end(&a->server, &b->server) || !share_a_place(pairs, a, b))
		return false;
	if (!a->has_isn || !b->has_isn)
		return true;
	return begin_alike(a, b) &&
	       (a->isn_client == b->isn_client || a->isn_server == b->isn_server ||
		apart_ns(pairs, a, b) <= SAME_TIME_NS);
}

static struct standing *standing_of(const struct pairs *pairs, uint32_t session)
{
	return pool_get(&pairs->standings, session);
}

/* Of the sessions met before, the one that SESSION is another view of; NULL: none. */
static const struct session *find_same(const struct pairs *pairs, const struct session *session,
				       uint64_t isns, uint64_t ends)
{
	uint32_t id = session->has_isn ? keys_get(pairs->by_isns, isns) : NO_KEY;
	const struct session *other = id == NO_KEY ? NULL : ledger_session(pairs->ledger, id);

	if (other && is_same_by_isns(pairs, session, other))
		return other;
	id = keys_get(pairs->by_ends, ends);
	for (uint32_t i = 0; id != NO_KEY && i < MOST_CANDIDATES; i++) {
		other = ledger_session(pairs->ledger, id);
		if (is_same_by_ends(pairs, session, other))
			return other;
		id = standing_of(pairs, id)->before - 1;
	}
	return NULL;
}

/* ---- Clocks ---------------------------------------------------------------------------------- */

/* What the far clock shows more than the near one, between two bounds. */
struct bounds {
	int64_t least_ns, most_ns;
	bool has_least, has_most;
};

static void tighten(struct bounds *bounds, int64_t ahead_ns, bool is_from_server)
{
	if (is_from_server && (!bounds->has_least || ahead_ns > bounds->least_ns)) {
		bounds->has_least = true;
		bounds->least_ns = ahead_ns;
	} else if (!is_from_server && (!bounds->has_most || ahead_ns < bounds->most_ns)) {
		bounds->has_most = true;
		bounds->most_ns = ahead_ns;
	}
}

/* Events that say when bytes, or a SYN, were first seen. */
static bool is_first_sight(const struct event *event)
{
	return event->frame &&
	       (event->kind == EVENT_SYN || event->kind == EVENT_OPEN ||
		event->kind == EVENT_COMMAND || event->kind == EVENT_REPLY ||
		event->kind == EVENT_EOD);
}

static struct bounds compare_clocks(const struct session *near, const struct session *far)
{
	struct bounds bounds = {0};
	uint32_t from = 0;

	for (uint32_t i = 0; i < near->event_count && i < MOST_COMPARED; i++) {
		const struct event *event = &near->events[i];
		if (!is_first_sight(event))
			continue;
		for (uint32_t k = from; k < far->event_count && k - from < MOST_AHEAD; k++) {
			const struct event *other = &far->events[k];
			if (!is_first_sight(other) || !is_same_event(near, event, far, other))
				continue;
			tighten(&bounds, other->time_ns - event->time_ns,
				event->bits & EVENT_FROM_SERVER);
			from = k + 1;
			break;
		}
	}
	return bounds;
}

/* Which of two sessions is nearer to the client: 1 the first, -1 the second, 0 they do not tell. */
static int by_ttl(const struct session *a, const struct session *b)
{
	if (a->ttl_client && b->ttl_client && a->ttl_client != b->ttl_client)
		return a->ttl_client > b->ttl_client ? 1 : -1;
	if (a->ttl_server && b->ttl_server && a->ttl_server != b->ttl_server)
		return a->ttl_server < b->ttl_server ? 1 : -1;
	return 0;
}

static int by_handshake(const struct session *a, const struct session *b)
{
	if (a->syn_ns == NO_TIME || a->syn_ack_ns == NO_TIME || b->syn_ns == NO_TIME ||
	    b->syn_ack_ns == NO_TIME)
		return 0;
	int64_t a_ns = a->syn_ack_ns - a->syn_ns, b_ns = b->syn_ack_ns - b->syn_ns;
	return a_ns > b_ns ? 1 : a_ns < b_ns ? -1 : 0;
}

static void note_newest(struct pairs *pairs, const struct session *session)
{
	struct clock *clock = &pairs->clocks[session->file % LIMIT_SOURCES];

	if (clock->has_newest && clock->newest_ns >= session->end_ns)
		return;
	clock->has_newest = true;
	clock->newest_ns = session->end_ns;
}

static void align(struct pairs *pairs, struct pairing *pairing)
{
	const struct session *near = ledger_session(pairs->ledger, pairing->near);
	const struct session *far = ledger_session(pairs->ledger, pairing->far);
	uint32_t events = near->event_count + far->event_count;

	note_newest(pairs, near);
	note_newest(pairs, far);
	if (pairing->compared == events)
		return;
	pairing->compared = events;
	struct bounds bounds = compare_clocks(near, far);
	pairing->is_aligned = bounds.has_least && bounds.has_most;
	if (!pairing->is_aligned)
		return;
	/* Clocks that were set while they ran give bounds that contradict each other. */
	int64_t width_ns = bounds.most_ns - bounds.least_ns;
	pairing->offset_ns = bounds.least_ns + width_ns / 2;
	pairing->error_ns = (width_ns < 0 ? -width_ns : width_ns) / 2;
	struct clock *near_clock = &pairs->clocks[near->file % LIMIT_SOURCES];
	struct clock *far_clock = &pairs->clocks[far->file % LIMIT_SOURCES];
	if (!near_clock->is_known && far_clock->is_known)
		near_clock->offset_ns = far_clock->offset_ns - pairing->offset_ns;
	else
		far_clock->offset_ns = near_clock->offset_ns + pairing->offset_ns;
	near_clock->is_known = far_clock->is_known = true;
}

int64_t pairs_until(const struct pairs *pairs, const struct session *session)
{
	const struct clock *clock = &pairs->clocks[session->file % LIMIT_SOURCES];

	return clock->has_newest && clock->newest_ns > session->end_ns ? clock->newest_ns
								       : session->end_ns;
}

int64_t pairs_clock(const struct pairs *pairs, const struct session *session)
{
	const struct clock *clock = &pairs->clocks[session->file % LIMIT_SOURCES];
	return clock->is_known ? clock->offset_ns : 0;
}

/* ---- Meeting ---------------------------------------------------------------------------------- */

static void join_pair(struct pairs *pairs, const struct session *first,
		      const struct session *second)
{
	struct standing *a = standing_of(pairs, first->id), *b = standing_of(pairs, second->id);
	uint32_t number;
	struct pairing *pairing = pool_add(&pairs->pairings, &number);
	int nearer = by_ttl(first, second);

	if (!pairing) {
		b->meeting = MEETING_TWICE;
		return;
	}
	if (!nearer)
		nearer = by_handshake(first, second);
	if (!nearer) {
		struct bounds bounds = compare_clocks(first, second);
		nearer = bounds.has_least && bounds.has_most && bounds.least_ns > bounds.most_ns
				 ? -1
				 : 1;
	}
	*pairing = (struct pairing){.near = nearer < 0 ? second->id : first->id,
				    .far = nearer < 0 ? first->id : second->id,
				    .cursor = NO_ATTEMPT};
	a->meeting = b->meeting = MEETING_PAIR;
	a->pairing = b->pairing = number;
	align(pairs, pairing);
}

enum meeting pairs_meet(struct pairs *pairs, const struct session *session)
{
	uint32_t unused;

	while (pairs->standings.count <= session->id) {
		if (!pool_add(&pairs->standings, &unused))
			return MEETING_NEW;
	}
	struct standing *standing = standing_of(pairs, session->id);
	note_newest(pairs, session);
	if (standing->is_met)
		return (enum meeting)standing->meeting;

	const uint32_t isn[2] = {session->isn_client, session->isn_server};
	const struct endpoint end[2] = {session->client, session->server};
	uint64_t isns = XXH3_64bits_withSeed(isn, sizeof isn, pairs->seed);
	uint64_t ends = XXH3_64bits_withSeed(end, sizeof end, pairs->seed);
	const struct session *other = find_same(pairs, session, isns, ends);

	*standing = (struct standing){.is_met = true, .pairing = NO_PAIRING};
	if (other && (other->file == session->file ||
		      standing_of(pairs, other->id)->pairing != NO_PAIRING))
		standing->meeting = MEETING_TWICE;
	else if (other)
		join_pair(pairs, other, session);
	if (standing->meeting == MEETING_TWICE)
		return MEETING_TWICE;
	standing->before = keys_get(pairs->by_ends, ends) + 1;
	(void)keys_set(pairs->by_ends, ends, session->id);
	if (session->has_isn)
		(void)keys_set(pairs->by_isns, isns, session->id);
	return (enum meeting)standing->meeting;
}

const struct pairing *pairs_of(struct pairs *pairs, uint32_t session)
{
	const struct standing *standing = standing_of(pairs, session);

	if (!standing || !standing->is_met || standing->pairing == NO_PAIRING)
		return NULL;
	struct pairing *pairing = pool_get(&pairs->pairings, standing->pairing);
	align(pairs, pairing);
	return pairing;
}

static bool is_same_attempt(const struct session *a, const struct attempt *x,
			    const struct session *b, const struct attempt *y)
{
	const uint32_t mine[] = {x->mail, x->data, x->eod};
	const uint32_t other[] = {y->mail, y->data, y->eod};

	for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
		if (is_same_event(a, session_event(a, mine[i]), b, session_event(b, other[i])))
			return true;
	return false;
}

const struct attempt *pairs_twin(struct pairs *pairs, const struct attempt *attempt)
{
	const struct standing *standing = standing_of(pairs, attempt->session);

	if (!standing || standing->pairing == NO_PAIRING)
		return NULL;
	struct pairing *pairing = pool_get(&pairs->pairings, standing->pairing);
	const struct session *mine = ledger_session(pairs->ledger, attempt->session);
	const struct session *other = ledger_session(
		pairs->ledger, pairing->near == mine->id ? pairing->far : pairing->near);
	uint32_t id = other->first_attempt;
	/* Attempts come in order, and are asked for in order: from where the last one was found. */
	const struct attempt *hint = ledger_attempt(pairs->ledger, pairing->cursor);

	if (hint && hint->session == other->id)
		id = hint->id;
	for (int round = 0; round < 2; round++) {
		for (; id != NO_ATTEMPT; id = ledger_attempt(pairs->ledger, id)->next_in_session) {
			const struct attempt *twin = ledger_attempt(pairs->ledger, id);
			if (!is_same_attempt(mine, attempt, other, twin))
				continue;
			pairing->cursor = id;
			return twin;
		}
		id = other->first_attempt;
	}
	return NULL;
}
