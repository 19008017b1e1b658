/* SPDX-License-Identifier: MIT */
#include "delivery/pairs.h"

#include "bounds.h"
#include "delivery/keys.h"
#include "delivery/same.h"
#include "delivery/taps.h"
#include "hash_key.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#define NO_PAIRING UINT32_MAX
#define MOST_CANDIDATES 64 /* older sessions with the same endpoints that are looked at */
/* tcpdump -C and -G begin the next file with the next packet, which may be a while in coming. */
#define NEXT_FILE_NS (60 * NS_PER_SECOND)
#define CLOCK_NEWS_NS (10 * NS_PER_MS) /* a clock that differs by less puts nothing in order anew */

/* What is known of a session that was met. */
struct standing {
	bool is_met;
	uint8_t meeting;           /* enum meeting */
	uint32_t pairing;          /* of its connection, where there is one */
	uint32_t same_as;          /* of one seen twice: the session that it was met as, */
	uint32_t cursor;           /* and that one's attempt that was found last */
	uint32_t before;           /* session + 1 that was met before with these endpoints; 0: none */
};

struct clock {
	bool is_known;
	int64_t offset_ns;
	bool has_newest;
	int64_t newest_ns;
};

struct cover {
	bool is_known;
	int64_t first_ns, last_ns;
};

struct pairs {
	const struct ledger *ledger;
	uint64_t seed;
	struct keys *by_isns;      /* of both sides -> session */
	struct keys *by_ends;      /* endpoints -> newest session */
	struct keys *by_eods;      /* while all meet: sequence number or digest -> attempt */
	struct pool standings;     /* struct standing, by session */
	struct pool pairings;      /* struct pairing */
	struct clock clocks[LIMIT_SOURCES]; /* by file, against the first of its pairs */
	struct cover covers[LIMIT_SOURCES];
	bool is_outdated;
	bool is_meeting_all;       /* nothing was made of the meetings yet */
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
	keys_free(pairs->by_eods);
	pool_empty(&pairs->standings);
	pool_empty(&pairs->pairings);
	free(pairs);
}

const struct ledger *pairs_ledger(const struct pairs *pairs)
{
	return pairs->ledger;
}

/* ---- Which sessions are one connection ----------------------------------------------------- */

static struct standing *standing_of(const struct pairs *pairs, uint32_t session)
{
	return pool_get(&pairs->standings, session);
}

/* What the end of data of ATTEMPT is found by: where it stands, and what came before it. */
static uint64_t hash_place(const struct pairs *pairs, const struct session *session,
			   const struct event *eod)
{
	const uint64_t key[2] = {1, session->base_client + eod->offset};
	return hash_key(key, sizeof key, pairs->seed);
}

static uint64_t hash_digest(const struct pairs *pairs, const struct attempt *attempt)
{
	const uint64_t key[2] = {attempt->digest.high, attempt->digest.low};
	return hash_key(key, sizeof key, pairs->seed);
}

/* Remembers the ends of data of SESSION. */
static void note_content(struct pairs *pairs, const struct session *session)
{
	const struct attempt *attempt = ledger_attempt(pairs->ledger, session->first_attempt);

	for (; attempt; attempt = ledger_attempt(pairs->ledger, attempt->next_in_session)) {
		const struct event *eod = session_event(session, attempt->eod);
		if (eod)
			(void)keys_set(pairs->by_eods, hash_place(pairs, session, eod), attempt->id);
		if (eod && attempt->has_digest)
			(void)keys_set(pairs->by_eods, hash_digest(pairs, attempt), attempt->id);
	}
}

/* The session of which HASH leads to an attempt that is ATTEMPT of SESSION. */
static const struct session *find_by_eod(const struct pairs *pairs, const struct session *session,
					 const struct attempt *attempt, uint64_t hash)
{
	const struct attempt *other =
		ledger_attempt(pairs->ledger, keys_get(pairs->by_eods, hash));

	if (!other)
		return NULL;
	const struct session *there = attempt_session(pairs->ledger, other);
	return same_by_content(pairs, session, attempt, there, other) ? there : NULL;
}

