/* SPDX-License-Identifier: MIT */
/* One conversation, captured at the client and at the server at once. */
#include "two_captures.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_views_tell_how_far_the_clocks_are_apart(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_in_time(&both);
	both_hear(&both);
	assert_true(both.views.is_aligned);
	assert_true(both.views.error_ns <= 20 * NS_PER_MS);
	assert_in_range(both.views.offset_ns, 3600 * NS_PER_SECOND - both.views.error_ns,
			3600 * NS_PER_SECOND + both.views.error_ns);
	both_expect(&both, CAUSE_NONE, 1, 1);
	both_end(&both);
}

static void test_views_prove_that_a_reply_was_lost_on_its_way(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 8);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = both.near.count - 1;
	both.near.is_acking = false;
	play_wait(&both.near, 90);
	play_fin(&both.near, SIDE_CLIENT);
	both.near.segments[both.near.count - 1].ack = both.near.segments[reply].seq;
	both_see_from_server(&both);
	play_lose(&both.near, reply);
	both_hear(&both);
	both_expect(&both, CAUSE_REPLY_LOST, 1, 1);
	assert_true(both.views.is_reply_lost);
	assert_int_equal(both.views.sending, SENDING_IN_TIME);
	both_end(&both);
}

static void test_views_call_a_reply_late_that_was_sent_after_the_client_left(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_late(&both);
	both_lose_last(&both.near);
	both_hear(&both);
	both_expect(&both, CAUSE_REPLY_LATE, 1, 1);
	assert_int_equal(both.views.sending, SENDING_LATE);
	both_end(&both);
}

static void test_views_tell_a_reply_that_was_delayed_from_one_sent_late(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_hold_up_reply(&both);
	both_hear(&both);
	both_expect(&both, CAUSE_REPLY_LATE, 1, 1);
	assert_int_equal(both.views.sending, SENDING_IN_TIME);
	both_end(&both);
}

static void test_views_prove_that_the_end_of_data_never_arrived(void **state)
{
	struct both both;
	(void)state;
	both_lose_message(&both);
	both_hear(&both);
	both_expect(&both, CAUSE_NOT_RECEIVED, 0, 0);
	assert_true(both.views.is_eod_lost);
	both_end(&both);
}

static void test_views_find_out_who_answered_in_the_servers_place(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_between(&both);
	both_hear(&both);
	assert_true(both.views.is_reply_between);
	both_expect(&both, CAUSE_ANSWERED_BETWEEN, 0, 1);
	both_end(&both);
}

static void test_views_find_out_who_reset_in_the_servers_place(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_reset_between(&both);
	both_hear(&both);
	both_expect(&both, CAUSE_SERVER_CLOSED, 0, 1);
	assert_true(both.views.is_close_between);
	both_end(&both);
}

static void test_views_prove_that_the_server_was_silent(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 90);
	play_fin(&both.near, SIDE_CLIENT);
	both_see_from_server(&both);
	both_hear(&both);
	both_expect(&both, CAUSE_SERVER_SILENT, 0, 1);
	both_end(&both);
}

static void test_views_fill_the_gap_of_one_capture_from_the_other(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = both.near.count - 1;
	play_ack(&both.near, SIDE_CLIENT);
	play_fin(&both.near, SIDE_CLIENT);
	both_see_from_server(&both);
	play_lose(&both.near, reply);
	both_hear(&both);
	assert_int_equal(both.try->verdict.outcome, OUTCOME_ACCEPTED);
	both_expect(&both, CAUSE_NONE, 1, 1);
	both_end(&both);
}

static void test_views_know_a_connection_behind_a_nat(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_in_time(&both);
	for (uint32_t i = 0; i < both.far.count; i++) {
		struct segment *s = &both.far.segments[i];
		struct endpoint *end = s->destination.port == 25 ? &s->source : &s->destination;
		end->address[15] = 99;
		end->port = 61000;
	}
	both_hear(&both);
	both_expect(&both, CAUSE_NONE, 1, 1);
	both_end(&both);
}

static void test_views_know_a_connection_whose_beginning_neither_saw(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_in_time(&both);
	for (int i = 0; i < 5; i++)
		play_lose(&both.near, 0);
	for (int i = 0; i < 3; i++)
		play_lose(&both.far, 0);
	both_hear(&both);
	both_expect(&both, CAUSE_NONE, 1, 1);
	both_end(&both);
}

static void test_views_know_a_connection_behind_a_nat_whose_first_command_one_lacks(void **state)
{
	struct both both;
	uint32_t first = 0;
	(void)state;
	both_begin(&both);
	both_answer_in_time(&both);
	while (both.far.segments[first].destination.port != 25 ||
	       both.far.segments[first].payload.n == 0)
		first++;
	play_lose(&both.far, first);
	for (uint32_t i = 0; i < both.far.count; i++) {
		struct segment *s = &both.far.segments[i];
		struct endpoint *client = s->destination.port == 25 ? &s->source : &s->destination;
		client->address[15] ^= 1;
		client->port = 40001;
	}
	both_hear(&both);
	both_expect(&both, CAUSE_NONE, 1, 1);
	both_end(&both);
}

static void test_views_know_a_connection_whose_sequence_numbers_were_rewritten(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	play_ack(&both.near, SIDE_CLIENT);
	play_see_from_server(&both.near, &both.far, BOTH_DELAY_S, 0);
	for (uint32_t i = 0; i < both.far.count; i++) {
		struct segment *s = &both.far.segments[i];
		bool is_client = s->destination.port == 25;
		s->seq += is_client ? 777777 : 0;
		s->ack += is_client || !s->ack ? 0 : 777777;
	}
	both_hear(&both);
	both_expect(&both, CAUSE_NONE, 1, 1);
	both_end(&both);
}

