/* SPDX-License-Identifier: MIT */
/*
 * Deliveries kept up to date: what changed in the ledger is joined and judged, and summed up.
 */
#include "bounds.h"
#include "delivery/join.h"
#include "delivery/keys.h"
#include "delivery/summary.h"
#include "delivery/verdict.h"
#include "pool.h"
#include "xxh3.h"

#include <stdlib.h>

/* Where an attempt's recipients went: a run of delivery ids. */
struct placing {
	uint32_t first;  /* in deliveries.places */
	uint32_t count;  /* 0: not joined yet */
	bool is_passed_over; /* the same connection seen twice */
};

struct deliveries {
	struct ledger *ledger;
	struct judging judging;
	struct join *join;
	struct keys *incarnations;   /* hash of ISNs -> session that was seen first */
	struct pool all;             /* struct delivery */
	struct pool delivery_of_part; /* uint32_t, by the join's numbers */
	struct pool placings;        /* struct placing, by attempt */
	struct pool places;          /* uint32_t */
	uint32_t in_state[STATES];
	uint32_t *waiting;           /* deliveries that "now" bears on */
	uint32_t waiting_count;
	uint32_t waiting_room;
	bool is_over;
};

struct deliveries *deliveries_new(struct ledger *ledger, const struct delivery_options *options)
{
	struct deliveries *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->ledger = ledger;
	d->judging.ledger = ledger;
	if (options)
		d->judging.options = *options;
	if (d->judging.options.timer_ns <= 0)
		d->judging.options.timer_ns = DEFAULT_TIMER_NS;
	d->join = join_new(ledger, d->judging.options.seed);
	d->incarnations = keys_new();
	d->all = pool_of(sizeof(struct delivery));
	d->delivery_of_part = pool_of(sizeof(uint32_t));
	d->placings = pool_of(sizeof(struct placing));
	d->places = pool_of(sizeof(uint32_t));
	d->judging.now_ns = NO_TIME;
	if (!d->join || !d->incarnations) {
		deliveries_free(d);
		return NULL;
	}
	return d;
}

void deliveries_free(struct deliveries *deliveries)
{
	if (!deliveries)
		return;
	for (uint32_t i = 0; i < deliveries->all.count; i++) {
		struct delivery *delivery = pool_get(&deliveries->all, i);
		free(delivery->tries);
	}
	join_free(deliveries->join);
	keys_free(deliveries->incarnations);
	pool_empty(&deliveries->all);
	pool_empty(&deliveries->delivery_of_part);
	pool_empty(&deliveries->placings);
	pool_empty(&deliveries->places);
	free(deliveries->waiting);
	free(deliveries);
}

uint32_t deliveries_count(const struct deliveries *deliveries)
{
	return deliveries->all.count;
}

const struct delivery *delivery_get(const struct deliveries *deliveries, uint32_t id)
{
	return pool_get(&deliveries->all, id);
}

uint32_t deliveries_in_state(const struct deliveries *deliveries, enum delivery_state state)
{
	return deliveries->in_state[state];
}

int64_t deliveries_timer(const struct deliveries *deliveries)
{
	return deliveries->judging.options.timer_ns;
}

uint32_t delivery_of(const struct deliveries *deliveries, uint32_t attempt, uint32_t index)
{
	const struct placing *placing = pool_get(&deliveries->placings, attempt);
	if (!placing || index >= placing->count)
		return UINT32_MAX;
	const uint32_t *place = pool_get(&deliveries->places, placing->first + index);
	return *place;
}

enum vantage deliveries_vantage(const struct deliveries *deliveries, const struct session *session,
				const char **reason)
{
	return judging_vantage(&deliveries->judging, session, reason);
}

void deliveries_judge(const struct deliveries *deliveries, uint32_t attempt, uint32_t index,
		      struct verdict *out)
{
	const struct delivery *delivery =
		delivery_get(deliveries, delivery_of(deliveries, attempt, index));

	int64_t next_ns = NO_TIME;

	for (uint32_t i = 0; delivery && i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		if (try->attempt != attempt)
			continue;
		if (try->recipient == index) {
			*out = try->verdict;
			return;
		}
		if (i + 1 < delivery->try_count)
			next_ns = attempt_start(deliveries->ledger,
						ledger_attempt(deliveries->ledger, try[1].attempt));
	}
	judging_verdict(&deliveries->judging, ledger_attempt(deliveries->ledger, attempt), index,
			next_ns, out);
}

static bool note_waiting(struct deliveries *d, const struct delivery *delivery)
{
	if (d->waiting_count == d->waiting_room) {
		uint32_t room = d->waiting_room ? d->waiting_room * 2 : 64;
		uint32_t *waiting = reallocarray(d->waiting, room, sizeof *waiting);
		if (!waiting)
			return false;
		d->waiting = waiting;
		d->waiting_room = room;
	}
	d->waiting[d->waiting_count++] = delivery->id;
	return true;
}

/* Judges DELIVERY anew and keeps the counts. */
static void refresh(struct deliveries *d, struct delivery *delivery)
{
	if (delivery->revision)
		d->in_state[delivery->state]--;
	summary_refresh(&d->judging, delivery);
	d->in_state[delivery->state]++;
}

