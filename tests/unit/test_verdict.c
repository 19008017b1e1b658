/* SPDX-License-Identifier: MIT */
/* Every row of the table of outcomes, from packets written by hand. */
#include "bounds.h"
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* The beginning of each: a message up to the final dot, TCP-acknowledged by the server. */
static void send_message(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_envelope(play, "a@x", "b@y");
	play_message(play, "1@x", "hello");
	play_ack(play, SIDE_SERVER);
}

static void expect_verdict(struct play *play, enum vantage vantage, enum outcome outcome,
			   enum cause cause, uint32_t min, uint32_t max)
{
	struct heard heard;
	struct verdict verdict;

	play_hear(play, vantage, &heard);
	assert_true(ledger_attempt_count(heard.ledger) >= 1);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_string_equal(outcome_name(verdict.outcome), outcome_name(outcome));
	assert_string_equal(cause_name(verdict.cause), cause_name(cause));
	assert_int_equal(verdict.copies_min, min);
	assert_int_equal(verdict.copies_max, max);
	heard_free(&heard);
	play_end(play);
}

static void test_verdict_accepted_when_the_client_acknowledged_the_reply(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_SERVER, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

static void test_verdict_accepted_when_seen_at_the_client_though_never_acknowledged(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

static void test_verdict_rejected_by_reply_to_the_end_of_data(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "452 no space\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
}

static void test_verdict_rejected_by_421_amid_the_message(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_say(&play, SIDE_SERVER, "421 shutting down\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
}

static void test_verdict_rejected_when_the_recipient_was_refused(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "450 greylisted\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
}

static void test_verdict_is_that_of_the_recipient_though_it_was_named_twice(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict first, second;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "450 try again\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go on\r\n");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &first);
	deliveries_judge(heard.deliveries, 0, 1, &second);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	assert_int_equal(delivery_get(heard.deliveries, 0)->try_count, 1);
	assert_int_equal(first.outcome, OUTCOME_REJECTED);
	assert_false(first.has_waited); /* it had no part in the message */
	assert_int_equal(second.outcome, OUTCOME_ACCEPTED);
	assert_true(second.has_waited);
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_a_recipient_named_twice_gets_one_copy(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct delivery *delivery = delivery_get(heard.deliveries, 0);
	assert_int_equal(delivery->try_count, 1);
	assert_int_equal(delivery->state, STATE_DELIVERED);
	for (uint32_t index = 0; index < 2; index++) {
		struct verdict verdict;
		deliveries_judge(heard.deliveries, 0, index, &verdict);
		assert_int_equal(verdict.outcome, OUTCOME_ACCEPTED);
	}
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_late_when_the_reply_comes_behind_the_fin(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 10);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_rst(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LATE, 1, 1);
}

/* As Exim does behind a last chunk: QUIT and FIN at once, and it goes on listening. */
static void half_close(struct play *play)
{
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
	play_fin(play, SIDE_CLIENT);
	play_ack(play, SIDE_SERVER);
}

static void test_verdict_half_closed_client_has_left_when_it_refuses_the_reply(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	half_close(&play);
	play_wait(&play, 100);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play.seq[SIDE_SERVER] -= 12;
	play_rst(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LATE, 1, 1);
}

static void test_verdict_half_closed_client_is_left_by_the_server(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	half_close(&play);
	play_wait(&play, 12);
	play_fin(&play, SIDE_SERVER);
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_CLOSED, 0, 1);
}

static void test_verdict_half_closed_client_is_still_waiting(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	half_close(&play);
	play_wait(&play, 40);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_STILL_WAITING, 0, 1);
}

