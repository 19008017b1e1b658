/* SPDX-License-Identifier: MIT */
/* One message on several legs of its way, to several recipients, and seen in several places. */
#include "mails.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_join_legs_not_a_hop_that_the_server_makes(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 0);
	/* The server hands the same message on to the store behind it. */
	struct endpoint store = play.ends[SIDE_SERVER];
	play.ends[SIDE_CLIENT] = play.ends[SIDE_SERVER];
	play.ends[SIDE_CLIENT].port = 50000;
	store.address[15] = 99;
	play.ends[SIDE_SERVER] = store;
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 1);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(mail_deliveries(&heard, &delivery), 2);
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

static void test_join_legs_what_a_relay_forwards_twice_to_itself(void **state)
{
	struct play play;
	struct heard heard;
	const struct mail confirmed = {"a@x", "b@y", mail_text, "250 ok\r\n"};
	(void)state;
	play_begin(&play);
	memcpy(play.ends[SIDE_SERVER].address, play.ends[SIDE_CLIENT].address,
	       sizeof play.ends[SIDE_SERVER].address);
	set_leg(&play, 1, 2);
	mail_send(&play, &mail_unanswered, 0);
	set_leg(&play, 2, 3);
	mail_send(&play, &confirmed, 5);
	set_leg(&play, 1, 2);
	mail_send(&play, &confirmed, 30);
	set_leg(&play, 2, 3);
	mail_send(&play, &confirmed, 5);
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

/* A load balancer with addresses of its own on each side hands on line by line. */
static void test_join_legs_not_what_a_proxy_passes_on(void **state)
{
	struct play outer, inner;
	struct heard heard;
	(void)state;
	play_begin(&outer);
	play_open(&outer);
	outer.trip_ns = 20 * NS_PER_MS;
	play_envelope(&outer, "a@x", "b@y");
	play_message(&outer, "1@x", "hello");
	play_say(&outer, SIDE_SERVER, "250 queued as 4F2B1\r\n");
	play_ack(&outer, SIDE_CLIENT);
	play_see_from_server(&outer, &inner, 0.005, 0);
	for (uint32_t i = 0; i < inner.count; i++) {
		struct segment *s = &inner.segments[i];
		bool is_client = s->destination.port == 25;
		s->source.address[13] = s->destination.address[13] = 77;
		s->seq += is_client ? 111111 : 777777;
		s->ack += !s->ack ? 0 : is_client ? 777777 : 111111;
	}
	play_hear_both(&outer, &inner, &heard);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DUPLICATED), 0);
	assert_int_equal(deliveries_in_state(heard.deliveries, STATE_DELIVERED), 2);
	assert_int_equal(delivery_get(heard.deliveries, 1)->hop_of, 0);
	heard_free(&heard);
	play_end(&inner);
	play_end(&outer);
}

static void test_join_legs_tells_the_legs_of_a_chain_of_relays(void **state)
{
	struct play play;
	struct heard heard;
	const struct mail confirmed = {"a@x", "b@y", mail_text, "250 ok\r\n"};
	(void)state;
	play_begin(&play);
	memcpy(play.ends[SIDE_SERVER].address, play.ends[SIDE_CLIENT].address,
	       sizeof play.ends[SIDE_SERVER].address);
	for (uint8_t host = 1; host <= 3; host++) {
		set_leg(&play, host, (uint8_t)(host + 1));
		mail_send(&play, &confirmed, 2);
	}
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 3);
	assert_int_equal(delivery_get(heard.deliveries, 1)->hop_of, 0);
	assert_int_equal(delivery_get(heard.deliveries, 2)->hop_of, 1);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_legs_counts_the_recipients_of_a_message(void **state)
{
	struct play play;
	struct heard heard;
	(void)state;
	play_begin(&play);
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 0);
	mail_send(&play, &(struct mail){"a@x", "c@y", mail_text, "250 ok\r\n"}, 1);
	mail_send(&play, &(struct mail){"a@x", "C@y", mail_text, "250 ok\r\n"}, 1);
	play_hear(&play, VANTAGE_CLIENT, &heard);
	assert_int_equal(deliveries_count(heard.deliveries), 2);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(deliveries_recipients(heard.deliveries,
						       delivery_get(heard.deliveries, i)),
				 2);
	heard_free(&heard);
	play_end(&play);
}

static void test_join_legs_the_same_connection_at_two_taps_counts_once(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 0);
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
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 1);
	heard_free(&heard);
	free(twice.segments);
	play_end(&play);
}

static void test_join_legs_a_connection_on_both_sides_of_a_nat_counts_once(void **state)
{
	struct play play;
	struct heard heard;
	const struct delivery *delivery = NULL;
	(void)state;
	play_begin(&play);
	mail_send(&play, &(struct mail){"a@x", "b@y", mail_text, "250 ok\r\n"}, 0);
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
	assert_int_equal(mail_deliveries(&heard, &delivery), 1);
	assert_int_equal(delivery->try_count, 1);
	heard_free(&heard);
	free(twice.segments);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join_legs_not_a_hop_that_the_server_makes),
		cmocka_unit_test(test_join_legs_what_a_relay_forwards_twice_to_itself),
		cmocka_unit_test(test_join_legs_not_what_a_proxy_passes_on),
		cmocka_unit_test(test_join_legs_tells_the_legs_of_a_chain_of_relays),
		cmocka_unit_test(test_join_legs_counts_the_recipients_of_a_message),
		cmocka_unit_test(test_join_legs_the_same_connection_at_two_taps_counts_once),
		cmocka_unit_test(test_join_legs_a_connection_on_both_sides_of_a_nat_counts_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
