/* SPDX-License-Identifier: MIT */
/* How a message is handed over: DATA, the dot, chunks, and what is refused on the way. */
#include "bounds.h"
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_message_data_finds_the_dot_wherever_segments_cut(void **state)
{
	static const char message[] = "Subject: s\r\n\r\n..stuffed\r\n.\r\nQUIT\r\n";
	(void)state;
	for (size_t n = 1; n < sizeof message; n++) {
		struct play play;
		struct heard heard;
		play_begin(&play);
		play_open(&play);
		play_envelope(&play, "a@x", "b@y");
		play_say_cut(&play, SIDE_CLIENT, message, n);
		play_say(&play, SIDE_SERVER, "250 queued\r\n221 bye\r\n");
		play_hear(&play, VANTAGE_CLIENT, &heard);
		const struct attempt *attempt = heard_only_attempt(&heard);
		assert_int_equal(attempt->size, strlen("Subject: s\r\n\r\n.stuffed\r\n"));
		assert_true(attempt->eod != NO_EVENT);
		assert_int_equal(attempt_event(heard.ledger, attempt, attempt->reply)->value, 250);
		heard_free(&heard);
		play_end(&play);
	}
}

static void test_message_data_digests_equal_messages_alike_however_sent(void **state)
{
	struct heard heard[2];
	struct play play[2];
	(void)state;
	for (int i = 0; i < 2; i++) {
		play_begin(&play[i]);
		play_open(&play[i]);
	}
	play_envelope(&play[0], "a@x", "b@y");
	play_say_cut(&play[0], SIDE_CLIENT, "Subject: s\r\n\r\n..dot\r\n.\r\n", 3);
	play_say(&play[1], SIDE_SERVER, "220 mx\r\n");
	play_say(&play[1], SIDE_CLIENT, "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n");
	play_say(&play[1], SIDE_CLIENT, "BDAT 14\r\nSubject: s\r\n\r\nBDAT 6 LAST\r\n.dot\r\n");
	for (int i = 0; i < 2; i++)
		play_hear(&play[i], VANTAGE_CLIENT, &heard[i]);
	const struct attempt *a = heard_only_attempt(&heard[0]), *b = heard_only_attempt(&heard[1]);
	assert_true(a->has_digest && b->has_digest);
	assert_int_equal(a->size, b->size);
	assert_memory_equal(&a->digest, &b->digest, sizeof a->digest);
	for (int i = 0; i < 2; i++) {
		heard_free(&heard[i]);
		play_end(&play[i]);
	}
}

static void test_message_data_holds_the_message_until_data_is_answered(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nx: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n354 go\r\n250 queued\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<a@x>\n"
				    "C RCPT TO:<b@y>\n"
				    "C DATA\n"
				    "S 250 a\n"
				    "S 250 b\n"
				    "S 354 go\n"
				    "C <message 8>\n"
				    "C <eod>\n"
				    "S 250 queued\n");
}

static void test_message_data_takes_bytes_behind_a_refused_data_as_commands(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nRSET\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n550 b\r\n503 no\r\n250 reset\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<a@x>\n"
				    "C RCPT TO:<b@y>\n"
				    "C DATA\n"
				    "S 250 a\n"
				    "S 550 b\n"
				    "S 503 no\n"
				    "C RSET\n"
				    "S 250 reset\n");
}

static void test_message_data_goes_on_behind_a_last_chunk(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 4\r\nx: yBDAT 4 "
		 "LAST\r\n\r\n\r\nQUIT\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n250 chunk\r\n250 queued\r\n221 bye\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<a@x>\n"
				    "C RCPT TO:<b@y>\n"
				    "C BDAT 4\n"
				    "C <message 8>\n"
				    "C BDAT 4 LAST\n"
				    "C <eod>\n"
				    "C QUIT\n"
				    "S 250 a\n"
				    "S 250 b\n"
				    "S 250 chunk\n"
				    "S 250 queued\n"
				    "S 221 bye\n");
}

