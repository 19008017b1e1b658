/* SPDX-License-Identifier: MIT */
/* Which attempts carried the same message to the same recipient. */
#include "bounds.h"
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct mail {
	const char *sender;
	const char *recipient;
	const char *text;  /* with its final dot */
	const char *reply; /* NULL: the client leaves after 90 s without one */
};

/* A whole session that carries MAIL, SECONDS after the one before it. */
static void send_mail(struct play *play, const struct mail *mail, double seconds)
{
	if (play->count) {
		play_wait(play, seconds);
		play_reconnect(play, (uint16_t)(play->ends[SIDE_CLIENT].port + 1));
	}
	play_open(play);
	play_envelope(play, mail->sender, mail->recipient);
	play_say(play, SIDE_CLIENT, mail->text);
	play_ack(play, SIDE_SERVER);
	if (mail->reply) {
		play_say(play, SIDE_SERVER, mail->reply);
		play_ack(play, SIDE_CLIENT);
	} else {
		play_wait(play, 90);
	}
	play_fin(play, SIDE_CLIENT);
	play_fin(play, SIDE_SERVER);
	play_ack(play, SIDE_CLIENT);
}

/* The session of a mail whose recipient is refused for now. */
static void refuse_mail(struct play *play, const char *sender, const char *recipient)
{
	char line[100];

	if (play->count)
		play_reconnect(play, (uint16_t)(play->ends[SIDE_CLIENT].port + 1));
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	snprintf(line, sizeof line, "MAIL FROM:<%s> SIZE=100\r\n", sender);
	play_say(play, SIDE_CLIENT, line);
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", recipient);
	play_say(play, SIDE_CLIENT, line);
	play_say(play, SIDE_SERVER, "450 come again\r\n");
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
	play_say(play, SIDE_SERVER, "221 bye\r\n");
	play_fin(play, SIDE_CLIENT);
	play_fin(play, SIDE_SERVER);
	play_ack(play, SIDE_CLIENT);
}

static const char first_text[] = "Message-ID: <1@x>\r\nDate: today\r\nSubject: s\r\n\r\nhello\r\n.\r\n";

static const struct mail unanswered = {"a@x", "b@y", first_text, NULL};

/* The deliveries that have tries; the newest is given. */
static uint32_t count_deliveries(const struct heard *heard, const struct delivery **newest)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < deliveries_count(heard->deliveries); i++) {
		const struct delivery *delivery = delivery_get(heard->deliveries, i);
		if (!delivery->try_count)
			continue;
		count++;
		*newest = delivery;
	}
	return count;
}

/* Sends `unanswered` and then SECOND; they are COUNT deliveries, if one, of CERTAINTY. */
static void expect_join(const struct mail *second, uint32_t count, enum certainty certainty)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;

	play_begin(&play);
	send_mail(&play, &unanswered, 0);
	send_mail(&play, second, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), count);
	if (count == 1) {
		assert_int_equal(delivery->try_count, 2);
		assert_int_equal(delivery->tries[1].certainty, certainty);
		assert_int_equal(delivery->tries[1].relation, RELATION_RESEND);
	}
	heard_free(&heard);
	play_end(&play);
}

static void test_join_equal_messages_are_certain(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 1, JOIN_CERTAIN);
}

static void test_join_addresses_without_regard_to_case(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "B@Y", first_text, "250 ok\r\n"}, 1, JOIN_CERTAIN);
}

static void test_join_a_message_signed_again_is_certain(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "b@y",
				   "DKIM-Signature: t=2\r\nMessage-ID: <1@x>\r\nDate: today\r\n"
				   "Subject: s\r\n\r\nhello\r\n.\r\n",
				   "250 ok\r\n"},
		    1, JOIN_CERTAIN);
}

static void test_join_the_same_id_and_nearly_the_same_size_is_likely(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "b@y",
				   "Message-ID: <1@x>\r\nDate: today\r\nSubject: s\r\n\r\nhella\r\n.\r\n",
				   "250 ok\r\n"},
		    1, JOIN_LIKELY);
}

