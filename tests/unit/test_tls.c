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
	char *text = malloc(size + 6u);
	assert_non_null(text);
	memset(text, 'x', size + 5u);
	text[0] = (char)type;
	text[1] = 3;
	text[2] = 3;
	text[3] = (char)(size >> 8);
	text[4] = (char)size;
	text[size + 5u] = '\0';
	/* play_say() takes C strings: no byte of the length may be zero. */
	assert_true(size >> 8 && size & 0xff);
	play_say(play, side, text);
	free(text);
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
			char *text = strndup((const char *)s->payload.p, s->payload.n);
			play_say(&play, side, text);
			free(text);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tls_tells_a_message_by_its_records),
		cmocka_unit_test(test_tls_sees_the_client_leave_with_an_alert_and_a_fin),
		cmocka_unit_test(test_tls_takes_no_command_for_a_message),
		cmocka_unit_test(test_tls_joins_uploads_of_one_size_only_after_an_unanswered_one),
		cmocka_unit_test(test_tls_message_goes_on_behind_a_pause_on_the_network),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