static void test_message_data_goes_on_after_a_data_that_came_too_early(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "503 no recipient\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "503 nested\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 b\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 1);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	const struct attempt *attempt =
		ledger_attempt(heard.ledger, delivery_get(heard.deliveries, 0)->tries[0].attempt);
	assert_int_equal(attempt_event(heard.ledger, attempt, attempt->data)->frame, 13);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_takes_a_bare_lf_dot_for_the_end_if_the_server_does(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x: y\n\nbody\n.\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	struct heard heard;
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	const struct event *eod = attempt_event(heard.ledger, attempt, attempt->eod);
	assert_non_null(eod);
	assert_true(eod->bits & EVENT_BARE_LF);
	assert_int_equal(attempt->size, strlen("x: y\n\nbody\n"));
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_leaves_a_bare_lf_dot_in_the_message_if_the_server_does(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nbody\n.\nmore\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard_only_attempt(&heard)->size, strlen("x: y\r\n\r\nbody\n.\nmore\r\n"));
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_ends_an_empty_message_at_a_lone_dot(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	/* RFC 2920 3.1: DATA was pipelined behind a recipient that is refused. */
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n550 no b\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, ".\r\nQUIT\r\n");
	play_say(&play, SIDE_SERVER, "554 no valid recipients\r\n221 bye\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_REJECTED}, 1);
}

static void test_message_data_counts_the_reply_to_a_bad_chunk(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<a@x>\r\nBDAT -1 LAST\r\nBDAT 99999999999999999999\r\nNOOP\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n501 size\r\n501 size\r\n250 noop\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<a@x>\n"
				    "C BDAT -1 LAST\n"
				    "C BDAT 99999999999999999999\n"
				    "C NOOP\n"
				    "S 250 a\n"
				    "S 501 size\n"
				    "S 501 size\n"
				    "S 250 noop\n");
}

static void test_message_data_reads_a_reply_of_several_lines_to_data(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250\r\n250 b\r\n354-go\r\n354 on\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	/* The codes of one reply should agree, and do not always. */
	play_say(&play, SIDE_SERVER, "251-queued\r\n250 queued\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<a@x>\n"
				    "C RCPT TO:<b@y>\n"
				    "C DATA\n"
				    "S 250\n"
				    "S 250 b\n"
				    "S 354-go|354 on\n"
				    "C <message 8>\n"
				    "C <eod>\n"
				    "S 251-queued|250 queued\n");
}

