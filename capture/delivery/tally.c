/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include "bounds.h"
#include "delivery/deliveries_move.h"
#include "delivery/keys.h"
#include "delivery/tally_count.h"
#include "delivery/tally_gone.h"
#include "hash_key.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#define NOBODY UINT32_MAX

/* Parties of one role, found by their address. */
struct parties {
	struct pool all;     /* struct party */
	struct keys *keys;   /* hash of the address -> the first party that has it */
};

/* Who takes part in a session. */
struct placement {
	uint32_t server;
	uint32_t sender;
	bool is_skipped; /* before it is placed */
};

static const struct placement nowhere = {NOBODY, NOBODY, false};

/* What is counted. */
struct pass {
	const struct ledger *ledger;
	const struct deliveries *deliveries;
	struct delivery_choice choice;
	is_let_go *is_gone; /* NULL, or only these sessions are counted */
	const void *context;
};

struct tally {
	struct parties servers;
	struct parties senders;
	struct placement *placements; /* by session */
	uint32_t placed;
	uint32_t left_out;
	struct pass pass;
	uint32_t next_session; /* that is counted next, */
	uint32_t next_delivery; /* and when all of them were */
	uint32_t deliveries;	/* there are, when it began */
	bool is_whole;
};

static struct party *edit(const struct parties *parties, uint32_t number)
{
	return pool_get(&parties->all, number);
}

static uint64_t hash_of(const struct endpoint *endpoint)
{
	return hash_key(endpoint->address, sizeof endpoint->address, endpoint->port);
}

static void parties_clear(struct parties *parties)
{
	for (uint32_t i = 0; i < parties->all.count; i++)
		party_clear(pool_get(&parties->all, i));
	pool_empty(&parties->all);
	keys_free(parties->keys);
	parties->keys = NULL;
}

/* Begins with those of PAST, which may be NULL. False: no memory. */
static bool parties_begin(struct parties *parties, const struct parties *past)
{
	uint32_t number;

	parties_clear(parties);
	parties->all = pool_of(sizeof(struct party));
	parties->keys = keys_new();
	for (uint32_t i = 0; parties->keys && past && i < past->all.count; i++) {
		const struct party *from = edit(past, i);
		struct party *party = pool_add(&parties->all, &number);
		if (!party || !party_copy(party, from) ||
		    (keys_get(parties->keys, hash_of(&from->endpoint)) == NO_KEY &&
		     !keys_set(parties->keys, hash_of(&from->endpoint), i)))
			return false;
	}
	return parties->keys != NULL;
}

struct tally *tally_new(void)
{
	struct tally *tally = calloc(1, sizeof *tally);

	if (!tally)
		return NULL;
	tally->servers.all = tally->senders.all = pool_of(sizeof(struct party));
	return tally;
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	parties_clear(&tally->servers);
	parties_clear(&tally->senders);
	free(tally->placements);
	free(tally);
}

/* ---- Who they are -------------------------------------------------------------------------- */

/* The first party at ENDPOINT; NULL if there is none. */
static struct party *find_party(const struct parties *parties, const struct endpoint *endpoint)
{
	uint32_t number = keys_get(parties->keys, hash_of(endpoint));
	struct party *party = number == NO_KEY ? NULL : edit(parties, number);

	return party && endpoint_is_same(&party->endpoint, endpoint) ? party : NULL;
}

/* A new party; NULL: LIMIT_PARTIES, or no memory. */
static struct party *add_party(struct parties *parties, const struct endpoint *endpoint,
			       text_id name, uint32_t *number)
{
	if (parties->all.count >= LIMIT_PARTIES)
		return NULL;
	struct party *party = pool_add(&parties->all, number);
	if (!party)
		return NULL;
	party->endpoint = *endpoint;
	party->name = name;
	party->next_name = party->seen_delivery = party->blamed_delivery = NOBODY;
	party->names = 1;
	return party;
}

/* The first party at ENDPOINT, which may be a new one; NOBODY. */
static uint32_t take_first(struct parties *parties, const struct endpoint *endpoint, text_id name)
{
	uint32_t number;

	if (find_party(parties, endpoint))
		return keys_get(parties->keys, hash_of(endpoint));
	if (!add_party(parties, endpoint, name, &number) ||
	    !keys_set(parties->keys, hash_of(endpoint), number))
		return NOBODY;
	return number;
}

/* The party of that address with that NAME: there is one for each, up to LIMIT_SENDER_NAMES. */
static uint32_t take_named(struct parties *parties, uint32_t first, text_id name)
{
	struct party *head = edit(parties, first);
	uint32_t number = first, added;

	if (!head->name)
		head->name = name;
	for (struct party *party = head;; party = edit(parties, number)) {
		if (!name || party->name == name || party->has_many_names)
			return number;
		if (party->next_name == NOBODY)
			break;
		number = party->next_name;
	}
	struct party *party = add_party(parties, &head->endpoint, name, &added);
	if (!party)
		return NOBODY;
	party->has_many_names = ++head->names >= LIMIT_SENDER_NAMES;
	if (party->has_many_names)
		party->name = 0;
	edit(parties, number)->next_name = added;
	return added;
}