/* Translated addresses, and sequence numbers of which the beginning was not seen. */
static const struct session *find_by_content(const struct pairs *pairs,
					     const struct session *session)
{
	const struct attempt *attempt = ledger_attempt(pairs->ledger, session->first_attempt);
	const struct session *found = NULL;

	for (uint32_t i = 0; attempt && !found && i < MOST_CANDIDATES; i++) {
		const struct event *eod = session_event(session, attempt->eod);
		if (eod)
			found = find_by_eod(pairs, session, attempt,
					    hash_place(pairs, session, eod));
		if (eod && !found && attempt->has_digest)
			found = find_by_eod(pairs, session, attempt, hash_digest(pairs, attempt));
		attempt = ledger_attempt(pairs->ledger, attempt->next_in_session);
	}
	return found;
}

/* Of the sessions met before, the one that SESSION is another view of; NULL: none. */
static const struct session *find_same(const struct pairs *pairs, const struct session *session,
				       uint64_t isns, uint64_t ends)
{
	uint32_t id = session->has_isn ? keys_get(pairs->by_isns, isns) : NO_KEY;
	const struct session *other = id == NO_KEY ? NULL : ledger_session(pairs->ledger, id);

	if (other && same_by_isns(pairs, session, other))
		return other;
	id = keys_get(pairs->by_ends, ends);
	for (uint32_t i = 0; id != NO_KEY && i < MOST_CANDIDATES; i++) {
		other = ledger_session(pairs->ledger, id);
		if (same_by_ends(pairs, session, other))
			return other;
		id = standing_of(pairs, id)->before - 1;
	}
	return pairs->is_meeting_all ? find_by_content(pairs, session) : NULL;
}

/* ---- Clocks ---------------------------------------------------------------------------------- */

static void note_newest(struct pairs *pairs, const struct session *session)
{
	struct clock *clock = &pairs->clocks[session->file % LIMIT_SOURCES];

	if (clock->has_newest && clock->newest_ns >= session->end_ns)
		return;
	clock->has_newest = true;
	clock->newest_ns = session->end_ns;
}

static void set_clock(struct pairs *pairs, struct clock *clock, int64_t offset_ns)
{
	int64_t news_ns = offset_ns - (clock->is_known ? clock->offset_ns : 0);

	if (news_ns > CLOCK_NEWS_NS || news_ns < -CLOCK_NEWS_NS)
		pairs->is_outdated = true;
	clock->offset_ns = offset_ns;
	clock->is_known = true;
}

static struct clock *clock_of(struct pairs *pairs, uint32_t session)
{
	return &pairs->clocks[ledger_session(pairs->ledger, session)->file % LIMIT_SOURCES];
}

/* Of the two files of PAIRING, one's clock tells the other's; where both are known the far one's is
 * brought up to date. */
static void spread_clock(struct pairs *pairs, const struct pairing *pairing)
{
	struct clock *near = clock_of(pairs, pairing->near), *far = clock_of(pairs, pairing->far);

	if (!near->is_known && far->is_known)
		set_clock(pairs, near, far->offset_ns - pairing->offset_ns);
	else
		set_clock(pairs, far, near->offset_ns + pairing->offset_ns);
	near->is_known = true;
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
	struct bounds bounds = taps_compare_clocks(near, far);
	pairing->is_aligned = bounds.has_least && bounds.has_most;
	if (!pairing->is_aligned)
		return;
	/* Clocks that were set while they ran give bounds that contradict each other. */
	int64_t width_ns = bounds.most_ns - bounds.least_ns;
	pairing->offset_ns = bounds.least_ns + width_ns / 2;
	pairing->error_ns = (width_ns < 0 ? -width_ns : width_ns) / 2;
	if (!pairs->is_meeting_all)
		spread_clock(pairs, pairing);
}

/* Lets PAIRING tell a clock that is not known so far. False: there is none. */
static bool spread_news(struct pairs *pairs, const struct pairing *pairing, bool is_first)
{
	bool is_near_known = clock_of(pairs, pairing->near)->is_known;
	bool is_far_known = clock_of(pairs, pairing->far)->is_known;

	if (!pairing->is_aligned || (is_near_known && is_far_known) ||
	    (!is_first && !is_near_known && !is_far_known))
		return false;
	spread_clock(pairs, pairing);
	return true;
}

