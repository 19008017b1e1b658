/* SPDX-License-Identifier: MIT */
/* Packets that were captured twice are passed over; packets that were sent twice never. */
#include "decode_bench.h"

#include "bounds.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define US INT64_C(1000)
#define MS NS_PER_MS

/* Client 10.0.0.1 port 4000, server 10.0.0.2 port 25: a QUIT, a pure ACK, a reply. */
#define IPV4(total, id, ttl) "45 00" total id "4000" ttl "06 0000 0a000001 0a000002"
#define IPV4_BACK(total, id) "45 00" total id "4000 40 06 0000 0a000002 0a000001"
#define QUIT4(id, ttl) "0800" IPV4("002e", id, ttl) TCP QUIT
#define ACK4(id, ttl)                                                                              \
	"0800" IPV4("0028", id, ttl) "0fa0 0019 00000001 00000002 50 10 1000 0000 0000"
#define SYN4(id) "0800" IPV4("0028", id, "40") "0fa0 0019 00000000 00000000 50 02 1000 0000 0000"
#define REPLY4(id)                                                                                 \
	"0800" IPV4_BACK("002e", id) "0019 0fa0 00000002 00000007 50 18 1000 0000 0000 "           \
				     "323530200d0a"

/* The same over IPv6, which has no identification; STAMPED with a TCP timestamp. */
#define CLIENT6 "20010db8000000000000000000000001"
#define SERVER6 "20010db8000000000000000000000002"
#define IPV6(len, ttl) "86dd 60000000" len "06" ttl CLIENT6 SERVER6
#define QUIT6(ttl) IPV6("001a", ttl) TCP QUIT
#define STAMPED6(text)                                                                             \
	IPV6("0026", "40")                                                                         \
	"0fa0 0019 00000001 00000002 80 18 1000 0000 0000 0101080a 11223344 00000000" text
#define ACK6(ttl) IPV6("0014", ttl) "0fa0 0019 00000001 00000002 50 10 1000 0000 0000"
#define BACK6                                                                                      \
	"86dd 60000000 0014 06 40" SERVER6 CLIENT6                                                 \
	"0019 0fa0 00000002 00000007 50 10 1000 0000 0000"

#define OTHER_MAC "020000000009 020000000001"
#define VLAN "8100 0005"

/* Decodes the frame; true: it was handed on. */
static bool see(struct bench *bench, int64_t time_ns, const char *digits)
{
	bench->packet.mark.time_ns = NS_PER_SECOND + time_ns;
	return bench_decode(bench, DLT_EN10MB, digits);
}

static void expect_copy(struct bench *bench, int64_t time_ns, const char *digits)
{
	uint64_t before = decoder_skipped(bench->decoder, SKIP_TWICE);

	assert_false(see(bench, time_ns, digits));
	assert_int_equal(decoder_skipped(bench->decoder, SKIP_TWICE), before + 1);
}

/* A sender that counts its packets, seen before. */
static void see_counting_client(struct bench *bench)
{
	assert_true(see(bench, -1 * MS, ETHERNET ACK4("0006", "40")));
}

static void test_decode_twice_passes_over_what_a_mirror_port_copied(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	expect_copy(bench, 30 * US, ETHERNET QUIT4("0007", "40"));
	expect_copy(bench, 60 * US, ETHERNET QUIT4("0007", "40"));
	assert_true(see(bench, 90 * US, ETHERNET ACK4("0008", "40")));
	bench_expect_skipped(bench, SKIP_TWICE, 2);
}

static void test_decode_twice_keeps_what_was_sent_again_under_a_new_identification(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	assert_true(see(bench, 30 * US, ETHERNET QUIT4("0008", "40")));
	assert_true(see(bench, 60 * US, ETHERNET QUIT4("0009", "3f")));
}

static void
test_decode_twice_keeps_packets_of_a_sender_whose_identification_stands_still(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET ACK4("0007", "40")));
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	assert_true(see(bench, 30 * US, ETHERNET QUIT4("0007", "40")));
}

static void test_decode_twice_passes_over_what_was_captured_behind_a_router_too(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	expect_copy(bench, 9 * MS, OTHER_MAC VLAN QUIT4("0007", "3f"));
}

static void test_decode_twice_keeps_what_no_router_makes(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	/* a TTL that grew, one that sank by 9 hops */
	assert_true(see(bench, 1 * US, ETHERNET QUIT4("0007", "41")));
	assert_true(see(bench, 2 * US, ETHERNET QUIT4("0007", "37")));
}

static void test_decode_twice_keeps_what_comes_too_late_for_a_copy(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	assert_true(see(bench, LIMIT_TWICE_NS + 1, ETHERNET QUIT4("0007", "40")));
}

