/* SPDX-License-Identifier: MIT */
/* What is said where a reply came too late, and the line was to blame. */
#include "play.h"
#include "story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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

/* The client's machine knows nothing of what was lost; it answers without an ACK of it. */
static void from_client(struct play *play, void (*act)(struct play *play, enum side side),
			uint32_t known)
{
	uint32_t next = play->seq[SIDE_SERVER];

	play->seq[SIDE_SERVER] = known;
	act(play, SIDE_CLIENT);
	play->seq[SIDE_SERVER] = next;
}

/* A message with QUIT behind it, whose reply is lost; BEHIND seconds later comes the rest. The client
 * leaves at 90 s, the reply comes at 100 s. */
static void lose_reply(struct play *play, double behind)
{
	begin(play);
	play_message(play, "1@x", "hello");
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
	play_ack(play, SIDE_SERVER);
	uint32_t known = play->seq[SIDE_SERVER];
	play_say(play, SIDE_SERVER, "250 queued\r\n");
	play_lose(play, play->count - 1);
	if (behind > 90) {
		play_wait(play, 90);
		from_client(play, play_fin, known);
		play_wait(play, behind - 90);
		play_fin(play, SIDE_SERVER);
	} else {
		play_wait(play, behind);
		play_fin(play, SIDE_SERVER);
		play_wait(play, 90 - behind);
		from_client(play, play_fin, known);
	}
	play_wait(play, 100 - (behind > 90 ? behind : 90));
	uint32_t next = play->seq[SIDE_SERVER];
	play->seq[SIDE_SERVER] = known;
	play_say(play, SIDE_SERVER, "250 queued\r\n");
	play->seq[SIDE_SERVER] = next;
	from_client(play, play_rst, known);
}

static void test_held_reply_that_had_been_sent_in_time(void **state)
{
	struct play play;
	(void)state;
	lose_reply(&play, 1);
	expect_words(&play, "The line held the server's reply up; the server was not slow: a packet "
			    "that lay behind the reply had come 1");
}

static void test_held_is_not_said_of_a_reply_that_may_have_been_sent_late(void **state)
{
	struct play play;
	(void)state;
	lose_reply(&play, 95);
	expect_words(&play, "The receiving server was slow, or losses on the line held its reply up");
}

/* Its FIN waits behind the bytes that are lost, and is never seen. */
static void lose_end(struct play *play)
{
	begin(play);
	play_message(play, "1@x", "hello");
	play_again(play, 30);
	play_again(play, 60);
	uint32_t known = play->seq[SIDE_SERVER];
	play_say(play, SIDE_SERVER, "250 queued\r\n");
	from_client(play, play_rst, known);
}

static void test_held_client_that_refuses_the_reply_had_left(void **state)
{
	struct play play;
	(void)state;
	lose_end(&play);
	expect_words(&play, "when the server's 250 came, after 90.1 s (frame 16), the client was gone, "
			    "and its machine refused it (frame 17)");
}

static void test_held_end_is_the_lines_doing(void **state)
{
	struct play play;
	(void)state;
	lose_end(&play);
	expect_words(&play, "The line held up the end of the message, which was sent 3 times");
}

static void test_held_message_that_took_long_to_go_out(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	play_say(&play, SIDE_CLIENT, "Subject: x\r\n\r\n");
	play_wait(&play, 30);
	play_say(&play, SIDE_CLIENT, "hello\r\n.\r\nQUIT\r\n");
	play_fin(&play, SIDE_CLIENT);
	uint32_t known = play.seq[SIDE_SERVER];
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	from_client(&play, play_rst, known);
	expect_words(&play, "The message itself had taken 30.0 s to go out");
}

static void test_held_is_not_asked_of_a_client_in_haste(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	play_message(&play, "1@x", "hello");
	play_ack(&play, SIDE_SERVER);
	play_say(&play, SIDE_CLIENT, "RSET\r\n");
	play_rst(&play, SIDE_CLIENT);
	play_wait(&play, 1);
	play_ack(&play, SIDE_SERVER);
	expect_words(&play, "no timer is so short, so it had a reason of its own");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held_reply_that_had_been_sent_in_time),
		cmocka_unit_test(test_held_is_not_said_of_a_reply_that_may_have_been_sent_late),
		cmocka_unit_test(test_held_client_that_refuses_the_reply_had_left),
		cmocka_unit_test(test_held_end_is_the_lines_doing),
		cmocka_unit_test(test_held_message_that_took_long_to_go_out),
		cmocka_unit_test(test_held_is_not_asked_of_a_client_in_haste),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
