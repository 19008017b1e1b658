/* SPDX-License-Identifier: MIT */
/* pcapng as it comes: interfaces that differ, several sections, every kind of block, and damage. */
#include "capture_file.h"

#include "bounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define S NS_PER_SECOND

/* Interfaces: link type, reserved, snaplen; then options: if_tsresol 09, if_tsoffset 0e. */
#define INTERFACE 1
#define ETHERNET_INTERFACE "0100 0000 00000400"
#define COOKED_INTERFACE "7100 0000 00000000"
#define WIRELESS_INTERFACE "6900 0000 00000000"

/* Section header: byte order, version 1.0, length unknown. */
#define SECTION 0x0a0d0d0a
#define LITTLE "4d3c2b1a 0100 0000 ffffffffffffffff"
#define BIG "1a2b3c4d 0001 0000 ffffffffffffffff"

/* Packets: interface, time (high, low), captured length, length, "AAAA". */
#define PACKET_OLD 2
#define PACKET_SIMPLE 3
#define STATISTICS 5
#define PACKET 6
#define PACKET_A(interface, time) interface "00000000" time "04000000 04000000 41414141"

#define DROP_OF(interface, count) interface "0000000000000000 0500 0800" count "00000000"

/* A pcapng capture, little endian, without anything. */
static struct capture *capture_start(void)
{
	struct capture *capture = capture_new(CAPTURE_PCAPNG, DLT_EN10MB);

	capture->n = 0;
	return capture;
}

static struct capture *capture_with_interface(const char *digits)
{
	struct capture *capture = capture_start();

	capture_add_block(capture, SECTION, LITTLE);
	capture_add_block(capture, INTERFACE, digits);
	return capture;
}

static struct source *open_source(const struct capture *capture)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};

	if (!source_add_memory(source, "memory", capture_span(capture), &fault))
		fail_msg("%s", fault.text);
	return source;
}

static void finish(struct source *source, struct capture *capture)
{
	source_free(source);
	free(capture);
}

static void expect_refused(struct capture *capture, enum fault_kind kind, const char *part)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};

	assert_false(source_add_memory(source, "memory", capture_span(capture), &fault));
	assert_int_equal(fault.kind, kind);
	if (!strstr(fault.text, part))
		fail_msg("\"%s\" does not hold \"%s\"", fault.text, part);
	finish(source, capture);
}

/* The good packet first, then the warning. */
static void expect_broken(struct capture *capture, enum fault_kind kind, const char *part)
{
	struct source *source = open_source(capture);

	expect_packet(source, "AAAA");
	expect_warning(source, kind, part);
	expect_state(source, SOURCE_END);
	finish(source, capture);
}

static struct capture *capture_with_packet(void)
{
	struct capture *capture = capture_with_interface(ETHERNET_INTERFACE);

	capture_add_block(capture, PACKET, PACKET_A("00000000", "01000000"));
	return capture;
}

static void test_source_pcapng_gives_each_packet_the_link_of_its_interface(void **state)
{
	struct capture *capture = capture_with_interface(ETHERNET_INTERFACE);

	(void)state;
	capture_add_block(capture, INTERFACE, COOKED_INTERFACE);
	capture_add_block(capture, PACKET, PACKET_A("01000000", "01000000"));
	capture_add_block(capture, PACKET, PACKET_A("00000000", "02000000"));
	struct source *source = open_source(capture);
	struct packet packet = expect_packet(source, "AAAA");
	assert_int_equal(packet.link, DLT_LINUX_SLL);
	assert_int_equal(packet.interface, 1);
	packet = expect_packet(source, "AAAA");
	assert_int_equal(packet.link, DLT_EN10MB);
	assert_int_equal(packet.interface, 0);
	assert_int_equal(source_input(source, 0)->link, DLT_EN10MB);
	expect_state(source, SOURCE_END);
	finish(source, capture);
}

static void test_source_pcapng_reads_link_type_101_as_raw_ip(void **state)
{
	struct capture *capture = capture_with_interface("6500 0000 00000000");

	(void)state;
	capture_add_block(capture, PACKET, PACKET_A("00000000", "01000000"));
	struct source *source = open_source(capture);
	assert_int_equal(expect_packet(source, "AAAA").link, DLT_RAW);
	finish(source, capture);
}

