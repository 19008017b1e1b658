/* SPDX-License-Identifier: MIT */
#include "two_captures.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void begin(struct both *both)
{
	play_begin(&both->near);
	play_open(&both->near);
	both->near.trip_ns = 20 * NS_PER_MS;
	play_envelope(&both->near, "a@x", "b@y");
	play_message(&both->near, "1@x", "hello");
}

void both_begin(struct both *both)
{
	begin(both);
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

void both_answer_in_time(struct both *both)
{
	play_say(&both->near, SIDE_SERVER, "250 queued\r\n");
	play_ack(&both->near, SIDE_CLIENT);
	both_see_from_server(both);
}

void both_answer_late(struct both *both)
{
	play_wait(&both->near, 90);
	play_fin(&both->near, SIDE_CLIENT);
	play_wait(&both->near, 10);
	play_say(&both->near, SIDE_SERVER, "250 queued\r\n");
	both_see_from_server(both);
}

void both_hold_up_reply(struct both *both)
{
	play_wait(&both->near, 90);
	play_fin(&both->near, SIDE_CLIENT);
	play_wait(&both->near, 1);
	play_say(&both->near, SIDE_SERVER, "250 queued\r\n");
	uint32_t reply = both->near.count - 1;
	both->near.segments[reply].ack--;
	both_see_from_server(both);
	/* At the server it left 80 s before it came here. */
	struct segment sent = both->far.segments[reply];
	sent.mark.time_ns -= 80 * NS_PER_SECOND;
	both->far.segments[reply] = both->far.segments[reply - 1];
	both->far.segments[reply - 1] = sent;
}

void both_lose_message(struct both *both)
{
	begin(both);
	uint32_t message = both->near.count - 1;
	play_again(&both->near, 3);
	play_wait(&both->near, 90);
	play_rst(&both->near, SIDE_CLIENT);
	both_see_from_server(both);
	for (int i = 0; i < 3; i++)
		play_lose(&both->far, message);
	/* The server gives the silent connection up by itself. */
	both->far.is_acking = false;
	play_wait(&both->far, 300);
	play_fin(&both->far, SIDE_SERVER);
	both->far.segments[both->far.count - 1].ack = both->near.segments[message].seq;
}

void both_answer_between(struct both *both)
{
	play_say(&both->near, SIDE_SERVER, "250 accepted by the gateway\r\n");
	uint32_t reply = both->near.count - 1;
	play_ack(&both->near, SIDE_CLIENT);
	play_wait(&both->near, 30);
	play_fin(&both->near, SIDE_CLIENT);
	both_see_from_server(both);
	play_lose(&both->far, reply);
	both->far.segments[reply].ack = both->near.segments[reply].seq;
	both->far.segments[reply + 1].ack = both->near.segments[reply].seq;
}

void both_reset_between(struct both *both)
{
	play_wait(&both->near, 12);
	play_rst(&both->near, SIDE_SERVER);
	both_see_from_server(both);
	both_lose_last(&both->far);
	play_wait(&both->far, 60);
	play_say(&both->far, SIDE_CLIENT, "");
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
