/* SPDX-License-Identifier: MIT */
/* A delivery's steps: which ones, in which order, and how one finds one's way among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger_fixture.h"

static struct fixture fixture;
static struct subject subject;
static struct story story;

static void tell(void (*make)(struct fixture *fixture))
{
	make(&fixture);
	subject = fixture_subject(&fixture);
	assert_true(story_tell(&subject, &story));
}

static int teardown(void **state)
{
	(void)state;
	story_free(&story);
	fixture_free(&fixture);
	return 0;
}

/* The steps of attempt TRY are of these KINDS, ended by STEPS. */
static void assert_steps(uint32_t try, const enum step_kind *kinds)
{
	for (uint32_t i = 0; i < story.count; i++) {
		if (story.steps[i].try != try)
			continue;
		if (*kinds != story.steps[i].kind)
			print_error("step %u is \"%s\"\n", i, step_name(story.steps[i].kind));
		assert_int_equal(story.steps[i].kind, *kinds);
		kinds++;
	}
	assert_int_equal(*kinds, STEPS);
}

static uint32_t find(enum step_kind kind)
{
	for (uint32_t i = 0; i < story.count; i++)
		if (story.steps[i].kind == kind)
			return i;
	fail_msg("no step \"%s\"", step_name(kind));
	return NO_STEP;
}

#define UP_TO_MESSAGE                                                                              \
	STEP_GREETING, STEP_HELLO, STEP_MAIL, STEP_RCPT, STEP_RCPT_REPLY, STEP_DATA,               \
		STEP_GO_AHEAD, STEP_MESSAGE, STEP_EOD, STEP_EOD_ACKED

static void test_story_late_reply_has_timer_leaving_and_reply(void **state)
{
	static const enum step_kind kinds[] = {STEP_OPENED,	 UP_TO_MESSAGE,	  STEP_TIMER,
					       STEP_CLIENT_LEFT, STEP_REPLY_LATE, STEPS};

	(void)state;
	tell(fixture_q154083);
	assert_steps(0, kinds);
}

static void test_story_resend_takes_the_place_of_opening(void **state)
{
	static const enum step_kind kinds[] = {STEP_RESEND,	 UP_TO_MESSAGE, STEP_REPLY,
					       STEP_REPLY_ACKED, STEP_CLOSED,	STEPS};

	(void)state;
	tell(fixture_q154083);
	assert_steps(2, kinds);
}

static void test_story_lost_reply_has_each_retransmission(void **state)
{
	static const enum step_kind kinds[] = {
		STEP_OPENED,	   UP_TO_MESSAGE, STEP_REPLY_LOST,  STEP_REPLY_RESENT,
		STEP_REPLY_RESENT, STEP_TIMER,	  STEP_CLIENT_LEFT, STEPS};

	(void)state;
	tell(fixture_reply_lost);
	assert_steps(0, kinds);
}

static void test_story_server_that_leaves_early_stops_the_timer(void **state)
{
	static const enum step_kind kinds[] = {STEP_OPENED, UP_TO_MESSAGE, STEP_SERVER_LEFT, STEPS};

	(void)state;
	tell(fixture_server_closes);
	assert_steps(0, kinds);
}

static void test_story_open_wait_ends_with_the_present(void **state)
{
	static const enum step_kind kinds[] = {STEP_OPENED, UP_TO_MESSAGE, STEP_END, STEPS};

	(void)state;
	tell(fixture_still_waiting);
	assert_steps(0, kinds);
	assert_int_equal(story.steps[story.count - 1].mark.time_ns, fixture.now_ns);
}

static void test_story_refused_recipient_is_a_step_of_trouble(void **state)
{
	static const enum step_kind kinds[] = {STEP_RETRY, STEP_GREETING,   STEP_HELLO, STEP_MAIL,
					       STEP_RCPT,  STEP_RCPT_REPLY, STEPS};

	(void)state;
	tell(fixture_greylist);
	assert_steps(1, kinds);
	assert_true(story.steps[find(STEP_RCPT_REPLY)].is_trouble);
}

static void test_story_timer_has_no_frame_and_stands_at_its_end(void **state)
{
	const struct step *timer;

	(void)state;
	tell(fixture_q154083);
	timer = &story.steps[find(STEP_TIMER)];
	assert_int_equal(timer->mark.frame, 0);
	assert_int_equal(timer->mark.time_ns, fixture_time(90.5));
	assert_int_equal(timer->event, NO_EVENT);
}

static void test_story_longer_timer_does_not_run_out(void **state)
{
	(void)state;
	tell(fixture_q154083);
	story_free(&story);
	subject.timer_ns = 600 * NS_PER_SECOND;
	assert_true(story_tell(&subject, &story));
	for (uint32_t i = 0; i < story.count; i++)
		assert_int_not_equal(story.steps[i].kind, STEP_TIMER);
}

static void test_story_steps_are_in_order_of_time(void **state)
{
	(void)state;
	tell(fixture_fifty);
	for (uint32_t i = 1; i < story.count; i++)
		assert_true(story.steps[i - 1].mark.time_ns <= story.steps[i].mark.time_ns);
}

