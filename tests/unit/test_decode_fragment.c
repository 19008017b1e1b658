/* SPDX-License-Identifier: MIT */
/* Datagrams put together from fragments. */
#include "decode_bench.h"

#include "bounds.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* The 26 bytes of a TCP header and QUIT, cut at 8 and 16. */
#define ADDRESSES "0000 0a000001 0a000002 "
#define FIRST "45 00 001c 0007 2000 40 06" ADDRESSES "0fa0 0019 00000001"
#define MIDDLE "45 00 001c 0007 2001 40 06" ADDRESSES "00000002 50 18 1000"
#define LAST "45 00 001e 0007 0002 3f 06" ADDRESSES "0000 0000" QUIT

#define IPV6_ADDRESSES "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define IPV6_FIRST                                                                                 \
	"60000000 0018 2c 40" IPV6_ADDRESSES "0600 0001 00000009"                                  \
	"0fa0 0019 00000001 00000002 50 18 1000"
#define IPV6_LAST                                                                                  \
	"60000000 0012 2c 40" IPV6_ADDRESSES "0600 0010 00000009"                                  \
	"0000 0000" QUIT

static void test_decode_fragment_joins_fragments_in_order(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW, FIRST));
	assert_false(bench_decode(bench, DLT_RAW, MIDDLE));
	assert_true(bench_decode(bench, DLT_RAW, LAST));
	assert_int_equal(bench->segment.source.port, 4000);
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QUIT\r\n");
	bench_expect_skipped(bench, SKIP_FRAGMENT, 0);
}

static void test_decode_fragment_joins_fragments_in_any_order(void **state)
{
	static const char *const orders[][3] = {
		{LAST, MIDDLE, FIRST}, {MIDDLE, FIRST, LAST}, {FIRST, LAST, MIDDLE},
		{LAST, FIRST, MIDDLE}, {MIDDLE, LAST, FIRST},
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		assert_false(bench_decode(bench, DLT_RAW, orders[i][0]));
		assert_false(bench_decode(bench, DLT_RAW, orders[i][1]));
		assert_true(bench_decode(bench, DLT_RAW, orders[i][2]));
		bench_expect_payload(bench, "QUIT\r\n");
	}
}

static void test_decode_fragment_marks_the_segment_by_the_packet_that_completed_it(void **state)
{
	struct bench *bench = *state;

	bench->packet.mark.time_ns = 100;
	(void)bench_decode(bench, DLT_RAW, FIRST);
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	bench->packet.mark.time_ns = 200;
	assert_true(bench_decode(bench, DLT_RAW, LAST));
	assert_int_equal(bench->segment.mark.frame, 3);
	assert_int_equal(bench->segment.mark.time_ns, 200);
	assert_int_equal(bench->segment.ttl, 63);
}

static void test_decode_fragment_joins_ipv6_fragments(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW, IPV6_LAST));
	assert_true(bench_decode(bench, DLT_RAW, IPV6_FIRST));
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_fragment_walks_extension_headers_inside_the_fragments(void **state)
{
	struct bench *bench = *state;

	/* destination options stand in the first fragment, behind the fragment header */
	assert_false(bench_decode(bench, DLT_RAW,
				  "60000000 0018 2c 40" IPV6_ADDRESSES "3c00 0001 00000009"
				  "0600 010400000000 0fa0 0019 00000001"));
	assert_true(bench_decode(bench, DLT_RAW,
				 "60000000 001a 2c 40" IPV6_ADDRESSES "3c00 0010 00000009"
				 "00000002 50 18 1000 0000 0000" QUIT));
	assert_int_equal(bench->segment.source.port, 4000);
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_fragment_keeps_the_bytes_that_came_first_where_they_overlap(void **state)
{
	struct bench *bench = *state;

	(void)bench_decode(bench, DLT_RAW, FIRST);
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	/* port 26 and another window where FIRST and MIDDLE stand */
	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 0024 0007 2000 40 06" ADDRESSES
				  "0fa0 001a 00000001 00000002 50 18 2000"));
	assert_true(bench_decode(bench, DLT_RAW, LAST));
	assert_int_equal(bench->segment.destination.port, 25);
	assert_int_equal(bench->segment.window, 0x1000);
	bench_expect_skipped(bench, SKIP_MALFORMED, 1);
}

static void test_decode_fragment_takes_no_offence_at_a_copy(void **state)
{
	struct bench *bench = *state;

	(void)bench_decode(bench, DLT_RAW, FIRST);
	assert_false(bench_decode(bench, DLT_RAW, FIRST));
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	assert_true(bench_decode(bench, DLT_RAW, LAST));
	bench_expect_skipped(bench, SKIP_MALFORMED, 0);
}

