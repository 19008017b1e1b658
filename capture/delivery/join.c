/* SPDX-License-Identifier: MIT */
#include "delivery/join.h"

#include "delivery/keys.h"
#include "delivery/verdict.h"
#include "pool.h"
#include "xxh3.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define ONE_DAY_NS (INT64_C(86400) * NS_PER_SECOND)
#define ADDRESS_BYTES 512

struct known_part {
	uint32_t attempt;
	uint32_t recipient;
	bool is_settled;
};

struct join {
	const struct ledger *ledger;
	uint64_t seed;
	struct keys *keys;
	struct pool parts; /* struct known_part */
};

struct join *join_new(const struct ledger *ledger, uint64_t seed)
{
	struct join *join = calloc(1, sizeof *join);
	if (!join)
		return NULL;
	join->ledger = ledger;
	join->seed = seed;
	join->parts = pool_of(sizeof(struct known_part));
	join->keys = keys_new();
	if (!join->keys) {
		free(join);
		return NULL;
	}
	return join;
}

void join_free(struct join *join)
{
	if (!join)
		return;
	keys_free(join->keys);
	pool_empty(&join->parts);
	free(join);
}

text_id part_address(const struct ledger *ledger, struct part part)
{
	const struct recipient *recipient =
		ledger_recipient(ledger, part.attempt, part.recipient);
	return recipient ? recipient->address : 0;
}

struct part join_part(const struct join *join, uint32_t number)
{
	const struct known_part *known = pool_get(&join->parts, number);
	return (struct part){ledger_attempt(join->ledger, known->attempt), known->recipient};
}

/* What an attempt is looked up by. */
enum rule {
	RULE_DIGEST, RULE_ID, RULE_ENVELOPE, RULE_TLS, RULE_REFUSED, RULE_UNSEEN,
	RULES,
};

/* The key of PART under a rule, laid out without padding. */
struct key {
	uint64_t rule;
	uint64_t recipient;      /* hash of its address in lower case */
	struct digest digest;
	text_id texts[4];
	uint8_t client[16];
};

static uint64_t hash_address(const struct join *join, text_id id)
{
	struct span address = ledger_text(join->ledger, id);
	uint8_t lower[ADDRESS_BYTES];
	size_t n = address.n < sizeof lower ? address.n : sizeof lower;

	for (size_t i = 0; i < n; i++)
		lower[i] = (uint8_t)tolower(address.p[i]);
	return XXH3_64bits_withSeed(lower, n, join->seed);
}

/* Fills KEY for PART; false where the rule says nothing of it. */
static bool make_key(const struct join *join, struct part part, enum rule rule, struct key *key)
{
	const struct attempt *a = part.attempt;

	*key = (struct key){.rule = (uint64_t)rule,
			    .recipient = hash_address(join, part_address(join->ledger, part))};
	switch (rule) {
	case RULE_DIGEST:
		key->digest = a->digest;
		return a->has_digest && a->size > 0;
	case RULE_ID:
		key->texts[0] = a->message_id;
		return a->message_id != 0;
	case RULE_ENVELOPE:
		key->digest = a->body_digest;
		key->texts[0] = a->sender;
		key->texts[1] = a->date;
		key->texts[2] = a->subject;
		return a->has_digest && !a->message_id && (a->date || a->subject);
	case RULE_TLS:
		key->digest.low = a->size;
		memcpy(key->client, attempt_session(join->ledger, a)->client.address,
		       sizeof key->client);
		return a->is_encrypted;
	case RULE_REFUSED:
		key->texts[0] = a->sender;
		memcpy(key->client, attempt_session(join->ledger, a)->client.address,
		       sizeof key->client);
		return true;
	case RULE_UNSEEN:
		key->digest = a->digest;
		key->recipient = 0;
		return a->has_digest && a->size > 0;
	case RULES:
		break;
	}
	return false;
}

static uint64_t hash_key(const struct join *join, const struct key *key)
{
	return XXH3_64bits_withSeed(key, sizeof *key, join->seed);
}

static bool is_same_address(const struct join *join, struct part a, struct part b)
{
	struct span x = ledger_text(join->ledger, part_address(join->ledger, a));
	struct span y = ledger_text(join->ledger, part_address(join->ledger, b));

	return x.n == y.n && strncasecmp((const char *)x.p, (const char *)y.p, x.n) == 0;
}

/* The part that was added last with the same key. Hashes may collide: the keys are compared. */
static uint32_t find_by(const struct join *join, struct part part, enum rule rule)
{
	struct key key, other;
	bool is_any_recipient = rule == RULE_UNSEEN;

	if (!make_key(join, part, rule, &key))
		return NO_NUMBER;
	uint32_t number = keys_get(join->keys, hash_key(join, &key));
	if (number == NO_KEY)
		return NO_NUMBER;
	struct part found = join_part(join, number);
	if (!make_key(join, found, rule, &other) || memcmp(&key, &other, sizeof key) != 0 ||
	    (!is_any_recipient && !is_same_address(join, part, found)))
		return NO_NUMBER;
	return number;
}