static void test_join_not_another_message_of_the_same_id(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "b@y",
				   "Message-ID: <1@x>\r\nSubject: an update\r\n\r\nquite another text, "
				   "and a longer one than before\r\n.\r\n",
				   "250 ok\r\n"},
		    2, JOIN_LIKELY);
}

static void test_join_not_another_recipient(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "c@y", first_text, "250 ok\r\n"}, 2, JOIN_LIKELY);
}

static void test_join_by_envelope_date_and_body_where_there_is_no_id(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", "Date: d\r\nSubject: s\r\n\r\nhello\r\n.\r\n", NULL},
		  0);
	send_mail(&play,
		  &(struct mail){"a@x", "b@y", "X: new\r\nDate: d\r\nSubject: s\r\n\r\nhello\r\n.\r\n",
				 "250 ok\r\n"},
		  28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->tries[1].certainty, JOIN_LIKELY);
	/* What is only likely does not raise the least number of copies above the first's. */
	assert_int_equal(delivery->copies_max, 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_refused_attempts_to_the_next_one(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	refuse_mail(&play, "a@x", "b@y");
	refuse_mail(&play, "a@x", "b@y");
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 300);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 3);
	assert_int_equal(delivery->tries[2].relation, RELATION_RETRY);
	assert_int_equal(delivery->state, STATE_DELIVERED);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_a_refused_attempt_after_a_day_is_another(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	refuse_mail(&play, "a@x", "b@y");
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 90000);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_a_refused_attempt_between_two_of_one_message(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &unanswered, 0);
	play_wait(&play, 28);
	refuse_mail(&play, "a@x", "b@y");
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 300);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 3);
	assert_int_equal(delivery->copies_max, 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_to_one_whose_envelope_was_not_seen(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 0);
	while (play.segments[0].len == 0 || memcmp(play.segments[0].payload.p, "DATA", 4) != 0)
		play_lose(&play, 0); /* the capture begins with DATA */
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->tries[1].certainty, JOIN_LIKELY);
	assert_int_equal(delivery->copies_max, 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_not_a_hop_that_the_server_makes(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 0);
	/* The server hands the same message on to the store behind it. */
	struct endpoint store = play.ends[SIDE_SERVER];
	play.ends[SIDE_CLIENT] = play.ends[SIDE_SERVER];
	play.ends[SIDE_CLIENT].port = 50000;
	store.address[15] = 99;
	play.ends[SIDE_SERVER] = store;
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 1);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 2);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 2);
	heard_free(&heard);
	play_end(&play);
}

/* Lets the next mails go from host FROM to host TO, by the last bytes of their addresses. */
static void set_leg(struct play *play, uint8_t from, uint8_t to)
{
	play->ends[SIDE_CLIENT].address[15] = from;
	play->ends[SIDE_SERVER].address[15] = to;
}