/* Every clock against the first of those that pairs lead to from it. */
static void spread_clocks(struct pairs *pairs)
{
	for (uint32_t file = 0; file < LIMIT_SOURCES; file++) {
		pairs->clocks[file].is_known = false;
		pairs->clocks[file].offset_ns = 0;
	}
	for (uint32_t i = 0; i < pairs->pairings.count; i++) {
		bool has_news = spread_news(pairs, pool_get(&pairs->pairings, i), true);
		while (has_news) {
			has_news = false;
			for (uint32_t k = i + 1; k < pairs->pairings.count; k++)
				has_news |= spread_news(pairs, pool_get(&pairs->pairings, k),
							false);
		}
	}
}

void pairs_cover(struct pairs *pairs, uint16_t file, int64_t first_ns, int64_t last_ns)
{
	pairs->covers[file % LIMIT_SOURCES] = (struct cover){true, first_ns, last_ns};
}

/* Whether COVER goes on where a file ended at UNTIL. */
static bool goes_on(const struct cover *cover, int64_t until_ns)
{
	return cover->is_known && cover->last_ns > until_ns &&
	       cover->first_ns > until_ns - NS_PER_SECOND &&
	       cover->first_ns <= until_ns + NEXT_FILE_NS;
}

int64_t pairs_end(const struct pairs *pairs, const struct session *session)
{
	const struct cover *cover = &pairs->covers[session->file % LIMIT_SOURCES];

	if (!cover->is_known)
		return NO_TIME;
	int64_t until_ns = cover->last_ns > session->end_ns ? cover->last_ns : session->end_ns;
	for (uint32_t i = 0; i < LIMIT_SOURCES; i++) {
		if (!goes_on(&pairs->covers[i], until_ns))
			continue;
		until_ns = pairs->covers[i].last_ns;
		i = UINT32_MAX;
	}
	return until_ns;
}

int64_t pairs_until(const struct pairs *pairs, const struct session *session)
{
	const struct clock *clock = &pairs->clocks[session->file % LIMIT_SOURCES];
	int64_t until_ns = pairs_end(pairs, session);

	if (until_ns < session->end_ns)
		until_ns = session->end_ns;
	return clock->has_newest && clock->newest_ns > until_ns ? clock->newest_ns : until_ns;
}

int64_t pairs_clock(const struct pairs *pairs, const struct session *session)
{
	const struct clock *clock = &pairs->clocks[session->file % LIMIT_SOURCES];
	return clock->is_known ? clock->offset_ns : 0;
}

int64_t pairs_start(const struct pairs *pairs, const struct attempt *attempt)
{
	return attempt_start(pairs->ledger, attempt) -
	       pairs_clock(pairs, attempt_session(pairs->ledger, attempt));
}

/* ---- Meeting ---------------------------------------------------------------------------------- */

static void set_pair(struct pairs *pairs, uint32_t number, const struct session *near,
		     const struct session *far)
{
	struct pairing *pairing = pool_get(&pairs->pairings, number);
	struct standing *a = standing_of(pairs, near->id), *b = standing_of(pairs, far->id);

	*pairing = (struct pairing){.near = near->id, .far = far->id, .cursor = NO_ATTEMPT};
	a->meeting = b->meeting = MEETING_PAIR;
	a->pairing = b->pairing = number;
	align(pairs, pairing);
}

static void join_pair(struct pairs *pairs, const struct session *first,
		      const struct session *second)
{
	uint32_t number;
	bool is_first_near = taps_is_nearer(first, second);

	if (pool_add(&pairs->pairings, &number))
		set_pair(pairs, number, is_first_near ? first : second,
			 is_first_near ? second : first);
	else
		standing_of(pairs, second->id)->meeting = MEETING_TWICE;
}

static const struct session *longer(const struct session *a, const struct session *b)
{
	return a->end_ns >= b->end_ns ? a : b;
}