static void test_source_pcapng_hands_on_packets_of_an_interface_that_is_not_read(void **state)
{
	struct capture *capture = capture_with_interface(WIRELESS_INTERFACE);

	(void)state;
	/* the one that is read is described only behind a packet */
	capture_add_block(capture, PACKET, PACKET_A("00000000", "01000000"));
	capture_add_block(capture, INTERFACE, ETHERNET_INTERFACE);
	capture_add_block(capture, PACKET, PACKET_A("01000000", "02000000"));
	struct source *source = open_source(capture);
	assert_int_equal(source_input(source, 0)->link, DLT_EN10MB);
	assert_int_equal(expect_packet(source, "AAAA").link, DLT_IEEE802_11);
	assert_int_equal(expect_packet(source, "AAAA").link, DLT_EN10MB);
	assert_int_equal(source_input(source, 0)->packets, 2);
	finish(source, capture);
}

static void test_source_pcapng_refuses_a_file_whose_interfaces_are_all_not_read(void **state)
{
	struct capture *capture = capture_with_interface(WIRELESS_INTERFACE);

	(void)state;
	capture_add_block(capture, PACKET, PACKET_A("00000000", "01000000"));
	expect_refused(capture, FAULT_FORMAT, "link type IEEE802_11 (105), which is not read");
}

static void test_source_pcapng_warns_when_a_packed_file_begins_with_what_is_not_read(void **state)
{
	static uint8_t packed[CAPTURE_MAX];
	struct capture *capture = capture_with_interface(WIRELESS_INTERFACE);
	struct source *source = source_new(NULL);
	char path[CAPTURE_PATH];

	(void)state;
	capture_add_block(capture, PACKET, PACKET_A("00000000", "01000000"));
	size_t n = capture_pack(capture_span(capture), PACK_GZIP, packed);
	capture_write((struct span){packed, n}, path);
	assert_true(source_add_file(source, path, NULL));
	unlink(path);
	expect_warning(source, FAULT_FORMAT, "link type IEEE802_11 (105)");
	expect_state(source, SOURCE_END);
	finish(source, capture);
}

/* TIME in the units of an interface with the options DIGITS is EXPECTED_NS. */
static void expect_time(const char *digits, uint64_t time, int64_t expected_ns)
{
	struct capture *capture = capture_start();

	capture_add_block(capture, SECTION, LITTLE);
	capture_add_block(capture, INTERFACE, digits);
	capture_add_from(capture, 0, time, "AAAA");
	struct source *source = open_source(capture);
	assert_int_equal(expect_packet(source, "AAAA").mark.time_ns, expected_ns);
	finish(source, capture);
}

static void test_source_pcapng_counts_in_each_resolution(void **state)
{
	(void)state;
	expect_time(ETHERNET_INTERFACE, 1500000, S + S / 2);
	expect_time(ETHERNET_INTERFACE "0900 0100 00000000", 3, 3 * S);
	expect_time(ETHERNET_INTERFACE "0900 0100 03000000", 1500, S + S / 2);
	expect_time(ETHERNET_INTERFACE "0900 0100 09000000", 1500, 1500);
	expect_time(ETHERNET_INTERFACE "0900 0100 0c000000", 2001500, 2001);
	expect_time(ETHERNET_INTERFACE "0900 0100 13000000", UINT64_C(15000000000000000000),
		    S + S / 2);
	/* powers of two: 1/1024 s, 2^-40 s, 2^-63 s */
	expect_time(ETHERNET_INTERFACE "0900 0100 8a000000", 1024 + 512, S + S / 2);
	expect_time(ETHERNET_INTERFACE "0900 0100 a8000000", UINT64_C(3) << 39, S + S / 2);
	expect_time(ETHERNET_INTERFACE "0900 0100 bf000000", UINT64_C(3) << 62, S + S / 2);
}

static void test_source_pcapng_adds_the_offset_of_the_clock(void **state)
{
	(void)state;
	expect_time(ETHERNET_INTERFACE "0e00 0800 6400000000000000", 1500000, 101 * S + S / 2);
	/* minus one second, behind an option that is not read */
	expect_time(ETHERNET_INTERFACE "0200 0300 65746800 0e00 0800 ffffffffffffffff", 3000000,
		    2 * S);
}

static void test_source_pcapng_keeps_times_in_what_can_be_counted(void **state)
{
	(void)state;
	int64_t last = INT64_MAX / S / 2 * S;
	expect_time(ETHERNET_INTERFACE "0900 0100 00000000", UINT64_MAX, last);
	expect_time(ETHERNET_INTERFACE "0e00 0800 ffffffffffffff7f", 1000000, last);
	expect_time(ETHERNET_INTERFACE "0e00 0800 0000000000000080", 1000000, 0);
}

