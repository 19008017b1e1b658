/* SPDX-License-Identifier: MIT */
/* The way through each link layer to IP. */
#include "decode_bench.h"

#include "bounds.h"
#include "link_types.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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

static void test_decode_link_reads_ppp_of_serial_lines_and_without_ethernet(void **state)
{
	expect_quit(*state, DLT_PPP_SERIAL, "ff03 0021" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_PPP_SERIAL, "0f00 0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_C_HDLC, "8f00 86dd" IPV6_QUIT TCP QUIT);
	expect_quit(*state, DLT_PPP_ETHER, "11 00 0001 0030 0021" IPV4_QUIT TCP QUIT);
}

static void test_decode_link_reads_ppp_protocols_in_one_byte(void **state)
{
	expect_quit(*state, DLT_PPP, "21" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_PPP, "ff03 57" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_reads_ethernet_with_snap(void **state)
{
	expect_quit(*state, DLT_EN10MB, ETHERNET "0036 aaaa03 000000 0800" IPV4_QUIT TCP QUIT);
	/* a spanning tree's message is no IP */
	assert_false(bench_decode(*state, DLT_EN10MB, ETHERNET "0026 4242 03 0000 0000"));
	bench_expect_skipped(*state, SKIP_NOT_IP, 1);
}

static void test_decode_link_reads_vn_tags(void **state)
{
	expect_quit(*state, DLT_EN10MB, ETHERNET "8926 00000001 0800" IPV4_QUIT TCP QUIT);
}

/* family, version, group; the packet's header, a prefix of three bytes, the packet */
static void test_decode_link_reads_nflog_in_both_byte_orders(void **state)
{
	expect_quit(*state, DLT_NFLOG,
		    "02 00 0005 0800 0100 0800 03 00 0700 0a00 6d6c00 00 3200 0900" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_NFLOG,
		    "0a 00 0005 0008 0001 86dd 03 00 0007 000a 6d6c00 00 0046 0009" IPV6_QUIT TCP QUIT);
}

static void test_decode_link_passes_over_an_nflog_packet_without_a_payload(void **state)
{
	assert_false(bench_decode(*state, DLT_NFLOG, "02 00 0005 0800 0100 0800 0300"));
	bench_expect_skipped(*state, SKIP_TRUNCATED, 1);
}

static void test_decode_link_ends_at_an_nflog_attribute_that_ends_before_its_header(void **state)
{
	assert_false(bench_decode(*state, DLT_NFLOG, "02 00 0005 0000 0100 0800 0300"));
	bench_expect_skipped(*state, SKIP_NOT_IP, 1);
}

#define PKTAP(link) "10000000 01000000" link "00000000 "

static void test_decode_link_reads_pktap_around_other_links(void **state)
{
	expect_quit(*state, DLT_PKTAP, PKTAP("01000000") ETHERNET "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_PKTAP, PKTAP("0c000000") IPV4_QUIT TCP QUIT);
}

static void test_decode_link_does_not_follow_pktap_in_itself_for_ever(void **state)
{
	char digits[64 * 40] = "";

	for (int i = 0; i < 40; i++)
		strcat(digits, "0c000000 01000000 02010000 ");
	assert_false(bench_decode(*state, DLT_PKTAP, digits));
	bench_expect_skipped(*state, SKIP_DEPTH, 1);
}

/* length, family, action, reason, interface, rule set: 61 bytes, filled up to 64 */
static void test_decode_link_reads_pflog(void **state)
{
	static const char rest[] = "00 00 656d3000000000000000000000000000"
				   "00000000000000000000000000000000 00000000 00000000"
				   "00000000 00000000 00000000 00000000 01 000000 ";
	char digits[600];

	snprintf(digits, sizeof digits, "3d 02 %s%s", rest, IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_PFLOG, digits);
}

static void test_decode_link_reads_enc_in_both_byte_orders(void **state)
{
	expect_quit(*state, DLT_ENC, "00000002 00000001 00000000" IPV4_QUIT TCP QUIT);
	expect_quit(*state, DLT_ENC, "18000000 00000001 00000000" IPV6_QUIT TCP QUIT);
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
		WITH_BENCH(test_decode_link_reads_ppp_of_serial_lines_and_without_ethernet),
		WITH_BENCH(test_decode_link_reads_ppp_protocols_in_one_byte),
		WITH_BENCH(test_decode_link_reads_ethernet_with_snap),
		WITH_BENCH(test_decode_link_reads_vn_tags),
		WITH_BENCH(test_decode_link_reads_nflog_in_both_byte_orders),
		WITH_BENCH(test_decode_link_passes_over_an_nflog_packet_without_a_payload),
		WITH_BENCH(test_decode_link_ends_at_an_nflog_attribute_that_ends_before_its_header),
		WITH_BENCH(test_decode_link_reads_pktap_around_other_links),
		WITH_BENCH(test_decode_link_does_not_follow_pktap_in_itself_for_ever),
		WITH_BENCH(test_decode_link_reads_pflog),
		WITH_BENCH(test_decode_link_reads_enc_in_both_byte_orders),
		WITH_BENCH(test_decode_link_reads_bsd_loopback_in_both_byte_orders),
		WITH_BENCH(test_decode_link_counts_what_is_not_ip),
		WITH_BENCH(test_decode_link_counts_a_link_type_that_it_does_not_read),
		WITH_BENCH(test_decode_link_gives_up_on_endless_tags),
	};

	return cmocka_run_group_tests_name("decode link", tests, NULL, NULL);
}
