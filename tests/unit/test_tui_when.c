/* SPDX-License-Identifier: MIT */
#include "view/when.h"

#include "ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* 1996-11-04 10:02:11.25 UTC */
#define THEN (INT64_C(847101731) * NS_PER_SECOND + 250 * NS_PER_MS)

static void test_when_formats_differ_in_what_they_count_from(void **state)
{
	char text[WHEN_TEXT];
	(void)state;
	assert_string_equal(when_print(WHEN_UTC, THEN, NO_TIME, NO_TIME, 3, text), "10:02:11.250Z");
	assert_string_equal(when_print(WHEN_START, THEN, THEN - NS_PER_SECOND, NO_TIME, 3, text),
			    "+1.000");
	assert_string_equal(when_print(WHEN_DELTA, THEN, NO_TIME, THEN - NS_PER_MS, 6, text),
			    "+0.001000");
	assert_string_equal(when_print_day(WHEN_UTC, THEN, text), "1996-11-04");
}

static void test_when_is_empty_for_what_is_not_known(void **state)
{
	char text[WHEN_TEXT];
	(void)state;
	assert_string_equal(when_print(WHEN_CLOCK, NO_TIME, 0, 0, 0, text), "");
	assert_string_equal(when_print(WHEN_START, THEN, NO_TIME, 0, 0, text), "");
	assert_string_equal(when_print_day(WHEN_CLOCK, NO_TIME, text), "");
}

static void test_when_takes_times_of_hostile_captures(void **state)
{
	char text[WHEN_TEXT];
	(void)state;
	when_print(WHEN_UTC, INT64_MAX, 0, 0, 6, text);
	when_print(WHEN_UTC, INT64_MIN + 1, 0, 0, 6, text);
	when_print(WHEN_START, INT64_MAX, 0, 0, 6, text);
	when_print_day(WHEN_UTC, INT64_MAX, text);
}

static void test_wait_keeps_to_six_columns(void **state)
{
	char text[WHEN_TEXT];
	(void)state;
	assert_string_equal(wait_print(400 * 1000, text), "0.4 ms");
	assert_string_equal(wait_print(41 * NS_PER_MS, text), "41 ms");
	assert_string_equal(wait_print(90 * NS_PER_SECOND, text), "90.0 s");
	assert_string_equal(wait_print(612 * NS_PER_SECOND, text), "612 s");
	for (int64_t ns = 1000; ns < INT64_C(365) * 86400 * NS_PER_SECOND; ns += ns / 7 + 1)
		assert_true(strlen(wait_print(ns, text)) <= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when_formats_differ_in_what_they_count_from),
		cmocka_unit_test(test_when_is_empty_for_what_is_not_known),
		cmocka_unit_test(test_when_takes_times_of_hostile_captures),
		cmocka_unit_test(test_wait_keeps_to_six_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