static struct delivery *edit_delivery(const struct deliveries *d, uint32_t id)
{
	return pool_get(&d->all, id);
}

static uint32_t delivery_of_part(const struct deliveries *d, uint32_t number)
{
	const uint32_t *id = pool_get(&d->delivery_of_part, number);
	return id ? *id : UINT32_MAX;
}

/* Lets the tries of FROM, a delivery of refused attempts, go over to TO; FROM is empty then. */
static void merge(struct deliveries *d, struct delivery *from, struct delivery *to)
{
	for (uint32_t i = 0; i < from->try_count; i++) {
		struct try try = from->tries[i];
		const struct placing *placing = pool_get(&d->placings, try.attempt);
		try.certainty = JOIN_POSSIBLE;
		if (!summary_add_try(&d->judging, to, &try))
			break;
		for (uint32_t k = 0; k < placing->count; k++) {
			uint32_t *place = pool_get(&d->places, placing->first + k);
			if (*place == from->id)
				*place = to->id;
		}
	}
	d->in_state[from->state]--;
	from->try_count = 0;
	from->revision++;
	free(from->tries);
	from->tries = NULL;
}

/*
 * Whether ATTEMPT is a hop of the same message and no further try of EARLIER: its client is the
 * earlier one's server, or another client sends it while the earlier one still waits, or it has
 * passed more servers.
 */
static bool is_hop(const struct deliveries *d, const struct attempt *attempt,
		   const struct attempt *earlier)
{
	const struct session *here = attempt_session(d->ledger, attempt);
	const struct session *there = attempt_session(d->ledger, earlier);
	const struct event *eod = attempt_event(d->ledger, earlier, earlier->eod);
	const struct event *reply = attempt_event(d->ledger, earlier, earlier->reply);
	const struct event *left = attempt_event(d->ledger, earlier, earlier->client_left);
	int64_t start_ns = attempt_start(d->ledger, attempt);
	bool same_client =
		memcmp(here->client.address, there->client.address, sizeof here->client.address) == 0;

	if (same_client)
		return false;
	if (memcmp(here->client.address, there->server.address, sizeof here->client.address) == 0)
		return true;
	if (attempt->received_fields > earlier->received_fields && attempt->has_digest &&
	    earlier->has_digest)
		return true;
	return eod && start_ns > eod->time_ns && reply && start_ns < reply->time_ns &&
	       (!left || start_ns < left->time_ns);
}

static struct delivery *new_delivery(struct deliveries *d)
{
	uint32_t id;
	struct delivery *delivery = pool_add(&d->all, &id);
	if (delivery)
		delivery->id = id;
	return delivery;
}

/* Finds or makes the delivery of PART; gives the certainty of its belonging there. */
static struct delivery *find_delivery(struct deliveries *d, struct part part,
				      enum certainty *certainty)
{
	struct match match = join_find(d->join, part);
	struct delivery *found = NULL, *refused = NULL;

	*certainty = match.certainty;
	if (match.number != NO_NUMBER &&
	    !is_hop(d, part.attempt, join_part(d->join, match.number).attempt))
		found = edit_delivery(d, delivery_of_part(d, match.number));
	if (found && found->try_count >= LIMIT_ATTEMPTS)
		return new_delivery(d);
	if (match.refused != NO_NUMBER)
		refused = edit_delivery(d, delivery_of(d, join_part(d->join, match.refused).attempt->id,
						       join_part(d->join, match.refused).recipient));
	if (refused)
		join_settle(d->join, match.refused);
	if (refused && refused->try_count >= LIMIT_ATTEMPTS)
		refused = NULL;
	if (!found && !refused) {
		*certainty = JOIN_CERTAIN;
		return new_delivery(d);
	}
	if (!found) {
		*certainty = JOIN_POSSIBLE;
		return refused;
	}
	if (refused && refused != found)
		merge(d, refused, found);
	return found;
}

/* A recipient named twice in one transaction is one: the RCPT counts that was not refused. */
static bool add_try(struct deliveries *d, struct delivery *delivery, const struct try *try)
{
	const struct attempt *attempt = ledger_attempt(d->ledger, try->attempt);

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		struct try *other = &delivery->tries[i];
		if (other->attempt != try->attempt)
			continue;
		if (ledger_recipient(d->ledger, attempt, other->recipient)->rcpt_code >= 400)
			other->recipient = try->recipient;
		return true;
	}
	return summary_add_try(&d->judging, delivery, try);
}

static bool place_part(struct deliveries *d, struct part part, uint32_t place_index)
{
	struct try try = {.attempt = part.attempt->id, .recipient = part.recipient};
	uint32_t number, slot;
	struct delivery *delivery = find_delivery(d, part, &try.certainty);

	if (!delivery || !add_try(d, delivery, &try))
		return false;
	uint32_t *place = pool_get(&d->places, place_index);
	*place = delivery->id;
	if (!join_add(d->join, part, &number))
		return false;
	uint32_t *owner = pool_add(&d->delivery_of_part, &slot);
	if (!owner)
		return false;
	*owner = delivery->id;
	refresh(d, delivery);
	return summary_is_waiting(delivery) ? note_waiting(d, delivery) : true;
}

