/* SPDX-License-Identifier: MIT */
#include "delivery/join_state.h"

#include "bounds.h"
#include "hash.h"
#include "hash_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ADDRESS_BYTES 512

struct join *join_new(const struct ledger *ledger, const struct pairs *pairs, uint64_t seed)
{
	struct join *join = calloc(1, sizeof *join);
	if (!join)
		return NULL;
	join->ledger = ledger;
	join->pairs = pairs;
	join->seed = seed;
	join->parts = pool_of(sizeof(struct known_part));
	join->messages = pool_of(sizeof(struct message));
	join->by_message = lookup_new();
	join->by_group = lookup_new();
	join->by_client = lookup_new();
	if (!join->by_message || !join->by_group || !join->by_client) {
		join_free(join);
		return NULL;
	}
	return join;
}

void join_use_pairs(struct join *join, const struct pairs *pairs)
{
	join->pairs = pairs;
}

void join_free(struct join *join)
{
	if (!join)
		return;
	lookup_free(join->by_message);
	lookup_free(join->by_group);
	lookup_free(join->by_client);
	pool_empty(&join->parts);
	pool_empty(&join->messages);
	free(join);
}

struct part join_part(const struct join *join, uint32_t number)
{
	const struct known_part *known = join_known(join, number);
	return (struct part){ledger_attempt(join->ledger, known->attempt), known->recipient};
}

uint32_t join_delivery(const struct join *join, uint32_t number)
{
	return join_known(join, number)->delivery;
}

void join_put(struct join *join, uint32_t number, uint32_t delivery)
{
	join_known(join, number)->delivery = delivery;
}

bool join_is_refused(const struct join *join, uint32_t number)
{
	return join_known(join, number)->is_refused;
}

uint32_t join_later(const struct join *join, uint32_t number)
{
	return join_known(join, number)->links[LIST_GROUP].later;
}

/* ---- Keys ---------------------------------------------------------------------------------- */

/* What a message is looked up by, laid out without padding. */
struct message_key {
	uint64_t rule;
	struct digest digest;
	uint8_t client[16];
};

static struct message_key message_key(const struct join *join, const struct attempt *a)
{
	struct message_key key;

	memset(&key, 0, sizeof key);
	if (a->transid) {
		key.rule = 4;
		key.digest = (struct digest){a->sender, a->transid};
	} else if (a->is_encrypted) {
		key.rule = 1;
		key.digest.low = a->size;
		memcpy(key.client, attempt_session(join->ledger, a)->client.address,
		       sizeof key.client);
	} else if (a->message_id) {
		key.rule = 2;
		key.digest.low = a->message_id;
	} else {
		key.rule = 3;
		key.digest = a->body_digest;
	}
	return key;
}

/* A client that pipelines QUIT behind a message may send it apart the next time, as Exim does: behind
 * TLS the one looks longer. */
#define QUIT_BYTES 6

static bool is_message(const void *owner, const void *key, uint32_t number)
{
	const struct join *join = owner;
	const struct message *message = pool_get(&join->messages, number);
	const struct attempt *newest = join_part(join, message->newest).attempt;
	struct message_key other = message_key(join, newest);

	if (memcmp(key, &other, sizeof other) == 0)
		return true;
	if (newest->transid || !newest->is_encrypted)
		return false;
	other.digest.low += QUIT_BYTES;
	if (memcmp(key, &other, sizeof other) == 0)
		return true;
	other.digest.low -= 2 * QUIT_BYTES;
	return memcmp(key, &other, sizeof other) == 0;
}

static uint32_t hash_message(const struct join *join, const struct message_key *key)
{
	return (uint32_t)(hash_key(key, sizeof *key, join->seed) >> 32);
}