/* OpenSMTPD hangs up on a server of LMTP at the first recipient that it refuses. */
static void test_verdict_client_that_hangs_up_amid_the_replies_has_left(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict first, last;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx LMTP\r\n");
	play_say(&play, SIDE_CLIENT, "LHLO a\r\n");
	play_say(&play, SIDE_SERVER, "250 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
	play_message(&play, "1@x", "hello");
	play_ack(&play, SIDE_SERVER);
	play_say(&play, SIDE_SERVER, "451 later\r\n");
	play_fin(&play, SIDE_CLIENT); /* carries the ACK */
	play_wait(&play, 1);
	play_fin(&play, SIDE_SERVER);
	play_hear(&play, VANTAGE_SERVER, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &first);
	deliveries_judge(heard.deliveries, 0, 1, &last);
	assert_string_equal(outcome_name(first.outcome), "rejected");
	assert_string_equal(cause_name(last.cause), "server-silent");
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_late_refusal_leaves_no_copy(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_wait(&play, 10);
	play_say(&play, SIDE_SERVER, "451 scanner timed out\r\n");
	expect_verdict(&play, VANTAGE_SERVER, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LATE, 0, 0);
}

static void test_verdict_accepted_when_the_fin_acknowledges_the_reply(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_fin(&play, SIDE_CLIENT); /* carries the ACK */
	expect_verdict(&play, VANTAGE_SERVER, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

static void test_verdict_lost_when_the_reply_was_sent_again_in_vain(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_again(&play, 0.2);
	play_again(&play, 0.4);
	play.is_acking = false;
	play_wait(&play, 80);
	play_rst(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_SERVER, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LOST, 1, 1);
}

static void test_verdict_lost_when_a_hole_stands_in_its_place(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	uint32_t before = play.seq[SIDE_SERVER];
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_lose(&play, play.count - 1);
	uint32_t behind = play.seq[SIDE_SERVER];
	play_wait(&play, 90);
	play.seq[SIDE_SERVER] = before; /* what the client knows of */
	play_fin(&play, SIDE_CLIENT);
	play.seq[SIDE_SERVER] = behind;
	play_fin(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LOST, 0, 1);
}

static void test_verdict_partial_when_the_reply_never_ended(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 2.6.0 q");
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_PARTIAL, 0, 1);
}

static void test_verdict_partial_when_a_line_without_a_code_is_all(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "OK, queued\r\n");
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_PARTIAL, 0, 1);
}

static void test_verdict_silence_behind_a_part_of_the_reply_is_kept(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 2.6.0 q");
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	assert_int_not_equal(attempt->reply_part, NO_EVENT);
	assert_int_not_equal(attempt->silent_after, NO_EVENT);
	assert_true(attempt->silent_after > attempt->client_left);
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_server_closed_without_a_reply(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 12);
	play_fin(&play, SIDE_SERVER);
	play_fin(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_CLOSED, 0, 1);
}

static void test_verdict_server_closed_though_its_reply_comes_behind_the_reset(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 12);
	play_rst(&play, SIDE_SERVER);
	play_wait(&play, 8);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_rst(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_CLOSED, 1, 1);
}

static void test_verdict_a_fin_that_answers_the_clients_is_not_the_server_leaving(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_SILENT, 0, 1);
}

static void test_verdict_no_reply_when_nothing_tells_silence_from_loss(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	send_message(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_again(&play, 0.4);
	play_again(&play, 0.8);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.cause, CAUSE_NO_REPLY);
	assert_true(verdict.path_is_dead);
	heard_free(&heard);
	play_end(&play);
}

/* A firewall resets the server in the client's name; the client goes on. */
static void test_verdict_a_client_that_takes_the_reply_was_not_reset(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 5);
	play_rst(&play, SIDE_CLIENT);
	play_wait(&play, 3);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

/* Some stacks acknowledge what they reset. */
static void test_verdict_a_reset_takes_no_late_reply(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 90);
	play_rst(&play, SIDE_CLIENT);
	play_wait(&play, 10);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_rst(&play, SIDE_CLIENT);
	play.segments[play.count - 1].flags |= TCP_ACK;
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LATE, 1, 1);
}

