/* SPDX-License-Identifier: MIT */
#include "delivery/likeness.h"


#include <string.h>

text_id part_address(const struct ledger *ledger, struct part part)
{
	const struct recipient *recipient =
		ledger_recipient(ledger, part.attempt, part.recipient);
	return recipient ? recipient->address : 0;
}

bool attempt_is_named(const struct attempt *attempt)
{
	return attempt->transid || attempt->is_encrypted || attempt->message_id ||
	       (attempt->has_digest && attempt->size > 0);
}

static bool is_equal(const struct digest *a, const struct digest *b)
{
	return a->high == b->high && a->low == b->low;
}

/* Known on one side only is no contradiction. */
static bool agrees(text_id a, text_id b)
{
	return !a || !b || a == b;
}

static const struct event *final_reply(const struct ledger *ledger, struct part part)
{
	const struct recipient *recipient =
		ledger_recipient(ledger, part.attempt, part.recipient);
	const struct event *reply = attempt_event(ledger, part.attempt, part.attempt->reply);

	if (recipient && !reply)
		reply = attempt_event(ledger, part.attempt, recipient->final_reply);
	return reply;
}

/* Whether its sender has had a 2xx in time: it has no reason to send the message again. */
static bool is_confirmed(const struct ledger *ledger, struct part part)
{
	const struct event *reply = final_reply(ledger, part);

	return reply && reply->value / 100 == 2 && part.attempt->reply_acked != NO_EVENT &&
	       part.attempt->client_left == NO_EVENT;
}

static bool is_within_a_day(const struct pairs *pairs, const struct attempt *earlier,
			    const struct attempt *later)
{
	int64_t age_ns = pairs_start(pairs, later) - pairs_start(pairs, earlier);

	return age_ns >= 0 && age_ns <= ONE_DAY_NS;
}

/* The same Message-ID. */
static bool find_with_id(const struct attempt *a, const struct attempt *b,
			 enum certainty *certainty)
{
	uint64_t more = a->size > b->size ? a->size : b->size;
	uint64_t less = a->size > b->size ? b->size : a->size;

	*certainty = JOIN_LIKELY;
	if (!a->has_digest || !b->has_digest)
		return agrees(a->date, b->date) && agrees(a->subject, b->subject);
	if (is_equal(&a->digest, &b->digest) || is_equal(&a->body_digest, &b->body_digest)) {
		*certainty = JOIN_CERTAIN;
		return true;
	}
	return more - less <= more / 50 ||
	       (a->date && a->date == b->date && a->subject == b->subject &&
		a->sender == b->sender);
}

/* No Message-ID, and the same body. */
static bool find_without_id(const struct ledger *ledger, const struct pairs *pairs,
			    struct part earlier, struct part later, enum certainty *certainty)
{
	const struct attempt *a = earlier.attempt, *b = later.attempt;
	bool is_same = is_equal(&a->digest, &b->digest);
	bool has_received = a->received_fields > 0;

	*certainty = is_same && (a->date || has_received) ? JOIN_CERTAIN : JOIN_LIKELY;
	if (*certainty == JOIN_CERTAIN)
		return true;
	if (!is_same && (a->sender != b->sender || a->date != b->date || a->subject != b->subject ||
			 (!a->date && !a->subject)))
		return false;
	return a->date || has_received ||
	       (!is_confirmed(ledger, earlier) && is_within_a_day(pairs, a, b));
}

bool likeness_find(const struct ledger *ledger, const struct pairs *pairs, struct part earlier,
		   struct part later, enum certainty *certainty)
{
	const struct attempt *a = earlier.attempt, *b = later.attempt;

