/* SPDX-License-Identifier: MIT */
/* Which attempts carried the same message to the same recipient. */
#include "bounds.h"
#include "mails.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Sends `mail_unanswered` and then SECOND; they are COUNT deliveries, if one, of CERTAINTY. */
static void expect_join(const struct mail *second, uint32_t count, enum certainty certainty)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;

	play_begin(&play);
	mail_send(&play, &mail_unanswered, 0);
	mail_send(&play, second, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), count);
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
	expect_join(&(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 1, JOIN_CERTAIN);
}

static void test_join_addresses_without_regard_to_case(void **state)
{
	(void)state;
	expect_join(&(struct mail){"a@x", "B@Y", mail_text, "250 ok\r\n"}, 1, JOIN_CERTAIN);
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
	expect_join(&(struct mail){"a@x", "c@y", mail_text, "250 ok\r\n"}, 2, JOIN_LIKELY);
}

static void test_join_by_envelope_date_and_body_where_there_is_no_id(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	mail_send(&play, &(struct mail){"a@x", "b@y", "Date: d\r\nSubject: s\r\n\r\nhello\r\n.\r\n", NULL},
		  0);
	mail_send(&play,
		  &(struct mail){"a@x", "b@y", "X: new\r\nDate: d\r\nSubject: s\r\n\r\nhello\r\n.\r\n",
				 "250 ok\r\n"},
		  28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
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
	mail_refuse(&play, "a@x", "b@y");
	mail_refuse(&play, "a@x", "b@y");
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 300);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
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
	mail_refuse(&play, "a@x", "b@y");
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 90000);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 2);
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
	mail_send(&play, &mail_unanswered, 0);
	play_wait(&play, 28);
	mail_refuse(&play, "a@x", "b@y");
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 300);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
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
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 0);
	while (play.segments[0].len == 0 || memcmp(play.segments[0].payload.p, "DATA", 4) != 0)
		play_lose(&play, 0); /* the capture begins with DATA */
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->tries[1].certainty, JOIN_LIKELY);
	assert_int_equal(delivery->copies_max, 2);
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
	mail_send(&play, &(struct mail){"a@x", "b@y", text, reply}, 0);
	mail_send(&play, &(struct mail){"a@x", "b@y", text, "250 ok\r\n"}, seconds);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), count);
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
	mail_send(&play, &(struct mail){"a@x", "b@y", "Message-ID: <1@x>\r\nDate: today\r\n", NULL},
		  0);
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
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
	mail_send(&play, &(struct mail){"a@x", "b@y", "Received: by r\r\n", NULL}, 0);
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 28);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
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

static void test_join_accepted_twice_is_sent_again(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	const struct mail mail = {"a@x", "b@y", mail_text, "250 ok\r\n"};
	(void)state;
	play_begin(&play);
	mail_send(&play, &mail, 0);
	mail_send(&play, &mail, 3600);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
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
	play_say(&play, SIDE_CLIENT, mail_text);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 1);
	assert_int_equal(delivery->state, STATE_DELIVERED);
	heard_free(&heard);
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
		cmocka_unit_test(test_join_not_equal_status_mails_that_were_confirmed),
		cmocka_unit_test(test_join_a_nameless_message_after_an_unconfirmed_one_is_likely),
		cmocka_unit_test(test_join_not_a_nameless_message_after_a_day),
		cmocka_unit_test(
			test_join_equal_messages_with_a_date_or_received_field_are_certain),
		cmocka_unit_test(test_join_a_body_that_was_encoded_anew_is_likely),
		cmocka_unit_test(test_join_an_incomplete_attempt_of_the_same_id_is_likely),
		cmocka_unit_test(test_join_an_attempt_cut_off_before_its_header_is_possible),
		cmocka_unit_test(test_join_attempts_of_one_transid_are_certain),
		cmocka_unit_test(test_join_accepted_twice_is_sent_again),
		cmocka_unit_test(
			test_join_goes_on_where_a_delivery_has_all_the_attempts_it_may_have),
		cmocka_unit_test(test_join_a_recipient_named_twice_is_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
