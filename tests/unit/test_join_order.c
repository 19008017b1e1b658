/* SPDX-License-Identifier: MIT */
/*
 * Whatever order captures bring attempts in, the deliveries are the same; and no attempt is
 * compared with more than a bounded number of others.
 *
 * Random mail: messages with and without Message-ID and Date, versions of one, relays that hand
 * them on, resends to other servers, refused recipients, attempts that were cut off. The same mail
 * is fed in order of time, and shuffled, with updates at random moments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bounds.h"
#include "delivery.h"
#include "delivery/join.h"
#include "dialogue.h"
#include "smtp/ledger_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAILS 60
#define ROUNDS 400
#define NAME_BYTES 40

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
	return (uint32_t)(next_random(state) >> 33) % limit;
}

/* How an attempt ends. */
enum ending { ACCEPTED, LEFT, REFUSED, CUT_OFF, ENDS };

/* One attempt, told by small numbers. */
struct mail {
	int64_t start_ns;
	uint32_t message;     /* 0, 1: no Message-ID; 0: no Date either */
	uint32_t version;     /* of the message: another body, and another size */
	uint32_t recipient;
	uint32_t client;
	uint32_t server;
	uint32_t received;
	uint32_t declared_size;
	enum ending ends;
};

static void invent(struct mail *mails, uint64_t *state)
{
	for (uint32_t i = 0; i < MAILS; i++) {
		int64_t after_s = below(state, 10) ? below(state, 900) : below(state, 200000);
		mails[i] = (struct mail){
			.start_ns = (i ? mails[i - 1].start_ns : NS_PER_SECOND) +
				    (after_s + 1) * NS_PER_SECOND,
			.message = below(state, 5),
			.version = below(state, 6) == 0,
			.recipient = below(state, 3),
			.client = below(state, 4),
			.server = below(state, 4) + 2,
			.received = below(state, 3) == 0,
			.declared_size = 100 * below(state, 3),
			.ends = (enum ending)below(state, ENDS),
		};
	}
}

/* Deliveries fed with mail in some order. */
struct world {
	struct ledger *ledger;
	struct deliveries *deliveries;
	uint32_t mail_of[MAILS]; /* by attempt */
	uint32_t fed;
};

static text_id keep(struct world *world, const char *format, uint32_t number)
{
	char text[NAME_BYTES];

	snprintf(text, sizeof text, "%s%u", format, number);
	return ledger_keep(world->ledger, span_of(text));
}

static uint32_t add_event(struct world *world, struct session *session, int64_t time_ns,
			  enum event_kind kind, uint16_t value)
{
	struct event event = {.time_ns = time_ns, .frame = session->event_count + 1,
			      .kind = (uint8_t)kind, .value = value};

	return ledger_add_event(world->ledger, session, &event);
}

static void carry(struct world *world, struct attempt *attempt, const struct mail *mail)
{
	attempt->message_id = mail->message >= 2 ? keep(world, "id", mail->message) : 0;
	attempt->date = mail->message ? keep(world, "date", mail->message) : 0;
	attempt->subject = keep(world, "subject", mail->message);
	if (mail->ends == CUT_OFF)
		return;
	attempt->has_digest = true;
	attempt->size = 1000 + 500 * mail->version;
	attempt->received_fields = mail->message ? (uint8_t)mail->received : 0;
	attempt->body_digest = (struct digest){mail->message, mail->version};
	attempt->digest = (struct digest){mail->message, mail->version * 10 + mail->received};
}

static void feed(struct world *world, const struct mail *mails, uint32_t number)
{
	const struct mail *mail = &mails[number];
	struct session *session = ledger_add_session(world->ledger);
	struct attempt *attempt = ledger_add_attempt(world->ledger, session);
	struct recipient *recipient = ledger_add_recipient(world->ledger, attempt);
	int64_t at = mail->start_ns;

	session->client.address[15] = (uint8_t)(mail->client + 1);
	session->client.port = (uint16_t)(1024 + number);
	session->server.address[15] = (uint8_t)(mail->server + 1);
	session->server.port = 25;
	attempt->mail = add_event(world, session, at, EVENT_COMMAND, VERB_MAIL);
	attempt->sender = keep(world, "sender", 0);
	attempt->declared_size = mail->declared_size;
	recipient->address = keep(world, "recipient", mail->recipient);
	attempt->is_over = true;
	attempt->phase = PHASE_ANSWERED;
	if (mail->ends == REFUSED) {
		attempt->refusal = add_event(world, session, at + 1000, EVENT_REPLY, 450);
		recipient->rcpt_reply = attempt->refusal;
		recipient->rcpt_code = 450;
	} else {
		attempt->has_begun = true;
		attempt->message = add_event(world, session, at + 1000, EVENT_MESSAGE, 0);
		carry(world, attempt, mail);
	}
	if (mail->ends == ACCEPTED || mail->ends == LEFT)
		attempt->eod = add_event(world, session, at + 2000, EVENT_EOD, 0);
	if (mail->ends == ACCEPTED) {
		attempt->reply = add_event(world, session, at + 3000, EVENT_REPLY, 250);
		attempt->reply_acked = add_event(world, session, at + 4000, EVENT_REPLY_ACKED, 0);
	} else if (mail->ends != REFUSED) {
		attempt->client_left = add_event(world, session, at + 5000, EVENT_FIN, 0);
		attempt->phase = PHASE_ABANDONED;
	}
	if (attempt->id < MAILS)
		world->mail_of[attempt->id] = number;
	ledger_close_session(world->ledger, session);
}