static void test_decode_twice_finds_a_copy_whose_clock_is_behind(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	expect_copy(bench, -30 * US, ETHERNET QUIT4("0007", "40"));
}

static void test_decode_twice_tells_duplicate_acks_by_their_identification(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET ACK4("0007", "40")));
	assert_true(see(bench, 1 * US, ETHERNET ACK4("0008", "40")));
	assert_true(see(bench, 2 * US, ETHERNET ACK4("0009", "40")));
	expect_copy(bench, 3 * US, ETHERNET ACK4("0009", "40"));
}

static void test_decode_twice_passes_over_a_second_syn_but_not_one_sent_after_a_second(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, 0, ETHERNET SYN4("0006")));
	expect_copy(bench, 30 * US, ETHERNET SYN4("0006"));
	assert_true(see(bench, NS_PER_SECOND, ETHERNET SYN4("0006")));
	expect_copy(bench, NS_PER_SECOND + 30 * US, ETHERNET SYN4("0006"));
}

static void test_decode_twice_passes_over_a_second_syn_ack_unless_asked_for(void **state)
{
	struct bench *bench = *state;

	/* with a timestamp, and an identification of which no other is known */
	const char *answer = ETHERNET
		"0800" IPV4_BACK("0034", "0101") "0019 0fa0 00000002 00000001"
						 "80 12 1000 0000 0000 0101080a 11223344 00000000";
	assert_true(see(bench, 0, ETHERNET SYN4("0006")));
	assert_true(see(bench, 100 * US, answer));
	expect_copy(bench, 130 * US, answer);
	assert_true(see(bench, 200 * US, ETHERNET SYN4("0007")));
	assert_true(see(bench, 300 * US, answer));
}

static void test_decode_twice_keeps_what_another_tap_saw(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	bench->packet.tap = 1;
	assert_true(see(bench, 0, ETHERNET ACK4("0006", "40")));
	assert_true(see(bench, 30 * US, ETHERNET QUIT4("0007", "40")));
}

static void test_decode_twice_minds_no_checksum_that_a_card_filled_in(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	expect_copy(bench, 30 * US,
		    ETHERNET
		    "0800" IPV4("002e", "0007",
				"40") "0fa0 0019 00000001 00000002 50 18 1000 beef 0000" QUIT);
}

static void test_decode_twice_keeps_other_data_under_the_same_identification(void **state)
{
	struct bench *bench = *state;

	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0007", "40")));
	assert_true(see(bench, 30 * US,
			ETHERNET "0800" IPV4("002e", "0007", "40") TCP "4e4f4f50 0d0a"));
}

static void test_decode_twice_finds_datagrams_whose_fragments_were_all_copied(void **state)
{
	struct bench *bench = *state;
	const char *head =
		ETHERNET "0800 45 00 002c 0007 2000 40 06 0000 0a000001 0a000002" TCP "51554954";
	const char *tail = ETHERNET "0800 45 00 0016 0007 0003 40 06 0000 0a000001 0a000002 0d0a";

	see_counting_client(bench);
	assert_false(see(bench, 0, head));
	assert_true(see(bench, 1 * US, tail));
	assert_false(see(bench, 2 * US, head));
	expect_copy(bench, 3 * US, tail);
}

static void test_decode_twice_passes_over_ipv6_copies_with_a_timestamp(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET BACK6));
	assert_true(see(bench, 0, ETHERNET STAMPED6(QUIT)));
	expect_copy(bench, 30 * US, ETHERNET STAMPED6(QUIT));
}

static void test_decode_twice_keeps_ipv6_data_sent_again_upon_a_word_of_the_other_side(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET BACK6));
	assert_true(see(bench, 0, ETHERNET STAMPED6(QUIT)));
	/* a duplicate ACK: on a fast network the fast retransmission has the same timestamp */
	assert_true(see(bench, 100 * US, ETHERNET BACK6));
	assert_true(see(bench, 130 * US, ETHERNET STAMPED6(QUIT)));
}

static void test_decode_twice_keeps_ipv6_data_where_the_other_side_is_not_captured(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, 0, ETHERNET STAMPED6(QUIT)));
	assert_true(see(bench, 30 * US, ETHERNET STAMPED6(QUIT)));
}

static void
test_decode_twice_keeps_ipv6_data_after_a_time_in_which_a_timer_may_run_out(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET BACK6));
	assert_true(see(bench, 0, ETHERNET STAMPED6(QUIT)));
	assert_true(see(bench, LIMIT_TWICE_SURE_NS, ETHERNET STAMPED6(QUIT)));
}