static void test_verdict_a_late_reset_proves_nothing(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_again(&play, 26);
	play_rst(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_NO_REPLY, 0, 1);
}

static void test_verdict_not_received_when_the_dot_was_never_acknowledged(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_message(&play, "1@x", "hello");
	play_again(&play, 0.2);
	play_again(&play, 0.4);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_NOT_RECEIVED, 0, 1);
}

static void test_verdict_still_waiting_when_the_capture_ends(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	send_message(&play);
	play_wait(&play, 39.98);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.cause, CAUSE_STILL_WAITING);
	assert_false(verdict.timer_expired);
	assert_in_range(verdict.waited_ns / NS_PER_MS, 39900, 40100);
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_incomplete_when_the_client_closes_amid_the_message(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_fin(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_INCOMPLETE, CAUSE_CLIENT_CLOSED, 0, 0);
}

static void test_verdict_incomplete_when_the_server_closes_amid_the_message(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_fin(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_INCOMPLETE, CAUSE_SERVER_CLOSED, 0, 0);
}

static void test_verdict_unknown_when_the_capture_lost_the_dot(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_say(&play, SIDE_CLIENT, "lo\r\n.\r\n");
	play_lose(&play, play.count - 1);
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNKNOWN, CAUSE_CAPTURE_GAP, 0, 1);
}

static void test_verdict_unknown_when_the_capture_lost_the_reply(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_CLIENT, "QUIT\r\n"); /* acknowledges it */
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNKNOWN, CAUSE_CAPTURE_GAP, 0, 1);
}

