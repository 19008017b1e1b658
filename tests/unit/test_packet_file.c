/* SPDX-License-Identifier: MIT */
/* Packets written as a file: what the source reads from it is what was written. */
#include "report/packet_file.h"
#include "source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/dlt.h>

#include <cmocka.h>

#define MICRO 1000 /* ns */

static const char *name_of(const void *context, uint16_t file)
{
	(void)context;
	return file ? "second.pcap" : "first.pcap";
}

static struct packet make(uint16_t file, int link, int64_t time_ns, const char *text)
{
	return (struct packet){.mark = {.time_ns = time_ns},
			       .file = file,
			       .link = link,
			       .bytes = span_of(text),
			       .wire_len = (uint32_t)strlen(text) + 5};
}

/* The COUNT PACKETS as a file, read again: the same, in this order. */
static void expect_read_again(const struct packet *packets, size_t count, bool is_pcapng)
{
	struct origins origins = {0};
	char *file = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&file, &size);

	for (size_t i = 0; i < count; i++)
		assert_true(origins_note(&origins, &packets[i]));
	assert_int_equal(origins_are_pcapng(&origins), is_pcapng);
	packet_file_begin(out, &origins, name_of, NULL);
	for (size_t i = 0; i < count; i++)
		packet_file_put(out, &origins, &packets[i]);
	fclose(out);
	origins_free(&origins);

	struct source *source = source_new(NULL);
	struct packet packet;
	assert_true(source_add_memory(source, "again", (struct span){(uint8_t *)file, size}, NULL));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(source_next(source, &packet, NULL), SOURCE_PACKET);
		assert_int_equal(packet.mark.time_ns, packets[i].mark.time_ns);
		assert_int_equal(packet.link, packets[i].link);
		assert_int_equal(packet.wire_len, packets[i].wire_len);
		assert_int_equal(packet.bytes.n, packets[i].bytes.n);
		assert_memory_equal(packet.bytes.p, packets[i].bytes.p, packet.bytes.n);
	}
	assert_int_equal(source_next(source, &packet, NULL), SOURCE_END);
	source_free(source);
	free(file);
}

static void test_packet_file_is_pcap_for_one_interface_and_microseconds(void **state)
{
	const struct packet packets[] = {make(0, DLT_EN10MB, 7 * MICRO, "one"),
					 make(0, DLT_EN10MB, 1700000000123456 * (int64_t)MICRO, "")};
	(void)state;
	expect_read_again(packets, 2, false);
}

static void test_packet_file_is_pcapng_for_nanoseconds(void **state)
{
	const struct packet packets[] = {make(0, DLT_RAW, 7, "one"), make(0, DLT_RAW, 8, "four")};
	(void)state;
	expect_read_again(packets, 2, true);
}

static void test_packet_file_is_pcapng_for_two_inputs_of_other_links(void **state)
{
	const struct packet packets[] = {make(0, DLT_RAW, 7 * MICRO, "one"),
					 make(1, DLT_LINUX_SLL2, 8 * MICRO, "two"),
					 make(0, DLT_RAW, 9 * MICRO, "three")};
	(void)state;
	expect_read_again(packets, 3, true);
}

static void test_packet_file_is_pcapng_for_times_behind_2106(void **state)
{
	const struct packet packets[] = {make(0, DLT_EN10MB, INT64_C(4500000000) * 1000000000,
					      "late")};
	(void)state;
	expect_read_again(packets, 1, true);
}

static void test_packet_file_may_be_empty(void **state)
{
	(void)state;
	expect_read_again(NULL, 0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet_file_is_pcap_for_one_interface_and_microseconds),
		cmocka_unit_test(test_packet_file_is_pcapng_for_nanoseconds),
		cmocka_unit_test(test_packet_file_is_pcapng_for_two_inputs_of_other_links),
		cmocka_unit_test(test_packet_file_is_pcapng_for_times_behind_2106),
		cmocka_unit_test(test_packet_file_may_be_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
