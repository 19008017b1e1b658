/* SPDX-License-Identifier: MIT */
/* What a decoded segment tells, and how packets that give none are counted. */
#include "decode_bench.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void test_decode_fills_a_segment_from_headers_of_ipv4(void **state)
{
	struct bench *bench = *state;
	char text[ENDPOINT_TEXT];

	bench->packet.mark.time_ns = 1234567890;
	bench->packet.file = 3;
	bench->packet.tap = 2;
	assert_true(bench_decode(bench, DLT_EN10MB, ETHERNET "0800" IPV4_QUIT TCP QUIT));

	const struct segment *segment = &bench->segment;
	assert_string_equal(endpoint_format(&segment->source, text), "10.0.0.1:4000");
	assert_string_equal(endpoint_format(&segment->destination, text), "10.0.0.2:25");
	assert_int_equal(segment->mark.time_ns, 1234567890);
	assert_int_equal(segment->mark.frame, 1);
	assert_int_equal(segment->file, 3);
	assert_int_equal(segment->tap, 2);
	assert_int_equal(segment->seq, 1);
	assert_int_equal(segment->ack, 2);
	assert_int_equal(segment->window, 4096);
	assert_int_equal(segment->flags, TCP_PSH | TCP_ACK);
	assert_int_equal(segment->ttl, 64);
	assert_int_equal(segment->ip_id, 7);
	assert_int_equal(segment->len, 6);
	assert_false(segment->has_timestamp);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_fills_a_segment_from_headers_of_ipv6(void **state)
{
	struct bench *bench = *state;
	char text[ENDPOINT_TEXT];

	assert_true(bench_decode(bench, DLT_EN10MB, ETHERNET "86dd" IPV6_QUIT TCP QUIT));

	const struct segment *segment = &bench->segment;
	assert_string_equal(endpoint_format(&segment->source, text), "[2001:db8::1]:4000");
	assert_string_equal(endpoint_format(&segment->destination, text), "[2001:db8::2]:25");
	assert_int_equal(segment->ttl, 64);
	assert_int_equal(segment->ip_id, 0);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_reads_the_tcp_timestamp_behind_other_options(void **state)
{
	struct bench *bench = *state;

	/* MSS, NOP, NOP, timestamp 0x11223344, NOP, end of the options, padding */
	assert_true(bench_decode(bench, DLT_RAW,
				 "45 00 003c 0007 0000 40 06 0000 0a000001 0a000002"
				 "0fa0 0019 00000001 00000002 a0 02 1000 0000 0000"
				 "020405b4 01 01 080a 11223344 00000000 01 00 0000"));
	assert_true(bench->segment.has_timestamp);
	assert_int_equal(bench->segment.timestamp, 0x11223344);
	assert_int_equal(bench->segment.len, 0);
}

static void test_decode_stops_at_a_tcp_option_that_contradicts_itself(void **state)
{
	struct bench *bench = *state;

	/* an option of length 0, then one that reaches beyond the header */
	assert_true(bench_decode(bench, DLT_RAW,
				 "45 00 0032 0007 0000 40 06 0000 0a000001 0a000002"
				 "0fa0 0019 00000001 00000002 60 18 1000 0000 0000"
				 "05 00 0000" QUIT));
	assert_true(bench_decode(bench, DLT_RAW,
				 "45 00 0032 0007 0000 40 06 0000 0a000001 0a000002"
				 "0fa0 0019 00000001 00000002 60 18 1000 0000 0000"
				 "08 0a 0000" QUIT));
	assert_false(bench->segment.has_timestamp);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_gives_a_segment_whose_payload_the_snaplen_cut(void **state)
{
	struct bench *bench = *state;

	bench->packet.wire_len = 14 + 20 + 20 + 6;
	assert_true(bench_decode(bench, DLT_EN10MB, ETHERNET "0800" IPV4_QUIT TCP "5155"));
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QU");
}

static void test_decode_counts_headers_that_the_capture_cut_as_truncated(void **state)
{
	struct bench *bench = *state;

	bench->packet.wire_len = 60;
	assert_false(bench_decode(bench, DLT_EN10MB, ETHERNET "0800" IPV4_QUIT "0fa0 0019"));
	assert_false(bench_decode(bench, DLT_EN10MB, ETHERNET "0800 45 00"));
	assert_false(bench_decode(bench, DLT_EN10MB, ETHERNET));
	bench_expect_skipped(bench, SKIP_TRUNCATED, 3);
}

static void test_decode_counts_udp_as_not_tcp(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 0020 0007 0000 40 11 0000 0a000001 0a000002"
				  "0035 0035 000c 0000 00000000"));
	bench_expect_skipped(bench, SKIP_NOT_TCP, 1);
}

static void test_decode_counts_headers_that_contradict_themselves_as_malformed(void **state)
{
	struct bench *bench = *state;

	/* an IP header of 16 bytes; a total length inside it; a TCP header of 16 bytes */
	assert_false(bench_decode(bench, DLT_RAW,
				  "44 00 002e 0007 0000 40 06 0000 0a000001 0a000002" TCP QUIT));
	assert_false(bench_decode(bench, DLT_RAW,
				  "45 00 0013 0007 0000 40 06 0000 0a000001 0a000002" TCP QUIT));
	assert_false(bench_decode(
		bench, DLT_RAW, IPV4_QUIT "0fa0 0019 00000001 00000002 40 18 1000 00000000" QUIT));
	bench_expect_skipped(bench, SKIP_MALFORMED, 3);
}

static void test_decode_names_every_skip_reason(void **state)
{
	(void)state;

	for (enum skip_reason r = 0; r < SKIP_REASONS; r++)
		assert_string_not_equal(skip_reason_name(r), "unknown");
}

static void test_decode_formats_an_address_alone(void **state)
{
	struct bench *bench = *state;
	char text[ENDPOINT_TEXT];

	assert_true(bench_decode(bench, DLT_RAW, IPV4_QUIT TCP QUIT));
	assert_string_equal(endpoint_format_address(&bench->segment.source, text), "10.0.0.1");
	assert_true(bench_decode(bench, DLT_RAW, IPV6_QUIT TCP QUIT));
	assert_string_equal(endpoint_format_address(&bench->segment.source, text), "2001:db8::1");
}

/* The frame's end stands right before a page that must not be touched. */
static void decode_every_prefix(struct bench *bench, const char *digits)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *map =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct hex frame = {.n = 0};

	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
	hex_add(&frame, digits);
	for (size_t n = 0; n <= frame.n; n++) {
		uint8_t *start = map + page - n;
		struct packet packet = {
			.link = DLT_EN10MB,
			.wire_len = (uint32_t)frame.n,
			.bytes = {start, n},
		};
		memcpy(start, frame.bytes, n);
		bool is_whole = decode_packet(bench->decoder, &packet, &bench->segment);
		assert_true(n < frame.n || is_whole);
	}
	munmap(map, 2 * page);
}

