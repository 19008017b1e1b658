/* SPDX-License-Identifier: MIT */
/* What is said of an attempt that was captured at both ends. */
#include "story.h"
#include "two_captures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct subject subject_of_both(const struct both *both)
{
	return subject_of(both->heard.ledger, both->heard.deliveries,
			  delivery_get(both->heard.deliveries, 0), both->far.now_ns, true);
}

/* Fails the test unless the verdict says WORDS. */
static void expect_verdict(const struct both *both, const char *words)
{
	struct subject subject = subject_of_both(both);
	struct prose verdict;

	story_verdict(&subject, &verdict);
	if (!strstr(verdict.text, words))
		fail_msg("\"%s\" is not in:\n%s", words, verdict.text);
}

/* Fails the test unless the step of KIND says WORDS. */
static void expect_step(const struct both *both, enum step_kind kind, const char *words)
{
	struct subject subject = subject_of_both(both);
	struct prose sentence = {.text = "no such step"};
	struct story story;

	assert_true(story_tell(&subject, &story));
	for (uint32_t i = 0; i < story.count; i++) {
		if (story.steps[i].kind != kind)
			continue;
		story_sentence(&subject, &story, i, &sentence);
		break;
	}
	story_free(&story);
	if (!strstr(sentence.text, words))
		fail_msg("\"%s\" is not in:\n%s", words, sentence.text);
}

static void test_both_say_when_a_lost_reply_left(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 8);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = both.near.count - 1;
	play_wait(&both.near, 90);
	play_fin(&both.near, SIDE_CLIENT);
	both.near.segments[reply + 1].ack = both.near.segments[reply].seq;
	both_see_from_server(&both);
	play_lose(&both.near, reply);
	both_hear(&both);
	expect_verdict(&both, "the server's 250 was seen at the server, 8.0 s after");
	expect_verdict(&both, "it never came to the client, which left after 98.1 s");
	expect_step(&both, STEP_REPLY_LOST, "was lost on the way back");
	expect_step(&both, STEP_ARRIVED, "passes the capture of file 2, at the server");
	expect_step(&both, STEP_TIMER, "One left 8");
	both_end(&both);
}

static void test_both_blame_a_server_that_answered_too_late(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_late(&both);
	both_hear(&both);
	expect_verdict(&both, "after the client had left (frame 15 of file 1): the server was slow");
	expect_step(&both, STEP_REPLY_SENT, "the server was too slow");
	both_end(&both);
}

static void test_both_blame_the_line_for_a_reply_that_was_held_up(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_hold_up_reply(&both);
	both_hear(&both);
	expect_verdict(&both, "before the client left (frame 15 of file 1): it was held up on its way");
	expect_step(&both, STEP_REPLY_SENT, "the answer is held up on its way");
	both_end(&both);
}

static void test_both_say_that_a_message_never_arrived(void **state)
{
	struct both both;
	(void)state;
	both_lose_message(&both);
	both_hear(&both);
	expect_verdict(&both, "twice in all, and it was never seen at the server");
	both_end(&both);
}

static void test_both_say_that_something_else_answered(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_between(&both);
	both_hear(&both);
	expect_verdict(&both, "the client was given a 250 (frame 15 of file 1), which the server "
			      "never sent");
	expect_verdict(&both, "answered in the server's name");
	both_end(&both);
}

static void test_both_say_that_something_else_reset_the_connection(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_reset_between(&both);
	both_hear(&both);
	expect_verdict(&both, "a reset came to the client in the server's name");
	both_end(&both);
}

static void test_both_split_a_long_wait(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 17);
	both_answer_in_time(&both);
	both_hear(&both);
	expect_verdict(&both, "the server 17.0 s to answer, the reply ");
	both_end(&both);
}

static void test_both_blame_a_server_whose_client_left_unseen(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_say(&both.near, SIDE_CLIENT, "QUIT\r\n");
	play_fin(&both.near, SIDE_CLIENT);
	play_ack(&both.near, SIDE_SERVER);
	uint32_t known = both.near.seq[SIDE_SERVER];
	play_wait(&both.near, 100);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	both.near.seq[SIDE_SERVER] = known;
	play_rst(&both.near, SIDE_CLIENT);
	both_see_from_server(&both);
	both_hear(&both);
	expect_verdict(&both, "The receiving server was slow: its reply left late.");
	both_end(&both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_blame_a_server_whose_client_left_unseen),
		cmocka_unit_test(test_both_say_when_a_lost_reply_left),
		cmocka_unit_test(test_both_blame_a_server_that_answered_too_late),
		cmocka_unit_test(test_both_blame_the_line_for_a_reply_that_was_held_up),
		cmocka_unit_test(test_both_say_that_a_message_never_arrived),
		cmocka_unit_test(test_both_say_that_something_else_answered),
		cmocka_unit_test(test_both_say_that_something_else_reset_the_connection),
		cmocka_unit_test(test_both_split_a_long_wait),
	};
	return cmocka_run_group_tests_name("both", tests, NULL, NULL);
}
