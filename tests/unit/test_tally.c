/* SPDX-License-Identifier: MIT */
/* What is counted of servers and of senders: on samples, and on ledgers made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bounds.h"
#include "ledger_fixture.h"
#include "sample.h"
#include "smtp/ledger_write.h"
#include "tally.h"

#define SECONDS(s) ((int64_t)(s)*NS_PER_SECOND)

/* ---- Samples ------------------------------------------------------------------------------- */

struct counted {
	struct sample sample;
	struct tally *tally;
};

static struct counted count_sample(const char *name)
{
	struct counted counted = {.sample = sample_read(name), .tally = tally_new()};

	assert_non_null(counted.tally);
	assert_true(tally_collect(counted.tally, counted.sample.ledger, counted.sample.deliveries,
				  (struct delivery_choice){0}));
	return counted;
}

static void close_sample(struct counted *counted)
{
	tally_free(counted->tally);
	sample_close(&counted->sample);
}

static void assert_seconds(int64_t time_ns, double seconds)
{
	double off = (double)time_ns / 1e9 - seconds;

	assert_true(off > -0.1 && off < 0.1);
}

static void test_tally_late_replies_are_answers_past_the_timer(void **state)
{
	struct counted counted = count_sample("q154083");
	const struct party *server = tally_server(counted.tally, 0);

	(void)state;
	assert_int_equal(tally_server_count(counted.tally), 1);
	assert_int_equal(server->sessions, 3);
	assert_int_equal(server->messages, 1);
	assert_int_equal(server->attempts, 3);
	assert_int_equal(server->ends, 3);
	assert_int_equal(server->answered, 3);
	assert_int_equal(server->past_timer, 2);
	assert_int_equal(server->duplicated, 1);
	assert_seconds(sketch_quantile(&server->answers, 500), 100.1);
	assert_seconds(server->answers.most_ns, 100.1);
	assert_true(party_is_troubled(server));
	close_sample(&counted);
}

static void test_tally_guesses_the_senders_timer(void **state)
{
	struct counted counted = count_sample("q154083");
	const struct party *sender = tally_sender(counted.tally, 0);
	struct timer_guess guess = party_guess(sender);

	(void)state;
	assert_int_equal(tally_sender_count(counted.tally), 1);
	assert_int_equal(guess.kind, WAIT_EOD);
	assert_int_equal(guess.give_ups, 2);
	assert_int_equal(guess.timer_ns, SECONDS(90));
	assert_seconds(sender->longest_answered_in_time_ns, 4.1);
	assert_int_equal(sender->retries.intervals.count, 2);
	assert_seconds(sender->retries.intervals.least_ns, 118.4);
	close_sample(&counted);
}

static void test_tally_counts_what_was_never_answered_apart(void **state)
{
	struct counted counted = count_sample("server-silent");
	const struct party *server = tally_server(counted.tally, 0);

	(void)state;
	assert_int_equal(server->ends, 2);
	assert_int_equal(server->answered, 1);
	assert_int_equal(server->unanswered, 1);
	assert_int_equal(server->past_timer, 1);
	assert_int_equal(server->maybe_duplicated, 1);
	assert_seconds(server->longest_unanswered_ns, 90);
	assert_seconds(server->answers.most_ns, 3);
	close_sample(&counted);
}

static void test_tally_blames_the_server_where_it_went_wrong(void **state)
{
	struct counted counted = count_sample("second-mx");

	(void)state;
	assert_int_equal(tally_server_count(counted.tally), 2);
	assert_int_equal(tally_server(counted.tally, 0)->duplicated, 1);
	assert_int_equal(tally_server(counted.tally, 1)->duplicated, 0);
	assert_int_equal(tally_server(counted.tally, 1)->deliveries, 1);
	assert_int_equal(tally_sender(counted.tally, 0)->duplicated, 1);
	assert_int_equal(tally_sender(counted.tally, 0)->retries.next_server, 1);
	assert_int_equal(tally_sender(counted.tally, 0)->retries.intervals.count, 0);
	close_sample(&counted);
}

static void test_tally_counts_an_attempt_for_many_recipients_once(void **state)
{
	struct counted counted = count_sample("one-of-two");
	const struct party *server = tally_server(counted.tally, 0);

	(void)state;
	assert_int_equal(server->attempts, 1);
	assert_int_equal(server->messages, 1);
	assert_int_equal(server->deliveries, 2);
	assert_int_equal(server->answered, 1);
	assert_int_equal(server->refused, 0);
	assert_false(party_is_troubled(server));
	close_sample(&counted);
}

