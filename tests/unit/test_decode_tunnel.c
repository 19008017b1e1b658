/* SPDX-License-Identifier: MIT */
/* Segments that travel inside other datagrams. */
#include "decode_bench.h"

#include "bounds.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* An outer IPv4 header up to its protocol, 192.0.2.1 -> 192.0.2.2 behind it. */
#define OUTER(total, fragment, protocol)                                                           \
	"45 00" total "0009" fragment "40" protocol "0000 c0000201 c0000202 "
#define WHOLE "0000"
#define IPIP "04"
#define IP6 "29"
#define GRE "2f"
#define UDP "11"

/* The innermost datagram is always the one with the QUIT. */
static void expect_quit(struct bench *bench, const char *digits)
{
	char text[ENDPOINT_TEXT];

	assert_true(bench_decode(bench, DLT_RAW, digits));
	bench_expect_payload(bench, "QUIT\r\n");
	endpoint_format(&bench->segment.destination, text);
	assert_string_not_equal(text, "192.0.2.2:25");
	assert_int_equal(bench->segment.destination.port, 25);
	bench_expect_skipped(bench, SKIP_NOT_TCP, 0);
}

static void test_decode_tunnel_enters_ip_in_ip(void **state)
{
	expect_quit(*state, OUTER("0042", WHOLE, IPIP) IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("0056", WHOLE, IP6) IPV6_QUIT TCP QUIT);
	/* IPv4 in IPv6, behind the options of RFC 2473 4.1.1 */
	expect_quit(*state, "60000000 0036 3c 40 20010db8000000000000000000000009"
			    "20010db800000000000000000000000a"
			    "04 00 04 01 04 01 00 00" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_enters_gre_around_ip(void **state)
{
	expect_quit(*state, OUTER("0046", WHOLE, GRE) "0000 0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("005a", WHOLE, GRE) "0000 86dd" IPV6_QUIT TCP QUIT);
	expect_quit(*state, OUTER("004a", WHOLE, GRE) "0000 8847 00020140" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_passes_the_optional_fields_of_gre(void **state)
{
	expect_quit(*state, OUTER("004a", WHOLE, GRE) "8000 0800 00000000" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("004a", WHOLE, GRE) "2000 0800 00000001" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("004a", WHOLE, GRE) "1000 0800 00000002" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("0052", WHOLE,
				  GRE) "b000 0800 00000000 00000001 00000002" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_enters_ethernet_bridged_over_gre(void **state)
{
	expect_quit(*state, OUTER("0058", WHOLE, GRE) "2000 6558 00000001" ETHERNET
						      "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("005c", WHOLE, GRE) "2000 6558 00000001" ETHERNET
						      "8100 0005 0800" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_enters_each_type_of_erspan(void **state)
{
	expect_quit(*state,
		    OUTER("0054", WHOLE, GRE) "0000 88be" ETHERNET "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state,
		    OUTER("0060", WHOLE, GRE) "1000 88be 00000007 1001 0001 00000000" ETHERNET
					      "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("0064", WHOLE,
				  GRE) "1000 22eb 00000007 2001 0001 00000000 0000 0000" ETHERNET
				       "0800" IPV4_QUIT TCP QUIT);
	/* with the platform's subheader; then around IP instead of Ethernet */
	expect_quit(*state, OUTER("006c", WHOLE, GRE) "1000 22eb 00000007 2001 0001 00000000 0000 "
						      "0001 0000000000000000" ETHERNET
						      "0800" IPV4_QUIT TCP QUIT);
	expect_quit(
		*state,
		OUTER("0056", WHOLE,
		      GRE) "1000 22eb 00000007 2001 0001 00000000 0000 0800" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_enters_vxlan_at_both_its_ports(void **state)
{
	expect_quit(*state,
		    OUTER("0060", WHOLE, UDP) "c000 12b5 004c 0000 08000000 00000100" ETHERNET
					      "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state,
		    OUTER("0060", WHOLE, UDP) "c000 2118 004c 0000 08000000 00000100" ETHERNET
					      "0800" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_enters_tunnels_inside_tunnels(void **state)
{
	expect_quit(*state,
		    OUTER("0074", WHOLE, UDP) "c000 12b5 0060 0000 08000000 00000100" ETHERNET
					      "0800" OUTER("0042", WHOLE, IPIP) IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_joins_fragments_around_the_tunnel(void **state)
{
	struct bench *bench = *state;

	assert_false(
		bench_decode(bench, DLT_RAW, OUTER("002c", "2000", GRE) "0000 0800" IPV4_QUIT));
	expect_quit(bench, OUTER("002e", "0003", GRE) TCP QUIT);
}

static void test_decode_tunnel_joins_fragments_inside_the_tunnel(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(
		bench, DLT_RAW,
		OUTER("0040", WHOLE, IPIP) "45 00 002c 0007 2000 40 06 0000 0a000001 0a000002" TCP
					   "51554954"));
	expect_quit(bench, OUTER("002a", WHOLE,
				 IPIP) "45 00 0016 0007 0003 40 06 0000 0a000001 0a000002 0d0a");
}

/* The inner fragment lies in the memory in which the outer one was put together. */
static void test_decode_tunnel_joins_fragments_of_fragments(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(
		bench, DLT_RAW,
		OUTER("002c", "2000", IPIP) "45 00 0022 0007 0003 40 06 0000 0a000001 0a000002"
					    "0d0a 5155"));
	assert_false(bench_decode(bench, DLT_RAW,
				  OUTER("001e", "0003", IPIP) "4954 0d0a 51554954 0d0a"));
	assert_true(bench_decode(
		bench, DLT_RAW,
		OUTER("0040", WHOLE, IPIP) "45 00 002c 0007 2000 40 06 0000 0a000001 0a000002" TCP
					   "51554954"));
	bench_expect_payload(bench, "QUIT\r\nQUIT\r\nQUIT\r\n");
	bench_expect_skipped(bench, SKIP_FRAGMENT, 0);
}

static void test_decode_tunnel_tells_the_length_on_the_wire_behind_a_cut(void **state)
{
	struct bench *bench = *state;

	/* the inner length is left to the network card: what the outer one says counts */
	bench->packet.wire_len = 66;
	assert_true(bench_decode(
		bench, DLT_RAW,
		OUTER("0042", WHOLE, IPIP) "45 00 0000 0007 0000 40 06 0000 0a000001 0a000002" TCP
					   "5155"));
	assert_int_equal(bench->segment.len, 6);
	bench_expect_payload(bench, "QU");
}

/* version and length of options, flags, protocol, network; an option of a word */
static void test_decode_tunnel_enters_geneve_with_and_without_options(void **state)
{
	expect_quit(*state, OUTER("0064", WHOLE, UDP)
		    "c000 17c1 0050 0000 01 40 6558 00000a00 01028000" ETHERNET "0800" IPV4_QUIT TCP QUIT);
	expect_quit(*state, OUTER("0052", WHOLE, UDP)
		    "c000 17c1 003e 0000 00 00 0800 00000a00" IPV4_QUIT TCP QUIT);
}

static void test_decode_tunnel_counts_what_it_does_not_enter(void **state)
{
	struct bench *bench = *state;

	/* PPTP, a source route, an unknown protocol, DNS, VXLAN without its flag, GENEVE of
	 * another version, ESP */
	assert_false(bench_decode(bench, DLT_RAW,
				  OUTER("0020", WHOLE, GRE) "3001 880b 00000000 00000000"));
	assert_false(bench_decode(bench, DLT_RAW,
				  OUTER("0020", WHOLE, GRE) "4000 0800 00000000 00000000"));
	assert_false(bench_decode(bench, DLT_RAW, OUTER("0018", WHOLE, GRE) "0000 883e"));
	assert_false(bench_decode(bench, DLT_RAW,
				  OUTER("0020", WHOLE, UDP) "c000 0035 000c 0000 00000000"));
	assert_false(bench_decode(
		bench, DLT_RAW, OUTER("0024", WHOLE, UDP) "c000 12b5 0010 0000 00000000 00000100"));
	assert_false(bench_decode(
		bench, DLT_RAW, OUTER("0024", WHOLE, UDP) "c000 17c1 0010 0000 40000800 00000100"));
	assert_false(bench_decode(bench, DLT_RAW, OUTER("0018", WHOLE, "32") "00000000"));
	bench_expect_skipped(bench, SKIP_NOT_TCP, 7);
}

static void test_decode_tunnel_counts_a_header_that_ends_early(void **state)
{
	struct bench *bench = *state;

	assert_false(bench_decode(bench, DLT_RAW, OUTER("0018", WHOLE, GRE) "2000 0800"));
	bench_expect_skipped(bench, SKIP_MALFORMED, 1);
}

static void test_decode_tunnel_gives_up_on_endless_tunnels(void **state)
{
	struct bench *bench = *state;
	struct hex frame = {.n = 0};

	for (int i = 0; i <= LIMIT_LINK_DEPTH; i++)
		hex_add(&frame, OUTER("0000", WHOLE, IPIP));
	struct packet packet = {
		.link = DLT_RAW,
		.wire_len = (uint32_t)frame.n,
		.bytes = hex_span(&frame),
	};
	assert_false(decode_packet(bench->decoder, &packet, &bench->segment));
	bench_expect_skipped(bench, SKIP_DEPTH, 1);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_decode_tunnel_enters_ip_in_ip),
		WITH_BENCH(test_decode_tunnel_enters_gre_around_ip),
		WITH_BENCH(test_decode_tunnel_passes_the_optional_fields_of_gre),
		WITH_BENCH(test_decode_tunnel_enters_ethernet_bridged_over_gre),
		WITH_BENCH(test_decode_tunnel_enters_each_type_of_erspan),
		WITH_BENCH(test_decode_tunnel_enters_vxlan_at_both_its_ports),
		WITH_BENCH(test_decode_tunnel_enters_geneve_with_and_without_options),
		WITH_BENCH(test_decode_tunnel_enters_tunnels_inside_tunnels),
		WITH_BENCH(test_decode_tunnel_joins_fragments_around_the_tunnel),
		WITH_BENCH(test_decode_tunnel_joins_fragments_inside_the_tunnel),
		WITH_BENCH(test_decode_tunnel_joins_fragments_of_fragments),
		WITH_BENCH(test_decode_tunnel_tells_the_length_on_the_wire_behind_a_cut),
		WITH_BENCH(test_decode_tunnel_counts_what_it_does_not_enter),
		WITH_BENCH(test_decode_tunnel_counts_a_header_that_ends_early),
		WITH_BENCH(test_decode_tunnel_gives_up_on_endless_tunnels),
	};

	return cmocka_run_group_tests_name("decode tunnel", tests, NULL, NULL);
}