static void test_source_pcapng_warns_of_a_resolution_that_cannot_be(void **state)
{
	(void)state;
	expect_refused(capture_with_interface(ETHERNET_INTERFACE "0900 0100 14000000"),
		       FAULT_FORMAT, "counts time in units that are too small");
	expect_refused(capture_with_interface(ETHERNET_INTERFACE "0900 0100 c0000000"),
		       FAULT_FORMAT, "counts time in units that are too small");
}

static void test_source_pcapng_begins_anew_with_every_section(void **state)
{
	struct capture *capture = capture_with_packet();

	(void)state;
	/* interface 0 is now a cooked one that counts seconds, in the other byte order */
	capture->format = CAPTURE_PCAPNG_BIG;
	capture_add_block(capture, SECTION, BIG);
	capture_add_block(capture, INTERFACE, "0071 0000 00000000 0009 0001 00000000");
	capture_add_from(capture, 0, 7, "BBBB");
	struct source *source = open_source(capture);
	assert_int_equal(expect_packet(source, "AAAA").mark.time_ns, 1000);
	struct packet packet = expect_packet(source, "BBBB");
	assert_int_equal(packet.mark.time_ns, 7 * S);
	assert_int_equal(packet.mark.frame, 2);
	assert_int_equal(packet.link, DLT_LINUX_SLL);
	assert_int_equal(packet.interface, 1);
	assert_true(source_reread(source, 0, 1, &packet, NULL));
	assert_int_equal(packet.mark.time_ns, 1000);
	assert_true(source_reread(source, 0, 2, &packet, NULL));
	assert_int_equal(packet.link, DLT_LINUX_SLL);
	assert_int_equal(packet.mark.time_ns, 7 * S);
	finish(source, capture);
}

static void test_source_pcapng_reads_the_packet_block_of_old(void **state)
{
	struct capture *capture = capture_with_interface(ETHERNET_INTERFACE);

	(void)state;
	/* interface and dropped in two bytes each; 5 of 9 bytes were captured */
	capture_add_block(capture, PACKET_OLD,
			  "0000 ffff 00000000 05000000 05000000 09000000 4142434445");
	struct source *source = open_source(capture);
	struct packet packet = expect_packet(source, "ABCDE");
	assert_int_equal(packet.mark.time_ns, 5000);
	assert_int_equal(packet.wire_len, 9);
	finish(source, capture);
}

static void test_source_pcapng_gives_a_simple_packet_the_time_of_the_one_before(void **state)
{
	struct capture *capture = capture_with_interface("0100 0000 03000000"); /* snaplen 3 */

	(void)state;
	capture_add_block(capture, PACKET_SIMPLE, "09000000 414243");
	capture_add_from(capture, 0, 5, "BBB");
	capture_add_block(capture, PACKET_SIMPLE, "02000000 4142");
	struct source *source = open_source(capture);
	struct packet packet = expect_packet(source, "ABC");
	assert_int_equal(packet.mark.time_ns, 0);
	assert_int_equal(packet.wire_len, 9);
	expect_packet(source, "BBB");
	assert_int_equal(expect_packet(source, "AB").mark.time_ns, 5000);
	assert_true(source_reread(source, 0, 3, &packet, NULL));
	assert_int_equal(packet.mark.time_ns, 5000);
	finish(source, capture);
}

static void test_source_pcapng_passes_over_blocks_without_packets(void **state)
{
	struct capture *capture = capture_with_interface(ETHERNET_INTERFACE);

	(void)state;
	capture_add_block(capture, 4, "0100 0800 c0000201 6d782e00 00000000"); /* names */
	capture_add_block(capture, 10, "544c534b 04000000 41414141");	       /* TLS secrets */
	capture_add_block(capture, 0xbad, "00007ed9 01020304");		       /* custom */
	capture_add_block(capture, 0x7fffffff, "");
	capture_add_block(capture, PACKET, PACKET_A("00000000", "01000000"));
	capture_add_block(capture, 9, "");
	struct source *source = open_source(capture);
	assert_int_equal(expect_packet(source, "AAAA").mark.frame, 1);
	expect_state(source, SOURCE_END);
	finish(source, capture);
}