static void test_story_other_transactions_of_the_session_stay_out(void **state)
{
	uint32_t steps;

	(void)state;
	tell(fixture_server_closes);
	steps = story.count;
	story_free(&story);
	/* Another mail on the same connection, which is not of this delivery. */
	fixture_event(&fixture, 31, EVENT_COMMAND, 0, VERB_MAIL, "MAIL FROM:<x@y.example>");
	fixture_event(&fixture, 31.1, EVENT_COMMAND, 0, VERB_RCPT, "RCPT TO:<z@y.example>");
	fixture_event(&fixture, 31.2, EVENT_REPLY, EVENT_FROM_SERVER, 250, "250 Ok");
	assert_true(story_tell(&subject, &story));
	assert_int_equal(story.count, steps);
}

static void test_story_reader_begins_at_the_timer(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_int_equal(story.steps[story_opening(&story)].kind, STEP_TIMER);
}

static void test_story_reader_of_a_plain_story_begins_at_the_first_trouble(void **state)
{
	(void)state;
	tell(fixture_server_closes);
	assert_int_equal(story.steps[story_opening(&story)].kind, STEP_SERVER_LEFT);
}

static void test_story_step_at_is_the_newest_one_by_then(void **state)
{
	uint32_t timer;

	(void)state;
	tell(fixture_q154083);
	timer = find(STEP_TIMER);
	assert_int_equal(story_step_at(&story, story.steps[timer].mark.time_ns), timer);
	assert_int_equal(story_step_at(&story, story.steps[timer].mark.time_ns - 1), timer - 1);
	assert_int_equal(story_step_at(&story, 0), 0);
	assert_int_equal(story_step_at(&story, INT64_MAX), story.count - 1);
}

static void test_story_trouble_is_found_both_ways(void **state)
{
	uint32_t timer;
	uint32_t left;

	(void)state;
	tell(fixture_q154083);
	timer = find(STEP_TIMER);
	left = story_trouble_from(&story, timer, 1);
	assert_int_equal(story.steps[left].kind, STEP_CLIENT_LEFT);
	assert_int_equal(story_trouble_from(&story, left, -1), timer);
	assert_int_equal(story_trouble_from(&story, timer, -1), NO_STEP);
}

static void test_story_gauge_fills_runs_out_and_stops(void **state)
{
	struct wait_gauge gauge;

	(void)state;
	tell(fixture_q154083);
	assert_false(story_gauge(&subject, 0, fixture_time(0.4), &gauge));
	assert_true(story_gauge(&subject, 0, fixture_time(60.5), &gauge));
	assert_int_equal(gauge.waited_ns, 60 * NS_PER_SECOND);
	assert_false(gauge.is_expired || gauge.is_left || gauge.is_answered);
	assert_true(story_gauge(&subject, 0, fixture_time(90.51), &gauge));
	assert_true(gauge.is_expired && !gauge.is_left);
	assert_true(story_gauge(&subject, 0, fixture_time(200), &gauge));
	assert_int_equal(gauge.waited_ns, 90052 * NS_PER_MS);
	assert_true(gauge.is_left && !gauge.is_answered);
	assert_true(story_gauge(&subject, 2, fixture_time(240), &gauge));
	assert_true(gauge.is_answered && !gauge.is_expired);
}

static void test_story_every_step_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < STEPS; i++)
		assert_true(*step_name((enum step_kind)i));
	tell(fixture_greylist); /* for the teardown */
}

static void test_story_names_the_relay_of_a_hop_and_other_recipients(void **state)
{
	struct prose prose;

	(void)state;
	tell(fixture_q154083);
	story_way(&subject, &prose);
	assert_string_equal(prose.text, "");
	fixture.delivery.hop_of = 1;
	fixture.delivery.hop_number = 3;
	subject.recipients = 4;
	story_way(&subject, &prose);
	assert_string_equal(prose.text,
			    "A hop: out.msn.example (192.0.2.1) hands on the message of delivery "
			    "#4. Its attempts are not counted there.\n"
			    "The message went to 4 recipients: each has a delivery of its own.");
	story_way_short(&subject, &prose);
	assert_string_equal(prose.text, "handed on by out.msn.example (192.0.2.1)");
	fixture.delivery.hop_of = NO_DELIVERY;
	story_way_short(&subject, &prose);
	assert_string_equal(prose.text, "one of 4 recipients");
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_story_late_reply_has_timer_leaving_and_reply),
		TEST(test_story_resend_takes_the_place_of_opening),
		TEST(test_story_lost_reply_has_each_retransmission),
		TEST(test_story_server_that_leaves_early_stops_the_timer),
		TEST(test_story_open_wait_ends_with_the_present),
		TEST(test_story_refused_recipient_is_a_step_of_trouble),
		TEST(test_story_timer_has_no_frame_and_stands_at_its_end),
		TEST(test_story_longer_timer_does_not_run_out),
		TEST(test_story_steps_are_in_order_of_time),
		TEST(test_story_other_transactions_of_the_session_stay_out),
		TEST(test_story_reader_begins_at_the_timer),
		TEST(test_story_reader_of_a_plain_story_begins_at_the_first_trouble),
		TEST(test_story_step_at_is_the_newest_one_by_then),
		TEST(test_story_trouble_is_found_both_ways),
		TEST(test_story_gauge_fills_runs_out_and_stops),
		TEST(test_story_every_step_has_a_name),
		TEST(test_story_names_the_relay_of_a_hop_and_other_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
