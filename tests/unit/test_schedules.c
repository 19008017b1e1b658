/* SPDX-License-Identifier: MIT */
/* Whose retries a row of attempts looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schedules.h"

#define MOST 12

/* The schedules that attempts at STARTS (seconds; the first is 0), of LASTED each, fit. */
static uint32_t fitting(const double *starts, size_t count, double lasted)
{
	struct attempt_time times[MOST];

	for (size_t i = 0; i < count; i++) {
		times[i].start_ns = (int64_t)(starts[i] * 1e9);
		times[i].end_ns = (int64_t)((starts[i] + lasted) * 1e9);
	}
	return schedules_fitting(times, count);
}

#define FITTING(lasted, ...)                                                                       \
	fitting((const double[]){__VA_ARGS__},                                                     \
		sizeof((const double[]){__VA_ARGS__}) / sizeof(double), lasted)

static void test_schedules_even_intervals_are_fixed(void **state)
{
	(void)state;
	assert_int_equal(FITTING(30, 0, 120, 240.5, 360), 1u << SCHEDULE_FIXED);
}

static void test_schedules_postfix_grows_with_age_at_queue_runs(void **state)
{
	(void)state;
	assert_int_equal(FITTING(90, 0, 420, 1020, 2220, 4620, 8820, 13020),
			 1u << SCHEDULE_POSTFIX);
}

static void test_schedules_qmail_and_opensmtpd_are_squares(void **state)
{
	(void)state;
	assert_int_equal(FITTING(5, 0, 400, 1600, 3601, 6402), 1u << SCHEDULE_SQUARES);
}

static void test_schedules_haraka_doubles_from_64_s(void **state)
{
	(void)state;
	assert_int_equal(FITTING(30, 0, 94, 252, 538, 1080), 1u << SCHEDULE_HARAKA);
}

static void test_schedules_dma_grows_by_a_random_factor(void **state)
{
	(void)state;
	assert_int_equal(FITTING(1, 0, 301, 901, 2301), 1u << SCHEDULE_DMA);
}

static void test_schedules_three_attempts_tell_nothing(void **state)
{
	(void)state;
	assert_int_equal(FITTING(30, 0, 120, 240), 0);
}

static void test_schedules_arbitrary_intervals_fit_none(void **state)
{
	(void)state;
	assert_int_equal(FITTING(1, 0, 37, 4000, 4100, 90000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schedules_even_intervals_are_fixed),
		cmocka_unit_test(test_schedules_postfix_grows_with_age_at_queue_runs),
		cmocka_unit_test(test_schedules_qmail_and_opensmtpd_are_squares),
		cmocka_unit_test(test_schedules_haraka_doubles_from_64_s),
		cmocka_unit_test(test_schedules_dma_grows_by_a_random_factor),
		cmocka_unit_test(test_schedules_three_attempts_tell_nothing),
		cmocka_unit_test(test_schedules_arbitrary_intervals_fit_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
