/* SPDX-License-Identifier: MIT */
/* Lengths, options and extension headers of IPv4 and IPv6. */
#include "decode_bench.h"

#include "bounds.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define IPV6_ADDRESSES "20010db8000000000000000000000001 20010db8000000000000000000000002 "

static void test_decode_ip_passes_over_ipv4_options(void **state)
{
	struct bench *bench = *state;

	assert_true(bench_decode(
		bench, DLT_RAW,
		"46 00 0032 0007 0000 40 06 0000 0a000001 0a000002 94040000" TCP QUIT));
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_ip_takes_no_ethernet_padding_as_payload(void **state)
{
	struct bench *bench = *state;

	/* an empty segment in the shortest frame there is: 6 bytes of padding */
	assert_true(bench_decode(bench, DLT_EN10MB,
				 ETHERNET
				 "0800 45 00 0028 0007 0000 40 06 0000 0a000001 0a000002" TCP
				 "000000000000"));
	assert_int_equal(bench->segment.len, 0);
	bench_expect_payload(bench, "");
}

static void test_decode_ip_takes_a_total_length_of_0_from_the_frame(void **state)
{
	struct bench *bench = *state;

	assert_true(bench_decode(
		bench, DLT_EN10MB,
		ETHERNET "0800 45 00 0000 0007 0000 40 06 0000 0a000001 0a000002" TCP QUIT));
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_ip_takes_a_payload_length_of_0_from_the_frame(void **state)
{
	struct bench *bench = *state;

	bench->packet.wire_len = 40 + 20 + 100;
	assert_true(bench_decode(bench, DLT_RAW, "60000000 0000 06 40" IPV6_ADDRESSES TCP QUIT));
	assert_int_equal(bench->segment.len, 100);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_ip_believes_the_bytes_over_a_shorter_wire_length(void **state)
{
	struct bench *bench = *state;

	bench->packet.wire_len = 10;
	assert_true(bench_decode(bench, DLT_RAW,
				 "45 00 0000 0007 0000 40 06 0000 0a000001 0a000002" TCP QUIT));
	assert_int_equal(bench->segment.len, 6);
}

static void test_decode_ip_refuses_a_frame_length_that_no_card_segments(void **state)
{
	struct bench *bench = *state;

	bench->packet.wire_len = UINT32_MAX;
	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 0000 0007 0000 40 06 0000 0a000001 0a000002" TCP QUIT));
	assert_false(bench_decode(bench, DLT_RAW, "60000000 0000 06 40" IPV6_ADDRESSES TCP QUIT));
	bench_expect_skipped(bench, SKIP_MALFORMED, 2);
}

static void test_decode_ip_walks_ipv6_extension_headers(void **state)
{
	struct bench *bench = *state;

	/* hop-by-hop, routing of 16 bytes, destination options, authentication of 24 bytes */
	assert_true(bench_decode(bench, DLT_RAW,
				 "60000000 0052 00 40" IPV6_ADDRESSES "2b00 010400000000"
				 "3c01 000000000000 0000000000000000"
				 "3300 010400000000"
				 "0604 0000 00000001 00000001 000000000000000000000000" TCP QUIT));
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_ip_takes_an_atomic_fragment_as_whole(void **state)
{
	struct bench *bench = *state;

	assert_true(bench_decode(bench, DLT_RAW,
				 "60000000 0022 2c 40" IPV6_ADDRESSES
				 "0600 0000 00000009" TCP QUIT));
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_ip_counts_what_follows_no_next_header_as_not_tcp(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW, "60000000 0000 3b 40" IPV6_ADDRESSES));
	bench_expect_skipped(bench, SKIP_NOT_TCP, 1);
}

static void
test_decode_ip_counts_an_extension_header_longer_than_its_packet_as_malformed(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW,
				  "60000000 0008 3c 40" IPV6_ADDRESSES "06ff 010400000000"));
	bench_expect_skipped(bench, SKIP_MALFORMED, 1);
}

static void test_decode_ip_gives_up_on_endless_extension_headers(void **state)
{
	struct bench *bench = *state;
	struct hex digits = {.n = 0};

	hex_add(&digits, "60000000 0800 3c 40" IPV6_ADDRESSES);
	for (int i = 0; i <= LIMIT_IPV6_EXTENSIONS; i++)
		hex_add(&digits, "3c00 010400000000");
	struct packet packet = {
		.link = DLT_RAW,
		.wire_len = 40 + 0x800,
		.bytes = hex_span(&digits),
	};
	assert_false(decode_packet(bench->decoder, &packet, &bench->segment));
	bench_expect_skipped(bench, SKIP_DEPTH, 1);
}

static void test_decode_ip_counts_other_versions_as_not_ip(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW, "70000000 00000000"));
	bench_expect_skipped(bench, SKIP_NOT_IP, 1);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_decode_ip_passes_over_ipv4_options),
		WITH_BENCH(test_decode_ip_takes_no_ethernet_padding_as_payload),
		WITH_BENCH(test_decode_ip_takes_a_total_length_of_0_from_the_frame),
		WITH_BENCH(test_decode_ip_takes_a_payload_length_of_0_from_the_frame),
		WITH_BENCH(test_decode_ip_believes_the_bytes_over_a_shorter_wire_length),
		WITH_BENCH(test_decode_ip_refuses_a_frame_length_that_no_card_segments),
		WITH_BENCH(test_decode_ip_walks_ipv6_extension_headers),
		WITH_BENCH(test_decode_ip_takes_an_atomic_fragment_as_whole),
		WITH_BENCH(test_decode_ip_counts_what_follows_no_next_header_as_not_tcp),
		WITH_BENCH(
			test_decode_ip_counts_an_extension_header_longer_than_its_packet_as_malformed),
		WITH_BENCH(test_decode_ip_gives_up_on_endless_extension_headers),
		WITH_BENCH(test_decode_ip_counts_other_versions_as_not_ip),
	};

	return cmocka_run_group_tests_name("decode ip", tests, NULL, NULL);
}