static void test_message_data_takes_the_rest_of_a_refused_chunk_for_no_command(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 20 LAST\r\nfirst half");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n552 too much\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\nhalfNOOP\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	char *text = heard_dialogue(&heard, 0);
	assert_non_null(strstr(text, "C NOOP\nS 250 ok\n"));
	assert_null(strstr(text, "C QUIT"));
	struct verdict verdict;
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.outcome, OUTCOME_REJECTED);
	assert_int_equal(verdict.reply_code, 552);
	free(text);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_forgets_the_chunks_of_an_abandoned_message(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 5\r\nhello");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 five\r\n");
	play_say(&play, SIDE_CLIENT, "RSET\r\n");
	play_say(&play, SIDE_SERVER, "250 forgotten\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 3 LAST\r\nyou");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 three\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 2);
	const struct attempt *first = ledger_attempt(heard.ledger, 0);
	const struct attempt *second = ledger_attempt(heard.ledger, 1);
	assert_int_equal(first->phase, PHASE_ABANDONED);
	assert_int_equal(first->size, 5);
	assert_false(first->has_digest);
	assert_int_equal(second->size, 3);
	assert_true(second->has_digest);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_forgets_the_chunks_before_a_pipelined_reset(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 5\r\nhello");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 five\r\n");
	play_say(&play, SIDE_CLIENT,
		 "RSET\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 3 LAST\r\nyou");
	play_say(&play, SIDE_SERVER, "250 forgotten\r\n250 ok\r\n250 ok\r\n250 three\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 2);
	assert_int_equal(ledger_attempt(heard.ledger, 0)->size, 5);
	assert_false(ledger_attempt(heard.ledger, 0)->has_digest);
	assert_int_equal(ledger_attempt(heard.ledger, 1)->size, 3);
	assert_true(ledger_attempt(heard.ledger, 1)->has_digest);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_answers_each_of_many_datas_that_were_sent_ahead(void **state)
{
	enum { TIMES = 250 };
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	for (int i = 0; i < TIMES; i++) {
		play_say(&play, SIDE_CLIENT, "DATA\r\nDA");
		play_say(&play, SIDE_CLIENT, "TA\r\nDATA\r\n");
	}
	for (int i = 0; i < TIMES; i++)
		play_say(&play, SIDE_SERVER, "503 no\r\n503 no\r\n503 no\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	assert_int_equal(attempt_event(heard.ledger, attempt, attempt->reply)->value, 250);
	assert_int_equal(dialogues_counts(heard.dialogues)->unmatched, 0);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_is_lost_behind_a_reset_that_stands_further_on(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nmuch");
	play_ack(&play, SIDE_SERVER);
	play_say(&play, SIDE_CLIENT, " more\r\n.\r\n");
	play_lose(&play, play.count - 1);
	play_rst(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_BETWEEN, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_string_equal(cause_name(verdict.cause), "not-received");
	assert_int_equal(verdict.copies_max, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_answers_each_line_of_a_body_that_was_not_asked_for(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\nx: y\r\n\r\nbody\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "503 no\r\n500 a\r\n500 b\r\n500 c\r\n500 d\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n354 go\r\n");
	play_say(&play, SIDE_CLIENT, "x: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(dialogues_counts(heard.dialogues)->unmatched, 0);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	heard_free(&heard);
	play_end(&play);
}

/* The message of which TEXT is all that was sent has ended, for the server says so. */
static void expect_bare_end(const char *text)
{
	struct play play;
	struct heard heard;

	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, text);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	assert_true(attempt_event(heard.ledger, attempt, attempt->eod)->bits & EVENT_BARE_LF);
	assert_int_equal(attempt_event(heard.ledger, attempt, attempt->reply)->value, 250);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_takes_every_dot_between_bare_lfs_for_a_possible_end(void **state)
{
	(void)state;
	expect_bare_end("x: y\r\n\r\nbody\r\n.\n");
	expect_bare_end("x: y\r\n\r\nbody\n.\n");
	expect_bare_end("x: y\r\n\r\nbody\n.\r\n");
}

static void test_message_data_flags_what_may_have_been_smuggled(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	/* CVE-2023-51766: a server that takes the first dot for the end hears a second message. */
	play_say(&play, SIDE_CLIENT,
		 "x: y\r\n\r\nbody\n.\nMAIL FROM:<c@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nz: y\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 queued\r\n250 c\r\n250 b\r\n354 go\r\n250 queued\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard_only_attempt(&heard)->bare_dots, 1);
	assert_int_equal(dialogues_counts(heard.dialogues)->unmatched, 4);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_ends_with_an_empty_last_chunk(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 5\r\nhello");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n250 five\r\n");
	play_say(&play, SIDE_CLIENT, "BDAT 0 LAST\r\n");
	play_say(&play, SIDE_SERVER, "250- 5 byte chunk, total 5\r\n250 OK id=1\r\n");
	play_expect_dialogue(&play, "S 220 mx\n"
				    "C MAIL FROM:<a@x>\n"
				    "C RCPT TO:<b@y>\n"
				    "C BDAT 5\n"
				    "C <message 5>\n"
				    "S 250 a\n"
				    "S 250 b\n"
				    "S 250 five\n"
				    "C BDAT 0 LAST\n"
				    "C <eod>\n"
				    "S 250- 5 byte chunk, total 5|250 OK id=1\n");
}

/* A message in chunks of which the first one's reply, segment 9, was not captured. */
static void say_chunks_with_a_lost_reply(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(play, SIDE_SERVER, "250 a\r\n");
	play_say(play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(play, SIDE_SERVER, "250 b\r\n");
	play_say(play, SIDE_CLIENT, "BDAT 5\r\nhello");
	play_say(play, SIDE_SERVER, "250 five\r\n");
	play_lose(play, play->count - 1);
}

static void test_message_data_knows_the_reply_to_a_chunk_behind_one_that_was_lost(void **state)
{
	struct play play;
	(void)state;
	say_chunks_with_a_lost_reply(&play);
	play_say(&play, SIDE_CLIENT, "BDAT 3 LAST\r\nyou");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_expect_recipients(&play, (enum outcome[]){OUTCOME_ACCEPTED}, 1);
}

static void test_message_data_does_not_guess_which_of_two_pipelined_chunks_is_answered(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n");
	play_say(&play, SIDE_CLIENT, "BDAT 5\r\nhelloBDAT 3 LAST\r\n");
	play_say(&play, SIDE_SERVER, "250 five\r\n");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_CLIENT, "you");
	play_say(&play, SIDE_SERVER, "250 three\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_string_equal(cause_name(verdict.cause), "capture-gap");
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_puts_what_follows_a_refused_nested_mail_to_the_first(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<other@x>\r\nRCPT TO:<c@y>\r\nBDAT 5 LAST\r\nhello");
	play_say(&play, SIDE_SERVER, "503 nested\r\n250 c\r\n250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 2);
	const struct attempt *attempt =
		ledger_attempt(heard.ledger, delivery_get(heard.deliveries, 0)->tries[0].attempt);
	heard_expect_text(&heard, attempt->sender, "a@x");
	assert_int_equal(attempt->recipient_count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		deliveries_judge(heard.deliveries, attempt->id, i, &verdict);
		assert_int_equal(verdict.outcome, OUTCOME_ACCEPTED);
	}
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_ends_a_transaction_that_was_reset_before_a_refused_mail(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 a\r\n250 b\r\n");
	play_say(&play, SIDE_CLIENT, "RSET\r\nMAIL FROM:<other@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 reset\r\n550 go away\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "503 no mail\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt(heard.ledger, 0)->phase, PHASE_ABANDONED);
	assert_int_equal(ledger_attempt(heard.ledger, 0)->refusal, NO_EVENT);
	assert_int_equal(ledger_attempt(heard.ledger, 1)->phase, PHASE_ANSWERED);
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_is_not_lost_where_a_reset_counts_the_fin_before_it(void **state)
{
	struct play play;
	struct verdict verdict;
	(void)state;
	for (int is_fin_lost = 0; is_fin_lost < 2; is_fin_lost++) {
		struct heard heard;
		play_begin(&play);
		play_open(&play);
		play_envelope(&play, "a@x", "b@y");
		play_say(&play, SIDE_CLIENT, "x: y\r\n\r\nmuch");
		play_ack(&play, SIDE_SERVER);
		play_fin(&play, SIDE_CLIENT);
		if (is_fin_lost)
			play_lose(&play, play.count - 1);
		play_rst(&play, SIDE_CLIENT);
		play_hear(&play, VANTAGE_BETWEEN, &heard);
		deliveries_judge(heard.deliveries, 0, 0, &verdict);
		assert_string_equal(cause_name(verdict.cause), "client-closed");
		heard_free(&heard);
		play_end(&play);
	}
}

static void test_message_data_reads_the_subject_as_it_is_meant(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT,
		 "Subject: =?utf-8?Q?Gr=C3=BC=C3=9F?=\r\n =?utf-8?Q?e?= an\r\n Bob\r\n\r\n.\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	heard_expect_text(&heard, heard_only_attempt(&heard)->subject,
			  "Gr\xc3\xbc\xc3\x9f" "e an Bob");
	heard_free(&heard);
	play_end(&play);
}

static void test_message_data_gives_no_message_the_reply_to_one_in_a_gap(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	uint32_t lost_go_ahead = play.count - 1;
	play_say(&play, SIDE_CLIENT, "Subject: the first one\r\n");
	play_say(&play, SIDE_CLIENT, "\r\nhello\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "452 full\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	uint32_t lost_envelope = play.count - 1;
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n354 go\r\n");
	play_message(&play, "2@x", "the second one");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_lose(&play, lost_envelope);
	play_lose(&play, lost_go_ahead + 1);
	play_lose(&play, lost_go_ahead);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.copies_min, 0);
	heard_free(&heard);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message_data_finds_the_dot_wherever_segments_cut),
		cmocka_unit_test(test_message_data_digests_equal_messages_alike_however_sent),
		cmocka_unit_test(test_message_data_holds_the_message_until_data_is_answered),
		cmocka_unit_test(test_message_data_takes_bytes_behind_a_refused_data_as_commands),
		cmocka_unit_test(test_message_data_goes_on_behind_a_last_chunk),
		cmocka_unit_test(test_message_data_goes_on_after_a_data_that_came_too_early),
		cmocka_unit_test(
			test_message_data_takes_a_bare_lf_dot_for_the_end_if_the_server_does),
		cmocka_unit_test(
			test_message_data_leaves_a_bare_lf_dot_in_the_message_if_the_server_does),
		cmocka_unit_test(test_message_data_ends_an_empty_message_at_a_lone_dot),
		cmocka_unit_test(test_message_data_counts_the_reply_to_a_bad_chunk),
		cmocka_unit_test(test_message_data_reads_a_reply_of_several_lines_to_data),
		cmocka_unit_test(
			test_message_data_takes_the_rest_of_a_refused_chunk_for_no_command),
		cmocka_unit_test(test_message_data_forgets_the_chunks_of_an_abandoned_message),
		cmocka_unit_test(test_message_data_forgets_the_chunks_before_a_pipelined_reset),
		cmocka_unit_test(
			test_message_data_answers_each_of_many_datas_that_were_sent_ahead),
		cmocka_unit_test(
			test_message_data_is_lost_behind_a_reset_that_stands_further_on),
		cmocka_unit_test(
			test_message_data_knows_the_reply_to_a_chunk_behind_one_that_was_lost),
		cmocka_unit_test(
			test_message_data_does_not_guess_which_of_two_pipelined_chunks_is_answered),
		cmocka_unit_test(
			test_message_data_puts_what_follows_a_refused_nested_mail_to_the_first),
		cmocka_unit_test(
			test_message_data_ends_a_transaction_that_was_reset_before_a_refused_mail),
		cmocka_unit_test(
			test_message_data_is_not_lost_where_a_reset_counts_the_fin_before_it),
		cmocka_unit_test(test_message_data_reads_the_subject_as_it_is_meant),
		cmocka_unit_test(
			test_message_data_answers_each_line_of_a_body_that_was_not_asked_for),
		cmocka_unit_test(
			test_message_data_takes_every_dot_between_bare_lfs_for_a_possible_end),
		cmocka_unit_test(test_message_data_flags_what_may_have_been_smuggled),
		cmocka_unit_test(test_message_data_ends_with_an_empty_last_chunk),
		cmocka_unit_test(test_message_data_gives_no_message_the_reply_to_one_in_a_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