/* A third capture of a connection: the two that are farthest apart tell most. */
static void join_third(struct pairs *pairs, uint32_t number, const struct session *third)
{
	const struct pairing *pairing = pool_get(&pairs->pairings, number);
	const struct session *near = ledger_session(pairs->ledger, pairing->near);
	const struct session *far = ledger_session(pairs->ledger, pairing->far);
	const struct session *a = near, *b = far;

	if (taps_is_same(near, far)) {
		const struct session *kept = longer(near, far);
		a = taps_is_nearer(third, kept) ? third : kept;
		b = a == third ? kept : third;
	} else if (taps_is_same(near, third)) {
		a = longer(near, third);
	} else if (taps_is_same(far, third)) {
		b = longer(far, third);
	} else if (taps_is_nearer(third, near)) {
		a = third;
	} else if (taps_is_nearer(far, third)) {
		b = third;
	}
	const struct session *all[] = {near, far, third};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct standing *standing = standing_of(pairs, all[i]->id);
		standing->meeting = MEETING_TWICE;
		standing->same_as = a->id;
		standing->pairing = number;
	}
	set_pair(pairs, number, a, b);
}

/* SESSION is OTHER, which was met before. */
static void meet_again(struct pairs *pairs, const struct session *other,
		       const struct session *session)
{
	struct standing *standing = standing_of(pairs, session->id);
	uint32_t number = standing_of(pairs, other->id)->pairing;

	standing->same_as = other->id;
	if (other->file == session->file) {
		standing->meeting = MEETING_TWICE;
	} else if (number == NO_PAIRING) {
		join_pair(pairs, other, session);
	} else if (pairs->is_meeting_all) {
		join_third(pairs, number, session);
	} else {
		standing->meeting = MEETING_TWICE;
		pairs->is_outdated = true;
	}
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
	uint64_t isns = hash_key(isn, sizeof isn, pairs->seed);
	uint64_t ends = hash_key(end, sizeof end, pairs->seed);
	const struct session *other = find_same(pairs, session, isns, ends);

	*standing = (struct standing){.is_met = true, .pairing = NO_PAIRING,
				      .same_as = NO_SESSION, .cursor = NO_ATTEMPT};
	if (other)
		meet_again(pairs, other, session);
	if (standing->meeting == MEETING_TWICE)
		return MEETING_TWICE;
	standing->before = keys_get(pairs->by_ends, ends) + 1;
	(void)keys_set(pairs->by_ends, ends, session->id);
	if (session->has_isn)
		(void)keys_set(pairs->by_isns, isns, session->id);
	return (enum meeting)standing->meeting;
}

/* ---- Once more ------------------------------------------------------------------------------ */

struct pairs *pairs_begin_anew(const struct pairs *before)
{
	struct pairs *pairs = pairs_new(before->ledger, before->seed);

	if (!pairs)
		return NULL;
	pairs_take_clocks(pairs, before);
	pairs->is_meeting_all = true;
	pairs->by_eods = keys_new();
	if (pairs->by_eods)
		return pairs;
	pairs_free(pairs);
	return NULL;
}

void pairs_meet_anew(struct pairs *pairs, const struct session *session)
{
	if (session->first_attempt != NO_ATTEMPT && pairs_meet(pairs, session) != MEETING_TWICE)
		note_content(pairs, session);
}

void pairs_end_anew(struct pairs *pairs)
{
	pairs->is_meeting_all = false;
	keys_free(pairs->by_eods);
	pairs->by_eods = NULL;
	spread_clocks(pairs);
}

bool pairs_differ(const struct pairs *a, const struct pairs *b, uint32_t session)
{
	const struct pairs *all[] = {a, b};
	uint32_t met[2][2] = {{MEETING_NEW, NO_SESSION}, {MEETING_NEW, NO_SESSION}};

	for (int i = 0; i < 2; i++) {
		const struct standing *standing = standing_of(all[i], session);
		if (!standing || !standing->is_met || standing->meeting == MEETING_NEW)
			continue;
		const struct pairing *pairing = pool_get(&all[i]->pairings, standing->pairing);
		met[i][0] = standing->meeting;
		met[i][1] = pairing ? pairing->near : NO_SESSION;
	}
	return memcmp(met[0], met[1], sizeof met[0]) != 0;
}