static void test_tally_marks_encrypted_attempts(void **state)
{
	struct counted counted = count_sample("tls-slow");
	const struct party *server = tally_server(counted.tally, 0);

	(void)state;
	assert_int_equal(server->encrypted, 2);
	assert_int_equal(server->answered, 2);
	assert_int_equal(server->past_timer, 1);
	assert_int_equal(party_guess(tally_sender(counted.tally, 0)).timer_ns, SECONDS(90));
	close_sample(&counted);
}

static void test_tally_says_nothing_of_replies_in_a_gap(void **state)
{
	struct counted counted = count_sample("gap-reply");
	const struct party *server = tally_server(counted.tally, 0);

	(void)state;
	assert_int_equal(server->ends, 1);
	assert_int_equal(server->unseen, 1);
	assert_int_equal(server->past_timer, 0);
	assert_int_equal(party_guess(tally_sender(counted.tally, 0)).give_ups, 0);
	close_sample(&counted);
}

static void test_tally_refusals_count_and_are_no_trouble(void **state)
{
	struct counted counted = count_sample("greylist");

	(void)state;
	assert_int_equal(tally_server(counted.tally, 0)->refused, 2);
	assert_int_equal(tally_server(counted.tally, 0)->ends, 1);
	assert_false(party_is_troubled(tally_server(counted.tally, 0)));
	close_sample(&counted);
}

static void test_tally_collected_twice_is_the_same(void **state)
{
	struct counted counted = count_sample("q154083");

	(void)state;
	assert_true(tally_collect(counted.tally, counted.sample.ledger, counted.sample.deliveries,
				  (struct delivery_choice){0}));
	assert_int_equal(tally_server_count(counted.tally), 1);
	assert_int_equal(tally_server(counted.tally, 0)->answered, 3);
	close_sample(&counted);
}

static bool is_to_carol(void *context, const struct delivery *delivery)
{
	const struct span carol = span_of("carol@example.net");
	struct span recipient = ledger_text(context, delivery->recipient);

	return recipient.n == carol.n && memcmp(recipient.p, carol.p, carol.n) == 0;
}

static void test_tally_of_chosen_deliveries_has_their_sessions_alone(void **state)
{
	struct counted counted = count_sample("clean");
	struct sample *sample = &counted.sample;
	struct delivery_choice choice = {is_to_carol, analysis_ledger(sample->analysis)};

	(void)state;
	assert_int_equal(tally_server(counted.tally, 0)->sessions, 4);
	assert_true(tally_collect(counted.tally, sample->ledger, sample->deliveries, choice));
	assert_int_equal(tally_server_count(counted.tally), 1);
	assert_int_equal(tally_server(counted.tally, 0)->sessions, 1);
	assert_int_equal(tally_server(counted.tally, 0)->deliveries, 1);
	close_sample(&counted);
}

/* ---- Ledgers made by hand ------------------------------------------------------------------ */

static struct endpoint endpoint_of(uint32_t host, uint16_t port)
{
	return (struct endpoint){
		.address = {[10] = 0xff,
			    [11] = 0xff,
			    [12] = 10,
			    [13] = (uint8_t)(host >> 16),
			    [14] = (uint8_t)(host >> 8),
			    [15] = (uint8_t)host},
		.port = port,
	};
}

static void add_session(struct ledger *ledger, uint32_t client, uint32_t server, const char *name)
{
	struct session *session = ledger_add_session(ledger);

	assert_non_null(session);
	session->client = endpoint_of(client, 40000);
	session->server = endpoint_of(server, 25);
	session->client_name = ledger_keep(ledger, span_of(name));
}

static struct tally *count_ledger(struct ledger *ledger, struct deliveries **deliveries)
{
	struct tally *tally = tally_new();

	*deliveries = deliveries_new(ledger, NULL);
	assert_non_null(tally);
	assert_non_null(*deliveries);
	assert_true(deliveries_update(*deliveries, 0, true));
	assert_true(tally_collect(tally, ledger, *deliveries, (struct delivery_choice){0}));
	return tally;
}

static void test_tally_names_behind_one_address_are_senders_of_their_own(void **state)
{
	struct ledger *ledger = ledger_new(1);
	struct deliveries *deliveries;

	(void)state;
	add_session(ledger, 1, 100, "");
	add_session(ledger, 1, 100, "a.example");
	add_session(ledger, 1, 100, "b.example");
	add_session(ledger, 1, 100, "a.example");
	struct tally *tally = count_ledger(ledger, &deliveries);
	assert_int_equal(tally_sender_count(tally), 2);
	assert_int_equal(tally_sender(tally, 0)->sessions, 3); /* the nameless one with the first */
	assert_int_equal(tally_sender(tally, 1)->sessions, 1);
	assert_int_equal(tally_sender_of(tally, 2), 1);
	tally_free(tally);
	deliveries_free(deliveries);
	ledger_free(ledger);
}

