/* SPDX-License-Identifier: MIT */
/* By which frames a verdict is proven, where the capture holds less than it usually does. */
#include "play.h"
#include "story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void begin(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_envelope(play, "a@x", "b@y");
}

/* Expects the verdict on PLAY, captured at the client, to say WORDS, and ends PLAY. */
static void expect_words(struct play *play, const char *words)
{
	struct heard heard;
	struct prose verdict;

	play_hear(play, VANTAGE_CLIENT, &heard);
	struct subject subject = subject_of(heard.ledger, heard.deliveries,
					    delivery_get(heard.deliveries, 0), play->now_ns, true);
	story_verdict(&subject, &verdict);
	if (!strstr(verdict.text, words))
		fail_msg("\"%s\" is not in:\n%s", words, verdict.text);
	heard_free(&heard);
	play_end(play);
}

static void test_proofs_tell_of_a_reply_that_settles_nothing(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "350 half of it\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_words(&play, "the server's 350 (frame 14: \"350 half of it\") neither confirms nor "
			    "refuses the message.");
}

static void test_proofs_take_no_such_reply_for_a_refusal(void **state)
{
	struct play play;
	struct heard heard;
	struct story story;
	struct prose sentence = {.text = ""};
	(void)state;
	begin(&play);
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "350 half of it\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	struct subject subject = subject_of(heard.ledger, heard.deliveries,
					    delivery_get(heard.deliveries, 0), play.now_ns, true);
	assert_true(story_tell(&subject, &story));
	for (uint32_t i = 0; i < story.count; i++)
		if (story.steps[i].kind == STEP_REPLY)
			story_sentence(&subject, &story, i, &sentence);
	assert_non_null(strstr(sentence.text, "That neither confirms nor refuses the message"));
	story_free(&story);
	heard_free(&heard);
	play_end(&play);
}

static void test_proofs_need_no_end_of_the_message(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	play_message(&play, "1@x", "hello");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_SERVER, "334 \r\n");
	play_ack(&play, SIDE_CLIENT);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_words(&play, "the server's 334 (frame 13: \"334 \") neither confirms nor refuses the "
			    "message.\nThe server answered with a code that is no answer here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proofs_tell_of_a_reply_that_settles_nothing),
		cmocka_unit_test(test_proofs_take_no_such_reply_for_a_refusal),
		cmocka_unit_test(test_proofs_need_no_end_of_the_message),
	};
	return cmocka_run_group_tests_name("proofs", tests, NULL, NULL);
}