/* Feeds MAILS in ORDER, and updates after each one in EVERY by chance. */
static void begin(struct world *world, const struct mail *mails, const uint32_t *order,
		  uint64_t *state, uint32_t every)
{
	struct delivery_options options = {.seed = 7, .vantage = VANTAGE_CLIENT};
	int64_t now_ns = mails[MAILS - 1].start_ns + NS_PER_SECOND;

	*world = (struct world){.ledger = ledger_new(1)};
	world->deliveries = deliveries_new(world->ledger, &options);
	for (uint32_t i = 0; i < MAILS; i++) {
		feed(world, mails, order[i]);
		if (below(state, every) == 0)
			assert_true(deliveries_update(world->deliveries, now_ns, false));
	}
	assert_true(deliveries_update(world->deliveries, now_ns, true));
}

static void end(struct world *world)
{
	deliveries_free(world->deliveries);
	ledger_free(world->ledger);
}

/* What is said of the delivery of mail NUMBER, without ids that depend on the order. */
static void describe(const struct world *world, uint32_t number, char *out, size_t size)
{
	uint32_t attempt = 0;

	while (world->mail_of[attempt] != number)
		attempt++;
	const struct delivery *d = delivery_get(world->deliveries,
						delivery_of(world->deliveries, attempt, 0));
	const struct delivery *hop_of = delivery_get(world->deliveries, d->hop_of);
	int n = snprintf(out, size, "%u..%u %s of %d, hop of %d:", d->copies_min, d->copies_max,
			 state_name(d->state), (int)deliveries_recipients(world->deliveries, d),
			 hop_of ? (int)world->mail_of[hop_of->tries[0].attempt] : -1);
	for (uint32_t i = 0; i < d->try_count; i++)
		n += snprintf(out + n, size - (size_t)n, " %u %s %s", world->mail_of[d->tries[i].attempt],
			      i ? certainty_name(d->tries[i].certainty) : "",
			      relation_name(d->tries[i].relation));
}

static void assert_same(const struct world *a, const struct world *b, uint64_t seed)
{
	static char left[8000], right[8000];

	for (uint32_t i = 0; i < MAILS; i++) {
		describe(a, i, left, sizeof left);
		describe(b, i, right, sizeof right);
		if (strcmp(left, right) != 0)
			fail_msg("seed %lu, mail %u:\n%s\n%s", (unsigned long)seed, i, left, right);
	}
}

static void test_join_order_of_arrival_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		uint64_t random = seed * 0x9e3779b97f4a7c15u;
		uint32_t order[MAILS];
		struct mail mails[MAILS];
		struct world in_time, shuffled;

		invent(mails, &random);
		for (uint32_t i = 0; i < MAILS; i++)
			order[i] = i;
		begin(&in_time, mails, order, &random, 1);
		for (uint32_t i = MAILS - 1; i > 0; i--) {
			uint32_t k = below(&random, i + 1), kept = order[i];
			order[i] = order[k];
			order[k] = kept;
		}
		begin(&shuffled, mails, order, &random, 1 + below(&random, 10));
		assert_same(&in_time, &shuffled, seed);
		end(&in_time);
		end(&shuffled);
	}
}

/* Each part is in one delivery, and each delivery's tries are parts of it. */
static void test_join_order_no_attempt_is_lost_or_counted_twice(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		uint64_t random = seed * 0x9e3779b97f4a7c15u;
		uint32_t order[MAILS], tries = 0;
		struct mail mails[MAILS];
		struct world world;

		invent(mails, &random);
		for (uint32_t i = 0; i < MAILS; i++)
			order[i] = MAILS - 1 - i;
		begin(&world, mails, order, &random, 3);
		for (uint32_t i = 0; i < deliveries_count(world.deliveries); i++) {
			const struct delivery *d = delivery_get(world.deliveries, i);
			tries += d->try_count;
			for (uint32_t k = 0; k < d->try_count; k++)
				assert_int_equal(
					delivery_of(world.deliveries, d->tries[k].attempt, 0), i);
		}
		assert_int_equal(tries, MAILS);
		end(&world);
	}
}

/* Joins COUNT mails of one message, sender and recipient that END so. */
static uint64_t count_comparisons(uint32_t count, uint32_t message, enum ending ends)
{
	struct world world = {.ledger = ledger_new(1)};
	struct pairs *pairs = pairs_new(world.ledger, 7);
	struct join *join = join_new(world.ledger, pairs, 7);
	struct mail mail = {.message = message, .ends = ends};
	uint32_t number;

	for (uint32_t i = 0; i < count; i++) {
		mail.start_ns = (i + 1) * NS_PER_SECOND;
		feed(&world, &mail, 0);
		assert_true(join_add(join, (struct part){ledger_attempt(world.ledger, i), 0}, &number));
		struct match match = join_find(join, number);
		join_put(join, number,
			 match.number == NO_NUMBER ? number : join_delivery(join, match.number));
		uint32_t before[LIMIT_JOIN];
		uint32_t refused = join_refused_before(join, number, before, LIMIT_JOIN);
		for (uint32_t k = 0; k < refused; k++)
			(void)join_next(join, before[k]);
	}
	uint64_t compared = join_comparisons(join);
	join_free(join);
	pairs_free(pairs);
	end(&world);
	return compared;
}

static void test_join_order_compares_no_pairs(void **state)
{
	const uint32_t count = 2000;

	(void)state;
	assert_in_range(count_comparisons(count, 2, LEFT), count - 1, count);
	assert_in_range(count_comparisons(count, 0, ACCEPTED), 1, count * LIMIT_JOIN);
	assert_in_range(count_comparisons(count, 2, REFUSED), 1, count * LIMIT_JOIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join_order_of_arrival_changes_nothing),
		cmocka_unit_test(test_join_order_no_attempt_is_lost_or_counted_twice),
		cmocka_unit_test(test_join_order_compares_no_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
