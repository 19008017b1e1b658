/* SPDX-License-Identifier: MIT */
/* SMTP as it is really spoken: what is read out of a conversation. */
#include "bounds.h"
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_dialogue_reads_a_plain_session(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Subject: s\r\n\r\nhello\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	play_expect_dialogue(&play, "S 220 mx.example ESMTP\n"
				    "C EHLO client.example\n"
				    "S 250-mx.example|250 8BITMIME\n"
				    "C MAIL FROM:<a@x>\n"
				    "S 250 ok\n"
				    "C RCPT TO:<b@y>\n"
				    "S 250 ok\n"
				    "C DATA\n"
				    "S 354 go on\n"
				    "C <message 21>\n"
				    "C <eod>\n"
				    "S 250 queued\n"
				    "C QUIT\n"
				    "S 221 bye\n");
}

static void test_dialogue_pairs_pipelined_commands_with_replies(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 mx\r\n250 sender\r\n550 no b\r\n250 c\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	assert_int_equal(attempt->recipient_count, 2);
	assert_int_equal(ledger_recipient(heard.ledger, attempt, 0)->rcpt_code, 550);
	assert_int_equal(ledger_recipient(heard.ledger, attempt, 1)->rcpt_code, 250);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_keeps_the_envelope_when_a_nested_mail_is_refused(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<other@x>\r\n");
	play_say(&play, SIDE_SERVER, "503 nested\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 b\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 1);
	struct span sender = ledger_text(heard.ledger, delivery_get(heard.deliveries, 0)->sender);
	assert_memory_equal(sender.p, "a@x", sender.n);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_puts_a_reply_together_from_pieces(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say_cut(&play, SIDE_SERVER, "250-mx\r\n250-SIZE 1\r\n250 HELP\r\n", 5);
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C EHLO c\n"
				    "S 250-mx|250-SIZE 1|250 HELP\n");
}

static void test_dialogue_never_keeps_a_password(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH PLAIN AGEAc2VjcmV0\r\n");
	play_say(&play, SIDE_SERVER, "535 no\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH LOGIN\r\n");
	play_say(&play, SIDE_SERVER, "334 VXNlcm5hbWU6\r\n");
	play_say(&play, SIDE_CLIENT, "c2VjcmV0\r\n");
	play_say(&play, SIDE_SERVER, "235 ok\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C AUTH PLAIN\n"
				    "S 535 no\n"
				    "C AUTH LOGIN\n"
				    "S 334 VXNlcm5hbWU6\n"
				    "C \n"
				    "S 235 ok\n");
}

static void test_dialogue_reads_nothing_behind_starttls(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "STARTTLS\r\n");
	play_say(&play, SIDE_SERVER, "220 go\r\n");
	play_say(&play, SIDE_CLIENT, "\x16\x03\x01 MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 not a reply\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C STARTTLS\n"
				    "S 220 go\n"
				    "S <tls>\n");
}

static void test_dialogue_goes_on_in_clear_when_starttls_is_refused(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "STARTTLS\r\n");
	play_say(&play, SIDE_SERVER, "454 not now\r\n");
	play_say(&play, SIDE_CLIENT, "NOOP\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C STARTTLS\n"
				    "S 454 not now\n"
				    "C NOOP\n");
}