static void test_tally_an_address_of_many_names_is_no_crowd(void **state)
{
	struct ledger *ledger = ledger_new(1);
	struct deliveries *deliveries;

	(void)state;
	for (int i = 0; i < 3 * LIMIT_SENDER_NAMES; i++) {
		const char name[] = {(char)('A' + i), '\0'};
		add_session(ledger, 1, 100, name);
	}
	struct tally *tally = count_ledger(ledger, &deliveries);
	assert_int_equal(tally_sender_count(tally), LIMIT_SENDER_NAMES);
	const struct party *others = tally_sender(tally, LIMIT_SENDER_NAMES - 1);
	assert_true(others->has_many_names);
	assert_int_equal(others->sessions, 2 * LIMIT_SENDER_NAMES + 1);
	tally_free(tally);
	deliveries_free(deliveries);
	ledger_free(ledger);
}

static void test_tally_counts_the_sessions_beyond_its_limit(void **state)
{
	struct ledger *ledger = ledger_new(1);
	struct deliveries *deliveries;

	(void)state;
	for (uint32_t i = 0; i < LIMIT_PARTIES + 5; i++)
		add_session(ledger, 1, i, "a.example");
	struct tally *tally = count_ledger(ledger, &deliveries);
	assert_int_equal(tally_server_count(tally), LIMIT_PARTIES);
	assert_int_equal(tally_left_out(tally), 5);
	assert_int_equal(tally_server_of(tally, LIMIT_PARTIES), UINT32_MAX);
	tally_free(tally);
	deliveries_free(deliveries);
	ledger_free(ledger);
}

/* The deliveries of FIXTURE's ledger, whose attempts are over. */
static struct tally *count_fixture(struct fixture *fixture, struct deliveries **deliveries)
{
	for (uint32_t i = 0; i < ledger_attempt_count(fixture->ledger); i++) {
		struct attempt *attempt = ledger_edit_attempt(fixture->ledger, i);
		attempt->has_begun = attempt->is_over = true;
		ledger_touch(fixture->ledger, attempt);
	}
	return count_ledger(fixture->ledger, deliveries);
}

static void test_tally_sees_the_fixed_interval_of_retries(void **state)
{
	struct fixture fixture;
	struct deliveries *deliveries;

	(void)state;
	fixture_fifty(&fixture);
	struct tally *tally = count_fixture(&fixture, &deliveries);
	const struct party *sender = tally_sender(tally, 0);
	assert_int_equal(sender->attempts, 50);
	assert_int_equal(sender->messages, 1);
	assert_int_equal(sender->unanswered, 49);
	assert_int_equal(sender->retries.intervals.count, 49);
	assert_seconds(sketch_quantile(&sender->retries.intervals, 500), 60);
	assert_int_equal(party_schedule(sender), SCHEDULE_FIXED);
	assert_int_equal(party_guess(sender).timer_ns, SECONDS(30));
	assert_int_equal(party_guess(sender).give_ups, 49);
	tally_free(tally);
	deliveries_free(deliveries);
	fixture_free(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally_late_replies_are_answers_past_the_timer),
		cmocka_unit_test(test_tally_guesses_the_senders_timer),
		cmocka_unit_test(test_tally_counts_what_was_never_answered_apart),
		cmocka_unit_test(test_tally_blames_the_server_where_it_went_wrong),
		cmocka_unit_test(test_tally_counts_an_attempt_for_many_recipients_once),
		cmocka_unit_test(test_tally_marks_encrypted_attempts),
		cmocka_unit_test(test_tally_says_nothing_of_replies_in_a_gap),
		cmocka_unit_test(test_tally_refusals_count_and_are_no_trouble),
		cmocka_unit_test(test_tally_collected_twice_is_the_same),
		cmocka_unit_test(test_tally_of_chosen_deliveries_has_their_sessions_alone),
		cmocka_unit_test(test_tally_names_behind_one_address_are_senders_of_their_own),
		cmocka_unit_test(test_tally_an_address_of_many_names_is_no_crowd),
		cmocka_unit_test(test_tally_counts_the_sessions_beyond_its_limit),
		cmocka_unit_test(test_tally_sees_the_fixed_interval_of_retries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
