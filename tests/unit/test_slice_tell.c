/* SPDX-License-Identifier: MIT */
/* What is said of a finished slice. */
#include "slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* COUNTS are told as the lines EXPECTED, of which the last is NULL. */
static void expect_told(const struct slice_counts *counts, const char *const *expected)
{
	char lines[SLICE_LINES][SLICE_TEXT];
	int n = slice_tell(counts, "few.pcap", lines);

	for (int i = 0; i < n; i++) {
		assert_non_null(expected[i]);
		assert_string_equal(lines[i], expected[i]);
	}
	assert_null(expected[n]);
}

static void test_slice_tells_its_size_and_that_frames_are_counted_anew(void **state)
{
	const struct slice_counts counts = {.deliveries = 1, .connections = 2, .packets = 63,
					    .first_frame = 118, .first_file = "big.pcap"};
	static const char *const lines[] = {
		"63 packets of 2 connections (1 delivery) written to few.pcap",
		"frames are counted anew in it: frame 1 was frame 118 of big.pcap", NULL};
	(void)state;
	expect_told(&counts, lines);
}

static void test_slice_tells_of_passwords_unless_they_are_blanked(void **state)
{
	struct slice_counts counts = {.deliveries = 2, .connections = 1, .packets = 1,
				      .passwords = 2};
	static const char *const held[] = {
		"1 packet of 1 connection (2 deliveries) written to few.pcap",
		"it holds 2 AUTH answers in clear; --redact blanks them", NULL};
	static const char *const blanked[] = {
		"1 packet of 1 connection (2 deliveries) written to few.pcap; passwords and "
		"messages are blanked", NULL};
	(void)state;
	expect_told(&counts, held);
	counts.is_redacted = true;
	expect_told(&counts, blanked);
}

static void test_slice_tells_what_is_missing(void **state)
{
	const struct slice_counts counts = {.is_pcapng = true, .lost = 7, .cut = 1,
					    .is_limited = true, .has_twins = true};
	static const char *const lines[] = {
		"0 packets of 0 connections (0 deliveries) written to few.pcap, as pcapng",
		"two captures of the same connections are one in it: a slice of each keeps what one "
		"saw and the other did not",
		"7 packets of the input could not be read again: those of them that belong to it are "
		"missing",
		"1 frame of it is cut, not blanked: fragments, what routers quote, and TURN",
		"memory ran short: more of it is blanked than had to be", NULL};
	(void)state;
	expect_told(&counts, lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slice_tells_its_size_and_that_frames_are_counted_anew),
		cmocka_unit_test(test_slice_tells_of_passwords_unless_they_are_blanked),
		cmocka_unit_test(test_slice_tells_what_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