static void test_join_what_a_relay_forwards_twice_to_itself(void **state)
{
	struct play play;
	struct heard heard;
	const struct mail confirmed = {"a@x", "b@y", first_text, "250 ok\r\n"};
	(void)state;
	play_begin(&play);
	memcpy(play.ends[SIDE_SERVER].address, play.ends[SIDE_CLIENT].address,
	       sizeof play.ends[SIDE_SERVER].address);
	set_leg(&play, 1, 2);
	send_mail(&play, &unanswered, 0);
	set_leg(&play, 2, 3);
	send_mail(&play, &confirmed, 5);
	set_leg(&play, 1, 2);
	send_mail(&play, &confirmed, 30);
	set_leg(&play, 2, 3);
	send_mail(&play, &confirmed, 5);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	const struct delivery *first = delivery_get(heard.deliveries, 0);
	const struct delivery *second = delivery_get(heard.deliveries, 1);
	assert_int_equal(deliveries_count(heard.deliveries), 2);
	assert_int_equal(first->try_count, 2);
	assert_int_equal(first->hop_of, NO_DELIVERY);
	assert_int_equal(second->try_count, 2);
	assert_int_equal(second->hop_of, first->id);
	assert_int_equal(second->state, STATE_DUPLICATED);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_tells_the_legs_of_a_chain_of_relays(void **state)
{
	struct play play;
	struct heard heard;
	const struct mail confirmed = {"a@x", "b@y", first_text, "250 ok\r\n"};
	(void)state;
	play_begin(&play);
	memcpy(play.ends[SIDE_SERVER].address, play.ends[SIDE_CLIENT].address,
	       sizeof play.ends[SIDE_SERVER].address);
	for (uint8_t host = 1; host <= 3; host++) {
		set_leg(&play, host, (uint8_t)(host + 1));
		send_mail(&play, &confirmed, 2);
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 3);
	assert_int_equal(delivery_get(heard.deliveries, 1)->hop_of, 0);
	assert_int_equal(delivery_get(heard.deliveries, 2)->hop_of, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_counts_the_recipients_of_a_message(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 0);
	send_mail(&play, &(struct mail){"a@x", "c@y", first_text, "250 ok\r\n"}, 1);
	send_mail(&play, &(struct mail){"a@x", "C@y", first_text, "250 ok\r\n"}, 1);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 2);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(deliveries_recipients(heard.deliveries,
						       delivery_get(heard.deliveries, i)),
				 2);
	heard_free(&heard);
	play_end(&play);
}

/* Two mails of TEXT, the first with REPLY, SECONDS apart; they are COUNT deliveries. */
static void expect_twice(const char *text, const char *reply, double seconds, uint32_t count,
			 enum certainty certainty)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;

	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", text, reply}, 0);
	send_mail(&play, &(struct mail){"a@x", "b@y", text, "250 ok\r\n"}, seconds);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), count);
	if (count == 1)
		assert_int_equal(delivery->tries[1].certainty, certainty);
	heard_free(&heard);
	play_end(&play);
}

static const char status_text[] = "Subject: all is well\r\n\r\n0 errors\r\n.\r\n";

static void test_join_not_equal_status_mails_that_were_confirmed(void **state)
{
	(void)state;
	expect_twice(status_text, "250 ok\r\n", 300, 2, JOIN_CERTAIN);
}

static void test_join_a_nameless_message_after_an_unconfirmed_one_is_likely(void **state)
{
	(void)state;
	expect_twice(status_text, NULL, 300, 1, JOIN_LIKELY);
	expect_twice(status_text, "451 later\r\n", 300, 1, JOIN_LIKELY);
}

static void test_join_not_a_nameless_message_after_a_day(void **state)
{
	(void)state;
	expect_twice(status_text, NULL, 90000, 2, JOIN_LIKELY);
}

static void test_join_equal_messages_with_a_date_or_received_field_are_certain(void **state)
{
	(void)state;
	expect_twice("Date: d\r\n\r\n0 errors\r\n.\r\n", "250 ok\r\n", 300, 1, JOIN_CERTAIN);
	expect_twice("Received: by r; d\r\n\r\n0 errors\r\n.\r\n", "250 ok\r\n", 300, 1,
		     JOIN_CERTAIN);
}

static void test_join_a_body_that_was_encoded_anew_is_likely(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "b@y",
				   "Message-ID: <1@x>\r\nDate: today\r\nSubject: s\r\n"
				   "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
				   "h=65=6C=6C=6F=20=20=20=20=20=20\r\n.\r\n",
				   "250 ok\r\n"},
		    1, JOIN_LIKELY);
}

