/* SPDX-License-Identifier: MIT */
/* What TLS records tell of a dialogue that nobody can read. */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* SIDE sends one record of TYPE with SIZE bytes in it. */
static void say_record(struct play *play, enum side side, uint8_t type, uint16_t size)
{
	uint8_t *bytes = calloc(1, size + 5u);
	assert_non_null(bytes);
	bytes[0] = type;
	bytes[1] = bytes[2] = 3;
	bytes[3] = (uint8_t)(size >> 8);
	bytes[4] = (uint8_t)size;
	play_say_bytes(play, side, (struct span){bytes, size + 5u});
	free(bytes);
}

/* SIDE says as much as N bytes of SMTP, as TLS 1.3 seals them. */
static void say_sealed(struct play *play, enum side side, size_t n)
{
	say_record(play, side, 23, (uint16_t)(n + 17));
}

enum { HANDSHAKE = 22, ALERT = 21, DATA = 23 };

/* To the point where the client may send MAIL: STARTTLS, handshake, EHLO and its answer. */
static void begin_tls(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	play_say(play, SIDE_CLIENT, "STARTTLS\r\n");
	play_say(play, SIDE_SERVER, "220 go\r\n");
	say_record(play, SIDE_CLIENT, HANDSHAKE, 517);
	say_record(play, SIDE_SERVER, HANDSHAKE, 3000);
	/* With a client certificate the end of the handshake is as large as a message. */
	say_record(play, SIDE_CLIENT, DATA, 1500);
	say_record(play, SIDE_SERVER, DATA, 280);
}

static void say_transaction(struct play *play, uint16_t size)
{
	say_record(play, SIDE_CLIENT, DATA, 300); /* MAIL, RCPT, DATA */
	say_record(play, SIDE_SERVER, DATA, 280);
	say_record(play, SIDE_CLIENT, DATA, size);
	say_record(play, SIDE_CLIENT, DATA, 0x101); /* the rest, and QUIT */
	play_ack(play, SIDE_SERVER);
}

static void test_tls_tells_a_message_by_its_records(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin_tls(&play);
	say_transaction(&play, 5000);
	play_wait(&play, 3);
	say_record(&play, SIDE_SERVER, DATA, 280);
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 1);
	const struct attempt *attempt = ledger_attempt(heard.ledger, 0);
	assert_true(attempt->is_encrypted);
	assert_int_equal(attempt->size, 5000 + 0x101);
	struct verdict verdict;
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.outcome, OUTCOME_ENCRYPTED);
	assert_int_equal(verdict.cause, CAUSE_NONE);
	assert_int_equal(verdict.copies_max, 1);
	assert_int_equal(verdict.copies_min, 0);
	heard_free(&heard);
	play_end(&play);
}

static void test_tls_sees_the_client_leave_with_an_alert_and_a_fin(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin_tls(&play);
	say_transaction(&play, 5000);
	play_wait(&play, 90);
	say_record(&play, SIDE_CLIENT, DATA, 0x101); /* TLS 1.3 veils its alerts */
	play_fin(&play, SIDE_CLIENT);
	play_ack(&play, SIDE_SERVER);
	play_wait(&play, 10);
	say_record(&play, SIDE_SERVER, DATA, 280);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt(heard.ledger, 0)->size, 5000 + 0x101);
	struct verdict verdict;
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_int_equal(verdict.cause, CAUSE_REPLY_LATE);
	assert_in_range(verdict.waited_ns, 89 * NS_PER_SECOND, 91 * NS_PER_SECOND);
	heard_free(&heard);
	play_end(&play);
}

static void test_tls_takes_no_command_for_a_message(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin_tls(&play);
	say_record(&play, SIDE_CLIENT, DATA, 300);
	say_record(&play, SIDE_SERVER, DATA, 280);
	say_record(&play, SIDE_CLIENT, DATA, 300);
	play_fin(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 0);
	heard_free(&heard);
	play_end(&play);
}

