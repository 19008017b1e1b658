/* SPDX-License-Identifier: MIT */
/* The way through each link layer to IP. */
#include "decode_bench.h"

#include "bounds.h"
#include "link_types.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Each frame below carries the same QUIT. */
static void expect_quit(struct bench *bench, int link, const char *digits)
{
	assert_true(link_is_read(link));
	assert_true(bench_decode(bench, link, digits));
	assert_int_equal(bench->segment.destination.port, 25);
	bench_expect_payload(bench, "QUIT\r\n");
}

static void test_decode_link_reads_ethernet_with_ipv4_and_ipv6(void **state)
{
	expect_quit(*state, DLT_EN10MB, ETHERNET "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_EN10MB, ETHERNET "86dd" IPV6_QUIT TCP QUIT);
}

/* A source refuses what decode does not read, and nothing else. */
static void test_decode_link_enters_the_link_types_that_are_read(void **state)
{
	struct bench *bench = *state;

	for (int link = 0; link < 400; link++) {
		uint64_t before = decoder_skipped(bench->decoder, SKIP_LINK_TYPE);
		bench_decode(bench, link, "00");
		bool is_unknown = decoder_skipped(bench->decoder, SKIP_LINK_TYPE) > before;
		assert_int_equal(is_unknown, !link_is_read(link));
	}
}

static void test_decode_link_reads_vlan_and_qinq_tags(void **state)
{
	expect_quit(*state, DLT_EN10MB, ETHERNET "8100 0005 0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_EN10MB, ETHERNET "88a8 0001 8100 0005 0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_EN10MB, ETHERNET "9100 0001 8100 0005 86dd" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_reads_mpls_labels(void **state)
{
	expect_quit(*state, DLT_EN10MB, ETHERNET "8847 00010040 00020140" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_MPLS, "00020140" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_reads_pppoe_sessions(void **state)
{
	expect_quit(*state, DLT_EN10MB, ETHERNET "8864 11 00 0001 0030 0021" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_EN10MB, ETHERNET "8864 11 00 0001 0044 0057" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_reads_ppp_with_and_without_hdlc_framing(void **state)
{
	expect_quit(*state, DLT_PPP, "ff03 0021" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_PPP, "0021" IPV4_QUIT TCP QUIT);
}

static void test_decode_link_reads_linux_cooked_v1(void **state)
{
	expect_quit(*state, DLT_LINUX_SLL,
		    "0004 0001 0006 020000000001 0000 0800" IPV4_QUIT TCP QUIT);
}

static void test_decode_link_reads_linux_cooked_v2(void **state)
{
	expect_quit(*state, DLT_LINUX_SLL2,
		    "0800 0000 00000002 0001 04 06 0200000000010000" IPV4_QUIT TCP QUIT);
	/* with a VLAN tag behind the cooked header */
	expect_quit(*state, DLT_LINUX_SLL2,
		    "8100 0000 00000002 0001 04 06 0200000000010000 0005 86dd" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_reads_raw_ip(void **state)
{
	expect_quit(*state, DLT_RAW, IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_RAW, IPV6_QUIT TCP QUIT);
	expect_quit(*state, DLT_IPV4, IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_IPV6, IPV6_QUIT TCP QUIT);
}

static void test_decode_link_reads_bsd_loopback_in_both_byte_orders(void **state)
{
	expect_quit(*state, DLT_NULL, "02000000" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_NULL, "00000002" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_NULL, "1e000000" IPV6_QUIT TCP QUIT);
	expect_quit(*state, DLT_LOOP, "00000018" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_counts_what_is_not_ip(void **state)
{
	struct bench *bench = *state;

	/* ARP, an 802.3 length, PPP's LCP, a pseudowire under MPLS */
	assert_false(bench_decode(bench, DLT_EN10MB, ETHERNET "0806 0001080006040001"));
	assert_false(bench_decode(bench, DLT_EN10MB, ETHERNET "0026 42420300000000"));
	assert_false(bench_decode(bench, DLT_PPP, "ff03 c021 01010004"));
	assert_false(bench_decode(bench, DLT_MPLS, "00020140 00000000"));
	bench_expect_skipped(bench, SKIP_NOT_IP, 4);
}

static void test_decode_link_counts_a_link_type_that_it_does_not_read(void **state)
{
	struct bench *bench = *state;

	assert_false(link_is_read(DLT_IEEE802_11));
	assert_false(bench_decode(bench, DLT_IEEE802_11, "0000"));
	bench_expect_skipped(bench, SKIP_LINK_TYPE, 1);
}

static void test_decode_link_gives_up_on_endless_tags(void **state)
{
	struct bench *bench = *state;
	struct hex digits = {.n = 0};

	hex_add(&digits, ETHERNET);
	for (int i = 0; i <= LIMIT_LINK_DEPTH; i++)
		hex_add(&digits, "8100 0005");
	struct packet packet = {
		.link = DLT_EN10MB,
		.wire_len = (uint32_t)digits.n,
		.bytes = hex_span(&digits),
	};
	assert_false(decode_packet(bench->decoder, &packet, &bench->segment));
	bench_expect_skipped(bench, SKIP_DEPTH, 1);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_decode_link_reads_ethernet_with_ipv4_and_ipv6),
		WITH_BENCH(test_decode_link_enters_the_link_types_that_are_read),
		WITH_BENCH(test_decode_link_enters_the_link_types_that_are_read),
		WITH_BENCH(test_decode_link_reads_vlan_and_qinq_tags),
		WITH_BENCH(test_decode_link_reads_mpls_labels),
		WITH_BENCH(test_decode_link_reads_pppoe_sessions),
		WITH_BENCH(test_decode_link_reads_ppp_with_and_without_hdlc_framing),
		WITH_BENCH(test_decode_link_reads_linux_cooked_v1),
		WITH_BENCH(test_decode_link_reads_linux_cooked_v2),
		WITH_BENCH(test_decode_link_reads_raw_ip),
		WITH_BENCH(test_decode_link_reads_bsd_loopback_in_both_byte_orders),
		WITH_BENCH(test_decode_link_counts_what_is_not_ip),
		WITH_BENCH(test_decode_link_counts_a_link_type_that_it_does_not_read),
		WITH_BENCH(test_decode_link_gives_up_on_endless_tags),
	};

	return cmocka_run_group_tests_name("decode link", tests, NULL, NULL);
}