static void test_join_an_incomplete_attempt_of_the_same_id_is_likely(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", "Message-ID: <1@x>\r\nDate: today\r\n", NULL},
		  0);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->tries[1].certainty, JOIN_LIKELY);
	assert_int_equal(delivery->tries[1].relation, RELATION_RETRY);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_an_attempt_cut_off_before_its_header_is_possible(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", "Received: by r\r\n", NULL}, 0);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->tries[1].certainty, JOIN_POSSIBLE);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_attempts_of_one_transid_are_certain(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	for (int i = 0; i < 2; i++) {
		if (i)
			play_reconnect(&play, 40001);
		play_open(&play);
		play_say(&play, SIDE_SERVER, "220 mx\r\n");
		play_say(&play, SIDE_CLIENT, "EHLO a\r\n");
		play_say(&play, SIDE_SERVER, "250-mx\r\n250 CHECKPOINT\r\n");
		play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x> TRANSID=<1@x>\r\n");
		play_say(&play, SIDE_SERVER, "250 ok\r\n");
		play_say(&play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
		play_say(&play, SIDE_SERVER, "250 ok\r\n");
		play_say(&play, SIDE_CLIENT, "DATA\r\n");
		play_say(&play, SIDE_SERVER, "354 go on\r\n");
		play_say(&play, SIDE_CLIENT, i ? "\r\nhello\r\n.\r\n" : "\r\nhel");
		play_ack(&play, SIDE_SERVER);
		play_fin(&play, SIDE_CLIENT);
		play_fin(&play, SIDE_SERVER);
		play_ack(&play, SIDE_CLIENT);
		play_wait(&play, 30);
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 1);
	assert_int_equal(delivery_get(heard.deliveries, 0)->tries[1].certainty, JOIN_CERTAIN);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_the_same_connection_at_two_taps_counts_once(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 0);
	struct play twice = play;
	twice.segments = reallocarray(NULL, play.count * 2, sizeof *play.segments);
	assert_non_null(twice.segments);
	for (uint32_t i = 0; i < play.count; i++) {
		twice.segments[2 * i] = play.segments[i];
		twice.segments[2 * i + 1] = play.segments[i];
		twice.segments[2 * i + 1].tap = 1;
		twice.segments[2 * i + 1].file = 1;
	}
	twice.count = play.count * 2;
	play_hear(&twice, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 1);
	heard_free(&heard);
	free(twice.segments);
	play_end(&play);
}

