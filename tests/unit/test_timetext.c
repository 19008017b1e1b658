/* SPDX-License-Identifier: MIT */
/* Times, durations, numbers and sizes in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "timetext.h"

#define SECONDS(s) ((int64_t)(s)*NS_PER_SECOND)

static void test_timetext_duration_keeps_seconds_below_ten_minutes(void **state)
{
	(void)state;
	assert_string_equal(duration_text(90 * NS_PER_SECOND).s, "90.0 s");
	assert_string_equal(duration_text(90052 * NS_PER_MS).s, "90.1 s");
	assert_string_equal(duration_text(SECONDS(599)).s, "599.0 s");
	assert_string_equal(duration_text(SECONDS(600)).s, "10 min 00 s");
}

static void test_timetext_duration_below_a_second_is_in_milliseconds(void **state)
{
	(void)state;
	assert_string_equal(duration_text(200000).s, "0.2 ms");
	assert_string_equal(duration_text(1000).s, "under 0.1 ms");
	assert_string_equal(duration_text(0).s, "0.0 ms");
	assert_string_equal(duration_text(350 * NS_PER_MS).s, "350 ms");
	assert_string_equal(duration_text(999600000).s, "1.0 s");
}

static void test_timetext_long_durations_have_two_units(void **state)
{
	(void)state;
	assert_string_equal(duration_text(SECONDS(1683)).s, "28 min 03 s");
	assert_string_equal(duration_text(SECONDS(7500)).s, "2 h 05 min");
	assert_string_equal(duration_text(SECONDS(3 * 86400 + 4 * 3600)).s, "3 d 4 h");
}

static void test_timetext_negative_durations_have_a_sign(void **state)
{
	(void)state;
	assert_string_equal(duration_text(-SECONDS(5)).s, "-5.0 s");
	assert_string_equal(duration_text(INT64_MIN).s, "-106751 d 23 h");
}

static void test_timetext_short_durations_leave_out_what_is_nought(void **state)
{
	(void)state;
	assert_string_equal(duration_short_text(0).s, "0 s");
	assert_string_equal(duration_short_text(SECONDS(90)).s, "90 s");
	assert_string_equal(duration_short_text(1500 * NS_PER_MS).s, "1.5 s");
	assert_string_equal(duration_short_text(SECONDS(600)).s, "10 min");
	assert_string_equal(duration_short_text(SECONDS(690)).s, "11 min 30 s");
	assert_string_equal(duration_short_text(SECONDS(7200)).s, "2 h");
}

static void test_timetext_delta_has_three_decimals(void **state)
{
	(void)state;
	assert_string_equal(delta_text(90052 * NS_PER_MS).s, "+90.052 s");
	assert_string_equal(delta_text(-500 * NS_PER_MS).s, "-0.500 s");
}

static void test_timetext_clock_counts_from_the_epoch(void **state)
{
	(void)state;
	assert_string_equal(clock_text(SECONDS(36221) + 218 * NS_PER_MS, true).s, "10:03:41.218");
	assert_string_equal(clock_text(-NS_PER_MS, true).s, "23:59:59.999");
	assert_string_equal(date_text(SECONDS(899373821), true).s, "1998-07-02 10:03:41Z");
}

static void test_timetext_numbers_stand_in_groups_of_three(void **state)
{
	(void)state;
	assert_string_equal(number_text(7).s, "7");
	assert_string_equal(number_text(999).s, "999");
	assert_string_equal(number_text(27212).s, "27 212");
	assert_string_equal(number_text(UINT64_MAX).s, "18 446 744 073 709 551 615");
}

static void test_timetext_sizes_have_units_of_a_thousand(void **state)
{
	(void)state;
	assert_string_equal(size_text(1).s, "1 byte");
	assert_string_equal(size_text(812).s, "812 bytes");
	assert_string_equal(size_text(27212).s, "27 kB");
	assert_string_equal(size_text(1450000).s, "1.4 MB");
	assert_string_equal(size_text(UINT64_MAX).s, "18 EB");
}

static void test_timetext_times_are_counted_in_words_up_to_two(void **state)
{
	(void)state;
	assert_string_equal(times_text(1).s, "once");
	assert_string_equal(times_text(2).s, "twice");
	assert_string_equal(times_text(3).s, "3 times");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timetext_duration_keeps_seconds_below_ten_minutes),
		cmocka_unit_test(test_timetext_duration_below_a_second_is_in_milliseconds),
		cmocka_unit_test(test_timetext_long_durations_have_two_units),
		cmocka_unit_test(test_timetext_negative_durations_have_a_sign),
		cmocka_unit_test(test_timetext_short_durations_leave_out_what_is_nought),
		cmocka_unit_test(test_timetext_delta_has_three_decimals),
		cmocka_unit_test(test_timetext_clock_counts_from_the_epoch),
		cmocka_unit_test(test_timetext_numbers_stand_in_groups_of_three),
		cmocka_unit_test(test_timetext_sizes_have_units_of_a_thousand),
		cmocka_unit_test(test_timetext_times_are_counted_in_words_up_to_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
