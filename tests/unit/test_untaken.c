/* SPDX-License-Identifier: MIT */
/* What is said of senders that send again what was confirmed. */
#include "play.h"
#include "story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A message, and the reply to it, which the client's machine acknowledges. */
static void confirm_with(struct play *play, const char *reply)
{
	play_envelope(play, "a@x", "b@y");
	play_message(play, "1@x", "hello");
	play_ack(play, SIDE_SERVER);
	play_say(play, SIDE_SERVER, reply);
	play_ack(play, SIDE_CLIENT);
}

/* The same message on a connection of its own, then a polite end. */
static void send_again(struct play *play)
{
	play_wait(play, 60);
	play_reconnect(play, 40001);
	play_open(play);
	confirm_with(play, "250 queued as 2\r\n");
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
	play_say(play, SIDE_SERVER, "221 bye\r\n");
}

/* Expects the verdict on PLAY to say WORDS, and ends PLAY. */
static void expect_words(struct play *play, const char *words)
{
	struct heard heard;
	struct prose verdict;

	send_again(play);
	play_hear(play, VANTAGE_CLIENT, &heard);
	struct subject subject = subject_of(heard.ledger, heard.deliveries,
					    delivery_get(heard.deliveries, 0), play->now_ns, true);
	story_verdict(&subject, &verdict);
	if (!strstr(verdict.text, words))
		fail_msg("\"%s\" is not in:\n%s", words, verdict.text);
	heard_free(&heard);
	play_end(play);
}

static void begin(struct play *play)
{
	play_begin(play);
	play_open(play);
}

static void test_untaken_reply_with_a_bare_lf(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	confirm_with(&play, "250 queued as 1\n");
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_words(&play, "Attempt 1 was confirmed, but the sender may not have taken it: without "
			    "a word, not even QUIT, it waited 90.0 s behind the 250 and closed "
			    "(frame 17). That reply ends in a bare LF, not CR LF");
}

static void test_untaken_reply_without_a_blank(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	confirm_with(&play, "250\r\n");
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_words(&play, "That reply is its code alone");
}

static void test_untaken_reply_that_a_reset_left_unread(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	confirm_with(&play, "250 queued as 1\r\n");
	play_rst(&play, SIDE_CLIENT);
	expect_words(&play, "without a word, it reset the connection (frame 17), as programs do that "
			    "close without having read all");
}

static void test_untaken_reply_behind_what_is_none(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	play_envelope(&play, "a@x", "b@y");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "scanning\r\n");
	play_wait(&play, 1);
	play_say(&play, SIDE_SERVER, "250 queued as 1\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	expect_words(&play, "before the 250 the server had said \"scanning\" (frame 14), which is no "
			    "answer to a message");
}

static void test_untaken_is_no_reply_that_is_followed_by_quit(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	confirm_with(&play, "250 queued as 1\n");
	play_wait(&play, 5);
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_fin(&play, SIDE_CLIENT);
	expect_words(&play, "Every attempt was confirmed. The sender sent it again by itself");
}

static void test_untaken_is_no_reply_behind_which_the_client_closes_at_once(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	confirm_with(&play, "250 queued as 1\r\n");
	play_fin(&play, SIDE_CLIENT);
	expect_words(&play, "Every attempt was confirmed. The sender sent it again by itself");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_untaken_reply_with_a_bare_lf),
		cmocka_unit_test(test_untaken_reply_without_a_blank),
		cmocka_unit_test(test_untaken_reply_that_a_reset_left_unread),
		cmocka_unit_test(test_untaken_reply_behind_what_is_none),
		cmocka_unit_test(test_untaken_is_no_reply_that_is_followed_by_quit),
		cmocka_unit_test(test_untaken_is_no_reply_behind_which_the_client_closes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
