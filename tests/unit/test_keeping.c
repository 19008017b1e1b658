/* SPDX-License-Identifier: MIT */
/* What is kept when memory is short: the open, the troubled, and the newest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compaction.h"
#include "delivery/keeping.h"
#include "dialogue.h"
#include "smtp/ledger_write.h"

#include <stdio.h>
#include <string.h>

#define SESSIONS 10

/* How the one mail of a session ends. */
enum ending { ACCEPTED, UNANSWERED, REFUSED_LATER_TAKEN, OPEN };

static struct ledger *ledger;
static struct deliveries *deliveries;
static struct keeping *keeping;
static int64_t now_ns;

static uint32_t add_event(struct session *session, enum event_kind kind, uint8_t bits, uint16_t value)
{
	const struct event event = {.time_ns = now_ns += NS_PER_MS, .frame = 1, .value = value,
				    .kind = (uint8_t)kind, .bits = bits};
	return ledger_add_event(ledger, session, &event);
}

static void answer(struct session *session, struct attempt *attempt, uint16_t code)
{
	attempt->reply = add_event(session, EVENT_REPLY, EVENT_FROM_SERVER, code);
	attempt->reply_acked = add_event(session, EVENT_REPLY_ACKED, 0, 0);
	attempt->phase = PHASE_ANSWERED;
}

/* A session whose mail is called MESSAGE. */
static void add_session(uint32_t message, enum ending ending)
{
	char name[40];
	struct session *session = ledger_add_session(ledger);
	struct attempt *attempt = ledger_add_attempt(ledger, session);
	struct recipient *recipient = ledger_add_recipient(ledger, attempt);

	now_ns += NS_PER_SECOND;
	session->client.port = (uint16_t)(1000 + session->id);
	session->saw_client = session->saw_server = true;
	snprintf(name, sizeof name, "%u@example.org", message);
	attempt->message_id = recipient->address = ledger_keep(ledger, span_of(name));
	recipient->rcpt_code = 250;
	attempt->has_digest = attempt->is_over = attempt->has_begun = true;
	attempt->digest = attempt->body_digest = (struct digest){message, 1};
	attempt->mail = add_event(session, EVENT_COMMAND, 0, VERB_MAIL);
	attempt->message = add_event(session, EVENT_MESSAGE, 0, 0);
	attempt->eod = add_event(session, EVENT_EOD, 0, 0);
	attempt->phase = PHASE_WAITING;
	if (ending == ACCEPTED || ending == OPEN)
		answer(session, attempt, 250);
	else if (ending == REFUSED_LATER_TAKEN)
		answer(session, attempt, 450);
	else
		attempt->client_left = add_event(session, EVENT_FIN, 0, 0);
	if (ending != OPEN)
		ledger_close_session(ledger, session);
}

/* Looks at what was added, and keeps KEPT_TENTHS of it; PINNED is pinned. */
static void choose(int kept_tenths, uint32_t pinned)
{
	const struct delivery_options options = {.seed = 1, .vantage = VANTAGE_CLIENT};

	deliveries = deliveries_new(ledger, &options);
	assert_non_null(deliveries);
	assert_true(deliveries_update(deliveries, now_ns, false));
	keeping = keeping_new(ledger, deliveries);
	assert_non_null(keeping);
	while (keeping_step(keeping, 3))
		;
	keeping_pin(keeping, pinned);
	keeping_choose(keeping, (kept_tenths + 0.5) / SESSIONS);
}

/* "..x.." for each session: kept or not. */
static void expect_kept(const char *wanted)
{
	char kept[SESSIONS + 1] = "";

	for (uint32_t i = 0; i < ledger_session_count(ledger); i++)
		kept[i] = keeping_has(keeping, i) ? 'x' : '.';
	assert_string_equal(kept, wanted);
}

