/* SPDX-License-Identifier: MIT */
#include "two_captures.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void both_begin(struct both *both)
{
	play_begin(&both->near);
	play_open(&both->near);
	both->near.trip_ns = 20 * NS_PER_MS;
	play_envelope(&both->near, "a@x", "b@y");
	play_message(&both->near, "1@x", "hello");
	play_ack(&both->near, SIDE_SERVER);
}

void both_see_from_server(struct both *both)
{
	play_see_from_server(&both->near, &both->far, BOTH_DELAY_S, BOTH_AHEAD_S);
}

void both_lose_last(struct play *play)
{
	play_lose(play, play->count - 1);
}

void both_hear(struct both *both)
{
	play_hear_both(&both->near, &both->far, &both->heard);
	assert_int_equal(deliveries_count(both->heard.deliveries), 1);
	const struct delivery *delivery = delivery_get(both->heard.deliveries, 0);
	assert_int_equal(delivery->try_count, 1);
	both->try = &delivery->tries[0];
	assert_true(deliveries_views(both->heard.deliveries, both->try, &both->views));
}

void both_end(struct both *both)
{
	heard_free(&both->heard);
	play_end(&both->far);
	play_end(&both->near);
}

void both_expect(const struct both *both, enum cause cause, uint32_t min, uint32_t max)
{
	assert_string_equal(cause_name(both->try->verdict.cause), cause_name(cause));
	assert_int_equal(both->try->verdict.copies_min, min);
	assert_int_equal(both->try->verdict.copies_max, max);
}
