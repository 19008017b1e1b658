/* SPDX-License-Identifier: MIT */
/* By which frames a verdict is proven, where the capture holds less than it usually does. */
#include "analysis.h"
#include "forged.h"
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

static void add_capture(struct source *source, const struct forged *forged, const char *name)
{
	struct fault fault;

	assert_true(source_add_memory(source, name,
				      (struct span){forged->pcap, forged->pcap_len}, &fault));
}

static void test_proofs_say_which_file_is_which(void **state)
{
	static const char text[] = "scenario \"two\"\nstart 1996-11-04 10:00:00 UTC\n"
				   "client c 192.0.2.1 name c.example\n"
				   "server s 198.51.100.1 name s.example\n"
				   "message m 20 B from a@c.example to b@s.example\n"
				   "session c -> s at 0 s\n\tdeliver m\n";
	struct forged near = forged_play(text, 0, 0), far = forged_play(text, 100, 0);
	struct source *source = source_new(NULL);
	struct fault fault;
	struct prose verdict;

	(void)state;
	assert_non_null(source);
	add_capture(source, &near, "/tmp/client.pcap");
	add_capture(source, &far, "/tmp/server.pcap");
	const struct analysis_options options = {.seed = 1, .delivery = {.seed = 1}};
	struct analysis *analysis = analysis_new(source, &options);
	assert_non_null(analysis);
	while (analysis_read(analysis, 100, &fault) != SOURCE_END)
		;
	assert_true(analysis_update(analysis, NO_TIME));
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	struct subject subject = subject_of(analysis_ledger(analysis), deliveries,
					    delivery_get(deliveries, 0), 0, true);
	subject.source = source;
	story_verdict(&subject, &verdict);
	assert_non_null(strstr(verdict.text, "Here file 1 is client.pcap, taken at the client; "
					     "file 2 is server.pcap, taken at the server."));
	analysis_free(analysis);
	source_free(source);
	forged_free(&near);
	forged_free(&far);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proofs_tell_of_a_reply_that_settles_nothing),
		cmocka_unit_test(test_proofs_take_no_such_reply_for_a_refusal),
		cmocka_unit_test(test_proofs_say_which_file_is_which),
		cmocka_unit_test(test_proofs_need_no_end_of_the_message),
	};
	return cmocka_run_group_tests_name("proofs", tests, NULL, NULL);
}