/* Two sessions that send as much; the first is answered after WAIT seconds, or not at all. */
static uint32_t deliveries_of_two(double wait, bool is_answered)
{
	struct play play;
	struct heard heard;

	begin_tls(&play);
	for (int i = 0; i < 2; i++) {
		say_transaction(&play, 5000);
		play_wait(&play, i == 0 ? wait : 1);
		if (i == 1 || is_answered)
			say_record(&play, SIDE_SERVER, DATA, 280);
		play_fin(&play, SIDE_CLIENT);
		play_fin(&play, SIDE_SERVER);
		play_ack(&play, SIDE_CLIENT);
		if (i == 1)
			break;
		play_wait(&play, 30);
		play_reconnect(&play, 40001);
		struct play next;
		begin_tls(&next); /* the same opening, again */
		for (uint32_t k = 0; k < next.count; k++) {
			const struct segment *s = &next.segments[k];
			enum side side = s->source.port == 25 ? SIDE_SERVER : SIDE_CLIENT;
			if (s->flags & TCP_SYN || s->len == 0) {
				if (k == 0)
					play_open(&play);
				continue;
			}
			play_say_bytes(&play, side, s->payload);
		}
		play_end(&next);
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	uint32_t count = deliveries_count(heard.deliveries);
	heard_free(&heard);
	play_end(&play);
	return count;
}

static void test_tls_joins_uploads_of_one_size_only_after_an_unanswered_one(void **state)
{
	(void)state;
	assert_int_equal(deliveries_of_two(1, true), 2);
	assert_int_equal(deliveries_of_two(90, false), 1);
}

static void test_tls_message_goes_on_behind_a_pause_on_the_network(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin_tls(&play);
	say_record(&play, SIDE_CLIENT, DATA, 300); /* MAIL, RCPT, DATA */
	say_record(&play, SIDE_SERVER, DATA, 280);
	say_record(&play, SIDE_CLIENT, DATA, 4001);
	play_wait(&play, 5);
	say_record(&play, SIDE_CLIENT, DATA, 4001);
	play_wait(&play, 5);
	say_record(&play, SIDE_SERVER, DATA, 280);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(ledger_attempt_count(heard.ledger), 1);
	const struct attempt *attempt = ledger_attempt(heard.ledger, 0);
	assert_int_equal(attempt->size, 8002);
	struct verdict verdict;
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_in_range(verdict.waited_ns, 5 * NS_PER_SECOND, 6 * NS_PER_SECOND);
	heard_free(&heard);
	play_end(&play);
}

/* As begin_tls(), with the sizes of TLS 1.3: Finished and EHLO, and the answers. */
static void say_hello_tls_13(struct play *play)
{
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	play_say(play, SIDE_CLIENT, "STARTTLS\r\n");
	play_say(play, SIDE_SERVER, "220 go\r\n");
	say_record(play, SIDE_CLIENT, HANDSHAKE, 517);
	say_record(play, SIDE_SERVER, HANDSHAKE, 122);
	say_sealed(play, SIDE_SERVER, 2400); /* its certificate */
	say_sealed(play, SIDE_CLIENT, 36);   /* Finished */
	say_sealed(play, SIDE_SERVER, 250);  /* session tickets */
	say_sealed(play, SIDE_CLIENT, 24);   /* EHLO */
	say_sealed(play, SIDE_SERVER, 130);
}

static void begin_tls_13(struct play *play)
{
	play_begin(play);
	play_open(play);
	say_hello_tls_13(play);
}

static void say_small_transaction(struct play *play, size_t answer)
{
	say_sealed(play, SIDE_CLIENT, 70); /* MAIL, RCPT, DATA */
	say_sealed(play, SIDE_SERVER, 14 + 14 + 37);
	say_sealed(play, SIDE_CLIENT, 800);
	play_ack(play, SIDE_SERVER);
	if (answer)
		say_sealed(play, SIDE_SERVER, answer);
}

/* The attempts of PLAY that a verdict is given on; ends PLAY. */
static uint32_t messages_of(struct play *play)
{
	struct heard heard;

	play_hear(play, VANTAGE_CLIENT, &heard);
	uint32_t count = deliveries_count(heard.deliveries);
	assert_int_equal(ledger_session(heard.ledger, 0)->transactions, count);
	heard_free(&heard);
	play_end(play);
	return count;
}

static void test_tls_tells_each_of_two_small_messages(void **state)
{
	struct play play;
	(void)state;
	begin_tls_13(&play);
	say_small_transaction(&play, 37);
	say_small_transaction(&play, 37);
	say_sealed(&play, SIDE_CLIENT, 6);
	assert_int_equal(messages_of(&play), 2);
}

/* As Exim does: MAIL, RCPT, BDAT ... LAST with a small message, and QUIT, all behind EHLO. */
static void test_tls_tells_a_message_that_goes_with_its_envelope_at_once(void **state)
{
	struct play play;
	(void)state;
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 3400);
	say_sealed(&play, SIDE_SERVER, 14);
	say_sealed(&play, SIDE_SERVER, 14);
	say_sealed(&play, SIDE_SERVER, 34);
	say_sealed(&play, SIDE_SERVER, 15);
	play_fin(&play, SIDE_SERVER);
	assert_int_equal(messages_of(&play), 1);
}

