/* SPDX-License-Identifier: MIT */
/* Connections as taps really see them: cut, one-sided, reused, and with holes. */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char message[] = "Message-ID: <1@x>\r\n\r\nhello, this is a line\r\n.\r\n";

static void send_one(struct play *play)
{
	play_envelope(play, "a@x", "b@y");
	play_say(play, SIDE_CLIENT, message);
	play_ack(play, SIDE_SERVER);
}

static void answer_one(struct play *play)
{
	play_say(play, SIDE_SERVER, "250 queued\r\n");
	play_ack(play, SIDE_CLIENT);
}

static struct verdict verdict_of(const struct play *play, enum vantage vantage)
{
	struct heard heard;
	struct verdict verdict;

	play_hear(play, vantage, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 1);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	heard_free(&heard);
	return verdict;
}

static void keep_side(struct play *play, enum side side)
{
	uint16_t port = play->ends[side].port;

	for (uint32_t i = 0; i < play->count;) {
		if (play->segments[i].source.port == port)
			i++;
		else
			play_lose(play, i);
	}
}

static void test_tcp_client_alone_proves_no_outcome(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	answer_one(&play);
	play_fin(&play, SIDE_CLIENT);
	keep_side(&play, SIDE_CLIENT);
	struct verdict verdict = verdict_of(&play, VANTAGE_UNKNOWN);
	assert_int_equal(verdict.cause, CAUSE_CAPTURE_GAP);
	assert_int_equal(verdict.copies_max, 1);
	play_end(&play);
}

static void test_tcp_client_alone_does_not_say_that_nothing_was_received(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	keep_side(&play, SIDE_CLIENT);
	assert_int_equal(verdict_of(&play, VANTAGE_UNKNOWN).cause, CAUSE_CAPTURE_GAP);
	play_end(&play);
}

static void test_tcp_server_alone_still_tells_what_it_answered(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	answer_one(&play);
	keep_side(&play, SIDE_SERVER);
	struct verdict verdict = verdict_of(&play, VANTAGE_UNKNOWN);
	assert_int_equal(verdict.outcome, OUTCOME_ACCEPTED);
	assert_int_equal(verdict.reply_code, 250);
	play_end(&play);
}

