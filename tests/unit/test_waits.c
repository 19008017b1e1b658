/* SPDX-License-Identifier: MIT */
/* How long a client waits for each reply, and when it gives up. */
#include "play.h"
#include "waits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The waits of the only session of PLAY, which ends with it, one a line: "rcpt 300.0 given-up". */
static void expect_waits(struct play *play, const char *expected)
{
	static const char *const ends[] = {
		[WAIT_ANSWERED] = "", [WAIT_GIVEN_UP] = " given-up", [WAIT_SERVER_LEFT] = " left"};
	struct heard heard;
	struct wait wait;
	char text[1000] = "";
	size_t used = 0;

	play_hear(play, VANTAGE_CLIENT, &heard);
	struct waits_walk walk =
		waits_begin(heard.ledger, ledger_session(heard.ledger, 0));
	while (waits_next(&walk, &wait) && used < sizeof text)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s %.1f%s\n",
					 wait_kind_name(wait.kind),
					 (double)wait.waited_ns / (double)NS_PER_SECOND,
					 ends[wait.end]);
	assert_string_equal(text, expected);
	heard_free(&heard);
	play_end(play);
}

/* COMMAND, and TEXT in reply after SECONDS. */
static void ask(struct play *play, const char *command, double seconds, const char *text)
{
	play_say(play, SIDE_CLIENT, command);
	play_wait(play, seconds);
	play_say(play, SIDE_SERVER, text);
}

static void open_and_greet(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_wait(play, 2);
	play_say(play, SIDE_SERVER, "220 mx ESMTP\r\n");
}

static void test_waits_time_every_phase(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	ask(&play, "EHLO c\r\n", 3, "250 mx\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 4, "250 ok\r\n");
	ask(&play, "RCPT TO:<b@y>\r\n", 5, "250 ok\r\n");
	ask(&play, "RCPT TO:<c@y>\r\n", 6, "550 no\r\n");
	ask(&play, "DATA\r\n", 7, "354 go\r\n");
	ask(&play, "Subject: x\r\n\r\n.\r\n", 8, "250 queued\r\n");
	ask(&play, "QUIT\r\n", 9, "221 bye\r\n");
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 3.0\nmail 4.0\nrcpt 5.0\nrcpt 6.0\n"
			    "data 7.0\n");
}

static void test_waits_of_pipelined_commands_begin_with_the_reply_before(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	ask(&play, "EHLO c\r\n", 0, "250 PIPELINING\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_wait(&play, 10);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_wait(&play, 20);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_wait(&play, 30);
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 0.0\nmail 10.0\nrcpt 20.0\n"
			    "data 30.0\n");
}

static void test_waits_end_in_a_give_up_where_the_client_leaves(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	ask(&play, "EHLO c\r\n", 0, "250 mx\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 0, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_wait(&play, 300);
	play_fin(&play, SIDE_CLIENT);
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 0.0\nmail 0.0\n"
			    "rcpt 300.0 given-up\n");
}

static void test_waits_of_a_client_that_leaves_at_once_are_no_give_up(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_wait(&play, 1);
	play_fin(&play, SIDE_CLIENT);
	expect_waits(&play, "connect 0.0\ngreeting 2.0\n");
}

static void test_waits_for_quit_are_nobodys_timer(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	ask(&play, "EHLO c\r\n", 0, "250 mx\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_wait(&play, 30);
	play_fin(&play, SIDE_CLIENT);
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 0.0\n");
}

static void test_waits_end_where_the_server_leaves(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_wait(&play, 30);
	play_rst(&play, SIDE_SERVER);
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 30.0 left\n");
}

static void test_waits_know_which_reply_is_the_end_of_datas(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	ask(&play, "LHLO c\r\n", 0, "250 mx\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 0, "250 ok\r\n");
	ask(&play, "RCPT TO:<b@y>\r\n", 0, "250 ok\r\n");
	ask(&play, "RCPT TO:<c@y>\r\n", 0, "250 ok\r\n");
	ask(&play, "DATA\r\n", 0, "354 go\r\n");
	ask(&play, "Subject: x\r\n\r\n.\r\n", 40, "250 b\r\n");
	play_wait(&play, 50);
	play_say(&play, SIDE_SERVER, "250 c\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 6, "250 ok\r\n");
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 0.0\nmail 0.0\nrcpt 0.0\nrcpt 0.0\n"
			    "data 0.0\nmail 6.0\n");
}

static void test_waits_for_chunks_but_the_last_are_waits_for_blocks(void **state)
{
	struct play play;

	(void)state;
	open_and_greet(&play);
	ask(&play, "EHLO c\r\n", 0, "250 CHUNKING\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 0, "250 ok\r\n");
	ask(&play, "RCPT TO:<b@y>\r\n", 0, "250 ok\r\n");
	ask(&play, "BDAT 14\r\nSubject: x\r\n\r\n", 3, "250 14 octets\r\n");
	ask(&play, "BDAT 2 LAST\r\nab", 40, "250 queued\r\n");
	ask(&play, "RSET\r\n", 5, "250 ok\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 6, "250 ok\r\n");
	expect_waits(&play, "connect 0.0\ngreeting 2.0\nhello 0.0\nmail 0.0\nrcpt 0.0\n"
			    "block 3.0\nmail 6.0\n");
}

static void test_waits_collect_gives_each_attempt_its_own(void **state)
{
	struct play play;
	struct heard heard;
	struct longest_waits session, attempts[2];

	(void)state;
	open_and_greet(&play);
	ask(&play, "EHLO c\r\n", 1, "250 mx\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 2, "250 ok\r\n");
	ask(&play, "RCPT TO:<b@y>\r\n", 3, "550 no\r\n");
	ask(&play, "RSET\r\n", 0, "250 ok\r\n");
	ask(&play, "MAIL FROM:<a@x>\r\n", 4, "250 ok\r\n");
	ask(&play, "RCPT TO:<c@y>\r\n", 5, "250 ok\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 2);
	waits_collect(heard.ledger, ledger_session(heard.ledger, 0), &session, attempts);
	assert_int_equal(session.waited_ns[WAIT_HELLO] / NS_PER_SECOND, 1);
	assert_int_equal(session.waited_ns[WAIT_MAIL], NO_TIME);
	assert_int_equal(attempts[0].waited_ns[WAIT_MAIL] / NS_PER_SECOND, 2);
	assert_int_equal(attempts[0].waited_ns[WAIT_RCPT] / NS_PER_SECOND, 3);
	assert_int_equal(attempts[1].waited_ns[WAIT_MAIL] / NS_PER_SECOND, 4);
	assert_int_equal(attempts[1].waited_ns[WAIT_RCPT] / NS_PER_SECOND, 5);
	assert_int_equal(attempts[1].waited_ns[WAIT_DATA], NO_TIME);
	heard_free(&heard);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits_time_every_phase),
		cmocka_unit_test(test_waits_of_pipelined_commands_begin_with_the_reply_before),
		cmocka_unit_test(test_waits_end_in_a_give_up_where_the_client_leaves),
		cmocka_unit_test(test_waits_of_a_client_that_leaves_at_once_are_no_give_up),
		cmocka_unit_test(test_waits_for_quit_are_nobodys_timer),
		cmocka_unit_test(test_waits_end_where_the_server_leaves),
		cmocka_unit_test(test_waits_know_which_reply_is_the_end_of_datas),
		cmocka_unit_test(test_waits_for_chunks_but_the_last_are_waits_for_blocks),
		cmocka_unit_test(test_waits_collect_gives_each_attempt_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