static void test_verdict_by_the_reply_though_the_capture_lost_the_dot(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_say(&play, SIDE_CLIENT, "lo\r\n.\r\n");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

static void test_verdict_a_pipelined_quit_is_no_leaving(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhello\r\n.\r\nQUIT\r\n");
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 30);
	play_say(&play, SIDE_SERVER, "250 queued\r\n221 bye\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

static void test_verdict_late_when_the_client_sent_mail_again_meanwhile(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	send_message(&play);
	play_wait(&play, 30);
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_wait(&play, 3);
	play_say(&play, SIDE_SERVER, "250 first is queued\r\n250 sender ok\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go\r\n");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "250 second is queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct delivery *delivery = delivery_get(heard.deliveries, 0);
	assert_int_equal(delivery->try_count, 2);
	assert_int_equal(delivery->tries[0].verdict.cause, CAUSE_REPLY_LATE);
	assert_int_equal(delivery->tries[1].relation, RELATION_RESEND);
	assert_int_equal(delivery->copies_min, 2);
	assert_int_equal(delivery->state, STATE_DUPLICATED);
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_timer_changes_nothing_but_whether_it_expired(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	send_message(&play);
	play_wait(&play, 60);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct try *try = &delivery_get(heard.deliveries, 0)->tries[0];
	assert_false(try->verdict.timer_expired);
	deliveries_set_timer(heard.deliveries, 30 * NS_PER_SECOND);
	try = &delivery_get(heard.deliveries, 0)->tries[0];
	assert_true(try->verdict.timer_expired);
	assert_int_equal(try->verdict.outcome, OUTCOME_ACCEPTED);
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_sees_the_client_leave_behind_many_window_changes(void **state)
{
	struct play play;
	(void)state;
	send_message(&play);
	for (int i = 0; i < 100; i++) {
		play_ack(&play, SIDE_SERVER);
		play.segments[play.count - 1].window = i % 2 ? 65535 : 0;
	}
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_SILENT, 0, 1);
}

static void test_verdict_lmtp_replies_that_came_count_though_others_did_not(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict first, second;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 store\r\n");
	play_say(&play, SIDE_CLIENT, "LHLO a\r\n");
	play_say(&play, SIDE_SERVER, "250 store\r\n");
	play_say(&play, SIDE_CLIENT,
		 "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "250 stored\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play_hear(&play, VANTAGE_SERVER, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &first);
	deliveries_judge(heard.deliveries, 0, 1, &second);
	assert_int_equal(first.outcome, OUTCOME_ACCEPTED);
	assert_int_equal(second.cause, CAUSE_SERVER_SILENT);
	heard_free(&heard);
	play_end(&play);
}

static void test_verdict_rejected_amid_the_message_though_it_was_sent_again(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_say(&play, SIDE_SERVER, "421 shutting down\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_SERVER);
	play_wait(&play, 600);
	play_reconnect(&play, 40001);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_SERVER, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
}

/* Chunks need no reply to go on (RFC 3030 4.2): six messages, all sent in one go. */
static void send_six_messages(struct play *play)
{
	char text[200];

	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	for (int i = 0; i < 6; i++) {
		snprintf(text, sizeof text,
			 "MAIL FROM:<a@x>\r\nRCPT TO:<b%d@y>\r\nBDAT 5 LAST\r\nhello", i);
		play_say(play, SIDE_CLIENT, text);
	}
	play_ack(play, SIDE_SERVER);
}

static void expect_six_verdicts(struct play *play, enum outcome outcome, enum cause cause)
{
	struct heard heard;
	struct verdict verdict;

	play_hear(play, VANTAGE_SERVER, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 6);
	for (uint32_t i = 0; i < 6; i++) {
		deliveries_judge(heard.deliveries, i, 0, &verdict);
		assert_int_equal(verdict.outcome, outcome);
		assert_int_equal(verdict.cause, cause);
	}
	heard_free(&heard);
	play_end(play);
}

static void test_verdict_accepted_all_messages_that_were_sent_in_one_go(void **state)
{
	struct play play;
	(void)state;
	send_six_messages(&play);
	for (int i = 0; i < 6; i++)
		play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_SERVER);
	play_ack(&play, SIDE_CLIENT);
	expect_six_verdicts(&play, OUTCOME_ACCEPTED, CAUSE_NONE);
}

static void test_verdict_received_all_messages_that_were_sent_in_one_go(void **state)
{
	struct play play;
	(void)state;
	send_six_messages(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	expect_six_verdicts(&play, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_SILENT);
}

static void test_verdict_still_sending_though_something_older_was_sent_again(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_again(&play, 1);
	play_again(&play, 2);
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n354 go on\r\n");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_INCOMPLETE, CAUSE_STILL_SENDING, 0, 1);
}

static void test_verdict_unknown_behind_more_events_than_are_kept(void **state)
{
	struct play play;
	char noops[100 * 6 + 1], replies[100 * 8 + 1];
	(void)state;
	for (size_t i = 0; i < 100; i++) {
		memcpy(noops + 6 * i, "NOOP\r\n", 7);
		memcpy(replies + 8 * i, "250 ok\r\n", 9);
	}
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	for (int i = 0; i < LIMIT_SESSION_EVENTS / 200; i++) {
		play_say(&play, SIDE_CLIENT, noops);
		play_say(&play, SIDE_SERVER, replies);
	}
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n354 go on\r\n");
	play_message(&play, "1@x", "hello");
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	expect_verdict(&play, VANTAGE_CLIENT, OUTCOME_UNKNOWN, CAUSE_CAPTURE_GAP, 0, 1);
}

static void test_verdict_given_up_by_a_command_needs_no_end_of_the_connection(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "BDAT 4\r\nabcd");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "RSET\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session(heard.ledger, 0)->closed_by, CLOSED_UNSEEN);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.cause, CAUSE_CLIENT_CLOSED);
	assert_int_equal(verdict.copies_max, 0);
	heard_free(&heard);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict_accepted_when_the_client_acknowledged_the_reply),
		cmocka_unit_test(
			test_verdict_accepted_when_seen_at_the_client_though_never_acknowledged),
		cmocka_unit_test(test_verdict_rejected_by_reply_to_the_end_of_data),
		cmocka_unit_test(test_verdict_rejected_by_421_amid_the_message),
		cmocka_unit_test(test_verdict_rejected_when_the_recipient_was_refused),
		cmocka_unit_test(test_verdict_is_that_of_the_recipient_though_it_was_named_twice),
		cmocka_unit_test(test_verdict_a_recipient_named_twice_gets_one_copy),
		cmocka_unit_test(test_verdict_late_when_the_reply_comes_behind_the_fin),
		cmocka_unit_test(test_verdict_half_closed_client_has_left_when_it_refuses_the_reply),
		cmocka_unit_test(test_verdict_half_closed_client_is_left_by_the_server),
		cmocka_unit_test(test_verdict_half_closed_client_is_still_waiting),
		cmocka_unit_test(test_verdict_client_that_hangs_up_amid_the_replies_has_left),
		cmocka_unit_test(test_verdict_late_refusal_leaves_no_copy),
		cmocka_unit_test(test_verdict_accepted_when_the_fin_acknowledges_the_reply),
		cmocka_unit_test(test_verdict_lost_when_the_reply_was_sent_again_in_vain),
		cmocka_unit_test(test_verdict_lost_when_a_hole_stands_in_its_place),
		cmocka_unit_test(test_verdict_partial_when_the_reply_never_ended),
		cmocka_unit_test(test_verdict_partial_when_a_line_without_a_code_is_all),
		cmocka_unit_test(test_verdict_silence_behind_a_part_of_the_reply_is_kept),
		cmocka_unit_test(test_verdict_server_closed_without_a_reply),
		cmocka_unit_test(test_verdict_server_closed_though_its_reply_comes_behind_the_reset),
		cmocka_unit_test(
			test_verdict_a_fin_that_answers_the_clients_is_not_the_server_leaving),
		cmocka_unit_test(test_verdict_no_reply_when_nothing_tells_silence_from_loss),
		cmocka_unit_test(test_verdict_a_client_that_takes_the_reply_was_not_reset),
		cmocka_unit_test(test_verdict_a_reset_takes_no_late_reply),
		cmocka_unit_test(test_verdict_a_late_reset_proves_nothing),
		cmocka_unit_test(test_verdict_not_received_when_the_dot_was_never_acknowledged),
		cmocka_unit_test(test_verdict_still_waiting_when_the_capture_ends),
		cmocka_unit_test(test_verdict_incomplete_when_the_client_closes_amid_the_message),
		cmocka_unit_test(test_verdict_incomplete_when_the_server_closes_amid_the_message),
		cmocka_unit_test(test_verdict_unknown_when_the_capture_lost_the_dot),
		cmocka_unit_test(test_verdict_unknown_when_the_capture_lost_the_reply),
		cmocka_unit_test(test_verdict_by_the_reply_though_the_capture_lost_the_dot),
		cmocka_unit_test(test_verdict_a_pipelined_quit_is_no_leaving),
		cmocka_unit_test(test_verdict_late_when_the_client_sent_mail_again_meanwhile),
		cmocka_unit_test(test_verdict_timer_changes_nothing_but_whether_it_expired),
		cmocka_unit_test(test_verdict_sees_the_client_leave_behind_many_window_changes),
		cmocka_unit_test(test_verdict_lmtp_replies_that_came_count_though_others_did_not),
		cmocka_unit_test(test_verdict_rejected_amid_the_message_though_it_was_sent_again),
		cmocka_unit_test(test_verdict_accepted_all_messages_that_were_sent_in_one_go),
		cmocka_unit_test(test_verdict_received_all_messages_that_were_sent_in_one_go),
		cmocka_unit_test(test_verdict_still_sending_though_something_older_was_sent_again),
		cmocka_unit_test(test_verdict_unknown_behind_more_events_than_are_kept),
		cmocka_unit_test(
			test_verdict_given_up_by_a_command_needs_no_end_of_the_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