static void test_tls_answer_to_an_envelope_is_none_to_its_message(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;
	(void)state;
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 3400);
	say_sealed(&play, SIDE_SERVER, 14);
	say_sealed(&play, SIDE_SERVER, 14);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_wait(&play, 10);
	say_sealed(&play, SIDE_SERVER, 34);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_string_equal(cause_name(verdict.cause), "reply-late");
	heard_free(&heard);
	play_end(&play);
}

/* What goes on a connection of its own behind a play's, over TLS as well. */
static void reconnect_tls_13(struct play *play)
{
	play_reconnect(play, 40001);
	play_open(play);
	say_hello_tls_13(play);
}

static void test_tls_resend_without_the_pipelined_quit_is_joined(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 3406); /* with QUIT behind it */
	say_sealed(&play, SIDE_SERVER, 14);
	say_sealed(&play, SIDE_SERVER, 14);
	play_wait(&play, 90);
	play_fin(&play, SIDE_CLIENT);
	play_wait(&play, 60);
	reconnect_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 3400);
	say_sealed(&play, SIDE_SERVER, 62);
	say_sealed(&play, SIDE_CLIENT, 6);
	play_fin(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 1);
	assert_int_equal(delivery_get(heard.deliveries, 0)->try_count, 2);
	assert_int_equal(delivery_get(heard.deliveries, 0)->copies_max, 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_tls_takes_many_pipelined_recipients_for_commands(void **state)
{
	struct play play;
	(void)state;
	/* First thing, and again behind AUTH, in one record or in one for each reply. */
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 50 * 38);
	say_sealed(&play, SIDE_SERVER, 50 * 14);
	say_sealed(&play, SIDE_CLIENT, 6);
	assert_int_equal(messages_of(&play), 0);
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 46); /* AUTH PLAIN */
	say_sealed(&play, SIDE_SERVER, 37);
	say_sealed(&play, SIDE_CLIENT, 50 * 38);
	for (int i = 0; i < 50; i++)
		say_sealed(&play, SIDE_SERVER, 14);
	say_sealed(&play, SIDE_CLIENT, 6);
	assert_int_equal(messages_of(&play), 0);
}

static void test_tls_takes_a_long_token_for_no_message(void **state)
{
	struct play play;
	(void)state;
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 2000); /* AUTH XOAUTH2, with its token */
	say_sealed(&play, SIDE_SERVER, 37);
	say_small_transaction(&play, 37);
	assert_int_equal(messages_of(&play), 1);
	begin_tls_13(&play);
	say_sealed(&play, SIDE_CLIENT, 14); /* AUTH XOAUTH2 */
	say_sealed(&play, SIDE_SERVER, 6);  /* 334 */
	say_sealed(&play, SIDE_CLIENT, 2000);
	say_sealed(&play, SIDE_SERVER, 37);
	say_small_transaction(&play, 37);
	assert_int_equal(messages_of(&play), 1);
}

