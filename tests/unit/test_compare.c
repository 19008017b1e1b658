/* SPDX-License-Identifier: MIT */
/* What differs between two attempts of one delivery. */
#include "compare.h"

#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct play play;
static struct heard heard;
static struct subject subject;
static struct prose prose;

static int setup(void **state)
{
	(void)state;
	play_begin(&play);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	heard_free(&heard);
	play_end(&play);
	return 0;
}

/** An attempt on a connection of its own: MAIL and the message are TEXT, nothing answers it. */
static void attempt(uint16_t port, const char *mail, const char *recipient, const char *message)
{
	char line[200];
	if (port != 40000)
		play_reconnect(&play, port);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO a\r\n");
	play_say(&play, SIDE_SERVER, "250 mx\r\n");
	play_say(&play, SIDE_CLIENT, mail);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", recipient);
	play_say(&play, SIDE_CLIENT, line);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go on\r\n");
	play_say(&play, SIDE_CLIENT, message);
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play_fin(&play, SIDE_SERVER);
	play_wait(&play, 60);
}

#define MAIL "MAIL FROM:<a@x> SIZE=40\r\n"
#define MESSAGE "Message-ID: <1@x>\r\nSubject: s\r\n\r\nhello\r\n.\r\n"

static void hear(void)
{
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct delivery *delivery = delivery_get(heard.deliveries, 0);
	assert_int_equal(delivery->try_count, 2);
	subject = subject_of(heard.ledger, heard.deliveries, delivery, play.now_ns, true);
}

static const char *tell(enum compare_part part)
{
	compare_tell(&subject, 0, 1, part, &prose);
	return prose.text;
}

static const char *headline(void)
{
	compare_headline(&subject, &prose);
	return prose.text;
}

static void test_compare_equal_attempts_are_said_to_be_the_same(void **state)
{
	(void)state;
	attempt(40000, MAIL, "b@y", MESSAGE);
	attempt(40001, MAIL, "b@y", MESSAGE);
	hear();
	assert_string_equal(headline(), "Attempts 1 and 2 sent the same bytes.");
	assert_string_equal(tell(COMPARE_ENVELOPE),
			    "The same: sender, 1 recipient and the parameters of MAIL.");
	assert_string_equal(tell(COMPARE_MESSAGE),
			    "The same 40 bytes, header and body (one digest).");
	assert_string_equal(tell(COMPARE_PATH),
			    "The same client, server, names and TLS, on another connection.");
}

static void test_compare_tells_each_wait_of_both(void **state)
{
	(void)state;
	attempt(40000, MAIL, "b@y", MESSAGE);
	attempt(40001, MAIL, "b@y", MESSAGE);
	hear();
	assert_non_null(strstr(tell(COMPARE_TIMING), "90.0 s        90.0 s   for the reply to the end"));
	assert_non_null(strstr(prose.text, "s after attempt 1."));
}

static void test_compare_names_parameters_that_differ(void **state)
{
	(void)state;
	attempt(40000, "MAIL FROM:<a@x> SIZE=40 BODY=8BITMIME\r\n", "b@y", MESSAGE);
	attempt(40001, "MAIL FROM:<a@x>\r\n", "b@y", MESSAGE);
	hear();
	assert_string_equal(tell(COMPARE_ENVELOPE),
			    "Parameters of MAIL: SIZE=40 BODY=8BITMIME in attempt 1, none in "
			    "attempt 2.");
}

static void test_compare_tells_an_added_received_field(void **state)
{
	(void)state;
	attempt(40000, MAIL, "b@y", MESSAGE);
	attempt(40001, MAIL, "b@y", "Received: by r\r\n" MESSAGE);
	hear();
	assert_string_equal(headline(),
			    "Attempt 2 sent the same body under another header than attempt 1.");
	assert_string_equal(tell(COMPARE_MESSAGE),
			    "The same body under another header (one digest of the body).\n"
			    "Received fields: 0 in attempt 1, 1 in attempt 2.\n"
			    "Size: 40 bytes in attempt 1, 56 bytes in attempt 2.");
}

static void test_compare_knows_nothing_of_a_message_that_was_not_seen_whole(void **state)
{
	(void)state;
	attempt(40000, MAIL, "b@y", MESSAGE);
	attempt(40001, MAIL, "b@y", "Message-ID: <1@x>\r\nSubject: s\r\n\r\nhel");
	hear();
	assert_string_equal(headline(), "");
	assert_non_null(strstr(tell(COMPARE_MESSAGE), "Attempt 2 was not seen whole"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_compare_equal_attempts_are_said_to_be_the_same),
		TEST(test_compare_tells_each_wait_of_both),
		TEST(test_compare_names_parameters_that_differ),
		TEST(test_compare_tells_an_added_received_field),
		TEST(test_compare_knows_nothing_of_a_message_that_was_not_seen_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