static void test_source_pcapng_counts_what_the_capture_dropped(void **state)
{
	struct capture *capture = capture_with_packet();

	(void)state;
	capture_add_block(capture, INTERFACE, ETHERNET_INTERFACE);
	/* interface 0 dropped 2, then 5 in all; interface 1 dropped 7, and its system 1 */
	capture_add_block(capture, STATISTICS, DROP_OF("00000000", "0200000000000000"));
	capture_add_block(capture, STATISTICS, DROP_OF("00000000", "0500000000000000"));
	capture_add_block(capture, STATISTICS,
			  "01000000 0000000000000000 0500 0800 0700000000000000"
			  "0700 0800 0100000000000000 00000000");
	/* of an interface that is not described */
	capture_add_block(capture, STATISTICS, DROP_OF("02000000", "0900000000000000"));
	struct source *source = open_source(capture);
	expect_packet(source, "AAAA");
	expect_state(source, SOURCE_END);
	assert_int_equal(source_input(source, 0)->dropped, 13);
	struct packet packet;
	assert_true(source_reread(source, 0, 1, &packet, NULL));
	assert_int_equal(source_input(source, 0)->dropped, 13);
	finish(source, capture);
}

static void test_source_pcapng_gives_all_before_a_cut_anywhere_in_a_block(void **state)
{
	size_t whole;
	size_t end;

	(void)state;
	struct capture *capture = capture_with_packet();
	whole = capture->n;
	capture_add_block(capture, PACKET, PACKET_A("00000000", "02000000"));
	end = capture->n;
	for (size_t n = whole + 1; n < end; n++) {
		capture->n = n;
		struct source *source = open_source(capture);
		expect_packet(source, "AAAA");
		expect_warning(source, FAULT_CUT_SHORT, "cut short inside packet 2");
		expect_state(source, SOURCE_END);
		source_free(source);
	}
	free(capture);
}

static void test_source_pcapng_refuses_a_file_cut_before_its_first_interface(void **state)
{
	(void)state;
	struct capture *capture = capture_with_interface(ETHERNET_INTERFACE);
	capture->n = 30;
	expect_refused(capture, FAULT_CUT_SHORT, "cut short before its first packet");
	capture = capture_start();
	capture_add_block(capture, SECTION, LITTLE);
	expect_refused(capture, FAULT_FORMAT, "no interface is described");
}