static void test_decode_twice_keeps_ipv6_data_that_differs_in_one_byte(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET BACK6));
	assert_true(see(bench, 0, ETHERNET STAMPED6(QUIT)));
	assert_true(see(bench, 30 * US, ETHERNET STAMPED6("51554955 0d0a")));
}

static void test_decode_twice_asks_for_evidence_without_a_timestamp(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET BACK6));
	assert_true(see(bench, 0, ETHERNET QUIT6("40")));
	assert_true(see(bench, 30 * US, ETHERNET QUIT6("40")));
	expect_copy(bench, 60 * US, ETHERNET VLAN QUIT6("40"));
	expect_copy(bench, 90 * US, OTHER_MAC QUIT6("40"));
	bench->packet.interface = 1;
	expect_copy(bench, 120 * US, ETHERNET QUIT6("40"));
	expect_copy(bench, 5 * MS, ETHERNET QUIT6("3e"));
}

static void test_decode_twice_keeps_ipv6_duplicate_acks_unless_routed(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -1 * MS, ETHERNET BACK6));
	assert_true(see(bench, 0, ETHERNET ACK6("40")));
	assert_true(see(bench, 1 * US, ETHERNET ACK6("40")));
	assert_true(see(bench, 2 * US, OTHER_MAC ACK6("40")));
	assert_true(see(bench, 3 * US, OTHER_MAC ACK6("3f")));
	assert_true(see(bench, 4 * US, ETHERNET ACK6("40")));
	expect_copy(bench, 5 * US, OTHER_MAC ACK6("3f"));
}

static void test_decode_twice_treats_identification_0_as_none(void **state)
{
	struct bench *bench = *state;

	assert_true(see(bench, -2 * MS, ETHERNET REPLY4("0101")));
	see_counting_client(bench);
	assert_true(see(bench, 0, ETHERNET QUIT4("0000", "40")));
	assert_true(see(bench, 30 * US, ETHERNET QUIT4("0000", "40")));
	expect_copy(bench, 60 * US, OTHER_MAC QUIT4("0000", "40"));
	assert_true(see(bench, 70 * US, ETHERNET REPLY4("0102")));
	assert_true(see(bench, 80 * US, OTHER_MAC QUIT4("0000", "40")));
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_decode_twice_passes_over_what_a_mirror_port_copied),
		WITH_BENCH(test_decode_twice_keeps_what_was_sent_again_under_a_new_identification),
		WITH_BENCH(
			test_decode_twice_keeps_packets_of_a_sender_whose_identification_stands_still),
		WITH_BENCH(test_decode_twice_passes_over_what_was_captured_behind_a_router_too),
		WITH_BENCH(test_decode_twice_keeps_what_no_router_makes),
		WITH_BENCH(test_decode_twice_keeps_what_comes_too_late_for_a_copy),
		WITH_BENCH(test_decode_twice_finds_a_copy_whose_clock_is_behind),
		WITH_BENCH(test_decode_twice_tells_duplicate_acks_by_their_identification),
		WITH_BENCH(
			test_decode_twice_passes_over_a_second_syn_but_not_one_sent_after_a_second),
		WITH_BENCH(test_decode_twice_passes_over_a_second_syn_ack_unless_asked_for),
		WITH_BENCH(test_decode_twice_keeps_what_another_tap_saw),
		WITH_BENCH(test_decode_twice_minds_no_checksum_that_a_card_filled_in),
		WITH_BENCH(test_decode_twice_keeps_other_data_under_the_same_identification),
		WITH_BENCH(test_decode_twice_finds_datagrams_whose_fragments_were_all_copied),
		WITH_BENCH(test_decode_twice_passes_over_ipv6_copies_with_a_timestamp),
		WITH_BENCH(
			test_decode_twice_keeps_ipv6_data_sent_again_upon_a_word_of_the_other_side),
		WITH_BENCH(test_decode_twice_keeps_ipv6_data_where_the_other_side_is_not_captured),
		WITH_BENCH(
			test_decode_twice_keeps_ipv6_data_after_a_time_in_which_a_timer_may_run_out),
		WITH_BENCH(test_decode_twice_keeps_ipv6_data_that_differs_in_one_byte),
		WITH_BENCH(test_decode_twice_asks_for_evidence_without_a_timestamp),
		WITH_BENCH(test_decode_twice_keeps_ipv6_duplicate_acks_unless_routed),
		WITH_BENCH(test_decode_twice_treats_identification_0_as_none),
	};

	return cmocka_run_group_tests_name("decode twice", tests, NULL, NULL);
}