/* Whether two messages with one Message-ID may be one: an incomplete one, or sizes within 2 %. */
static bool is_alike(const struct attempt *a, const struct attempt *b)
{
	uint64_t more = a->size > b->size ? a->size : b->size;
	uint64_t less = a->size > b->size ? b->size : a->size;

	return !a->has_digest || !b->has_digest || more - less <= more / 50;
}

/* Whether the part NUMBER has the same body as PART: headers were added or signed again. */
static bool has_equal_body(const struct join *join, struct part part, uint32_t number)
{
	if (number == NO_NUMBER)
		return false;
	const struct attempt *other = join_part(join, number).attempt;
	return part.attempt->has_digest && other->has_digest &&
	       memcmp(&part.attempt->body_digest, &other->body_digest,
		      sizeof other->body_digest) == 0;
}

static bool is_refused(const struct attempt *attempt)
{
	return attempt->refusal != NO_EVENT && attempt->message == NO_EVENT;
}

/* The newest refused part of the same client, sender and recipient, not older than a day. */
static uint32_t find_refused(const struct join *join, struct part part)
{
	uint32_t number = find_by(join, part, RULE_REFUSED);

	if (number == NO_NUMBER)
		return NO_NUMBER;
	const struct known_part *known = pool_get(&join->parts, number);
	const struct attempt *before = ledger_attempt(join->ledger, known->attempt);
	int64_t age_ns =
		attempt_start(join->ledger, part.attempt) - attempt_start(join->ledger, before);
	uint32_t size = part.attempt->declared_size;
	bool sizes_agree =
		!size || !before->declared_size || size == before->declared_size;

	return !known->is_settled && sizes_agree && age_ns >= 0 && age_ns <= ONE_DAY_NS
		       ? number
		       : NO_NUMBER;
}

/* An equal message, where the envelope of one of the two was not seen. */
static uint32_t find_unseen(const struct join *join, struct part part)
{
	uint32_t number = find_by(join, part, RULE_UNSEEN);

	if (number == NO_NUMBER || (part_address(join->ledger, part) &&
				    part_address(join->ledger, join_part(join, number))))
		return NO_NUMBER;
	return number;
}

/* An upload of the same client and size, if the earlier one gave reason to send it again: many a
 * program sends mails of one size all day. */
static uint32_t find_encrypted(const struct join *join, struct part part)
{
	uint32_t number = find_by(join, part, RULE_TLS);

	if (number == NO_NUMBER)
		return NO_NUMBER;
	const struct attempt *before = join_part(join, number).attempt;
	int64_t age_ns =
		attempt_start(join->ledger, part.attempt) - attempt_start(join->ledger, before);
	bool was_answered = before->reply != NO_EVENT && before->client_left == NO_EVENT;
	return !was_answered && age_ns >= 0 && age_ns <= ONE_DAY_NS ? number : NO_NUMBER;
}

struct match join_find(const struct join *join, struct part part)
{
	struct match match = {NO_NUMBER, JOIN_CERTAIN, find_refused(join, part)};

	if (is_refused(part.attempt))
		return match;
	if (part.attempt->is_encrypted) {
		match.certainty = JOIN_POSSIBLE;
		match.number = find_encrypted(join, part);
		return match;
	}
	/* Equal messages have equal Message-IDs: where that one is new, no other rule can fire. */
	uint32_t same_id = find_by(join, part, RULE_ID);
	if (part.attempt->message_id && same_id == NO_NUMBER) {
		match.certainty = JOIN_LIKELY;
		match.number = find_unseen(join, part);
		return match;
	}
	match.number = find_by(join, part, RULE_DIGEST);
	if (match.number == NO_NUMBER && has_equal_body(join, part, same_id))
		match.number = same_id;
	if (match.number != NO_NUMBER)
		return match;
	match.certainty = JOIN_LIKELY;
	match.number = same_id;
	if (match.number != NO_NUMBER &&
	    !is_alike(part.attempt, join_part(join, match.number).attempt))
		match.number = NO_NUMBER;
	if (match.number == NO_NUMBER)
		match.number = find_by(join, part, RULE_ENVELOPE);
	if (match.number == NO_NUMBER)
		match.number = find_unseen(join, part);
	return match;
}

bool join_add(struct join *join, struct part part, uint32_t *number)
{
	struct known_part *known = pool_add(&join->parts, number);
	bool was_refused = is_refused(part.attempt);

	if (!known)
		return false;
	known->attempt = part.attempt->id;
	known->recipient = part.recipient;
	for (enum rule rule = RULE_DIGEST; rule < RULES; rule++) {
		struct key key;
		if ((rule == RULE_REFUSED) != was_refused ||
		    !make_key(join, part, rule, &key))
			continue;
		if (!keys_set(join->keys, hash_key(join, &key), *number))
			return false;
	}
	return true;
}

void join_settle(struct join *join, uint32_t number)
{
	struct known_part *known = pool_get(&join->parts, number);
	known->is_settled = true;
}