	if (a->transid) {
		*certainty = JOIN_CERTAIN;
		return true;
	}
	if (a->is_encrypted) {
		bool was_answered = a->reply != NO_EVENT && a->client_left == NO_EVENT;
		*certainty = JOIN_POSSIBLE;
		return !was_answered && is_within_a_day(pairs, a, b);
	}
	if (!part_address(ledger, earlier) != !part_address(ledger, later)) {
		*certainty = JOIN_LIKELY;
		return a->has_digest && b->has_digest && is_equal(&a->digest, &b->digest);
	}
	return a->message_id ? find_with_id(a, b, certainty)
			     : find_without_id(ledger, pairs, earlier, later, certainty);
}

/* Whether the client of EARLIER may have left at any time before the reply, which it refused. */
static bool may_have_left(const struct ledger *ledger, const struct attempt *earlier)
{
	const struct event *left = attempt_event(ledger, earlier, earlier->client_left);

	return left && left->kind == EVENT_RST && earlier->reply_acked == NO_EVENT;
}

/* Whether LATER begins while EARLIER waits for a reply that it gets. */
static bool is_inside(const struct ledger *ledger, const struct pairs *pairs,
		      const struct attempt *earlier, const struct attempt *later)
{
	const struct event *eod = attempt_event(ledger, earlier, earlier->eod);
	const struct event *reply = attempt_event(ledger, earlier, earlier->reply);
	const struct event *left = attempt_event(ledger, earlier, earlier->client_left);
	/* On the clock of the earlier one's capture. */
	int64_t start_ns = pairs_start(pairs, later) +
			   pairs_clock(pairs, attempt_session(ledger, earlier));

	if (may_have_left(ledger, earlier) && attempt_session(ledger, earlier)->client_name ==
					      attempt_session(ledger, later)->client_name)
		return false;
	return eod && start_ns > eod->time_ns && reply && start_ns < reply->time_ns &&
	       (!left || start_ns < left->time_ns);
}

/* Whether LATER is EARLIER passed on while it went, as a proxy or load balancer does that speaks to
 * both sides at once: it begins and ends within it, and the one reply is the other's. */
static bool is_passed_on(const struct ledger *ledger, const struct pairs *pairs,
			 const struct attempt *earlier, const struct attempt *later)
{
	const struct event *outer = attempt_event(ledger, earlier, earlier->reply);
	const struct event *inner = attempt_event(ledger, later, later->reply);
	int64_t ahead_ns = pairs_clock(pairs, attempt_session(ledger, later)) -
			   pairs_clock(pairs, attempt_session(ledger, earlier));

	return earlier->session != later->session && outer && inner &&
	       outer->text == inner->text && outer->time_ns >= inner->time_ns - ahead_ns &&
	       pairs_start(pairs, later) >= pairs_start(pairs, earlier);
}

bool likeness_is_hop(const struct ledger *ledger, const struct pairs *pairs,
		     const struct attempt *earlier, const struct attempt *later)
{
	const struct session *there = attempt_session(ledger, earlier);
	const struct session *here = attempt_session(ledger, later);
	bool are_whole = earlier->has_digest && later->has_digest;

	if (is_passed_on(ledger, pairs, earlier, later))
		return true;
	if (endpoint_is_host(&here->client, &there->client)) {
		/* A host that hands a message to itself, as to a filter, is both. */
		return endpoint_is_host(&here->client, &there->server) &&
		       ((are_whole && later->received_fields > earlier->received_fields) ||
			(here->server.port != there->server.port &&
			 is_inside(ledger, pairs, earlier, later)));
	}
	return endpoint_is_host(&here->client, &there->server) ||
	       endpoint_is_host(&there->client, &here->server) ||
	       (are_whole && later->received_fields != earlier->received_fields) ||
	       is_inside(ledger, pairs, earlier, later);
}

bool likeness_is_next(const struct pairs *pairs, const struct attempt *refused,
		      const struct attempt *later)
{
	uint32_t size = refused->declared_size, other = later->declared_size;

	return (!size || !other || size == other) && agrees(refused->date, later->date) &&
	       agrees(refused->subject, later->subject) && is_within_a_day(pairs, refused, later);
}
