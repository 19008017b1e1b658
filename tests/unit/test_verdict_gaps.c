/* SPDX-License-Identifier: MIT */
/*
 * What is said where the capture lacks what would decide: nothing that the rest does not prove.
 * Random scenarios (test_soundness.c) found what is tested here.
 */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void begin(struct play *play, const char *hello)
{
	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	play_say(play, SIDE_CLIENT, hello);
	play_say(play, SIDE_SERVER, "250 mx\r\n");
}

/* Up to a recipient that was taken. */
static void begin_envelope(struct play *play)
{
	begin(play, "EHLO c\r\n");
	play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(play, SIDE_SERVER, "250 a\r\n");
	play_say(play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(play, SIDE_SERVER, "250 b\r\n");
}

/* SIDE says TEXT, and the capture misses it. */
static void say_unseen(struct play *play, enum side side, const char *text)
{
	play_say(play, side, text);
	play_lose(play, play->count - 1);
}

static void close_both(struct play *play)
{
	play_fin(play, SIDE_SERVER);
	play_fin(play, SIDE_CLIENT);
	play_ack(play, SIDE_SERVER);
}

static void quit(struct play *play)
{
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
	play_say(play, SIDE_SERVER, "221 bye\r\n");
	close_both(play);
}

static void expect(struct play *play, enum outcome only)
{
	play_expect_recipients(play, &only, 1);
}

static void test_verdict_gaps_hide_the_last_chunk(void **state)
{
	struct play play;
	(void)state;
	begin_envelope(&play);
	play_say(&play, SIDE_CLIENT, "BDAT 6\r\nx: y\r\n");
	play_say(&play, SIDE_SERVER, "250 more\r\n");
	say_unseen(&play, SIDE_CLIENT, "BDAT 6 LAST\r\n\r\nhey!");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	quit(&play);
	expect(&play, OUTCOME_UNKNOWN);
}

static void test_verdict_gaps_hide_a_whole_message(void **state)
{
	struct play play;
	(void)state;
	begin_envelope(&play);
	say_unseen(&play, SIDE_CLIENT, "BDAT 12 LAST\r\nx: y\r\n\r\nhey!");
	say_unseen(&play, SIDE_SERVER, "250 queued\r\n");
	quit(&play);
	expect(&play, OUTCOME_UNKNOWN);
}

static void test_verdict_gaps_hide_a_message_whose_354_was_seen(void **state)
{
	struct play play;
	(void)state;
	begin_envelope(&play);
	say_unseen(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	say_unseen(&play, SIDE_CLIENT, "x: y\r\n\r\nhey!\r\n.\r\n");
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	expect(&play, OUTCOME_UNKNOWN);
}

static void test_verdict_gaps_make_a_message_look_like_commands(void **state)
{
	struct play play;
	(void)state;
	begin_envelope(&play);
	say_unseen(&play, SIDE_CLIENT, "DATA\r\n");
	say_unseen(&play, SIDE_SERVER, "354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nhey!\r\n.\r\n");
	play_wait(&play, 90);
	play_rst(&play, SIDE_CLIENT);
	expect(&play, OUTCOME_UNKNOWN);
}

/* QUIT stands where the message would go on, and 221 is no answer to it. */
static void test_verdict_gaps_make_no_goodbye_an_acceptance(void **state)
{
	struct play play;
	(void)state;
	begin_envelope(&play);
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	say_unseen(&play, SIDE_SERVER, "354 go\r\n");
	say_unseen(&play, SIDE_CLIENT, "x: y\r\n\r\nhey!\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "451 later\r\n");
	quit(&play);
	expect(&play, OUTCOME_UNKNOWN);
}

/* One of the two was refused; nobody can say which. */
static void test_verdict_gaps_hide_who_was_refused(void **state)
{
	struct play play;
	(void)state;
	begin(&play, "EHLO c\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	say_unseen(&play, SIDE_SERVER, "550 who\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<c@y>\r\n");
	say_unseen(&play, SIDE_SERVER, "250 c\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nhey!\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	quit(&play);
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_UNKNOWN, OUTCOME_UNKNOWN}, 2);
}

/* The only one that can have been taken was. */
static void test_verdict_gaps_hide_nothing_about_the_only_recipient(void **state)
{
	struct play play;
	(void)state;
	begin(&play, "EHLO c\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	say_unseen(&play, SIDE_SERVER, "250 b\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nhey!\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	quit(&play);
	expect(&play, OUTCOME_ACCEPTED);
}

static void say_lmtp_envelope(struct play *play)
{
	play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(play, SIDE_SERVER, "250 a\r\n250 b\r\n250 c\r\n354 go\r\n");
	play_say(play, SIDE_CLIENT, "x: y\r\n\r\n");
}

static void test_verdict_gaps_leave_lmtp_a_reply_for_each(void **state)
{
	struct play play;
	(void)state;
	begin(&play, "LHLO c\r\n");
	say_lmtp_envelope(&play);
	say_unseen(&play, SIDE_CLIENT, "hey!\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 b\r\n452 c\r\n");
	quit(&play);
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED}, 2);
}

static void test_verdict_gaps_leave_it_lmtp_though_lhlo_goes_unanswered(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "LHLO c\r\n");
	say_unseen(&play, SIDE_SERVER, "250 mx\r\n");
	say_lmtp_envelope(&play);
	play_say(&play, SIDE_CLIENT, "hey!\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 b\r\n452 c\r\n");
	quit(&play);
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED}, 2);
}

/* The FIN stands behind bytes that were never seen, and never acknowledged either. */
static void test_verdict_gaps_leave_open_what_became_of_a_last_chunk(void **state)
{
	struct play play;
	(void)state;
	begin_envelope(&play);
	play_say(&play, SIDE_CLIENT, "BDAT 6\r\nx: y\r\n");
	play_say(&play, SIDE_SERVER, "250 more\r\n");
	say_unseen(&play, SIDE_CLIENT, "BDAT 6 LAST\r\n\r\nhey!");
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_again(&play, 1);
	expect(&play, OUTCOME_UNACKNOWLEDGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict_gaps_hide_the_last_chunk),
		cmocka_unit_test(test_verdict_gaps_hide_a_whole_message),
		cmocka_unit_test(test_verdict_gaps_hide_a_message_whose_354_was_seen),
		cmocka_unit_test(test_verdict_gaps_make_a_message_look_like_commands),
		cmocka_unit_test(test_verdict_gaps_make_no_goodbye_an_acceptance),
		cmocka_unit_test(test_verdict_gaps_hide_who_was_refused),
		cmocka_unit_test(test_verdict_gaps_hide_nothing_about_the_only_recipient),
		cmocka_unit_test(test_verdict_gaps_leave_lmtp_a_reply_for_each),
		cmocka_unit_test(test_verdict_gaps_leave_it_lmtp_though_lhlo_goes_unanswered),
		cmocka_unit_test(test_verdict_gaps_leave_open_what_became_of_a_last_chunk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