static struct placement place_session(struct tally *tally, const struct session *session)
{
	struct placement placement = nowhere;
	struct endpoint sender = session->client;

	sender.port = 0;
	placement.server = take_first(&tally->servers, &session->server, session->server_name);
	placement.sender = take_first(&tally->senders, &sender, session->client_name);
	if (placement.sender != NOBODY)
		placement.sender =
			take_named(&tally->senders, placement.sender, session->client_name);
	if (placement.server != NOBODY && session->server_name)
		edit(&tally->servers, placement.server)->name = session->server_name;
	return placement;
}

/* ---- The pass ------------------------------------------------------------------------------ */

/* Whether ATTEMPT was seen nearer to the client too, and is judged there. */
static bool is_far_twin(const struct pass *pass, uint32_t attempt)
{
	const struct delivery *delivery =
		delivery_get(pass->deliveries, delivery_of(pass->deliveries, attempt, 0));

	for (uint32_t i = 0; delivery && i < delivery->try_count; i++)
		if (delivery->tries[i].twin == attempt)
			return true;
	return false;
}

/* Whether SESSION shows a connection that another session shows too, and better. */
static bool is_seen_twice(const struct pass *pass, const struct session *session)
{
	return session->first_attempt != NO_ATTEMPT &&
	       (delivery_is_passed_over(pass->deliveries, session->first_attempt) ||
		is_far_twin(pass, session->first_attempt));
}

/* Skips the sessions in which no chosen delivery was tried. */
static void skip_sessions(struct tally *tally, const struct pass *pass)
{
	for (uint32_t i = 0; i < tally->placed; i++)
		tally->placements[i] = (struct placement){.is_skipped = true};
	for (uint32_t i = 0; i < deliveries_count(pass->deliveries); i++) {
		const struct delivery *delivery = delivery_get(pass->deliveries, i);
		if (!delivery_is_chosen(&pass->choice, delivery))
			continue;
		for (uint32_t k = 0; k < delivery->try_count; k++)
			tally->placements[ledger_attempt(pass->ledger, delivery->tries[k].attempt)
						  ->session]
				.is_skipped = false;
	}
}

static bool is_wanted(const struct tally *tally, uint32_t session)
{
	const struct pass *pass = &tally->pass;

	if (pass->is_gone && !pass->is_gone(pass->context, session))
		return false;
	return !(pass->choice.is_in && tally->placements[session].is_skipped) &&
	       !is_seen_twice(pass, ledger_session(pass->ledger, session));
}

static bool count_session(struct tally *tally, uint32_t id)
{
	const struct session *session = ledger_session(tally->pass.ledger, id);
	struct placement *placement = &tally->placements[id];

	if (!is_wanted(tally, id)) {
		*placement = nowhere;
		return true;
	}
	*placement = place_session(tally, session);
	if (placement->server != NOBODY && placement->sender != NOBODY)
		return party_count_session(edit(&tally->servers, placement->server),
					   edit(&tally->senders, placement->sender),
					   tally->pass.ledger, session);
	tally->left_out++;
	*placement = nowhere;
	return true;
}

/* Sessions that came while it was counted are for the next time. */
static bool count_delivery(const struct tally *tally, uint32_t id)
{
	const struct pass *pass = &tally->pass;
	struct delivery_walk walk = {
		.ledger = pass->ledger,
		.delivery = delivery_get(pass->deliveries, id),
		.timer_ns = deliveries_timer(pass->deliveries),
	};
	bool is_fine = true;

	if (!delivery_is_chosen(&pass->choice, walk.delivery))
		return true;
	for (uint32_t i = 0; i < walk.delivery->try_count; i++) {
		uint32_t attempt = walk.delivery->tries[i].attempt;
		uint32_t session = ledger_attempt(walk.ledger, attempt)->session;
		if (session >= tally->placed || tally->placements[session].server == NOBODY)
			continue;
		const struct placement *placement = &tally->placements[session];
		is_fine &= party_count_try(edit(&tally->servers, placement->server),
					   edit(&tally->senders, placement->sender), &walk, i);
	}
	return is_fine;
}

/* Begins to count PASS, in addition to what was counted before. */
static bool begin_pass(struct tally *tally, const struct pass *pass)
{
	uint32_t count = ledger_session_count(pass->ledger);
	struct placement *placements =
		reallocarray(tally->placements, count ? count : 1, sizeof *placements);

	tally->pass = *pass;
	tally->placed = tally->next_session = tally->next_delivery = 0;
	tally->deliveries = deliveries_count(pass->deliveries);
	tally->is_whole = false;
	if (!placements)
		return false;
	tally->placements = placements;
	tally->placed = count;
	if (pass->choice.is_in)
		skip_sessions(tally, pass);
	tally->is_whole = true;
	return true;
}