static void test_dialogue_finds_mail_on_any_port(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 10025;
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_finds_mail_by_its_client_alone(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 10025;
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	for (uint32_t i = play.count; i-- > 0;) {
		if (play.segments[i].source.port == 10025)
			play_lose(&play, i);
	}
	play_hear(&play, VANTAGE_UNKNOWN, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 1);
	heard_expect_text(&heard, ledger_attempt(heard.ledger, 0)->sender, "a@x");
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_does_not_take_ftp_for_mail(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 2121;
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 ftp.example ready\r\n");
	play_say(&play, SIDE_CLIENT, "USER anonymous\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 0);
	assert_int_equal(dialogues_counts(heard.dialogues)->not_mail, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_answers_lmtp_for_each_recipient(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 24;
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 store\r\n");
	play_say(&play, SIDE_CLIENT,
		 "LHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<no@y>\r\nRCPT TO:<c@y>\r\n"
		 "DATA\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n250 a\r\n250 b\r\n550 no\r\n250 c\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 b stored\r\n452 c is over quota\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	static const enum outcome expected[] = {OUTCOME_ACCEPTED, OUTCOME_REJECTED,
						OUTCOME_REJECTED};
	static const uint16_t codes[] = {250, 550, 452};
	for (uint32_t i = 0; i < 3; i++) {
		struct verdict verdict;
		deliveries_judge(heard.deliveries, 0, i, &verdict);
		assert_int_equal(verdict.outcome, expected[i]);
		assert_int_equal(verdict.reply_code, codes[i]);
	}
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_answers_prdr_for_each_recipient_and_for_all(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "EHLO c\r\nMAIL FROM:<a@x> PRDR\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\nQUIT\r\n");
	play_say(&play, SIDE_SERVER,
		 "353 looking\r\n250 b takes it\r\n550 c does not\r\n250 done\r\n221 bye\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_ACCEPTED, OUTCOME_REJECTED}, 2);
}

static void test_dialogue_begins_behind_a_proxy_header(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 10025;
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "PROXY TCP4 203.0.113.7 198.51.100.1 5000 25\r\n");
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n");
	play_expect_dialogue(&play, "C PROXY TCP4 203.0.113.7 198.51.100.1 5000 25\n"
				    "S 220 mx\n"
				    "C EHLO c\n"
				    "S 250 hi\n");
}

static void test_dialogue_begins_behind_http_connect(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 3128;
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "CONNECT mx.example:25 HTTP/1.1\r\nHost: mx.example\r\n\r\n");
	play_say(&play, SIDE_SERVER, "HTTP/1.1 200 OK\r\nVia: proxy\r\n\r\n");
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n");
	play_expect_dialogue(&play, "C CONNECT mx.example:25 HTTP/1.1\n"
				    "S HTTP/1.1 200 OK\n"
				    "S 220 mx\n"
				    "C EHLO c\n"
				    "S 250 hi\n");
}

static void test_dialogue_takes_an_early_talkers_greeting_for_one(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "220 mx\r\n250 hi\r\n");
	play_say(&play, SIDE_CLIENT, "NOOP\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_expect_dialogue(&play, "C EHLO c\n"
				    "S 220 mx\n"
				    "S 250 hi\n"
				    "C NOOP\n"
				    "S 250 ok\n");
}

static void test_dialogue_ignores_a_line_without_a_code(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "some noise\r\n220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "\r\n250 hi\r\n");
	play_say(&play, SIDE_CLIENT, "NOOP\r\n");
	play_say(&play, SIDE_SERVER, "472 unusual\r\n");
	play_expect_dialogue(&play, "S some noise\n"
				    "S 220 mx\n"
				    "C EHLO c\n"
				    "S \n"
				    "S 250 hi\n"
				    "C NOOP\n"
				    "S 472 unusual\n");
}

static void test_dialogue_answers_unknown_commands_and_empty_lines_too(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "XYZZY\r\n\r\nNOOP\r\nQUIT\r\n");
	play_say(&play, SIDE_SERVER, "500 what\r\n500 nothing\r\n250 ok\r\n221 bye\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C XYZZY\n"
				    "C \n"
				    "C NOOP\n"
				    "C QUIT\n"
				    "S 500 what\n"
				    "S 500 nothing\n"
				    "S 250 ok\n"
				    "S 221 bye\n");
}

static void test_dialogue_keeps_the_envelope_when_ehlo_is_refused(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO again\r\n");
	play_say(&play, SIDE_SERVER, "503 you have\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 b\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	struct span sender = ledger_text(heard.ledger, ledger_attempt(heard.ledger, 0)->sender);
	assert_int_equal(ledger_attempt_count(heard.ledger), 1);
	assert_memory_equal(sender.p, "a@x", sender.n);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_begins_a_new_transaction_behind_rset_ehlo_and_xclient(void **state)
{
	static const char *const resets[] = {"RSET\r\n", "EHLO again\r\n", "XCLIENT NAME=z\r\n"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct play play;
		struct heard heard;
		play_begin(&play);
		play_open(&play);
		play_say(&play, SIDE_SERVER, "220 mx\r\n");
		play_say(&play, SIDE_CLIENT, "MAIL FROM:<old@x>\r\n");
		play_say(&play, SIDE_SERVER, "250 a\r\n");
		play_say(&play, SIDE_CLIENT, resets[i]);
		play_say(&play, SIDE_SERVER, i == 2 ? "220 anew\r\n" : "250 anew\r\n");
		play_say(&play, SIDE_CLIENT, "MAIL FROM:<new@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
		play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n354 go\r\n");
		play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
		play_say(&play, SIDE_SERVER, "250 queued\r\n");
		play_hear(&play, VANTAGE_CLIENT, &heard);
		assert_int_equal(deliveries_count(heard.deliveries), 1);
		struct span sender =
			ledger_text(heard.ledger, delivery_get(heard.deliveries, 0)->sender);
		assert_memory_equal(sender.p, "new@x", sender.n);
		heard_free(&heard);
		play_end(&play);
	}
}

static void test_dialogue_cuts_a_line_without_end_and_counts_it(void **state)
{
	struct play play;
	struct heard heard;
	char line[3001];
	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	for (int i = 0; i < 10; i++)
		play_say(&play, SIDE_CLIENT, line);
	play_say(&play, SIDE_CLIENT, "\r\nNOOP\r\n");
	play_say(&play, SIDE_SERVER, "500 long\r\n250 ok\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	char *text = heard_dialogue(&heard, 0);
	assert_non_null(strstr(text, "C NOOP\nS 500 long\nS 250 ok\n"));
	assert_int_equal(dialogues_counts(heard.dialogues)->long_lines, 1);
	free(text);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_keeps_bytes_that_are_no_text(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<j\xc3\xb6rg@x> SMTPUTF8\r\nX\x01\xff\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<j\xc3\xb6rg@x> SMTPUTF8\n"
				    "C X\x01\xff\n");
}

static void test_dialogue_marks_tls_from_the_first_byte(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 465;
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "\x16\x03\x01 and so on");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session(heard.ledger, 0)->tls, TLS_IMPLICIT);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_shows_what_was_slipped_in_behind_starttls(void **state)
{
	struct play play;
	(void)state;
	/* CVE-2011-0411: commands in clear behind STARTTLS, for a server that forgets to drop them.
	 */
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "STARTTLS\r\nRSET\r\n");
	play_say(&play, SIDE_SERVER, "220 go\r\n");
	play_say(&play, SIDE_CLIENT, "\x16\x03\x01 hello");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C STARTTLS\n"
				    "C RSET\n"
				    "S 220 go\n"
				    "S <tls>\n");
}

static void test_dialogue_skips_a_binary_proxy_header(void **state)
{
	static const uint8_t header[] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49,
					 0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c, 1,	   2,	 3,    4,
					 5,    6,    7,	   8,	 9,    10,   11,   12};
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say_bytes(&play, SIDE_CLIENT, (struct span){header, sizeof header});
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n");
	play_expect_dialogue(&play, "C (PROXY header, version 2)\n"
				    "S 220 mx\n"
				    "C EHLO c\n"
				    "S 250 hi\n");
}

static void test_dialogue_finds_its_way_back_behind_a_gap_in_the_envelope(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_lose(&play, 10); /* DATA */
	play_expect_dialogue(&play, "S 220 mx.example ESMTP\n"
				    "C EHLO client.example\n"
				    "S 250-mx.example|250 8BITMIME\n"
				    "C MAIL FROM:<a@x>\n"
				    "S 250 ok\n"
				    "C RCPT TO:<b@y>\n"
				    "S 250 ok\n"
				    "C <gap 6>\n"
				    "S 354 go on\n"
				    "C <assumed DATA>\n"
				    "C <message 8>\n"
				    "C <eod>\n"
				    "S 250 queued\n");
}

static void test_dialogue_reads_on_from_the_middle_of_a_session(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	for (int i = 0; i < 6; i++)
		play_lose(&play, 0); /* handshake, greeting and EHLO */
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_hears_a_server_that_answers_tls_in_clear(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "\x16\x03\x01 hello");
	play_say(&play, SIDE_SERVER, "220 mx.example ESMTP\r\n");
	play_rst(&play, SIDE_CLIENT);
	play_expect_dialogue(&play, "C <tls>\n"
				    "S 220 mx.example ESMTP\n");
}

static void test_dialogue_keeps_no_password_though_the_server_was_not_captured(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH LOGIN\r\n");
	play_say(&play, SIDE_SERVER, "334 VXNlcm5hbWU6\r\n");
	play_say(&play, SIDE_CLIENT, "dXNlcg==\r\n");
	play_say(&play, SIDE_SERVER, "334 UGFzc3dvcmQ6\r\n");
	play_say(&play, SIDE_CLIENT, "c2VjcmV0\r\n");
	play_say(&play, SIDE_SERVER, "235 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	for (uint32_t i = play.count; i-- > 0;) {
		if (play.segments[i].source.port == 25)
			play_lose(&play, i);
	}
	play_expect_dialogue(&play, "S <gap 8>\n"
				    "C AUTH LOGIN\n"
				    "S <gap 18>\n"
				    "C \n"
				    "S <gap 18>\n"
				    "C \n"
				    "S <gap 8>\n");
}

static void test_dialogue_does_not_listen_for_ever_to_one_who_waits_for_an_answer(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play.ends[SIDE_SERVER].port = 9999;
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 hello\r\n");
	for (unsigned i = 0; i <= LIMIT_SNIFF; i++)
		play_say(&play, SIDE_SERVER, "x");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(dialogues_counts(heard.dialogues)->not_mail, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_closes_behind_what_was_said_though_it_was_read_late(void **state)
{
	/* The newest ACK of the reply is that of the server's FIN too. */
	static const enum event_kind kinds[] = {EVENT_GAP,   EVENT_EOD, EVENT_EOD_ACKED,
						EVENT_REPLY, EVENT_FIN, EVENT_FIN,
						EVENT_REPLY_ACKED};
	const uint32_t n = sizeof kinds / sizeof *kinds;
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nsome ");
	play_say(&play, SIDE_CLIENT, "more ");
	play_lose(&play, play.count - 1);
	/* What the capture lacks is waited for, and the close seen before that is over. */
	play_say(&play, SIDE_CLIENT, "text\r\n.\r\n");
	play_ack(&play, SIDE_SERVER);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_fin(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_SERVER);
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct session *session = ledger_session(heard.ledger, 0);
	const struct attempt *attempt = heard_only_attempt(&heard);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(session->events[session->event_count - n + i].kind, kinds[i]);
	assert_int_equal(attempt_event(heard.ledger, attempt, attempt->eod)->kind, EVENT_EOD);
	assert_int_equal(attempt_event(heard.ledger, attempt, attempt->reply)->kind, EVENT_REPLY);
	assert_int_equal(attempt_event(heard.ledger, attempt, attempt->message)->kind,
			 EVENT_MESSAGE);
	struct verdict verdict;
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.outcome, OUTCOME_ACCEPTED);
	assert_int_equal(attempt_event(heard.ledger, attempt, verdict.proof)->kind,
			 EVENT_REPLY_ACKED);
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_finds_its_way_back_by_replies_that_answer_one_command(void **state)
{
	static const struct {
		const char *command;
		const char *reply;
	} anchors[] = {{"QUIT\r\n", "221 bye\r\n"}, {"AUTH PLAIN AGEAYg==\r\n", "235 yes\r\n"}};
	(void)state;
	for (size_t i = 0; i < sizeof anchors / sizeof *anchors; i++) {
		struct play play;
		struct heard heard;
		play_begin(&play);
		play_open(&play);
		play_say(&play, SIDE_SERVER, "220 mx\r\n");
		play_say(&play, SIDE_CLIENT, "NOOP\r\nNOOP\r\n");
		play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n");
		play_lose(&play, play.count - 1);
		/* Nobody knows how much of the gap answered what. */
		play_say(&play, SIDE_CLIENT, "NOOP\r\n");
		play_say(&play, SIDE_CLIENT, anchors[i].command);
		play_say(&play, SIDE_SERVER, anchors[i].reply);
		play_say(&play, SIDE_CLIENT, "NOOP\r\n");
		play_say(&play, SIDE_SERVER, "250 last\r\n");
		play_hear(&play, VANTAGE_CLIENT, &heard);
		assert_int_equal(dialogues_counts(heard.dialogues)->unmatched, 0);
		heard_free(&heard);
		play_end(&play);
	}
}

static void test_dialogue_reads_replies_that_end_with_bare_lf(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\n");
	play_say(&play, SIDE_CLIENT, "EHLO c\nNOOP\n");
	play_say(&play, SIDE_SERVER, "250-hi\n250 HELP\n250 ok\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C EHLO c\n"
				    "C NOOP\n"
				    "S 250-hi|250 HELP\n"
				    "S 250 ok\n");
}

static void test_dialogue_judges_codes_it_does_not_know_by_their_first_digit(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nRCPT TO:<d@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER,
		 "250 a\r\n556 no mail there\r\n472 not now\r\n279 yes\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "299 why not\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(
		&play, (enum outcome[]){OUTCOME_REJECTED, OUTCOME_REJECTED, OUTCOME_ACCEPTED}, 3);
}

static void test_dialogue_pairs_replies_with_all_that_was_sent_before_the_greeting(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	/* Exim's PIPE_CONNECT: a client that knows the server need not wait for its greeting. */
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_CLIENT, "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_SERVER, "250 hi\r\n250 a\r\n250 b\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(dialogues_counts(heard.dialogues)->unmatched, 0);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	heard_expect_text(&heard, ledger_session(heard.ledger, 0)->client_name, "c");
	heard_free(&heard);
	play_end(&play);
}

static void test_dialogue_session_begins_with_the_first_packet_and_ends_with_the_last(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx ESMTP\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_wait(&play, 3);
	play_ack(&play, SIDE_SERVER);
	int64_t first = play.segments[0].mark.time_ns;
	int64_t last = play.segments[play.count - 1].mark.time_ns;
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session(heard.ledger, 0)->start_ns, first);
	assert_int_equal(ledger_session(heard.ledger, 0)->end_ns, last);
	heard_free(&heard);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_dialogue_session_begins_with_the_first_packet_and_ends_with_the_last),
		cmocka_unit_test(test_dialogue_reads_a_plain_session),
		cmocka_unit_test(test_dialogue_pairs_pipelined_commands_with_replies),
		cmocka_unit_test(test_dialogue_keeps_the_envelope_when_a_nested_mail_is_refused),
		cmocka_unit_test(test_dialogue_puts_a_reply_together_from_pieces),
		cmocka_unit_test(test_dialogue_never_keeps_a_password),
		cmocka_unit_test(test_dialogue_reads_nothing_behind_starttls),
		cmocka_unit_test(test_dialogue_goes_on_in_clear_when_starttls_is_refused),
		cmocka_unit_test(test_dialogue_finds_mail_on_any_port),
		cmocka_unit_test(test_dialogue_finds_mail_by_its_client_alone),
		cmocka_unit_test(test_dialogue_does_not_take_ftp_for_mail),
		cmocka_unit_test(test_dialogue_answers_lmtp_for_each_recipient),
		cmocka_unit_test(test_dialogue_answers_prdr_for_each_recipient_and_for_all),
		cmocka_unit_test(test_dialogue_begins_behind_a_proxy_header),
		cmocka_unit_test(test_dialogue_begins_behind_http_connect),
		cmocka_unit_test(test_dialogue_takes_an_early_talkers_greeting_for_one),
		cmocka_unit_test(test_dialogue_ignores_a_line_without_a_code),
		cmocka_unit_test(test_dialogue_answers_unknown_commands_and_empty_lines_too),
		cmocka_unit_test(test_dialogue_keeps_the_envelope_when_ehlo_is_refused),
		cmocka_unit_test(
			test_dialogue_begins_a_new_transaction_behind_rset_ehlo_and_xclient),
		cmocka_unit_test(test_dialogue_cuts_a_line_without_end_and_counts_it),
		cmocka_unit_test(test_dialogue_keeps_bytes_that_are_no_text),
		cmocka_unit_test(test_dialogue_marks_tls_from_the_first_byte),
		cmocka_unit_test(test_dialogue_shows_what_was_slipped_in_behind_starttls),
		cmocka_unit_test(test_dialogue_skips_a_binary_proxy_header),
		cmocka_unit_test(test_dialogue_finds_its_way_back_behind_a_gap_in_the_envelope),
		cmocka_unit_test(test_dialogue_reads_on_from_the_middle_of_a_session),
		cmocka_unit_test(test_dialogue_hears_a_server_that_answers_tls_in_clear),
		cmocka_unit_test(
			test_dialogue_keeps_no_password_though_the_server_was_not_captured),
		cmocka_unit_test(
			test_dialogue_does_not_listen_for_ever_to_one_who_waits_for_an_answer),
		cmocka_unit_test(
			test_dialogue_closes_behind_what_was_said_though_it_was_read_late),
		cmocka_unit_test(
			test_dialogue_finds_its_way_back_by_replies_that_answer_one_command),
		cmocka_unit_test(test_dialogue_reads_replies_that_end_with_bare_lf),
		cmocka_unit_test(
			test_dialogue_judges_codes_it_does_not_know_by_their_first_digit),
		cmocka_unit_test(
			test_dialogue_pairs_replies_with_all_that_was_sent_before_the_greeting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
