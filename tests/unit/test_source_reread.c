/* SPDX-License-Identifier: MIT */
/* Packets read again by their number: from files and memory all, else the newest. */
#include "capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PACKETS 1500

/* Packet N holds "packet N", and padding that gives each another length. */
static void packet_text(unsigned n, char out[static 64])
{
	(void)snprintf(out, 64, "packet %u%*s", n, (int)(n % 40), "");
}

static struct capture *capture_numbered(enum capture_format format)
{
	struct capture *capture = capture_new(format, DLT_RAW);
	char text[64];

	for (unsigned n = 1; n <= PACKETS; n++) {
		packet_text(n, text);
		capture_add(capture, n * NS_PER_MS, text);
	}
	return capture;
}

static void expect_reread(struct source *source, unsigned n)
{
	struct packet packet;
	struct fault fault;
	char text[64];

	packet_text(n, text);
	if (!source_reread(source, 0, n, &packet, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(packet.mark.frame, n);
	assert_int_equal(packet.mark.time_ns, n * NS_PER_MS);
	assert_int_equal(packet.link, DLT_RAW);
	assert_int_equal(packet.bytes.n, strlen(text));
	assert_memory_equal(packet.bytes.p, text, strlen(text));
}

static void expect_gone(struct source *source, unsigned n, enum fault_kind kind, const char *part)
{
	struct packet packet;
	struct fault fault = {.kind = FAULT_NONE};

	assert_false(source_reread(source, 0, n, &packet, &fault));
	assert_int_equal(fault.kind, kind);
	if (!strstr(fault.text, part))
		fail_msg("\"%s\" does not hold \"%s\"", fault.text, part);
}

static void read_on(struct source *source, unsigned from, unsigned to)
{
	char text[64];

	for (unsigned n = from; n <= to; n++) {
		packet_text(n, text);
		expect_packet(source, text);
	}
}

static struct source *open_bytes(struct span bytes, const struct source_options *options)
{
	struct source *source = source_new(options);
	char path[CAPTURE_PATH];

	capture_write(bytes, path);
	assert_true(source_add_file(source, path, NULL));
	unlink(path);
	return source;
}

static void expect_any_order(enum capture_format format)
{
	struct capture *capture = capture_numbered(format);
	struct source *source = open_bytes(capture_span(capture), NULL);

	read_on(source, 1, PACKETS);
	expect_state(source, SOURCE_END);
	static const unsigned order[] = {1500, 1, 2, 257, 256, 255, 1024, 700, 701, 800, 513, 1};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		expect_reread(source, order[i]);
	source_free(source);
	free(capture);
}

static void test_source_reread_finds_packets_of_a_pcap_file_in_any_order(void **state)
{
	(void)state;
	expect_any_order(CAPTURE_NANO);
	expect_any_order(CAPTURE_MICRO_BIG);
}

static void test_source_reread_finds_packets_of_a_pcapng_file_in_any_order(void **state)
{
	(void)state;
	expect_any_order(CAPTURE_PCAPNG);
}

static void test_source_reread_does_not_disturb_reading_on(void **state)
{
	struct capture *capture = capture_numbered(CAPTURE_NANO);
	struct source *source = open_bytes(capture_span(capture), NULL);

	(void)state;
	read_on(source, 1, 600);
	expect_reread(source, 3);
	expect_reread(source, 600);
	read_on(source, 601, 900);
	expect_reread(source, 650);
	read_on(source, 901, PACKETS);
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_reread_works_in_memory(void **state)
{
	struct capture *capture = capture_numbered(CAPTURE_NANO);
	struct source *source = source_new(NULL);

	(void)state;
	assert_true(source_add_memory(source, "demo", capture_span(capture), NULL));
	read_on(source, 1, 1000);
	expect_reread(source, 999);
	expect_reread(source, 10);
	source_free(source);
	free(capture);
}

/* Packets from 300 on come from an interface that is described only there. */
static void test_source_reread_knows_interfaces_described_between_packets(void **state)
{
	struct capture *capture = capture_new(CAPTURE_PCAPNG, DLT_RAW);
	char text[64];

	(void)state;
	for (unsigned n = 1; n <= PACKETS; n++) {
		packet_text(n, text);
		if (n == 300)
			capture_add_interface(capture, DLT_RAW, 3);
		if (n < 300)
			capture_add(capture, n * NS_PER_MS, text);
		else
			capture_add_from(capture, 1, n, text);
	}
	struct source *source = open_bytes(capture_span(capture), NULL);
	read_on(source, 1, PACKETS);
	expect_reread(source, 1400);
	expect_reread(source, 299);
	expect_reread(source, 301);
	expect_reread(source, 300);
	expect_reread(source, 1);
	source_free(source);
	free(capture);
}

/* From packet 300 on interface 0 is another one, which counts in milliseconds. */
static void test_source_reread_knows_interfaces_of_later_sections(void **state)
{
	struct capture *capture = capture_new(CAPTURE_PCAPNG, DLT_RAW);
	char text[64];

	(void)state;
	for (unsigned n = 1; n <= PACKETS; n++) {
		packet_text(n, text);
		if (n == 300) {
			capture_add_section(capture);
			capture_add_interface(capture, DLT_RAW, 3);
		}
		capture_add_from(capture, 0, n < 300 ? n * NS_PER_MS : n, text);
	}
	struct source *source = open_bytes(capture_span(capture), NULL);
	read_on(source, 1, PACKETS);
	expect_reread(source, 1400);
	expect_reread(source, 299);
	expect_reread(source, 301);
	source_free(source);
	free(capture);
}

static void test_source_reread_refuses_packets_that_have_not_been_read(void **state)
{
	struct capture *capture = capture_numbered(CAPTURE_NANO);
	struct source *source = open_bytes(capture_span(capture), NULL);
	struct fault fault;
	struct packet packet;

	(void)state;
	read_on(source, 1, 10);
	expect_gone(source, 11, FAULT_USAGE, "packet 11 has not been read");
	expect_gone(source, 0, FAULT_USAGE, "packet 0 has not been read");
	assert_false(source_reread(source, 1, 1, &packet, &fault));
	assert_int_equal(fault.kind, FAULT_USAGE);
	source_free(source);
	free(capture);
}

static void test_source_reread_says_that_the_file_changed(void **state)
{
	struct capture *capture = capture_numbered(CAPTURE_NANO);
	struct source *source = source_new(NULL);
	char path[CAPTURE_PATH];

	(void)state;
	capture_write(capture_span(capture), path);
	assert_true(source_add_file(source, path, NULL));
	read_on(source, 1, PACKETS);
	assert_int_equal(truncate(path, 4000), 0);
	expect_gone(source, 1200, FAULT_READ, "the file changed");
	expect_reread(source, 5);
	unlink(path);
	source_free(source);
	free(capture);
}

static void test_source_reread_unpacks_a_packed_file_again(void **state)
{
	static uint8_t packed[CAPTURE_MAX];
	static const enum capture_packing packings[] = {PACK_GZIP, PACK_ZSTD};
	struct source_options options = {.ring_bytes = 1 << 10};
	struct capture *capture = capture_numbered(CAPTURE_NANO);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t n = capture_pack(capture_span(capture), packings[i], packed);
		struct source *source = open_bytes((struct span){packed, n}, &options);
		read_on(source, 1, 900);
		expect_reread(source, 1);
		expect_reread(source, 700);
		expect_reread(source, 699);
		read_on(source, 901, PACKETS);
		expect_reread(source, 1200);
		source_free(source);
	}
	free(capture);
}

static void test_source_reread_keeps_the_newest_packets_of_a_pipe(void **state)
{
	struct source_options options = {.ring_bytes = 32 << 10};
	struct capture *capture = capture_numbered(CAPTURE_NANO);
	struct source *source = source_new(&options);

	(void)state;
	capture_add_pipe(source, capture_span(capture));
	/* 32 KiB are some 300 packets of 64 to 130 bytes with what belongs to them */
	for (unsigned i = 1; i <= PACKETS; i++) {
		read_on(source, i, i);
		expect_reread(source, i > 200 ? i - 200 : 1);
	}
	expect_gone(source, 1, FAULT_LIMIT, "packet 1 has left");
	expect_gone(source, PACKETS - 500, FAULT_LIMIT, "has left");
	source_free(source);
	free(capture);
}

static void test_source_reread_shares_the_ring_among_inputs(void **state)
{
	struct source_options options = {.ring_bytes = 32 << 10};
	struct capture *later = capture_new(CAPTURE_NANO, DLT_RAW);
	struct capture *capture = capture_numbered(CAPTURE_NANO);

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++)
		capture_add(later, 100 * NS_PER_SECOND, "of the other input");
	struct source *source = source_new(&options);
	capture_add_pipe(source, capture_span(capture));
	capture_add_pipe(source, capture_span(later));
	read_on(source, 1, PACKETS);
	expect_reread(source, PACKETS);
	for (unsigned i = 0; i < PACKETS; i++)
		expect_packet(source, "of the other input");
	expect_gone(source, PACKETS, FAULT_LIMIT, "has left");
	source_free(source);
	free(capture);
	free(later);
}

static void test_source_reread_keeps_no_packet_larger_than_the_ring(void **state)
{
	struct source_options options = {.ring_bytes = 256};
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);
	char large[301];

	(void)state;
	memset(large, 'x', 300);
	large[300] = '\0';
	capture_add(capture, NS_PER_MS, "packet 1 ");
	capture_add(capture, 2, large);
	capture_add(capture, 3 * NS_PER_MS, "packet 3   ");
	struct source *source = source_new(&options);
	capture_add_pipe(source, capture_span(capture));
	expect_packet(source, "packet 1 ");
	expect_packet(source, large);
	expect_gone(source, 2, FAULT_LIMIT, "has left");
	expect_packet(source, "packet 3   ");
	expect_reread(source, 3);
	expect_gone(source, 2, FAULT_LIMIT, "has left");
	source_free(source);
	free(capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_reread_finds_packets_of_a_pcap_file_in_any_order),
		cmocka_unit_test(test_source_reread_finds_packets_of_a_pcapng_file_in_any_order),
		cmocka_unit_test(test_source_reread_does_not_disturb_reading_on),
		cmocka_unit_test(test_source_reread_works_in_memory),
		cmocka_unit_test(test_source_reread_knows_interfaces_described_between_packets),
		cmocka_unit_test(test_source_reread_knows_interfaces_of_later_sections),
		cmocka_unit_test(test_source_reread_refuses_packets_that_have_not_been_read),
		cmocka_unit_test(test_source_reread_says_that_the_file_changed),
		cmocka_unit_test(test_source_reread_unpacks_a_packed_file_again),
		cmocka_unit_test(test_source_reread_keeps_the_newest_packets_of_a_pipe),
		cmocka_unit_test(test_source_reread_shares_the_ring_among_inputs),
		cmocka_unit_test(test_source_reread_keeps_no_packet_larger_than_the_ring),
	};

	return cmocka_run_group_tests_name("source reread", tests, NULL, NULL);
}