static void test_tcp_snaplen_cuts_are_gaps(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	answer_one(&play);
	struct segment *data = &play.segments[play.count - 4];
	assert_int_equal(data->len, strlen(message));
	data->payload.n = 30;
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = ledger_attempt(heard.ledger, 0);
	assert_int_equal(heard.tcp.gaps, 1);
	assert_int_equal(heard.tcp.cuts, 1);
	assert_int_equal(attempt->size, strlen(message)); /* the dot cannot be told from text */
	assert_false(attempt->has_digest);
	assert_true(attempt->eod != NO_EVENT);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_network_loss_is_no_gap(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	uint32_t first = play.count;
	play_say_cut(&play, SIDE_CLIENT, message, 20);
	/* The second segment was lost before the tap; it comes again half a minute later. */
	struct segment lost = play.segments[first + 1];
	uint8_t bytes[20];
	memcpy(bytes, lost.payload.p, sizeof bytes);
	play_lose(&play, first + 1);
	play_wait(&play, 30);
	play_say(&play, SIDE_CLIENT, "");
	lost.mark = play.segments[play.count - 1].mark;
	lost.payload = (struct span){bytes, sizeof bytes};
	void *empty;
	memcpy(&empty, &play.segments[play.count - 1].payload.p, sizeof empty);
	free(empty);
	uint8_t *copy = malloc(sizeof bytes);
	assert_non_null(copy);
	memcpy(copy, bytes, sizeof bytes);
	lost.payload.p = copy;
	play.segments[play.count - 1] = lost;
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.gaps, 0);
	assert_true(ledger_attempt(heard.ledger, 0)->has_digest);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_capture_loss_is_a_gap(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	uint32_t first = play.count;
	play_say_cut(&play, SIDE_CLIENT, message, 20);
	play_lose(&play, first + 1);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.gaps, 1);
	assert_int_equal(heard.tcp.gap_bytes, 20);
	assert_false(ledger_attempt(heard.ledger, 0)->has_digest);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_a_used_port_pair_begins_a_new_session(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	for (int i = 0; i < 2; i++) {
		play_open(&play);
		send_one(&play);
		if (i == 0)
			play_rst(&play, SIDE_SERVER);
		else
			answer_one(&play);
		play_reconnect(&play, 40000);
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 2);
	assert_int_equal(deliveries_count(heard.deliveries), 1);
	assert_int_equal(delivery_get(heard.deliveries, 0)->try_count, 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_a_syn_sent_again_is_the_same_session(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	struct segment syn = play.segments[0];
	syn.payload.p = malloc(1);
	syn.mark.time_ns += NS_PER_MS;
	play.segments = reallocarray(play.segments, play.count + 1, sizeof *play.segments);
	play.segments[play.count++] = syn;
	send_one(&play);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_a_keepalive_is_no_retransmission(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_wait(&play, 60);
	/* RFC 9293 3.8.4: one byte in front of what comes next. */
	play.seq[SIDE_CLIENT]--;
	play_say(&play, SIDE_CLIENT, "\n");
	play_ack(&play, SIDE_SERVER);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.retransmitted, 0);
	assert_int_equal(ledger_attempt(heard.ledger, 0)->eod_sends, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_takes_the_data_of_a_syn_once(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	/* TCP Fast Open (RFC 7413): EHLO goes with the SYN; this server ignores it there, and it
	 * comes again. */
	play_begin(&play);
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	struct segment *syn = &play.segments[0];
	syn->flags = TCP_SYN;
	play.seq[SIDE_CLIENT] = syn->seq + 1;
	play_ack(&play, SIDE_SERVER);
	play.segments[1].flags = TCP_SYN | TCP_ACK;
	play.seq[SIDE_SERVER]++;
	play_say(&play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(&play, SIDE_SERVER, "220 mx\r\n250 hi\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	char *text = heard_dialogue(&heard, 0);
	assert_string_equal(text, "C EHLO c\nS 220 mx\nS 250 hi\n");
	free(text);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_hears_the_reply_behind_a_half_close(void **state)
{
	struct play play;
	(void)state;
	/* Scripts close their side right behind the dot and still read the reply. */
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, message);
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 5);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_fin(&play, SIDE_SERVER);
	assert_int_equal(verdict_of(&play, VANTAGE_CLIENT).outcome, OUTCOME_ACCEPTED);
	play_end(&play);
}

static void test_tcp_ignores_the_text_in_a_reset(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	/* RFC 9293 3.5.3: a reset may say why, to humans. */
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_say(&play, SIDE_SERVER, "250 no reply, but a reason\r\n");
	play.segments[play.count - 1].flags = TCP_RST | TCP_ACK;
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt(heard.ledger, 0)->reply, NO_EVENT);
	struct verdict verdict;
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.cause, CAUSE_SERVER_CLOSED);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_a_clock_that_steps_back_loses_nothing(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_wait(&play, -3600);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 1);
	assert_int_equal(delivery_get(heard.deliveries, 0)->tries[0].verdict.waited_ns, 0);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_tells_the_client_though_both_sent_a_syn(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	/* RFC 9293 3.5, simultaneous open: both begin with a SYN. */
	play_begin(&play);
	play_ack(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play.segments[0].flags = play.segments[1].flags = TCP_SYN;
	play.seq[SIDE_CLIENT]++;
	play.seq[SIDE_SERVER]++;
	send_one(&play);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 1);
	assert_int_equal(ledger_session(heard.ledger, 0)->server.port, 25);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_notes_when_the_server_stops_reading(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_ack(&play, SIDE_SERVER);
	play.segments[play.count - 1].window = 0;
	play_wait(&play, 20);
	play_ack(&play, SIDE_SERVER);
	play_say(&play, SIDE_CLIENT, message);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct session *session = ledger_session(heard.ledger, 0);
	uint32_t shut = 0, open = 0;
	for (uint32_t i = 0; i < session->event_count; i++) {
		shut += session->events[i].kind == EVENT_WINDOW_SHUT;
		open += session->events[i].kind == EVENT_WINDOW_OPEN;
	}
	assert_int_equal(shut, 1);
	assert_int_equal(open, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_more_early_bytes_than_allowed_become_a_counted_gap(void **state)
{
	struct play play;
	struct heard heard;
	char *chunk = malloc(50001);
	(void)state;
	assert_non_null(chunk);
	memset(chunk, 'x', 50000);
	chunk[50000] = '\0';
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "lost on the network, and never sent again");
	play_lose(&play, play.count - 1);
	for (int i = 0; i < 8; i++)
		play_say(&play, SIDE_CLIENT, chunk);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_true(heard.tcp.limit_early > 0);
	assert_int_equal(heard.tcp.gaps, 1);
	heard_free(&heard);
	play_end(&play);
	free(chunk);
}

/* The capture begins in the middle, and with a reply that the tap saw before all it answers. */
static void test_tcp_the_first_packet_may_be_an_ack_of_later_ones(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, message);
	play_say(&play, SIDE_SERVER, "250 ");
	play_say(&play, SIDE_SERVER, "queued\r\n");
	for (int greeting_to_recipient = 0; greeting_to_recipient < 5; greeting_to_recipient++)
		play_lose(&play, 0);
	struct segment reply = play.segments[play.count - 2];
	for (uint32_t i = play.count - 2; i; i--)
		play.segments[i] = play.segments[i - 1];
	reply.mark = (struct mark){play.segments[0].mark.time_ns - NS_PER_MS, 1};
	play.segments[0] = reply;
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 1);
	const struct attempt *attempt = ledger_attempt(heard.ledger, 0);
	const struct event *acked = attempt_event(heard.ledger, attempt, attempt->eod_acked);
	assert_non_null(acked);
	assert_int_equal(acked->frame, reply.mark.frame);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_many_snaplen_cuts_are_one_event(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	for (int i = 0; i < 100; i++) {
		play_say(&play, SIDE_CLIENT, "a line of which eight bytes are captured\r\n");
		play.segments[play.count - 1].payload.n = 8;
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct session *session = ledger_session(heard.ledger, 0);
	uint32_t gaps = 0, length = 0;
	for (uint32_t i = 0; i < session->event_count; i++) {
		if (session->events[i].kind == EVENT_GAP) {
			gaps++;
			length += session->events[i].length;
		}
	}
	assert_int_equal(gaps, 1);
	assert_int_equal(length, 100 * 34);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_lets_closed_connections_go_though_the_clock_was_set_back(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	for (uint16_t i = 0; i < 3; i++) {
		play_reconnect(&play, (uint16_t)(40000 + i));
		play_open(&play);
		play_fin(&play, SIDE_CLIENT);
		play_fin(&play, SIDE_SERVER);
		play_ack(&play, SIDE_CLIENT);
		play_wait(&play, i ? 10 : -86400);
	}
	struct ledger *ledger = ledger_new(1);
	struct dialogues *dialogues = dialogues_new(ledger);
	struct tcp_sink sink = dialogues_sink(dialogues);
	struct tcp *tcp = tcp_new(&sink, 1);
	for (uint32_t i = 0; i < play.count; i++)
		tcp_feed(tcp, &play.segments[i]);
	assert_int_equal(tcp_counts(tcp)->connections, 3);
	assert_int_equal(tcp_counts(tcp)->open, 1);
	tcp_free(tcp);
	dialogues_free(dialogues);
	ledger_free(ledger);
	play_end(&play);
}

/* How many events of KIND the only session of PLAY has. */
static uint32_t count_events(const struct heard *heard, enum event_kind kind)
{
	const struct session *session = ledger_session(heard->ledger, 0);
	uint32_t count = 0;

	for (uint32_t i = 0; i < session->event_count; i++)
		count += session->events[i].kind == kind;
	return count;
}

static void test_tcp_a_copy_with_other_bytes_is_flagged_and_the_first_one_kept(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Subject: first\r\n\r\n.\r\n");
	uint32_t original = play.count - 1;
	play_say(&play, SIDE_CLIENT, "Subject: other\r\n\r\n.\r\n");
	play.segments[play.count - 1].seq = play.segments[original].seq;
	play.seq[SIDE_CLIENT] -= play.segments[original].len;
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.conflicts, 1);
	assert_int_equal(count_events(&heard, EVENT_CONFLICT), 1);
	struct span subject =
		ledger_text(heard.ledger, heard_only_attempt(&heard)->subject);
	assert_int_equal(subject.n, 5);
	assert_memory_equal(subject.p, "first", 5);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_an_equal_copy_in_larger_pieces_is_no_conflict(void **state)
{
	static const char text[] = "Subject: one\r\nX-Two: two\r\n\r\n.\r\n";
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say_cut(&play, SIDE_CLIENT, text, 14);
	play.seq[SIDE_CLIENT] -= (uint32_t)strlen(text);
	play_say(&play, SIDE_CLIENT, text);
	play_say(&play, SIDE_SERVER, "250 queued\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.conflicts, 0);
	assert_int_equal(heard.tcp.retransmitted, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_a_larger_copy_that_differs_in_its_end_is_flagged(void **state)
{
	static const char text[] = "Subject: one\r\nX-Two: two\r\n\r\n.\r\n";
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say_cut(&play, SIDE_CLIENT, text, 14);
	play.seq[SIDE_CLIENT] -= (uint32_t)strlen(text);
	play_say(&play, SIDE_CLIENT, "Subject: one\r\nX-Two: TWO\r\n\r\n.\r\n");
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.conflicts, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_marks_a_reset_with_a_ttl_of_its_own(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_wait(&play, 3);
	play_rst(&play, SIDE_SERVER);
	play.segments[play.count - 1].ttl = (uint8_t)(play.ttl[SIDE_SERVER] + 9);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	const struct event *left = attempt_event(heard.ledger, attempt, attempt->server_left);
	assert_true(left->bits & EVENT_FOREIGN);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_the_servers_own_reset_is_not_marked(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_rst(&play, SIDE_SERVER);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct attempt *attempt = heard_only_attempt(&heard);
	const struct event *left = attempt_event(heard.ledger, attempt, attempt->server_left);
	assert_false(left->bits & EVENT_FOREIGN);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_does_not_believe_a_reset_that_no_receiver_would(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	send_one(&play);
	play_rst(&play, SIDE_SERVER);
	play.segments[play.count - 1].seq += 0x50000000;
	answer_one(&play);
	play_wait(&play, 120);
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	play_fin(&play, SIDE_CLIENT);
	assert_int_equal(verdict_of(&play, VANTAGE_CLIENT).outcome, OUTCOME_ACCEPTED);
	struct heard heard;
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session(heard.ledger, 0)->closed_by, CLOSED_CLIENT);
	assert_int_equal(heard.tcp.disbelieved, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_does_not_believe_an_ack_of_what_nobody_can_have_sent(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_ack(&play, SIDE_SERVER);
	play.segments[play.count - 1].ack += 0x40000000;
	play_say(&play, SIDE_CLIENT, message);
	play_ack(&play, SIDE_SERVER);
	answer_one(&play);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(heard.tcp.gaps, 0);
	assert_int_equal(heard.tcp.disbelieved, 1);
	assert_int_equal(delivery_get(heard.deliveries, 0)->state, STATE_DELIVERED);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_what_comes_long_after_a_forged_reset_is_the_same_session(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_rst(&play, SIDE_SERVER);
	for (int i = 0; i < 20; i++) {
		play_wait(&play, 0.5);
		play_say(&play, SIDE_CLIENT, "NOOP\r\n");
		play_say(&play, SIDE_SERVER, "250 ok\r\n");
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_session_count(heard.ledger), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_tcp_notes_that_a_router_refused_a_segment(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Subject: a large one\r\n");
	play_refuse(&play, 1280);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct session *session = ledger_session(heard.ledger, 0);
	const struct event *event = session->events;
	assert_int_equal(count_events(&heard, EVENT_TOO_BIG), 1);
	while (event->kind != EVENT_TOO_BIG)
		event++;
	assert_int_equal(event->value, 1280);
	assert_int_equal(event->bits & EVENT_FROM_SERVER, 0);
	struct span router = ledger_text(heard.ledger, event->text);
	assert_memory_equal(router.p, "203.0.113.1", router.n);
	heard_free(&heard);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_client_alone_proves_no_outcome),
		cmocka_unit_test(test_tcp_client_alone_does_not_say_that_nothing_was_received),
		cmocka_unit_test(test_tcp_server_alone_still_tells_what_it_answered),
		cmocka_unit_test(test_tcp_snaplen_cuts_are_gaps),
		cmocka_unit_test(test_tcp_network_loss_is_no_gap),
		cmocka_unit_test(test_tcp_capture_loss_is_a_gap),
		cmocka_unit_test(test_tcp_a_used_port_pair_begins_a_new_session),
		cmocka_unit_test(test_tcp_a_syn_sent_again_is_the_same_session),
		cmocka_unit_test(test_tcp_a_keepalive_is_no_retransmission),
		cmocka_unit_test(test_tcp_takes_the_data_of_a_syn_once),
		cmocka_unit_test(test_tcp_hears_the_reply_behind_a_half_close),
		cmocka_unit_test(test_tcp_ignores_the_text_in_a_reset),
		cmocka_unit_test(test_tcp_a_clock_that_steps_back_loses_nothing),
		cmocka_unit_test(test_tcp_tells_the_client_though_both_sent_a_syn),
		cmocka_unit_test(test_tcp_notes_when_the_server_stops_reading),
		cmocka_unit_test(test_tcp_the_first_packet_may_be_an_ack_of_later_ones),
		cmocka_unit_test(test_tcp_more_early_bytes_than_allowed_become_a_counted_gap),
		cmocka_unit_test(test_tcp_many_snaplen_cuts_are_one_event),
		cmocka_unit_test(test_tcp_lets_closed_connections_go_though_the_clock_was_set_back),
		cmocka_unit_test(test_tcp_a_copy_with_other_bytes_is_flagged_and_the_first_one_kept),
		cmocka_unit_test(test_tcp_an_equal_copy_in_larger_pieces_is_no_conflict),
		cmocka_unit_test(test_tcp_a_larger_copy_that_differs_in_its_end_is_flagged),
		cmocka_unit_test(test_tcp_notes_that_a_router_refused_a_segment),
		cmocka_unit_test(test_tcp_marks_a_reset_with_a_ttl_of_its_own),
		cmocka_unit_test(test_tcp_the_servers_own_reset_is_not_marked),
		cmocka_unit_test(test_tcp_does_not_believe_a_reset_that_no_receiver_would),
		cmocka_unit_test(test_tcp_does_not_believe_an_ack_of_what_nobody_can_have_sent),
		cmocka_unit_test(test_tcp_what_comes_long_after_a_forged_reset_is_the_same_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