/* The number of the message that ATTEMPT carried; NO_NUMBER if it is new. */
static uint32_t find_message(const struct join *join, const struct attempt *attempt,
			     uint32_t *hash)
{
	struct message_key key = message_key(join, attempt);

	*hash = hash_message(join, &key);
	const uint32_t *found = lookup_find(join->by_message, *hash, is_message, join, &key);
	for (int i = 0; i < 2 && !found && attempt->is_encrypted && !attempt->transid; i++) {
		key.digest.low = i ? attempt->size - QUIT_BYTES : attempt->size + QUIT_BYTES;
		found = lookup_find(join->by_message, hash_message(join, &key), is_message, join,
				    &key);
	}
	return found ? *found : NO_NUMBER;
}

static bool is_same_address(const struct join *join, text_id a, text_id b)
{
	struct span x = ledger_text(join->ledger, a), y = ledger_text(join->ledger, b);

	return a == b ||
	       (x.n == y.n && strncasecmp((const char *)x.p, (const char *)y.p, x.n) == 0);
}

static uint64_t hash_address(const struct join *join, text_id id)
{
	struct span address = ledger_text(join->ledger, id);
	uint8_t lower[ADDRESS_BYTES];
	size_t n = address.n < sizeof lower ? address.n : sizeof lower;

	for (size_t i = 0; i < n; i++)
		lower[i] = (uint8_t)tolower(address.p[i]);
	return hash_bytes((struct span){lower, n}, join->seed);
}

/* A part as a key of groups, or of what one client sent. */
struct part_key {
	struct part part;
	uint32_t message;
};

static bool is_group(const void *owner, const void *wanted, uint32_t number)
{
	const struct join *join = owner;
	const struct part_key *key = wanted;
	struct part other = join_part(join, number);
	struct message_key mine = message_key(join, key->part.attempt);
	struct message_key its = message_key(join, other.attempt);

	return memcmp(&mine, &its, sizeof mine) == 0 &&
	       is_same_address(join, part_address(join->ledger, key->part),
			       part_address(join->ledger, other));
}

static bool is_client(const void *owner, const void *wanted, uint32_t number)
{
	const struct join *join = owner;
	const struct part_key *key = wanted;
	struct part other = join_part(join, number);
	const struct session *here = attempt_session(join->ledger, key->part.attempt);
	const struct session *there = attempt_session(join->ledger, other.attempt);

	return key->part.attempt->sender == other.attempt->sender &&
	       endpoint_is_host(&here->client, &there->client) &&
	       is_same_address(join, part_address(join->ledger, key->part),
			       part_address(join->ledger, other));
}

static uint32_t hash_group(const struct join *join, const struct part_key *key)
{
	const uint64_t parts[2] = {key->message,
				   hash_address(join, part_address(join->ledger, key->part))};

	return (uint32_t)(hash_key(parts, sizeof parts, join->seed) >> 32);
}

static uint32_t hash_client(const struct join *join, const struct part_key *key)
{
	const struct session *session = attempt_session(join->ledger, key->part.attempt);
	uint64_t parts[4] = {key->part.attempt->sender,
			     hash_address(join, part_address(join->ledger, key->part))};

	memcpy(parts + 2, session->client.address, sizeof session->client.address);
	return (uint32_t)(hash_key(parts, sizeof parts, join->seed) >> 32);
}

/* ---- Lists in order of time ---------------------------------------------------------------- */

/* The order does not depend on the numbers: the same parts are in the same order, however they
 * were added. */
static bool is_after(const struct join *join, uint32_t x, uint32_t y)
{
	struct part a = join_part(join, x), b = join_part(join, y);
	int64_t starts[2] = {pairs_start(join->pairs, a.attempt),
			     pairs_start(join->pairs, b.attempt)};
	const struct session *here = attempt_session(join->ledger, a.attempt);
	const struct session *there = attempt_session(join->ledger, b.attempt);

	if (starts[0] != starts[1])
		return starts[0] > starts[1];
	int order = memcmp(here->client.address, there->client.address,
			   sizeof here->client.address);
	if (order == 0)
		order = (int)here->client.port - (int)there->client.port;
	return order != 0 ? order > 0 : x > y;
}