static void test_join_accepted_twice_is_sent_again(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	const struct mail mail = {"a@x", "b@y", first_text, "250 ok\r\n"};
	(void)state;
	play_begin(&play);
	send_mail(&play, &mail, 0);
	send_mail(&play, &mail, 3600);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->tries[1].relation, RELATION_SENT_AGAIN);
	assert_int_equal(delivery->cause, CAUSE_SENT_AGAIN);
	assert_int_equal(delivery->state, STATE_DUPLICATED);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_goes_on_where_a_delivery_has_all_the_attempts_it_may_have(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	for (uint32_t i = 0; i <= LIMIT_ATTEMPTS; i++) {
		play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRSET\r\n");
		play_say(&play, SIDE_SERVER, "250 ok\r\n450 later\r\n250 ok\r\n");
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(delivery_of(heard.deliveries, LIMIT_ATTEMPTS - 1, 0), 0);
	assert_int_equal(delivery_of(heard.deliveries, LIMIT_ATTEMPTS, 0), 1);
	assert_int_equal(deliveries_cut(heard.deliveries), 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_a_connection_on_both_sides_of_a_nat_counts_once(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	send_mail(&play, &(struct mail){"a@x", "b@y", first_text, "250 ok\r\n"}, 0);
	struct play twice = play;
	twice.segments = reallocarray(NULL, play.count * 2, sizeof *play.segments);
	assert_non_null(twice.segments);
	for (uint32_t i = 0; i < play.count; i++) {
		struct segment *outside = &twice.segments[2 * i + 1];
		twice.segments[2 * i] = *outside = play.segments[i];
		struct endpoint *client =
			outside->source.port == 25 ? &outside->destination : &outside->source;
		client->address[15] = 77;
		client->port = 61000;
		outside->mark.time_ns += NS_PER_MS;
	}
	twice.count = play.count * 2;
	play_hear(&twice, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 1);
	heard_free(&heard);
	free(twice.segments);
	play_end(&play);
}

static void test_join_a_recipient_named_twice_is_one(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<B@y>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n450 wait\r\n250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "DATA\r\n");
	play_say(&play, SIDE_SERVER, "354 go on\r\n");
	play_say(&play, SIDE_CLIENT, first_text);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(count_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 1);
	assert_int_equal(delivery->state, STATE_DELIVERED);
	heard_free(&heard);
	play_end(&play);
}

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

static void test_join_shows_what_is_still_being_sent(void **state)
{
	struct play play;
	struct reading reading;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	begin_reading(&reading);
	send_mail(&play, &unanswered, 0);
	play_wait(&play, 28);
	play_reconnect(&play, 40001);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@x>\r\nDate: today\r\n");
	read_on(&reading, &play);
	assert_int_equal(count_deliveries(&reading.heard, &delivery), 1); /* too early to say */
	play_wait(&play, 3);
	read_on(&reading, &play);
	assert_int_equal(count_deliveries(&reading.heard, &delivery), 2);
	assert_int_equal(delivery->cause, CAUSE_STILL_SENDING);
	assert_int_equal(delivery_of(reading.heard.deliveries, 1, 0), delivery->id);
	/* It turns out to be the first one's resend. */
	play_say(&play, SIDE_CLIENT, "Subject: s\r\n\r\nhello\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	read_on(&reading, &play);
	assert_int_equal(count_deliveries(&reading.heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 2);
	assert_int_equal(delivery_of(reading.heard.deliveries, 1, 0), 0);
	assert_int_equal(deliveries_in_state(reading.heard.deliveries, STATE_IN_DOUBT), 0);
	end_reading(&reading);
	play_end(&play);
}

static void test_join_what_was_shown_while_it_was_sent_keeps_its_delivery(void **state)
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
	assert_int_equal(count_deliveries(&reading.heard, &delivery), 1);
	assert_int_equal(delivery->state, STATE_DELIVERED);
	assert_int_equal(deliveries_in_state(reading.heard.deliveries, STATE_DELIVERED), 1);
	end_reading(&reading);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join_equal_messages_are_certain),
		cmocka_unit_test(test_join_addresses_without_regard_to_case),
		cmocka_unit_test(test_join_a_message_signed_again_is_certain),
		cmocka_unit_test(test_join_the_same_id_and_nearly_the_same_size_is_likely),
		cmocka_unit_test(test_join_not_another_message_of_the_same_id),
		cmocka_unit_test(test_join_not_another_recipient),
		cmocka_unit_test(test_join_by_envelope_date_and_body_where_there_is_no_id),
		cmocka_unit_test(test_join_refused_attempts_to_the_next_one),
		cmocka_unit_test(test_join_a_refused_attempt_after_a_day_is_another),
		cmocka_unit_test(test_join_a_refused_attempt_between_two_of_one_message),
		cmocka_unit_test(test_join_to_one_whose_envelope_was_not_seen),
		cmocka_unit_test(test_join_not_a_hop_that_the_server_makes),
		cmocka_unit_test(test_join_what_a_relay_forwards_twice_to_itself),
		cmocka_unit_test(test_join_tells_the_legs_of_a_chain_of_relays),
		cmocka_unit_test(test_join_counts_the_recipients_of_a_message),
		cmocka_unit_test(test_join_not_equal_status_mails_that_were_confirmed),
		cmocka_unit_test(test_join_a_nameless_message_after_an_unconfirmed_one_is_likely),
		cmocka_unit_test(test_join_not_a_nameless_message_after_a_day),
		cmocka_unit_test(test_join_equal_messages_with_a_date_or_received_field_are_certain),
		cmocka_unit_test(test_join_a_body_that_was_encoded_anew_is_likely),
		cmocka_unit_test(test_join_an_incomplete_attempt_of_the_same_id_is_likely),
		cmocka_unit_test(test_join_an_attempt_cut_off_before_its_header_is_possible),
		cmocka_unit_test(test_join_attempts_of_one_transid_are_certain),
		cmocka_unit_test(test_join_shows_what_is_still_being_sent),
		cmocka_unit_test(test_join_what_was_shown_while_it_was_sent_keeps_its_delivery),
		cmocka_unit_test(test_join_a_recipient_named_twice_is_one),
		cmocka_unit_test(test_join_the_same_connection_at_two_taps_counts_once),
		cmocka_unit_test(test_join_accepted_twice_is_sent_again),
		cmocka_unit_test(
			test_join_goes_on_where_a_delivery_has_all_the_attempts_it_may_have),
		cmocka_unit_test(test_join_a_connection_on_both_sides_of_a_nat_counts_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
