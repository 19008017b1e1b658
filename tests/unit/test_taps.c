/* SPDX-License-Identifier: MIT */
/* Several captures of the same mail: by clocks hours apart, too short, twice, or three of them. */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DELAY_S 0.018
#define HOUR_S 3600.0

static void begin(struct play *play)
{
	play_begin(play);
	play_open(play);
	play->trip_ns = 20 * NS_PER_MS;
	play_envelope(play, "a@x", "b@y");
}

static void send(struct play *play)
{
	play_message(play, "1@x", "hello");
	play_ack(play, SIDE_SERVER);
}

static void leave_after_90_s(struct play *play)
{
	play_wait(play, 90);
	play_fin(play, SIDE_CLIENT);
}

static void confirm(struct play *play)
{
	play_say(play, SIDE_SERVER, "250 queued\r\n");
	play_ack(play, SIDE_CLIENT);
}

/* The message again, over another connection, and confirmed. */
static void resend(struct play *play)
{
	play_wait(play, 1);
	play_reconnect(play, 40001);
	play_open(play);
	play_envelope(play, "a@x", "b@y");
	send(play);
	confirm(play);
}

/* The capture began COUNT segments late, or ended so many early. */
static void lose_first(struct play *play, uint32_t count)
{
	while (count--)
		play_lose(play, 0);
}

static void lose_last(struct play *play, uint32_t count)
{
	while (count--)
		play_lose(play, play->count - 1);
}

static void hear(const struct play *a, const struct play *b, const struct play *c,
		 struct heard *heard)
{
	const struct play *plays[] = {a, b, c};

	play_hear_all(plays, c ? 3 : 2, heard);
}

/* The only delivery that has attempts. */
static const struct delivery *only_delivery(const struct heard *heard)
{
	const struct delivery *found = NULL;

	for (uint32_t i = 0; i < deliveries_count(heard->deliveries); i++) {
		const struct delivery *delivery = delivery_get(heard->deliveries, i);
		if (!delivery->try_count)
			continue;
		assert_null(found);
		found = delivery;
	}
	assert_non_null(found);
	return found;
}

static void expect_cause(const struct try *try, enum cause cause)
{
	assert_string_equal(cause_name(try->verdict.cause), cause_name(cause));
}

