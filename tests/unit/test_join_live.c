/* SPDX-License-Identifier: MIT */
/* What is known while a capture still runs, and what it turns out to be. */
#include "mails.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A reading that stops on the way. */
struct reading {
	struct heard heard;
	struct tcp *tcp;
	uint32_t fed;
};

static void begin_reading(struct reading *reading)
{
	struct delivery_options options = {.vantage = VANTAGE_CLIENT, .seed = 1};

	*reading = (struct reading){.heard.ledger = ledger_new(1)};
	reading->heard.dialogues = dialogues_new(reading->heard.ledger);
	reading->heard.deliveries = deliveries_new(reading->heard.ledger, &options);
	struct tcp_sink sink = dialogues_sink(reading->heard.dialogues);
	reading->tcp = tcp_new(&sink, 1);
}

/* Reads what PLAY has brought since, and looks at it now. */
static void read_on(struct reading *reading, const struct play *play)
{
	while (reading->fed < play->count)
		tcp_feed(reading->tcp, &play->segments[reading->fed++]);
	assert_true(deliveries_update(reading->heard.deliveries, play->now_ns, false));
}

static void end_reading(struct reading *reading)
{
	tcp_free(reading->tcp);
	heard_free(&reading->heard);
}

static void test_join_live_shows_what_is_still_being_sent(void **state)
{
	struct play play;
	struct reading reading;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	begin_reading(&reading);
	mail_send(&play, &mail_unanswered, 0);
	play_wait(&play, 28);
	play_reconnect(&play, 40001);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\nDate: today\r\n");
	read_on(&reading, &play);
	assert_int_equal(mail_deliveries(&reading.heard, &delivery), 1); /* too early to say */
	play_wait(&play, 3);
	read_on(&reading, &play);
	assert_int_equal(mail_deliveries(&reading.heard, &delivery), 2);
	assert_int_equal(delivery->cause, CAUSE_STILL_SENDING);
	assert_int_equal(delivery_of(reading.heard.deliveries, 1, 0), delivery->id);
	/* It turns out to be the first one's resend. */
	play_say(&play, SIDE_CLIENT, "Subject: s\r\n\r\nhello\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	read_on(&reading, &play);
	assert_int_equal(mail_deliveries(&reading.heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 2);
	assert_int_equal(delivery_of(reading.heard.deliveries, 1, 0), 0);
	assert_int_equal(deliveries_in_state(reading.heard.deliveries, STATE_IN_DOUBT), 0);
	end_reading(&reading);
	play_end(&play);
}

static void test_join_live_what_was_shown_while_it_was_sent_keeps_its_delivery(void **state)
{
	struct play play;
	struct reading reading;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	begin_reading(&reading);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\n");
	read_on(&reading, &play);
	play_wait(&play, 3);
	read_on(&reading, &play);
	play_say(&play, SIDE_CLIENT, "\r\nhello\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	read_on(&reading, &play);
	assert_int_equal(deliveries_count(reading.heard.deliveries), 1);
	assert_int_equal(mail_deliveries(&reading.heard, &delivery), 1);
	assert_int_equal(delivery->state, STATE_DELIVERED);
	assert_int_equal(deliveries_in_state(reading.heard.deliveries, STATE_DELIVERED), 1);
	end_reading(&reading);
	play_end(&play);
}

/* A proxy with two addresses hands the message on while its own client waits for the reply: until
 * that comes, it could be the client's resend by another way. */
static void test_join_live_tells_a_hop_when_the_reply_has_come(void **state)
{
	struct play play;
	struct reading reading;
	const struct delivery *newest = NULL;
	(void)state;
	play_begin(&play);
	begin_reading(&reading);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, mail_text);
	const struct play outer = play;
	play.ends[SIDE_CLIENT].address[15] = 77;
	play.ends[SIDE_SERVER].address[15] = 78;
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 1);
	read_on(&reading, &play);
	assert_int_equal(mail_deliveries(&reading.heard, &newest), 1);
	assert_int_equal(newest->try_count, 2);
	memcpy(play.ends, outer.ends, sizeof play.ends);
	memcpy(play.seq, outer.seq, sizeof play.seq);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	read_on(&reading, &play);
	assert_int_equal(mail_deliveries(&reading.heard, &newest), 2);
	assert_int_equal(newest->hop_of, delivery_of(reading.heard.deliveries, 0, 0));
	assert_int_equal(deliveries_in_state(reading.heard.deliveries, STATE_DELIVERED), 2);
	end_reading(&reading);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join_live_shows_what_is_still_being_sent),
		cmocka_unit_test(test_join_live_what_was_shown_while_it_was_sent_keeps_its_delivery),
		cmocka_unit_test(test_join_live_tells_a_hop_when_the_reply_has_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