static int setup(void **state)
{
	(void)state;
	now_ns = 0;
	ledger = ledger_new(1);
	return ledger ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	keeping_free(keeping);
	deliveries_free(deliveries);
	ledger_free(ledger);
	return 0;
}

static void test_keeping_has_the_newest(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		add_session(i, ACCEPTED);
	choose(4, NO_SESSION);
	expect_kept("......xxxx");
}

static void test_keeping_has_open_ones_and_pinned_ones(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		add_session(i, i == 1 ? OPEN : ACCEPTED);
	choose(4, 3);
	expect_kept(".x.x....xx");
}

static void test_keeping_has_open_ones_where_there_is_no_room(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		add_session(i, i < 5 ? OPEN : ACCEPTED);
	choose(0, NO_SESSION);
	expect_kept("xxxxx.....");
}

static void test_keeping_has_trouble_before_what_is_newer(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		add_session(i, i == 0 || i == 4 ? UNANSWERED : ACCEPTED);
	choose(4, NO_SESSION);
	expect_kept("x...x...xx");
}

static void test_keeping_lets_the_oldest_trouble_go_where_all_is_trouble(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		add_session(i, i < 8 ? UNANSWERED : ACCEPTED);
	choose(8, NO_SESSION);
	/* Three quarters of the room are for trouble; the newest have theirs. */
	expect_kept("..xxxxxxxx");
}

static void test_keeping_has_all_tries_of_a_delivery_or_none(void **state)
{
	(void)state;
	add_session(100, REFUSED_LATER_TAKEN);
	for (uint32_t i = 1; i < SESSIONS - 1; i++)
		add_session(i, ACCEPTED);
	add_session(100, ACCEPTED);
	choose(4, NO_SESSION);
	expect_kept("x......xxx");
}

static void test_keeping_has_what_came_later_and_what_is_rescued(void **state)
{
	(void)state;
	add_session(100, REFUSED_LATER_TAKEN);
	add_session(100, ACCEPTED);
	for (uint32_t i = 2; i < SESSIONS - 1; i++)
		add_session(i, ACCEPTED);
	choose(3, NO_SESSION);
	add_session(SESSIONS, ACCEPTED);
	expect_kept("......xxxx");
	keeping_rescue(keeping, 1);
	expect_kept("xx....xxxx");
}

static void pin_nothing(void *context, void (*keep)(void *to, uint32_t session), void *to)
{
	(void)context;
	(void)keep;
	(void)to;
}

static void test_keeping_goes_on_with_a_timer_that_was_set_meanwhile(void **state)
{
	const struct compaction_pins pins = {pin_nothing, NULL};
	(void)state;
	add_session(0, ACCEPTED);
	add_session(1, UNANSWERED);
	choose(10, NO_SESSION);
	struct compaction *compaction = compaction_new(ledger, deliveries, 1, 0.5);
	assert_non_null(compaction);
	while (compaction_step(compaction, 1, now_ns, &pins) == COMPACTION_GOES_ON)
		;
	deliveries_set_timer(deliveries, 30 * NS_PER_SECOND);
	assert_true(compaction_finish(compaction, now_ns, &pins));
	struct compacted made = compaction_take(compaction);
	assert_int_equal(deliveries_timer(made.deliveries), 30 * NS_PER_SECOND);
	moves_clear(&made.moves);
	deliveries_free(made.deliveries);
	ledger_free(made.ledger);
	compaction_free(compaction);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keeping_has_the_newest),
		TEST(test_keeping_has_open_ones_and_pinned_ones),
		TEST(test_keeping_has_open_ones_where_there_is_no_room),
		TEST(test_keeping_has_trouble_before_what_is_newer),
		TEST(test_keeping_lets_the_oldest_trouble_go_where_all_is_trouble),
		TEST(test_keeping_has_all_tries_of_a_delivery_or_none),
		TEST(test_keeping_has_what_came_later_and_what_is_rescued),
		TEST(test_keeping_goes_on_with_a_timer_that_was_set_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