static void test_taps_that_end_before_the_message_say_nothing_of_its_end(void **state)
{
	struct play near, far;
	struct heard heard;
	struct views views;
	(void)state;
	begin(&near);
	send(&near);
	leave_after_90_s(&near);
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	lose_last(&far, 3);
	hear(&near, &far, NULL, &heard);
	const struct try *try = &only_delivery(&heard)->tries[0];
	expect_cause(try, CAUSE_NO_REPLY);
	assert_true(deliveries_views(heard.deliveries, try, &views));
	assert_false(views.is_eod_lost);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

static void test_taps_that_go_on_tell_what_became_of_the_wait(void **state)
{
	struct play near, far;
	struct heard heard;
	(void)state;
	begin(&near);
	send(&near);
	leave_after_90_s(&near);
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	lose_last(&near, 1);
	hear(&near, &far, NULL, &heard);
	const struct try *try = &only_delivery(&heard)->tries[0];
	expect_cause(try, CAUSE_SERVER_SILENT);
	assert_in_range(try->verdict.waited_ns, 90 * NS_PER_SECOND, 91 * NS_PER_SECOND);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

static void test_taps_whose_clocks_are_hours_apart_keep_the_order_of_attempts(void **state)
{
	struct play near, first, second;
	struct heard heard;
	(void)state;
	begin(&near);
	send(&near);
	leave_after_90_s(&near);
	play_see_from_server(&near, &first, DELAY_S, HOUR_S);
	uint32_t count = near.count;
	resend(&near);
	play_see_from_server(&near, &second, DELAY_S, -2 * HOUR_S);
	lose_first(&second, count);
	hear(&near, &first, &second, &heard);
	const struct delivery *delivery = only_delivery(&heard);
	assert_int_equal(delivery->try_count, 2);
	expect_cause(&delivery->tries[0], CAUSE_SERVER_SILENT);
	assert_int_equal(delivery->tries[1].relation, RELATION_RESEND);
	assert_int_equal(delivery->tries[1].verdict.outcome, OUTCOME_ACCEPTED);
	heard_free(&heard);
	play_end(&near);
	play_end(&first);
	play_end(&second);
}

/* A message without Message-ID and Date is joined only to an earlier one that was not confirmed. */
static void test_taps_whose_clocks_are_hours_apart_lose_no_resend(void **state)
{
	const char *message = "Subject: alarm\r\n\r\nfire\r\n.\r\n";
	struct play near, far;
	struct heard heard;
	(void)state;
	begin(&near);
	play_say(&near, SIDE_CLIENT, message);
	play_ack(&near, SIDE_SERVER);
	leave_after_90_s(&near);
	uint32_t count = near.count;
	play_wait(&near, 1);
	play_reconnect(&near, 40001);
	play_open(&near);
	play_envelope(&near, "a@x", "b@y");
	play_say(&near, SIDE_CLIENT, message);
	confirm(&near);
	play_see_from_server(&near, &far, DELAY_S, -2 * HOUR_S);
	lose_first(&far, count);
	hear(&near, &far, NULL, &heard);
	assert_int_equal(only_delivery(&heard)->try_count, 2);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

static void test_taps_that_began_behind_the_envelope_hide_no_recipient(void **state)
{
	struct play near, far;
	struct heard heard;
	char line[40];
	(void)state;
	begin(&near);
	uint32_t data = near.count - 2;
	struct segment end[2] = {near.segments[data], near.segments[data + 1]};
	near.count -= 2;
	near.seq[SIDE_CLIENT] = end[0].seq;
	near.seq[SIDE_SERVER] = end[1].seq;
	for (int i = 0; i < 2; i++) {
		snprintf(line, sizeof line, "RCPT TO:<%d@y>\r\n", i);
		play_say(&near, SIDE_CLIENT, line);
		play_say(&near, SIDE_SERVER, "250 ok\r\n");
	}
	uint32_t envelope = near.count;
	play_say_bytes(&near, SIDE_CLIENT, end[0].payload);
	play_say_bytes(&near, SIDE_SERVER, end[1].payload);
	send(&near);
	confirm(&near);
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	lose_first(&near, envelope);
	hear(&near, &far, NULL, &heard);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 3);
	heard_free(&heard);
	for (int i = 0; i < 2; i++) {
		void *bytes;
		memcpy(&bytes, &end[i].payload.p, sizeof bytes);
		free(bytes);
	}
	play_end(&near);
	play_end(&far);
}

/* The client's capture, where the server's 250 was lost, and the server's. */
static void lose_reply(struct play *near, struct play *far)
{
	begin(near);
	send(near);
	play_wait(near, 20);
	play_say(near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = near->count - 1;
	leave_after_90_s(near);
	near->segments[near->count - 1].ack = near->segments[reply].seq;
	play_see_from_server(near, far, DELAY_S, HOUR_S);
	play_lose(near, reply);
}

static void test_taps_given_twice_hide_no_other(void **state)
{
	struct play near, far;
	struct heard heard;
	(void)state;
	lose_reply(&near, &far);
	hear(&near, &near, &far, &heard);
	expect_cause(&only_delivery(&heard)->tries[0], CAUSE_REPLY_LOST);
	heard_free(&heard);
	hear(&far, &near, &far, &heard);
	expect_cause(&only_delivery(&heard)->tries[0], CAUSE_REPLY_LOST);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

static void test_taps_that_saw_no_end_of_data_say_nothing_of_an_answer_to_it(void **state)
{
	struct play near;
	struct heard heard;
	(void)state;
	begin(&near);
	play_say(&near, SIDE_CLIENT, "Message-ID: <1@x>\r\n\r\nhel");
	play_ack(&near, SIDE_SERVER);
	play_wait(&near, 12);
	play_rst(&near, SIDE_SERVER);
	hear(&near, &near, NULL, &heard);
	const struct try *try = &only_delivery(&heard)->tries[0];
	assert_int_equal(try->verdict.outcome, OUTCOME_INCOMPLETE);
	expect_cause(try, CAUSE_SERVER_CLOSED);
	heard_free(&heard);
	play_end(&near);
}

static void test_taps_that_ended_let_nobody_wait_until_the_next_capture(void **state)
{
	struct play near, other;
	struct heard heard;
	(void)state;
	begin(&near);
	send(&near);
	play_begin(&other);
	play_wait(&other, 24 * HOUR_S);
	play_reconnect(&other, 41000);
	play_open(&other);
	hear(&near, &other, NULL, &heard);
	const struct play *plays[] = {&near, &other};
	for (uint16_t i = 0; i < 2; i++)
		deliveries_cover(heard.deliveries, i, plays[i]->segments[0].mark.time_ns,
				 plays[i]->segments[plays[i]->count - 1].mark.time_ns);
	deliveries_set_timer(heard.deliveries, 0);
	const struct try *try = &only_delivery(&heard)->tries[0];
	expect_cause(try, CAUSE_STILL_WAITING);
	assert_in_range(try->verdict.waited_ns, 0, NS_PER_SECOND);
	heard_free(&heard);
	play_end(&near);
	play_end(&other);
}

/* As tcpdump -C writes them. */
static void test_taps_that_go_on_in_the_next_file_let_the_client_wait_on(void **state)
{
	struct play near;
	struct heard heard;
	(void)state;
	begin(&near);
	send(&near);
	play_hear(&near, VANTAGE_CLIENT, &heard);
	int64_t end_ns = near.segments[near.count - 1].mark.time_ns;
	deliveries_cover(heard.deliveries, 0, near.segments[0].mark.time_ns, end_ns);
	deliveries_cover(heard.deliveries, 1, end_ns + 20 * NS_PER_SECOND,
			 end_ns + 70 * NS_PER_SECOND);
	assert_true(deliveries_update(heard.deliveries, end_ns + 500 * NS_PER_SECOND, true));
	const struct try *try = &only_delivery(&heard)->tries[0];
	assert_in_range(try->verdict.waited_ns, 70 * NS_PER_SECOND, 71 * NS_PER_SECOND);
	heard_free(&heard);
	play_end(&near);
}

/* The client of FAR is another one, as a NAT between the two makes it. */
static void translate(struct play *far)
{
	for (uint32_t i = 0; i < far->count; i++) {
		struct segment *s = &far->segments[i];
		struct endpoint *end = s->destination.port == 25 ? &s->source : &s->destination;
		end->address[15] = 99;
		end->port = 61000;
	}
}

static void test_taps_on_both_sides_of_a_nat_need_no_beginning(void **state)
{
	struct play near, far;
	struct heard heard;
	(void)state;
	begin(&near);
	send(&near);
	confirm(&near);
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	translate(&far);
	lose_first(&near, 5);
	hear(&near, &far, NULL, &heard);
	const struct delivery *delivery = only_delivery(&heard);
	assert_int_equal(delivery->try_count, 1);
	assert_int_equal(delivery->copies_max, 1);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

/* Some firewalls translate addresses and choose initial sequence numbers in one. */
static void test_taps_on_both_sides_of_a_firewall_that_rewrites_all(void **state)
{
	struct play near, far;
	struct heard heard;
	(void)state;
	begin(&near);
	send(&near);
	confirm(&near);
	play_see_from_server(&near, &far, DELAY_S, 0);
	translate(&far);
	for (uint32_t i = 0; i < far.count; i++) {
		struct segment *s = &far.segments[i];
		bool is_client = s->destination.port == 25;
		s->seq += is_client ? 777777 : 0;
		s->ack += is_client || !s->ack ? 0 : 777777;
	}
	hear(&near, &far, NULL, &heard);
	assert_int_equal(only_delivery(&heard)->try_count, 1);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

/* One capture began when a hundred mails had gone over the connection. */
static void test_taps_that_began_behind_many_mails_are_found(void **state)
{
	struct play near, far;
	struct heard heard;
	char id[20];
	uint32_t last = 0;
	(void)state;
	begin(&near);
	for (int i = 0; i < 100; i++) {
		last = near.count;
		if (i > 0) {
			play_say(&near, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
			play_say(&near, SIDE_SERVER, "250 ok\r\n");
			play_say(&near, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
			play_say(&near, SIDE_SERVER, "250 ok\r\n");
			play_say(&near, SIDE_CLIENT, "DATA\r\n");
			play_say(&near, SIDE_SERVER, "354 go on\r\n");
		}
		snprintf(id, sizeof id, "%d@x", i);
		play_message(&near, id, "hello");
		confirm(&near);
	}
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	lose_first(&far, last);
	hear(&near, &far, NULL, &heard);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 100);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DUPLICATED), 0);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

/* A message that never came to FAR, where the server's packets arrive with TTL. */
static void expect_copies_at(uint8_t ttl, uint32_t most)
{
	struct play near, far;
	struct heard heard;
	begin(&near);
	play_message(&near, "1@x", "hello");
	uint32_t message = near.count - 1;
	play_again(&near, 3);
	leave_after_90_s(&near);
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	lose_last(&far, far.count - message);
	for (uint32_t i = 0; i < far.count; i++)
		if (far.segments[i].source.port == 25)
			far.segments[i].ttl = ttl;
	hear(&near, &far, NULL, &heard);
	deliveries_cover(heard.deliveries, 1, far.segments[0].mark.time_ns,
			 far.now_ns + 300 * NS_PER_SECOND);
	deliveries_set_timer(heard.deliveries, 0);
	assert_int_equal(only_delivery(&heard)->copies_max, most);
	heard_free(&heard);
	play_end(&near);
	play_end(&far);
}

static void test_taps_before_a_router_do_not_know_what_the_server_was_sent(void **state)
{
	(void)state;
	expect_copies_at(64, 0);
	expect_copies_at(63, 1);
}

static void test_taps_of_three_places_are_judged_from_the_outer_two(void **state)
{
	struct play near, between, far;
	struct heard heard;
	struct views views;
	(void)state;
	begin(&near);
	play_message(&near, "1@x", "hello");
	uint32_t message = near.count - 1;
	play_again(&near, 3);
	leave_after_90_s(&near);
	play_see_from_server(&near, &far, DELAY_S, 0);
	play_see_from_server(&near, &between, DELAY_S / 2, 0);
	for (uint32_t i = 0; i < between.count; i++)
		between.segments[i].ttl = between.segments[i].ttl == 64 ? 60 : 59;
	lose_last(&far, far.count - message);
	far.is_acking = false;
	play_wait(&far, 300);
	play_fin(&far, SIDE_SERVER);
	far.segments[far.count - 1].ack = near.segments[message].seq;
	hear(&near, &between, &far, &heard);
	const struct try *try = &only_delivery(&heard)->tries[0];
	expect_cause(try, CAUSE_NOT_RECEIVED);
	assert_true(deliveries_views(heard.deliveries, try, &views));
	assert_int_equal(views.near_session->file, 0);
	assert_int_equal(views.far_session->file, 2);
	heard_free(&heard);
	play_end(&near);
	play_end(&between);
	play_end(&far);
}

/* Three captures of one connection, of which only number GOES_ON has its second mail. */
static void expect_both_mails(uint32_t goes_on)
{
	struct play near, between, far;
	struct play *all[] = {&near, &between, &far};
	struct heard heard;
	begin(&near);
	send(&near);
	confirm(&near);
	uint32_t first = near.count;
	play_say(&near, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(&near, SIDE_SERVER, "250 ok\r\n");
	play_say(&near, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(&near, SIDE_SERVER, "250 ok\r\n");
	play_say(&near, SIDE_CLIENT, "DATA\r\n");
	play_say(&near, SIDE_SERVER, "354 go on\r\n");
	play_message(&near, "2@x", "hello");
	confirm(&near);
	play_see_from_server(&near, &far, DELAY_S, HOUR_S);
	play_see_from_server(&near, &between, DELAY_S / 2, 0);
	for (uint32_t i = 0; i < between.count; i++)
		between.segments[i].ttl = between.segments[i].ttl == 64 ? 60 : 59;
	for (uint32_t i = 0; i < 3; i++)
		if (i != goes_on)
			lose_last(all[i], all[i]->count - first);
	hear(&near, &between, &far, &heard);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 2);
	heard_free(&heard);
	play_end(&near);
	play_end(&between);
	play_end(&far);
}

static void test_taps_of_three_places_hide_no_mail_that_one_alone_has(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		expect_both_mails(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taps_that_end_before_the_message_say_nothing_of_its_end),
		cmocka_unit_test(test_taps_that_go_on_tell_what_became_of_the_wait),
		cmocka_unit_test(test_taps_whose_clocks_are_hours_apart_keep_the_order_of_attempts),
		cmocka_unit_test(test_taps_whose_clocks_are_hours_apart_lose_no_resend),
		cmocka_unit_test(test_taps_that_began_behind_the_envelope_hide_no_recipient),
		cmocka_unit_test(test_taps_given_twice_hide_no_other),
		cmocka_unit_test(
			test_taps_that_saw_no_end_of_data_say_nothing_of_an_answer_to_it),
		cmocka_unit_test(test_taps_that_ended_let_nobody_wait_until_the_next_capture),
		cmocka_unit_test(test_taps_that_go_on_in_the_next_file_let_the_client_wait_on),
		cmocka_unit_test(test_taps_on_both_sides_of_a_nat_need_no_beginning),
		cmocka_unit_test(test_taps_on_both_sides_of_a_firewall_that_rewrites_all),
		cmocka_unit_test(test_taps_that_began_behind_many_mails_are_found),
		cmocka_unit_test(test_taps_before_a_router_do_not_know_what_the_server_was_sent),
		cmocka_unit_test(test_taps_of_three_places_are_judged_from_the_outer_two),
		cmocka_unit_test(test_taps_of_three_places_hide_no_mail_that_one_alone_has),
	};
	return cmocka_run_group_tests_name("taps", tests, NULL, NULL);
}