bool tally_begin(struct tally *tally, const struct ledger *ledger,
		 const struct deliveries *deliveries, struct delivery_choice choice)
{
	const struct pass pass = {ledger, deliveries, choice, NULL, NULL};
	const struct tally *past = choice.is_in ? NULL : deliveries_past(deliveries);

	tally->placed = 0;
	tally->is_whole = false;
	tally->left_out = past ? past->left_out : 0;
	return parties_begin(&tally->servers, past ? &past->servers : NULL) &&
	       parties_begin(&tally->senders, past ? &past->senders : NULL) &&
	       begin_pass(tally, &pass);
}

bool tally_step(struct tally *tally, uint32_t most)
{
	for (; most && tally->next_session < tally->placed; most--)
		tally->is_whole &= count_session(tally, tally->next_session++);
	for (; most && tally->next_delivery < tally->deliveries; most--)
		tally->is_whole &= count_delivery(tally, tally->next_delivery++);
	return tally->next_session < tally->placed || tally->next_delivery < tally->deliveries;
}

double tally_share(const struct tally *tally)
{
	double all = (double)tally->placed + tally->deliveries;

	return all > 0 ? ((double)tally->next_session + tally->next_delivery) / all : 1;
}

bool tally_is_whole(const struct tally *tally)
{
	return tally->is_whole;
}

bool tally_collect(struct tally *tally, const struct ledger *ledger,
		   const struct deliveries *deliveries, struct delivery_choice choice)
{
	if (!tally_begin(tally, ledger, deliveries, choice))
		return false;
	while (tally_step(tally, UINT32_MAX))
		;
	return tally->is_whole;
}

/* ---- The past ------------------------------------------------------------------------------ */

/* Ids of deliveries that were let go are given again. */
static void forget_ids(struct parties *parties)
{
	for (uint32_t i = 0; i < parties->all.count; i++) {
		struct party *party = edit(parties, i);
		party->seen_delivery = party->blamed_delivery = NOBODY;
	}
}

struct tally *tally_go_on(const struct tally *past)
{
	struct tally *tally = tally_new();

	if (!tally)
		return NULL;
	tally->left_out = past ? past->left_out : 0;
	if (parties_begin(&tally->servers, past ? &past->servers : NULL) &&
	    parties_begin(&tally->senders, past ? &past->senders : NULL))
		return tally;
	tally_free(tally);
	return NULL;
}

bool tally_begin_gone(struct tally *tally, const struct ledger *ledger,
		      const struct deliveries *deliveries, is_let_go *is_gone, const void *context)
{
	const struct pass pass = {ledger, deliveries, {0}, is_gone, context};

	return begin_pass(tally, &pass);
}

void tally_end_gone(struct tally *tally)
{
	free(tally->placements);
	tally->placements = NULL;
	tally->placed = 0;
	forget_ids(&tally->servers);
	forget_ids(&tally->senders);
}

/* ---- Another ledger ------------------------------------------------------------------------ */

static void rename_parties(struct parties *parties, text_id (*rename)(void *context, text_id name),
			   void *context)
{
	for (uint32_t i = 0; i < parties->all.count; i++) {
		struct party *party = edit(parties, i);
		party->name = party->name ? rename(context, party->name) : 0;
	}
}

void tally_move(struct tally *tally, text_id (*rename)(void *context, text_id name), void *context)
{
	rename_parties(&tally->servers, rename, context);
	rename_parties(&tally->senders, rename, context);
	tally->placed = 0;
}

static uint32_t find_same(const struct parties *parties, const struct party *party)
{
	for (uint32_t i = 0; i < parties->all.count; i++) {
		const struct party *other = edit(parties, i);
		if (endpoint_is_same(&other->endpoint, &party->endpoint) &&
		    other->name == party->name && other->has_many_names == party->has_many_names)
			return i;
	}
	return NOBODY;
}

uint32_t tally_find_server(const struct tally *tally, const struct party *server)
{
	return find_same(&tally->servers, server);
}

uint32_t tally_find_sender(const struct tally *tally, const struct party *sender)
{
	return find_same(&tally->senders, sender);
}

/* ---- What was counted ---------------------------------------------------------------------- */

uint32_t tally_server_count(const struct tally *tally)
{
	return tally->servers.all.count;
}

const struct party *tally_server(const struct tally *tally, uint32_t number)
{
	return edit(&tally->servers, number);
}

uint32_t tally_sender_count(const struct tally *tally)
{
	return tally->senders.all.count;
}

const struct party *tally_sender(const struct tally *tally, uint32_t number)
{
	return edit(&tally->senders, number);
}

uint32_t tally_server_of(const struct tally *tally, uint32_t session)
{
	return session < tally->placed ? tally->placements[session].server : NOBODY;
}

uint32_t tally_sender_of(const struct tally *tally, uint32_t session)
{
	return session < tally->placed ? tally->placements[session].sender : NOBODY;
}

uint32_t tally_left_out(const struct tally *tally)
{
	return tally->left_out;
}