static void test_views_are_told_apart_where_one_clock_is_behind_the_whole_other_file(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 8);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = both.near.count - 1;
	play_wait(&both.near, 30);
	play_fin(&both.near, SIDE_CLIENT);
	both.near.segments[reply + 1].ack = both.near.segments[reply].seq;
	both_see_from_server(&both);
	play_lose(&both.near, reply);
	both.far.is_later_file = true;
	both_hear(&both);
	both_expect(&both, CAUSE_REPLY_LOST, 1, 1);
	both_end(&both);
}

static void test_views_are_told_apart_where_no_beginning_tells_either(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 8);
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = both.near.count - 1;
	play_wait(&both.near, 30);
	play_fin(&both.near, SIDE_CLIENT);
	both.near.segments[reply + 1].ack = both.near.segments[reply].seq;
	both_see_from_server(&both);
	play_lose(&both.near, reply);
	for (int i = 0; i < 5; i++) {
		play_lose(&both.near, 0);
		play_lose(&both.far, 0);
	}
	both.far.is_later_file = true;
	both_hear(&both);
	both_expect(&both, CAUSE_REPLY_LOST, 1, 1);
	both_end(&both);
}

static void test_views_do_not_depend_on_the_order_of_the_files(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	both_answer_late(&both);
	both_lose_last(&both.near);
	play_hear_both(&both.far, &both.near, &both.heard);
	const struct delivery *delivery = delivery_get(both.heard.deliveries, 0);
	assert_int_equal(delivery->try_count, 1);
	assert_int_equal(delivery->tries[0].verdict.cause, CAUSE_REPLY_LATE);
	assert_int_equal(attempt_session(both.heard.ledger,
					 ledger_attempt(both.heard.ledger,
							delivery->tries[0].attempt))
				 ->file,
			 1);
	both_end(&both);
}

static void test_views_of_a_port_pair_used_again_in_the_next_file_are_two_attempts(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 30);
	play_fin(&both.near, SIDE_CLIENT);
	play_begin(&both.far);
	both.far.now_ns = both.near.now_ns + 5 * NS_PER_SECOND;
	both.far.seq[SIDE_CLIENT] += 123456;
	both.far.seq[SIDE_SERVER] += 654321;
	play_open(&both.far);
	both.far.trip_ns = 20 * NS_PER_MS;
	play_envelope(&both.far, "a@x", "b@y");
	play_message(&both.far, "1@x", "hello");
	play_say(&both.far, SIDE_SERVER, "250 queued\r\n");
	play_ack(&both.far, SIDE_CLIENT);
	play_hear_both(&both.near, &both.far, &both.heard);
	assert_int_equal(delivery_get(both.heard.deliveries, 0)->try_count, 2);
	both_end(&both);
}

static void test_views_of_a_resend_in_one_capture_alone_are_two_attempts(void **state)
{
	struct both both;
	(void)state;
	both_begin(&both);
	play_wait(&both.near, 90);
	play_fin(&both.near, SIDE_CLIENT);
	both_see_from_server(&both);
	play_reconnect(&both.near, 40001);
	play_open(&both.near);
	play_envelope(&both.near, "a@x", "b@y");
	play_message(&both.near, "1@x", "hello");
	play_say(&both.near, SIDE_SERVER, "250 queued\r\n");
	play_ack(&both.near, SIDE_CLIENT);
	play_hear_both(&both.near, &both.far, &both.heard);
	const struct delivery *delivery = delivery_get(both.heard.deliveries, 0);
	assert_int_equal(delivery->try_count, 2);
	assert_int_equal(delivery->tries[0].verdict.cause, CAUSE_SERVER_SILENT);
	assert_int_equal(delivery->tries[1].verdict.outcome, OUTCOME_ACCEPTED);
	assert_int_equal(delivery->tries[1].twin, NO_ATTEMPT);
	both_end(&both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views_tell_how_far_the_clocks_are_apart),
		cmocka_unit_test(test_views_prove_that_a_reply_was_lost_on_its_way),
		cmocka_unit_test(test_views_call_a_reply_late_that_was_sent_after_the_client_left),
		cmocka_unit_test(test_views_tell_a_reply_that_was_delayed_from_one_sent_late),
		cmocka_unit_test(test_views_prove_that_the_end_of_data_never_arrived),
		cmocka_unit_test(test_views_find_out_who_answered_in_the_servers_place),
		cmocka_unit_test(test_views_find_out_who_reset_in_the_servers_place),
		cmocka_unit_test(test_views_prove_that_the_server_was_silent),
		cmocka_unit_test(test_views_fill_the_gap_of_one_capture_from_the_other),
		cmocka_unit_test(test_views_know_a_connection_behind_a_nat),
		cmocka_unit_test(test_views_know_a_connection_whose_beginning_neither_saw),
		cmocka_unit_test(
			test_views_know_a_connection_behind_a_nat_whose_first_command_one_lacks),
		cmocka_unit_test(
			test_views_know_a_connection_whose_sequence_numbers_were_rewritten),
		cmocka_unit_test(
			test_views_are_told_apart_where_one_clock_is_behind_the_whole_other_file),
		cmocka_unit_test(test_views_are_told_apart_where_no_beginning_tells_either),
		cmocka_unit_test(test_views_do_not_depend_on_the_order_of_the_files),
		cmocka_unit_test(
			test_views_of_a_port_pair_used_again_in_the_next_file_are_two_attempts),
		cmocka_unit_test(test_views_of_a_resend_in_one_capture_alone_are_two_attempts),
	};
	return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