static void set_u32(struct capture *capture, size_t at, uint32_t value)
{
	for (size_t i = 0; i < sizeof value; i++)
		capture->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static void test_source_pcapng_ends_at_a_block_of_a_length_that_cannot_be(void **state)
{
	static const uint32_t lengths[] = {0, 8, 11, 37, 1u << 31, LIMIT_RECORD + 4, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct capture *capture = capture_with_packet();
		size_t at = capture->n;
		capture_add_block(capture, PACKET, PACKET_A("00000000", "02000000"));
		set_u32(capture, at + 4, lengths[i]);
		expect_broken(capture, FAULT_READ, "a block has a length that cannot be");
	}
}

static void test_source_pcapng_ends_at_a_block_whose_lengths_differ(void **state)
{
	struct capture *capture = capture_with_packet();

	(void)state;
	capture_add_block(capture, PACKET, PACKET_A("00000000", "02000000"));
	set_u32(capture, capture->n - 4, 32);
	expect_broken(capture, FAULT_READ,
		      "unreadable after packet 1: the two lengths of a block differ");
}

static void test_source_pcapng_ends_at_a_packet_that_contradicts_its_block(void **state)
{
	(void)state;
	struct capture *capture = capture_with_packet();
	capture_add_block(capture, PACKET, "00000000 00000000 00000000 05000000 05000000 41414141");
	expect_broken(capture, FAULT_READ, "a packet is longer than its block");

	capture = capture_with_packet();
	capture_add_block(capture, PACKET, "00000000 00000000");
	expect_broken(capture, FAULT_READ, "a packet is longer than its block");

	capture = capture_with_packet();
	capture_add_block(capture, PACKET, PACKET_A("01000000", "02000000"));
	expect_broken(capture, FAULT_READ, "of an interface that is not described");

	/* the interfaces of one section are not those of the next */
	capture = capture_with_packet();
	capture_add_block(capture, SECTION, LITTLE);
	capture_add_block(capture, PACKET_SIMPLE, "02000000 4142");
	expect_broken(capture, FAULT_READ, "of an interface that is not described");
}

static void test_source_pcapng_ends_at_a_section_that_is_not_read(void **state)
{
	(void)state;
	struct capture *capture = capture_with_packet();
	capture_add_block(capture, SECTION, "4d3c2b1a 0200 0000 ffffffffffffffff");
	expect_broken(capture, FAULT_READ, "a version of pcapng that is not read");

	capture = capture_with_packet();
	capture_add_block(capture, SECTION, "00000000 0100 0000 ffffffffffffffff");
	expect_broken(capture, FAULT_READ, "without its byte order");
}

/* In memory of its own, as so many interfaces need more than a capture of the tests has. */
static void test_source_pcapng_takes_no_more_interfaces_than_the_limit(void **state)
{
	struct capture *capture = capture_with_packet();
	struct capture *one = capture_start();
	struct source *source = source_new(NULL);

	(void)state;
	capture_add_block(one, INTERFACE, ETHERNET_INTERFACE);
	size_t n = capture->n + LIMIT_INTERFACES * one->n;
	uint8_t *bytes = malloc(n);
	memcpy(bytes, capture->bytes, capture->n);
	for (size_t at = capture->n; at < n; at += one->n)
		memcpy(bytes + at, one->bytes, one->n);
	assert_true(source_add_memory(source, "many", (struct span){bytes, n}, NULL));
	expect_packet(source, "AAAA");
	expect_warning(source, FAULT_READ, "more interfaces than are read");
	free(bytes);
	free(one);
	finish(source, capture);
}

/* Every byte of a small file set to each of some values: no crash, and always an end. */
static void test_source_pcapng_survives_any_damaged_byte(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	struct capture *whole = capture_with_packet();

	(void)state;
	capture_add_block(whole, INTERFACE, ETHERNET_INTERFACE "0900 0100 09000000 00000000");
	capture_add_block(whole, PACKET_OLD,
			  "0100 0000 00000000 05000000 04000000 09000000 41424344");
	capture_add_block(whole, STATISTICS, DROP_OF("00000000", "0200000000000000"));
	capture_add_block(whole, PACKET_SIMPLE, "02000000 4142");
	struct capture *damaged = capture_start();
	for (size_t at = 0; at < whole->n * sizeof values; at++) {
		memcpy(damaged->bytes, whole->bytes, whole->n);
		damaged->n = whole->n;
		damaged->bytes[at / sizeof values] = values[at % sizeof values];
		struct source *source = source_new(NULL);
		struct packet packet;
		struct fault fault;
		if (source_add_memory(source, "damaged", capture_span(damaged), NULL)) {
			int packets = 0;
			while (source_next(source, &packet, &fault) == SOURCE_PACKET)
				packets++;
			assert_true(packets <= 3);
		}
		source_free(source);
	}
	free(whole);
	free(damaged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_pcapng_gives_each_packet_the_link_of_its_interface),
		cmocka_unit_test(test_source_pcapng_reads_link_type_101_as_raw_ip),
		cmocka_unit_test(
			test_source_pcapng_hands_on_packets_of_an_interface_that_is_not_read),
		cmocka_unit_test(
			test_source_pcapng_refuses_a_file_whose_interfaces_are_all_not_read),
		cmocka_unit_test(
			test_source_pcapng_warns_when_a_packed_file_begins_with_what_is_not_read),
		cmocka_unit_test(test_source_pcapng_counts_in_each_resolution),
		cmocka_unit_test(test_source_pcapng_adds_the_offset_of_the_clock),
		cmocka_unit_test(test_source_pcapng_keeps_times_in_what_can_be_counted),
		cmocka_unit_test(test_source_pcapng_warns_of_a_resolution_that_cannot_be),
		cmocka_unit_test(test_source_pcapng_begins_anew_with_every_section),
		cmocka_unit_test(test_source_pcapng_reads_the_packet_block_of_old),
		cmocka_unit_test(
			test_source_pcapng_gives_a_simple_packet_the_time_of_the_one_before),
		cmocka_unit_test(test_source_pcapng_passes_over_blocks_without_packets),
		cmocka_unit_test(test_source_pcapng_counts_what_the_capture_dropped),
		cmocka_unit_test(test_source_pcapng_gives_all_before_a_cut_anywhere_in_a_block),
		cmocka_unit_test(test_source_pcapng_refuses_a_file_cut_before_its_first_interface),
		cmocka_unit_test(test_source_pcapng_ends_at_a_block_of_a_length_that_cannot_be),
		cmocka_unit_test(test_source_pcapng_ends_at_a_block_whose_lengths_differ),
		cmocka_unit_test(test_source_pcapng_ends_at_a_packet_that_contradicts_its_block),
		cmocka_unit_test(test_source_pcapng_ends_at_a_section_that_is_not_read),
		cmocka_unit_test(test_source_pcapng_takes_no_more_interfaces_than_the_limit),
		cmocka_unit_test(test_source_pcapng_survives_any_damaged_byte),
	};

	return cmocka_run_group_tests_name("source pcapng", tests, NULL, NULL);
}