/* Puts NUMBER into the list whose newest part is *NEWEST. */
static void insert(struct join *join, enum list list, uint32_t number, uint32_t *newest)
{
	struct links *links = &join_known(join, number)->links[list];
	uint32_t later = NO_NUMBER, earlier = *newest;

	for (uint32_t i = 0; i < LIMIT_JOIN_SORT && earlier != NO_NUMBER; i++) {
		if (!is_after(join, earlier, number))
			break;
		later = earlier;
		earlier = join_known(join, earlier)->links[list].earlier;
	}
	*links = (struct links){earlier, later};
	if (earlier != NO_NUMBER)
		join_known(join, earlier)->links[list].later = number;
	if (later != NO_NUMBER)
		join_known(join, later)->links[list].earlier = number;
	else
		*newest = number;
}

static bool insert_by(struct join *join, struct lookup *lookup, enum list list, uint32_t number,
		      uint32_t hash, lookup_same *is_same, const struct part_key *key)
{
	uint32_t *newest = lookup_find(lookup, hash, is_same, join, key);

	if (!newest)
		return lookup_add(lookup, hash, number);
	insert(join, list, number, newest);
	return true;
}

/* Where the envelope was not seen, a part goes with the first recipient that is known. */
static bool add_to_group(struct join *join, uint32_t number)
{
	struct part_key key = {.part = join_part(join, number)};
	text_id address = part_address(join->ledger, key.part);
	uint32_t hash, index;

	key.message = find_message(join, key.part.attempt, &hash);
	struct message *message = pool_get(&join->messages, key.message);
	if (!message) {
		message = pool_add(&join->messages, &index);
		if (!message || !lookup_add(join->by_message, hash, index))
			return false;
		*message = (struct message){number, address, 1};
		return true;
	}
	if (!message->address)
		message->address = address;
	if (!address || is_same_address(join, message->address, address)) {
		insert(join, LIST_GROUP, number, &message->newest);
		return true;
	}
	hash = hash_group(join, &key);
	bool is_new = !lookup_find(join->by_group, hash, is_group, join, &key);
	message->recipients += is_new;
	return insert_by(join, join->by_group, LIST_GROUP, number, hash, is_group, &key);
}

bool join_add(struct join *join, struct part part, uint32_t *number)
{
	struct known_part *known = pool_add(&join->parts, number);
	bool is_named = attempt_is_named(part.attempt);

	if (!known)
		return false;
	*known = (struct known_part){
		.attempt = part.attempt->id,
		.delivery = NO_NUMBER,
		.links = {{NO_NUMBER, NO_NUMBER}, {NO_NUMBER, NO_NUMBER}},
		.recipient = (uint16_t)part.recipient,
		.is_refused = !is_named,
	};
	if (is_named && !add_to_group(join, *number))
		return false;
	if (!part_address(join->ledger, part))
		return true;
	struct part_key key = {.part = part};
	return insert_by(join, join->by_client, LIST_CLIENT, *number, hash_client(join, &key),
			 is_client, &key);
}

uint32_t join_recipients(const struct join *join, uint32_t number)
{
	uint32_t hash;

	if (join_known(join, number)->is_refused)
		return 1;
	const struct message *message = pool_get(
		&join->messages, find_message(join, join_part(join, number).attempt, &hash));
	return message ? message->recipients : 1;
}

uint64_t join_comparisons(const struct join *join)
{
	return join->compared;
}

uint32_t join_count(const struct join *join)
{
	return join->parts.count;
}

size_t join_memory(const struct join *join)
{
	return pool_memory(&join->parts) + pool_memory(&join->messages) +
	       lookup_memory(join->by_message) + lookup_memory(join->by_group) +
	       lookup_memory(join->by_client);
}