static void test_tls_holds_an_attempt_from_the_first_bytes_of_a_message(void **state)
{
	struct play play;
	(void)state;
	begin_tls_13(&play);
	say_small_transaction(&play, 0);
	struct ledger *ledger = ledger_new(1);
	struct dialogues *dialogues = dialogues_new(ledger);
	struct tcp_sink sink = dialogues_sink(dialogues);
	struct tcp *tcp = tcp_new(&sink, 1);
	for (uint32_t i = 0; i < play.count; i++)
		tcp_feed(tcp, &play.segments[i]);
	/* Nothing has ended: the capture is live. */
	assert_int_equal(ledger_attempt_count(ledger), 1);
	const struct attempt *attempt = ledger_attempt(ledger, 0);
	assert_int_equal(attempt->phase, PHASE_MESSAGE);
	assert_true(attempt->has_begun);
	assert_false(attempt->is_over);
	assert_int_equal(attempt->size, 800 + 17);
	tcp_free(tcp);
	dialogues_free(dialogues);
	ledger_free(ledger);
	play_end(&play);
}

/* The cause where the client, after 90 s in vain, sends a record of TYPE and SIZE, and nobody
 * closes the connection before the server answers. */
static const char *cause_after(uint8_t type, uint16_t size)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;

	begin_tls_13(&play);
	say_small_transaction(&play, 0);
	play_wait(&play, 90);
	say_record(&play, SIDE_CLIENT, type, size);
	play_wait(&play, 10);
	say_sealed(&play, SIDE_SERVER, 37);
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_in_range(verdict.waited_ns, 89 * NS_PER_SECOND, 91 * NS_PER_SECOND);
	heard_free(&heard);
	play_end(&play);
	return cause_name(verdict.cause);
}

static void test_tls_takes_a_late_goodbye_for_leaving(void **state)
{
	(void)state;
	assert_string_equal(cause_after(ALERT, 26), "reply-late");    /* TLS 1.2 */
	assert_string_equal(cause_after(DATA, 2 + 17), "reply-late"); /* TLS 1.3: an alert, veiled */
	assert_string_equal(cause_after(DATA, 6 + 17), "reply-late"); /* QUIT */
}

static void test_tls_knows_no_cause_where_the_reply_lies_in_a_gap(void **state)
{
	struct play play;
	struct heard heard;
	struct verdict verdict;

	(void)state;
	begin_tls_13(&play);
	say_small_transaction(&play, 37);
	play_lose(&play, play.count - 1);
	say_sealed(&play, SIDE_CLIENT, 6); /* QUIT */
	say_sealed(&play, SIDE_SERVER, 15);
	play_fin(&play, SIDE_SERVER);
	play_fin(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	deliveries_judge(heard.deliveries, 0, 0, &verdict);
	assert_string_equal(cause_name(verdict.cause), "capture-gap");
	heard_free(&heard);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tls_tells_a_message_by_its_records),
		cmocka_unit_test(test_tls_sees_the_client_leave_with_an_alert_and_a_fin),
		cmocka_unit_test(test_tls_takes_no_command_for_a_message),
		cmocka_unit_test(test_tls_joins_uploads_of_one_size_only_after_an_unanswered_one),
		cmocka_unit_test(test_tls_message_goes_on_behind_a_pause_on_the_network),
		cmocka_unit_test(test_tls_tells_each_of_two_small_messages),
		cmocka_unit_test(test_tls_tells_a_message_that_goes_with_its_envelope_at_once),
		cmocka_unit_test(test_tls_answer_to_an_envelope_is_none_to_its_message),
		cmocka_unit_test(test_tls_resend_without_the_pipelined_quit_is_joined),
		cmocka_unit_test(test_tls_takes_many_pipelined_recipients_for_commands),
		cmocka_unit_test(test_tls_takes_a_long_token_for_no_message),
		cmocka_unit_test(test_tls_holds_an_attempt_from_the_first_bytes_of_a_message),
		cmocka_unit_test(test_tls_takes_a_late_goodbye_for_leaving),
		cmocka_unit_test(test_tls_knows_no_cause_where_the_reply_lies_in_a_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
