/* SPDX-License-Identifier: MIT */
/* Known timers, and what a sender's give-ups suggest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bounds.h"
#include "timers.h"

#define MS(ms) ((int64_t)(ms)*NS_PER_MS)
#define SECONDS(s) ((int64_t)(s)*NS_PER_SECOND)

static void test_timers_minimum_is_that_of_rfc_5321(void **state)
{
	static const int64_t expected_s[WAITS] = {0, 300, 300, 300, 300, 120, 180, 600};

	(void)state;
	for (int kind = 0; kind < WAITS; kind++)
		assert_int_equal(timer_minimum((enum wait_kind)kind), SECONDS(expected_s[kind]));
}

static void test_timers_known_ones_have_a_source_and_an_end_of_data(void **state)
{
	(void)state;
	for (size_t i = 0; known_timer(i); i++) {
		assert_true(known_timer(i)->source[0] != '\0');
		assert_true(known_timer(i)->seconds[WAIT_EOD] > 0);
	}
}

static void test_timers_snap_within_2_s_or_2_percent(void **state)
{
	(void)state;
	assert_int_equal(timer_snap(WAIT_EOD, MS(89800)), SECONDS(90));
	assert_int_equal(timer_snap(WAIT_EOD, MS(92100)), 0);
	assert_int_equal(timer_snap(WAIT_EOD, MS(611000)), SECONDS(600));
	assert_int_equal(timer_snap(WAIT_EOD, MS(613000)), 0);
}

static void test_timers_snap_does_not_take_seconds_for_ten(void **state)
{
	(void)state;
	assert_int_equal(timer_snap(WAIT_EOD, MS(10500)), SECONDS(10));
	assert_int_equal(timer_snap(WAIT_EOD, MS(8100)), 0);
}

/* Give-ups after WAITED_MS; COUNT of them. */
static struct give_ups give_ups_of(const int64_t *waited_ms, size_t count, int64_t acked_later_ms)
{
	struct give_ups give_ups = {0};

	for (size_t i = 0; i < count; i++) {
		struct give_up give_up = {MS(waited_ms[i]), MS(waited_ms[i] - acked_later_ms)};
		assert_true(give_ups_add(&give_ups, &give_up));
	}
	return give_ups;
}

static void test_timers_guess_is_the_round_time_that_all_give_ups_are_near(void **state)
{
	const int64_t waited_ms[] = {89930, 90100, 90004, 89970};
	struct give_ups give_ups = give_ups_of(waited_ms, 4, 0);
	struct timer_guess guess = timer_guess_from(WAIT_EOD, &give_ups);

	(void)state;
	assert_int_equal(guess.give_ups, 4);
	assert_int_equal(guess.median_ns, MS(89970));
	assert_int_equal(guess.least_ns, MS(89930));
	assert_int_equal(guess.most_ns, MS(90100));
	assert_int_equal(guess.timer_ns, SECONDS(90));
	assert_true(guess.is_usual);
	give_ups_clear(&give_ups);
}

static void test_timers_guess_from_scattered_give_ups_is_no_timer(void **state)
{
	const int64_t waited_ms[] = {30000, 90000, 600000};
	struct give_ups give_ups = give_ups_of(waited_ms, 3, 0);
	struct timer_guess guess = timer_guess_from(WAIT_EOD, &give_ups);

	(void)state;
	assert_int_equal(guess.timer_ns, 0);
	assert_int_equal(guess.least_ns, SECONDS(30));
	assert_int_equal(guess.most_ns, SECONDS(600));
	give_ups_clear(&give_ups);
}

static void test_timers_guess_of_an_unusual_time_is_what_was_seen(void **state)
{
	const int64_t waited_ms[] = {77000, 77010};
	struct give_ups give_ups = give_ups_of(waited_ms, 2, 0);
	struct timer_guess guess = timer_guess_from(WAIT_EOD, &give_ups);

	(void)state;
	assert_int_equal(guess.timer_ns, MS(77000));
	assert_false(guess.is_usual);
	give_ups_clear(&give_ups);
}

static void test_timers_guess_may_count_from_the_tcp_ack(void **state)
{
	const int64_t waited_ms[] = {97000, 97050};
	struct give_ups give_ups = give_ups_of(waited_ms, 2, 7000);
	struct timer_guess guess = timer_guess_from(WAIT_EOD, &give_ups);

	(void)state;
	assert_int_equal(guess.timer_ns, SECONDS(90));
	assert_true(guess.is_from_acked);
	assert_int_equal(guess.since_acked_ns, SECONDS(90));
	give_ups_clear(&give_ups);
}

static void test_timers_guess_keeps_the_newest_and_counts_all(void **state)
{
	struct give_ups give_ups = {0};
	struct give_up old = {SECONDS(30), NO_TIME}, new = {SECONDS(60), NO_TIME};

	(void)state;
	for (int i = 0; i < LIMIT_GIVE_UPS; i++)
		assert_true(give_ups_add(&give_ups, &old));
	for (int i = 0; i < LIMIT_GIVE_UPS; i++)
		assert_true(give_ups_add(&give_ups, &new));
	struct timer_guess guess = timer_guess_from(WAIT_EOD, &give_ups);
	assert_int_equal(guess.give_ups, 2 * LIMIT_GIVE_UPS);
	assert_int_equal(guess.timer_ns, SECONDS(60));
	assert_int_equal(guess.since_acked_ns, NO_TIME);
	give_ups_clear(&give_ups);
}

static void test_timers_guess_from_nothing_is_none(void **state)
{
	struct give_ups give_ups = {0};

	(void)state;
	assert_int_equal(timer_guess_from(WAIT_RCPT, &give_ups).give_ups, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_minimum_is_that_of_rfc_5321),
		cmocka_unit_test(test_timers_known_ones_have_a_source_and_an_end_of_data),
		cmocka_unit_test(test_timers_snap_within_2_s_or_2_percent),
		cmocka_unit_test(test_timers_snap_does_not_take_seconds_for_ten),
		cmocka_unit_test(test_timers_guess_is_the_round_time_that_all_give_ups_are_near),
		cmocka_unit_test(test_timers_guess_from_scattered_give_ups_is_no_timer),
		cmocka_unit_test(test_timers_guess_of_an_unusual_time_is_what_was_seen),
		cmocka_unit_test(test_timers_guess_may_count_from_the_tcp_ack),
		cmocka_unit_test(test_timers_guess_keeps_the_newest_and_counts_all),
		cmocka_unit_test(test_timers_guess_from_nothing_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
