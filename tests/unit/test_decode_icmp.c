/* SPDX-License-Identifier: MIT */
/* What routers say of segments that they did not pass on. */
#include "decode_bench.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The packet that the router quotes: 10.0.0.1:4000 to 10.0.0.2:25, sequence number 0x11223344. */
#define QUOTE "45 00 05dc 0007 4000 3f 06 0000 0a000001 0a000002 0fa0 0019 11223344"
#define QUOTE_V6 \
	"60000000 05b4 06 3f 20010db8 00000000 00000000 00000001" \
	"20010db8 00000000 00000000 00000002 0fa0 0019 11223344"
/* The headers in front of it: the router is 10.0.0.254. */
#define FROM_ROUTER "45 00 0038 0001 0000 40 01 0000 0a0000fe 0a000001"
#define FROM_ROUTER_V6 \
	"60000000 0038 3a 40 20010db8 00000000 00000000 000000fe" \
	"20010db8 00000000 00000000 00000001"

static const struct refusal *decode_refusal(struct bench *bench, const char *hex)
{
	assert_false(bench_decode(bench, DLT_RAW, hex));
	return decoder_refusal(bench->decoder);
}

static void test_icmp_tells_the_mtu_of_the_next_link(void **state)
{
	struct bench *bench = *state;
	char text[ENDPOINT_TEXT];

	bench->packet.file = 3;
	const struct refusal *refusal =
		decode_refusal(bench, FROM_ROUTER "03 04 0000 0000 0514" QUOTE);
	assert_non_null(refusal);
	assert_true(refusal->is_too_big);
	assert_int_equal(refusal->mtu, 1300);
	assert_int_equal(refusal->seq, 0x11223344);
	assert_int_equal(refusal->mark.frame, 1);
	assert_int_equal(refusal->file, 3);
	assert_string_equal(endpoint_format(&refusal->source, text), "10.0.0.1:4000");
	assert_string_equal(endpoint_format(&refusal->destination, text), "10.0.0.2:25");
	assert_string_equal(endpoint_format_address(&refusal->router, text), "10.0.0.254");
	bench_expect_skipped(bench, SKIP_NOT_TCP, 0);
}

static void test_icmp_of_version_6_tells_the_mtu_of_the_next_link(void **state)
{
	struct bench *bench = *state;
	char text[ENDPOINT_TEXT];

	const struct refusal *refusal =
		decode_refusal(bench, FROM_ROUTER_V6 "02 00 0000 00000500" QUOTE_V6);
	assert_non_null(refusal);
	assert_true(refusal->is_too_big);
	assert_int_equal(refusal->mtu, 1280);
	assert_string_equal(endpoint_format(&refusal->source, text), "[2001:db8::1]:4000");
}

static void test_icmp_tells_that_a_host_is_unreachable(void **state)
{
	struct bench *bench = *state;

	const struct refusal *refusal =
		decode_refusal(bench, FROM_ROUTER "03 01 0000 00000000" QUOTE);
	assert_non_null(refusal);
	assert_false(refusal->is_too_big);
	assert_int_equal(refusal->mtu, 0);
}

static void test_icmp_tells_nothing_where_ports_or_sequence_number_are_cut(void **state)
{
	struct bench *bench = *state;

	assert_null(decode_refusal(bench, "45 00 0034 0001 0000 40 01 0000 0a0000fe 0a000001"
					  "03 04 0000 0000 0514"
					  "45 00 05dc 0007 4000 3f 06 0000 0a000001 0a000002"
					  "0fa0 0019"));
	bench_expect_skipped(bench, SKIP_NOT_TCP, 1);
}

static void test_icmp_that_quotes_no_tcp_is_passed_over(void **state)
{
	struct bench *bench = *state;

	assert_null(decode_refusal(bench, FROM_ROUTER "03 03 0000 00000000"
						      "45 00 05dc 0007 4000 3f 11 0000 0a000001"
						      "0a000002 0fa0 0035 00000000"));
	assert_null(decode_refusal(bench, FROM_ROUTER "08 00 0000 00010001" QUOTE));
	bench_expect_skipped(bench, SKIP_NOT_TCP, 2);
}

static void test_icmp_is_told_of_the_newest_packet_alone(void **state)
{
	struct bench *bench = *state;

	assert_non_null(decode_refusal(bench, FROM_ROUTER "03 04 0000 0000 0514" QUOTE));
	assert_true(bench_decode(bench, DLT_EN10MB, ETHERNET "0800" IPV4_QUIT TCP QUIT));
	assert_null(decoder_refusal(bench->decoder));
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_icmp_tells_the_mtu_of_the_next_link),
		WITH_BENCH(test_icmp_of_version_6_tells_the_mtu_of_the_next_link),
		WITH_BENCH(test_icmp_tells_that_a_host_is_unreachable),
		WITH_BENCH(test_icmp_tells_nothing_where_ports_or_sequence_number_are_cut),
		WITH_BENCH(test_icmp_that_quotes_no_tcp_is_passed_over),
		WITH_BENCH(test_icmp_is_told_of_the_newest_packet_alone),
	};
	return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
