/* SPDX-License-Identifier: MIT */
/* What extensions and firewalls add to SMTP, as far as it bears on who has which message. */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void begin(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	play_say(play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(play, SIDE_SERVER, "250 hi\r\n");
}

/* ---- RFC 1845: CHECKPOINT ------------------------------------------------------------------ */

static void test_extensions_keep_the_transaction_id(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin(&play);
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x> SIZE=9 TRANSID=<12345@x>\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	heard_expect_text(&heard, heard_only_attempt(&heard)->transid, "12345@x");
	assert_int_equal(heard_only_attempt(&heard)->declared_size, 9);
	heard_free(&heard);
	play_end(&play);
}

static void test_extensions_resume_a_message_where_the_server_says(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin(&play);
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x> TRANSID=<12345@x>\r\n");
	play_say(&play, SIDE_SERVER, "355 6135 is the transaction offset\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	/* It goes on within its body: this is no header. */
	play_say(&play, SIDE_CLIENT, "Subject: quoted\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	assert_int_equal(attempt->resumed_at, 6135);
	assert_int_equal(attempt->size, 6135 + strlen("Subject: quoted\r\n\r\n"));
	assert_false(attempt->has_digest);
	assert_int_equal(attempt->subject, 0);
	assert_int_equal(attempt->refusal, NO_EVENT);
	heard_free(&heard);
	play_end(&play);
}

/* ---- Courier's EXDATA ---------------------------------------------------------------------- */

static void say_to_three(struct play *play, const char *mail)
{
	begin(play);
	play_say(play, SIDE_CLIENT, mail);
	play_say(play, SIDE_CLIENT, "RCPT TO:<b@y>\r\nRCPT TO:<no@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(play, SIDE_SERVER, "250 a\r\n250 b\r\n550 no\r\n250 c\r\n354 go\r\n");
	play_say(play, SIDE_CLIENT, "x: y\r\n\r\n.\r\nQUIT\r\n");
}

static void test_extensions_take_an_extended_reply_apart(void **state)
{
	struct play play;
	(void)state;
	say_to_three(&play, "MAIL FROM:<a@x> EXDATA\r\n");
	play_say(&play, SIDE_SERVER, "558-250-b takes it\r\n558-250 id 120\r\n");
	play_say(&play, SIDE_SERVER, "558-550-c does\r\n558 550 not\r\n221 bye\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(&play,
			       (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED,
						OUTCOME_REJECTED},
			       3);
}

static void test_extensions_leave_open_what_an_extended_reply_never_said(void **state)
{
	struct play play;
	(void)state;
	say_to_three(&play, "MAIL FROM:<a@x> EXDATA\r\n");
	play_say(&play, SIDE_SERVER, "558-250 b takes it\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_expect_recipients(&play,
			       (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED,
						OUTCOME_UNACKNOWLEDGED},
			       3);
}

static void test_extensions_take_558_for_a_refusal_where_none_was_asked_for(void **state)
{
	struct play play;
	(void)state;
	say_to_three(&play, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "558 250 is what this is not\r\n221 bye\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(&play,
			       (enum outcome[]){OUTCOME_REJECTED, OUTCOME_REJECTED,
						OUTCOME_REJECTED},
			       3);
}

static void test_extensions_take_a_plain_reply_for_all_though_an_extended_one_was_asked(
	void **state)
{
	struct play play;
	(void)state;
	say_to_three(&play, "MAIL FROM:<a@x> EXDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n221 bye\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(&play,
			       (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED,
						OUTCOME_ACCEPTED},
			       3);
}

/* ---- What stands before the dialogue ------------------------------------------------------- */

/* The header comes in pieces of at most N bytes, then an EHLO. */
static void expect_preface(struct span header, size_t n, const char *line)
{
	struct play play;
	char expected[200];

	play_begin(&play);
	play_open(&play);
	for (struct span rest = header; rest.n; rest = span_skip(rest, n))
		play_say_bytes(&play, SIDE_CLIENT, span_take(rest, n));
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n");
	snprintf(expected, sizeof expected, "C %s\nS 220 mx\nC EHLO c\nS 250 hi\n", line);
	play_expect_dialogue(&play, expected);
}

static void test_extensions_put_a_proxy_header_together_from_pieces(void **state)
{
	static const uint8_t version_2[] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49,
					    0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c, 1,    2,    3,    4,
					    5,    6,    7,    8,    9,    10,   11,   12};
	const char *version_1 = "PROXY TCP4 203.0.113.7 198.51.100.1 5000 25";
	char line[100];
	(void)state;
	snprintf(line, sizeof line, "%s\r\n", version_1);
	for (size_t n = 1; n < sizeof version_2; n++) {
		expect_preface((struct span){version_2, sizeof version_2}, n,
			       "(PROXY header, version 2)");
		expect_preface(span_of(line), n, version_1);
	}
}

static void test_extensions_take_a_header_and_what_follows_it_apart(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "PROXY UNK");
	play_say(&play, SIDE_CLIENT, "NOWN\r\nEHLO c\r\n");
	play_say(&play, SIDE_SERVER, "220 mx\r\n250 hi\r\n");
	play_expect_dialogue(&play, "C PROXY UNKNOWN\nC EHLO c\nS 220 mx\nS 250 hi\n");
}

static void test_extensions_read_what_only_began_like_a_header(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say_cut(&play, SIDE_CLIENT, "HELO c\r\n", 1);
	play_say(&play, SIDE_SERVER, "250 hi\r\n");
	play_expect_dialogue(&play, "S 220 mx\nC HELO c\nS 250 hi\n");
}

/* ---- LMTP ----------------------------------------------------------------------------------- */

/* The capture begins behind the greeting and whatever the client called itself. */
static void begin_amid(struct play *play, const char *answers)
{
	play_begin(play);
	play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(play, SIDE_SERVER, "250 a\r\n");
	play_say(play, SIDE_CLIENT, "RCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(play, SIDE_SERVER, "250 b\r\n250 c\r\n354 go\r\n");
	play_say(play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(play, SIDE_SERVER, answers);
	play_ack(play, SIDE_CLIENT);
}

static void test_extensions_know_lmtp_by_its_replies_where_its_beginning_is_missing(void **state)
{
	struct play play;
	(void)state;
	begin_amid(&play, "250 b stored\r\n452 c is over quota\r\n");
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED}, 2);
}

static void test_extensions_take_a_goodbye_for_no_reply_of_lmtp(void **state)
{
	struct play play;
	(void)state;
	begin_amid(&play, "250 queued\r\n421 too long idle\r\n");
	/* Behind a missing beginning the replies to RCPT are not told apart: was it taken for both? */
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_UNKNOWN, OUTCOME_UNKNOWN}, 2);
}