static bool is_same_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* Whether two sessions with the same ISNs are one connection: a tap on both sides of a NAT sees
 * one end changed, and both beginnings at once. */
static bool is_same_connection(const struct session *a, const struct session *b)
{
	bool same_client = is_same_end(&a->client, &b->client);
	bool same_server = is_same_end(&a->server, &b->server);
	int64_t apart_ns = a->start_ns > b->start_ns ? a->start_ns - b->start_ns
						     : b->start_ns - a->start_ns;

	return (same_client && same_server) ||
	       ((same_client || same_server) && apart_ns <= NS_PER_SECOND);
}

/* Whether SESSION is one that was seen before, at another tap or on the other side of a NAT. */
static bool is_seen_twice(struct deliveries *d, const struct session *session)
{
	const uint32_t isns[2] = {session->isn_client, session->isn_server};

	if (!session->has_isn)
		return false;
	uint64_t hash = XXH3_64bits_withSeed(isns, sizeof isns, d->judging.options.seed);
	uint32_t first = keys_get(d->incarnations, hash);
	if (first == session->id)
		return false;
	const struct session *other =
		first == NO_KEY ? NULL : ledger_session(d->ledger, first);
	if (other && other->isn_client == isns[0] && other->isn_server == isns[1] &&
	    is_same_connection(session, other))
		return true;
	(void)keys_set(d->incarnations, hash, session->id);
	return false;
}

/* What an attempt carried is known: it goes to the deliveries of its recipients. */
static bool place_attempt(struct deliveries *d, const struct attempt *attempt)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);
	uint32_t count = attempt->recipient_count ? attempt->recipient_count : 1;

	if (is_seen_twice(d, attempt_session(d->ledger, attempt))) {
		placing->is_passed_over = true;
		return true;
	}
	if (!pool_add_run(&d->places, count, &placing->first))
		return false;
	placing->count = count;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t *place = pool_get(&d->places, placing->first + i);
		*place = UINT32_MAX;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!place_part(d, (struct part){attempt, i}, placing->first + i))
			return false;
	}
	return true;
}

/* Whether all of its message that will come has come: then it can be told from others. */
static bool is_complete(const struct attempt *attempt)
{
	bool has_ended = attempt->phase == PHASE_WAITING || attempt->phase == PHASE_ANSWERED ||
			 attempt->phase == PHASE_ABANDONED;

	return has_ended && attempt->is_over && attempt_is_judged(attempt);
}

static bool take_attempt(struct deliveries *d, uint32_t id)
{
	const struct attempt *attempt = ledger_attempt(d->ledger, id);
	uint32_t index;

	while (d->placings.count <= id) {
		if (!pool_add(&d->placings, &index))
			return false;
	}
	const struct placing *placing = pool_get(&d->placings, id);
	if (placing->is_passed_over)
		return true;
	if (placing->count == 0)
		return is_complete(attempt) ? place_attempt(d, attempt) : true;
	for (uint32_t i = 0; i < placing->count; i++) {
		struct delivery *delivery = edit_delivery(d, delivery_of(d, id, i));
		if (!delivery)
			continue;
		refresh(d, delivery);
		if (summary_is_waiting(delivery) && !note_waiting(d, delivery))
			return false;
	}
	return true;
}

/* Time has passed for deliveries that still wait: each once, and only while they do. */
static void pass_time(struct deliveries *d)
{
	uint32_t kept = 0, count = d->waiting_count;

	for (uint32_t i = 0; i < count; i++) {
		struct delivery *delivery = edit_delivery(d, d->waiting[i]);
		if (!delivery->try_count || !summary_is_waiting(delivery) || delivery->is_queued)
			continue;
		refresh(d, delivery);
		delivery->is_queued = true;
		d->waiting[kept++] = delivery->id;
	}
	d->waiting_count = kept;
	for (uint32_t i = 0; i < kept; i++)
		edit_delivery(d, d->waiting[i])->is_queued = false;
}

bool deliveries_update(struct deliveries *deliveries, int64_t now_ns, bool is_over)
{
	bool has_moved = now_ns != deliveries->judging.now_ns || is_over != deliveries->is_over;
	uint32_t id;

	deliveries->judging.now_ns = now_ns;
	deliveries->is_over = is_over;
	while ((id = ledger_next_changed(deliveries->ledger)) != NO_ATTEMPT) {
		if (!take_attempt(deliveries, id))
			return false;
	}
	if (has_moved)
		pass_time(deliveries);
	return true;
}

void deliveries_set_timer(struct deliveries *deliveries, int64_t timer_ns)
{
	deliveries->judging.options.timer_ns = timer_ns > 0 ? timer_ns : DEFAULT_TIMER_NS;
	for (uint32_t i = 0; i < deliveries->all.count; i++) {
		struct delivery *delivery = pool_get(&deliveries->all, i);
		if (delivery->try_count)
			refresh(deliveries, delivery);
	}
}