static void test_decode_fragment_does_not_mix_two_taps(void **state)
{
	struct bench *bench = *state;

	(void)bench_decode(bench, DLT_RAW, FIRST);
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	bench->packet.tap = 1;
	assert_false(bench_decode(bench, DLT_RAW, LAST));
	bench->packet.tap = 0;
	assert_true(bench_decode(bench, DLT_RAW, LAST));
}

static void test_decode_fragment_ends_the_payload_where_a_snaplen_cut_a_fragment(void **state)
{
	struct bench *bench = *state;

	(void)bench_decode(bench, DLT_RAW, FIRST);
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	bench->packet.wire_len = 30;
	assert_true(bench_decode(bench, DLT_RAW,
				 "45 00 001e 0007 0002 3f 06" ADDRESSES "0000 0000 5155"));
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QU");
}

static void test_decode_fragment_counts_impossible_ones_as_malformed(void **state)
{
	struct bench *bench = *state;

	/* not the last, yet no multiple of 8; beyond 65535; none at all; a second, other end */
	(void)bench_decode(bench, DLT_RAW, LAST);
	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 001b 0008 2000 40 06" ADDRESSES "0fa0 0019 000000"));
	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 001e 0008 1fff 40 06" ADDRESSES "0000 0000" QUIT));
	assert_false(bench_decode(bench, DLT_RAW, "45 00 0014 0008 2001 40 06" ADDRESSES));
	assert_false(bench_decode(bench, DLT_RAW, "45 00 0016 0007 0004 40 06" ADDRESSES "0d0a"));
	bench_expect_skipped(bench, SKIP_MALFORMED, 4);
}

static void test_decode_fragment_lets_a_datagram_go_after_60_seconds(void **state)
{
	struct bench *bench = *state;

	(void)bench_decode(bench, DLT_RAW, FIRST);
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	bench->packet.mark.time_ns = LIMIT_FRAGMENT_AGE_NS;
	(void)bench_decode(bench, DLT_RAW, IPV4_QUIT TCP QUIT);
	bench_expect_skipped(bench, SKIP_FRAGMENT, 0);
	bench->packet.mark.time_ns = LIMIT_FRAGMENT_AGE_NS + 1;
	(void)bench_decode(bench, DLT_RAW, IPV4_QUIT TCP QUIT);
	bench_expect_skipped(bench, SKIP_FRAGMENT, 2);
	assert_false(bench_decode(bench, DLT_RAW, LAST));
}

static void test_decode_fragment_lets_the_oldest_go_where_there_are_too_many(void **state)
{
	struct bench *bench = *state;
	char digits[128];

	for (unsigned i = 0; i <= LIMIT_DATAGRAMS; i++) {
		bench->packet.mark.time_ns = 1000 + i;
		(void)snprintf(digits, sizeof digits,
			       "45 00 001c %04x 2000 40 06" ADDRESSES "0fa0 0019 00000001", 7 + i);
		assert_false(bench_decode(bench, DLT_RAW, digits));
	}
	bench_expect_skipped(bench, SKIP_FRAGMENT, 1);
	(void)bench_decode(bench, DLT_RAW, MIDDLE);
	assert_false(bench_decode(bench, DLT_RAW, LAST));
}

static void test_decode_fragment_does_not_keep_those_of_other_protocols(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 001c 0007 2000 40 11" ADDRESSES "0035 0035 00ff 0000"));
	bench_expect_skipped(bench, SKIP_NOT_TCP, 1);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_decode_fragment_joins_fragments_in_order),
		WITH_BENCH(test_decode_fragment_joins_fragments_in_any_order),
		WITH_BENCH(test_decode_fragment_marks_the_segment_by_the_packet_that_completed_it),
		WITH_BENCH(test_decode_fragment_joins_ipv6_fragments),
		WITH_BENCH(test_decode_fragment_walks_extension_headers_inside_the_fragments),
		WITH_BENCH(test_decode_fragment_keeps_the_bytes_that_came_first_where_they_overlap),
		WITH_BENCH(test_decode_fragment_takes_no_offence_at_a_copy),
		WITH_BENCH(test_decode_fragment_does_not_mix_two_taps),
		WITH_BENCH(test_decode_fragment_ends_the_payload_where_a_snaplen_cut_a_fragment),
		WITH_BENCH(test_decode_fragment_counts_impossible_ones_as_malformed),
		WITH_BENCH(test_decode_fragment_lets_a_datagram_go_after_60_seconds),
		WITH_BENCH(test_decode_fragment_lets_the_oldest_go_where_there_are_too_many),
		WITH_BENCH(test_decode_fragment_does_not_keep_those_of_other_protocols),
	};

	return cmocka_run_group_tests_name("decode fragment", tests, NULL, NULL);
}