bool pairs_were_outdated(struct pairs *pairs)
{
	bool were_outdated = pairs->is_outdated;

	pairs->is_outdated = false;
	return were_outdated;
}

/* ---- Pairs ---------------------------------------------------------------------------------- */

const struct pairing *pairs_of(struct pairs *pairs, uint32_t session)
{
	const struct standing *standing = standing_of(pairs, session);

	if (!standing || !standing->is_met || standing->meeting != MEETING_PAIR)
		return NULL;
	struct pairing *pairing = pool_get(&pairs->pairings, standing->pairing);
	align(pairs, pairing);
	return pairing;
}

/* The attempt of session OTHER that is ATTEMPT of MINE, NULL if there is none. Attempts come in
 * order, and are asked for in order: *CURSOR is where the last one was found. */
static const struct attempt *find_twin(const struct pairs *pairs, const struct session *mine,
				       const struct attempt *attempt, const struct session *other,
				       uint32_t *cursor)
{
	const struct attempt *hint = ledger_attempt(pairs->ledger, *cursor);
	uint32_t id = hint && hint->session == other->id ? hint->id : other->first_attempt;

	for (int round = 0; round < 2; round++) {
		for (; id != NO_ATTEMPT; id = ledger_attempt(pairs->ledger, id)->next_in_session) {
			const struct attempt *twin = ledger_attempt(pairs->ledger, id);
			if (!same_attempt(mine, attempt, other, twin))
				continue;
			*cursor = id;
			return twin;
		}
		id = other->first_attempt;
	}
	return NULL;
}

const struct attempt *pairs_twin(struct pairs *pairs, const struct attempt *attempt)
{
	const struct standing *standing = standing_of(pairs, attempt->session);

	if (!standing || !standing->is_met || standing->meeting != MEETING_PAIR)
		return NULL;
	struct pairing *pairing = pool_get(&pairs->pairings, standing->pairing);
	const struct session *mine = ledger_session(pairs->ledger, attempt->session);
	const struct session *other = ledger_session(
		pairs->ledger, pairing->near == mine->id ? pairing->far : pairing->near);

	return find_twin(pairs, mine, attempt, other, &pairing->cursor);
}

bool pairs_has_other(struct pairs *pairs, const struct attempt *attempt)
{
	struct standing *standing = standing_of(pairs, attempt->session);
	const struct session *mine = ledger_session(pairs->ledger, attempt->session);
	uint32_t others[2] = {standing->same_as, standing->same_as};
	const struct standing *same = standing_of(pairs, standing->same_as);

	if (!same)
		return true;
	if (same->pairing != NO_PAIRING) {
		const struct pairing *pairing = pool_get(&pairs->pairings, same->pairing);
		others[0] = pairing->near;
		others[1] = pairing->far;
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct attempt *twin =
			find_twin(pairs, mine, attempt, ledger_session(pairs->ledger, others[i]),
				  &standing->cursor);
		if (twin && attempt_is_judged(twin))
			return true;
	}
	return false;
}

uint32_t pairs_related(const struct pairs *pairs, uint32_t session, uint32_t others[static 3])
{
	const struct standing *standing = standing_of(pairs, session);
	uint32_t count = 0;

	if (!standing || !standing->is_met)
		return 0;
	if (standing->same_as != NO_SESSION)
		others[count++] = standing->same_as;
	const struct pairing *pairing = pool_get(&pairs->pairings, standing->pairing);
	if (pairing) {
		others[count++] = pairing->near;
		others[count++] = pairing->far;
	}
	return count;
}

void pairs_take_clocks(struct pairs *pairs, const struct pairs *before)
{
	memcpy(pairs->clocks, before->clocks, sizeof pairs->clocks);
	memcpy(pairs->covers, before->covers, sizeof pairs->covers);
	pairs->is_outdated = before->is_outdated;
}

size_t pairs_memory(const struct pairs *pairs)
{
	return pool_memory(&pairs->standings) + pool_memory(&pairs->pairings) +
	       keys_memory(pairs->by_isns) + keys_memory(pairs->by_ends);
}