/* ---- Who sends changes ---------------------------------------------------------------------- */

/* Mail goes to the server, and then by COMMAND the other way. */
static void expect_turned(const char *command, const char *answer)
{
	struct play play;
	struct heard heard;

	begin(&play);
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_say(&play, SIDE_CLIENT, command);
	play_say(&play, SIDE_SERVER, answer);
	play_say(&play, SIDE_CLIENT, "220 c at your service\r\n");
	play_say(&play, SIDE_SERVER, "EHLO mx\r\n");
	play_say(&play, SIDE_CLIENT, "250 hi\r\n");
	play_say(&play, SIDE_SERVER, "MAIL FROM:<d@y>\r\nRCPT TO:<e@x>\r\nDATA\r\n");
	play_say(&play, SIDE_CLIENT, "250 d\r\n250 e\r\n354 go\r\n");
	play_say(&play, SIDE_SERVER, "y: x\r\n\r\n.\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_wait(&play, 90);
	play_fin(&play, SIDE_SERVER);
	play_fin(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_UNKNOWN, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 2);
	const struct session *first = ledger_session(heard.ledger, 0);
	const struct session *second = ledger_session(heard.ledger, 1);
	assert_int_equal(first->closed_by, CLOSED_TURNED);
	assert_int_equal(second->closed_by, CLOSED_CLIENT);
	assert_memory_equal(&second->client, &first->server, sizeof second->client);
	heard_expect_text(&heard, second->server_name, "c");
	assert_int_equal(deliveries_count(heard.deliveries), 2);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	heard_expect_text(&heard, delivery_get(heard.deliveries, 1)->sender, "d@y");
	assert_string_equal(cause_name(delivery_get(heard.deliveries, 1)->cause), "server-silent");
	heard_free(&heard);
	play_end(&play);
}

static void test_extensions_follow_the_mail_that_comes_back_after_turn_and_atrn(void **state)
{
	(void)state;
	expect_turned("TURN\r\n", "250 ok\r\n");
	expect_turned("ATRN x.example\r\n", "250 now reversing the connection\r\n");
}

static void test_extensions_keep_the_roles_where_turn_is_refused_or_etrn_accepted(void **state)
{
	struct play play;
	(void)state;
	begin(&play);
	play_say(&play, SIDE_CLIENT, "TURN\r\nETRN x\r\nNOOP\r\n");
	play_say(&play, SIDE_SERVER, "502 no\r\n250 queuing started\r\n250 ok\r\n");
	play_expect_dialogue(&play, "S 220 mx\nC EHLO c\nS 250 hi\nC TURN\nC ETRN x\nC NOOP\n"
				    "S 502 no\nS 250 queuing started\nS 250 ok\n");
}

/* ---- A firewall in between ----------------------------------------------------------------- */

static void expect_rewritten(const char *greeting, bool is_rewritten)
{
	struct play play;
	struct heard heard;

	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, greeting);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session(heard.ledger, 0)->is_rewritten, is_rewritten);
	heard_free(&heard);
	play_end(&play);
}

static void test_extensions_know_a_greeting_that_a_firewall_has_starred_out(void **state)
{
	(void)state;
	expect_rewritten("220 ****0****\r\n", true);
	expect_rewritten("220 ******0*2******2***200**0***** *0*00\r\n", true);
	expect_rewritten("220 mx.example *** no spam ***\r\n", false);
	expect_rewritten("220 2020\r\n", false);
	expect_rewritten("220\r\n", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extensions_keep_the_transaction_id),
		cmocka_unit_test(test_extensions_resume_a_message_where_the_server_says),
		cmocka_unit_test(test_extensions_take_an_extended_reply_apart),
		cmocka_unit_test(test_extensions_leave_open_what_an_extended_reply_never_said),
		cmocka_unit_test(test_extensions_take_558_for_a_refusal_where_none_was_asked_for),
		cmocka_unit_test(
			test_extensions_take_a_plain_reply_for_all_though_an_extended_one_was_asked),
		cmocka_unit_test(test_extensions_put_a_proxy_header_together_from_pieces),
		cmocka_unit_test(test_extensions_take_a_header_and_what_follows_it_apart),
		cmocka_unit_test(test_extensions_read_what_only_began_like_a_header),
		cmocka_unit_test(
			test_extensions_know_lmtp_by_its_replies_where_its_beginning_is_missing),
		cmocka_unit_test(test_extensions_take_a_goodbye_for_no_reply_of_lmtp),
		cmocka_unit_test(
			test_extensions_follow_the_mail_that_comes_back_after_turn_and_atrn),
		cmocka_unit_test(
			test_extensions_keep_the_roles_where_turn_is_refused_or_etrn_accepted),
		cmocka_unit_test(
			test_extensions_know_a_greeting_that_a_firewall_has_starred_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