static void test_decode_reads_no_byte_behind_a_frame_cut_anywhere(void **state)
{
	struct bench *bench = *state;

	decode_every_prefix(bench, ETHERNET "88a80001 81000002 0800"
					    "46 00 003e 0007 0000 40 06 0000 0a000001 0a000002"
					    "01010100"
					    "0fa0 0019 00000001 00000002 80 18 1000 0000 0000"
					    "0101 080a 11223344 00000000" QUIT);
	decode_every_prefix(bench,
			    ETHERNET "8847 00010040 00020140"
				     "60000000 003a 00 40 20010db8000000000000000000000001"
				     "20010db8000000000000000000000002"
				     "3c00 0104 00000000  2c01 0104 00000000 0000000000000000"
				     "0600 0000 00000009" TCP QUIT);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_decode_fills_a_segment_from_headers_of_ipv4),
		WITH_BENCH(test_decode_fills_a_segment_from_headers_of_ipv6),
		WITH_BENCH(test_decode_reads_the_tcp_timestamp_behind_other_options),
		WITH_BENCH(test_decode_stops_at_a_tcp_option_that_contradicts_itself),
		WITH_BENCH(test_decode_gives_a_segment_whose_payload_the_snaplen_cut),
		WITH_BENCH(test_decode_counts_headers_that_the_capture_cut_as_truncated),
		WITH_BENCH(test_decode_counts_udp_as_not_tcp),
		WITH_BENCH(test_decode_counts_headers_that_contradict_themselves_as_malformed),
		cmocka_unit_test(test_decode_names_every_skip_reason),
		WITH_BENCH(test_decode_formats_an_address_alone),
		WITH_BENCH(test_decode_reads_no_byte_behind_a_frame_cut_anywhere),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
