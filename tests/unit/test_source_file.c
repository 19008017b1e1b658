/* SPDX-License-Identifier: MIT */
/* Capture files and memory: what is read, what is refused, and in which words. */
#include "capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define S NS_PER_SECOND

/* A source over one file that holds BYTES; the file need not stay. */
static struct source *open_bytes(struct span bytes)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};
	char path[CAPTURE_PATH];

	capture_write(bytes, path);
	if (!source_add_file(source, path, &fault))
		fail_msg("%s", fault.text);
	unlink(path);
	return source;
}

static void expect_refusal(struct span bytes, enum fault_kind kind, const char *part)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};
	char path[CAPTURE_PATH];

	capture_write(bytes, path);
	assert_false(source_add_file(source, path, &fault));
	unlink(path);
	assert_int_equal(fault.kind, kind);
	assert_non_null(strstr(fault.text, path));
	if (!strstr(fault.text, part))
		fail_msg("\"%s\" does not hold \"%s\"", fault.text, part);
	assert_int_equal(source_inputs(source), 0);
	source_free(source);
}

static void expect_two_packets(enum capture_format format, int64_t unit_ns)
{
	struct capture *capture = capture_new(format, DLT_EN10MB);
	capture_add(capture, 7 * S + 3 * unit_ns, "first");
	capture_add(capture, 8 * S, "second");
	struct source *source = open_bytes(capture_span(capture));

	struct packet packet = expect_packet(source, "first");
	assert_int_equal(packet.mark.time_ns, 7 * S + 3 * unit_ns);
	assert_int_equal(packet.mark.frame, 1);
	assert_int_equal(packet.link, DLT_EN10MB);
	packet = expect_packet(source, "second");
	assert_int_equal(packet.mark.frame, 2);
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_file_reads_pcap_in_both_byte_orders_and_precisions(void **state)
{
	(void)state;
	expect_two_packets(CAPTURE_MICRO, 1000);
	expect_two_packets(CAPTURE_MICRO_BIG, 1000);
	expect_two_packets(CAPTURE_NANO, 1);
	expect_two_packets(CAPTURE_NANO_BIG, 1);
}

static void test_source_file_reads_pcapng_in_both_byte_orders(void **state)
{
	(void)state;
	expect_two_packets(CAPTURE_PCAPNG, 1);
	expect_two_packets(CAPTURE_PCAPNG_BIG, 1);
}

static void expect_unpacked(enum capture_packing packing)
{
	static uint8_t packed[2 * CAPTURE_MAX];
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);
	capture_add(capture, 1, "first");
	capture_add(capture, 2, "second");

	/* in two members, as two files that were joined */
	struct span head = span_take(capture_span(capture), 50);
	size_t n = capture_pack(head, packing, packed);
	n += capture_pack(span_skip(capture_span(capture), 50), packing, packed + n);
	struct source *source = open_bytes((struct span){packed, n});
	expect_packet(source, "first");
	expect_packet(source, "second");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_file_unpacks_gzip_and_zstd(void **state)
{
	(void)state;
	expect_unpacked(PACK_GZIP);
	expect_unpacked(PACK_ZSTD);
}

static void test_source_file_reads_a_packed_capture_much_larger_than_its_buffers(void **state)
{
	static uint8_t packed[CAPTURE_MAX];
	struct capture *capture = capture_new(CAPTURE_MICRO, DLT_RAW);
	unsigned packets = 0;

	(void)state;
	for (; capture->n < CAPTURE_MAX - 100; packets++)
		capture_add(capture, packets, "always the same, so that it packs well");
	size_t n = capture_pack(capture_span(capture), PACK_GZIP, packed);
	struct source *source = open_bytes((struct span){packed, n});
	for (unsigned i = 0; i < packets; i++)
		expect_packet(source, "always the same, so that it packs well");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_file_reads_a_capture_in_memory(void **state)
{
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);
	struct source *source = source_new(NULL);

	(void)state;
	capture_add(capture, 1, "only");
	assert_true(source_add_memory(source, "demo", capture_span(capture), NULL));
	expect_packet(source, "only");
	expect_state(source, SOURCE_END);
	assert_string_equal(source_input(source, 0)->name, "demo");
	source_free(source);
	free(capture);
}

static void test_source_file_tells_the_length_on_the_wire(void **state)
{
	struct capture *capture = capture_new(CAPTURE_MICRO, DLT_RAW);

	(void)state;
	capture_add(capture, 1, "cut");
	capture->bytes[24 + 12] = 200;
	struct source *source = open_bytes(capture_span(capture));
	struct packet packet = expect_packet(source, "cut");
	assert_int_equal(packet.wire_len, 200);
	source_free(source);
	free(capture);
}

static void test_source_file_counts_what_it_hands_out(void **state)
{
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);

	(void)state;
	capture_add(capture, 5, "12345");
	capture_add(capture, 9, "123");
	capture_add(capture, 8, "12");
	struct source *source = open_bytes(capture_span(capture));
	const struct source_input *input = source_input(source, 0);
	assert_int_equal(input->total_bytes, capture->n);
	assert_false(input->has_ended);
	expect_packet(source, "12345");
	expect_packet(source, "123");
	assert_int_equal(input->packets, 2);
	assert_int_equal(input->bytes, 8);
	expect_packet(source, "12");
	expect_state(source, SOURCE_END);
	assert_int_equal(input->first_ns, 5);
	assert_int_equal(input->last_ns, 9); /* the latest, not the last */
	assert_int_equal(input->backwards, 1);
	assert_int_equal(input->read_bytes, capture->n);
	assert_true(input->has_ended);
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_file_gives_all_before_a_cut_and_then_warns(void **state)
{
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);

	(void)state;
	capture_add(capture, 1, "whole");
	capture_add(capture, 2, "cut off");
	capture->n -= 2;
	struct source *source = open_bytes(capture_span(capture));
	expect_packet(source, "whole");
	expect_warning(source, FAULT_CUT_SHORT, "cut short inside packet 2");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_file_gives_all_before_a_cut_in_a_packed_file(void **state)
{
	static uint8_t packed[CAPTURE_MAX];
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);

	(void)state;
	capture_add(capture, 1, "whole");
	size_t n = capture_pack(capture_span(capture), PACK_GZIP, packed);
	struct source *source = open_bytes((struct span){packed, n - 4});
	expect_packet(source, "whole");
	expect_warning(source, FAULT_CUT_SHORT, "the gzip stream is cut short");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

static void test_source_file_warns_of_a_damaged_packed_file(void **state)
{
	static uint8_t packed[CAPTURE_MAX];
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);

	(void)state;
	capture_add(capture, 1, "whole");
	size_t n = capture_pack(capture_span(capture), PACK_GZIP, packed);
	packed[n - 6] ^= 1; /* in the checksum */
	struct source *source = open_bytes((struct span){packed, n});
	expect_packet(source, "whole");
	expect_warning(source, FAULT_READ, "the gzip stream is damaged");
	source_free(source);
	free(capture);
}

static void test_source_file_refuses_what_is_no_capture(void **state)
{
	(void)state;
	expect_refusal(span_of("Nov 23 20:15:01 mx postfix/smtp[1]: ..."), FAULT_FORMAT,
		       "not a capture file (it begins with \"Nov 23 20:15\")");
	expect_refusal(span_of("a\033"), FAULT_FORMAT, "(it begins with \"a\\x1b\")");
}

static void test_source_file_refuses_an_empty_file(void **state)
{
	(void)state;
	expect_refusal(span_of(""), FAULT_FORMAT, "empty");
}

static void test_source_file_refuses_a_header_that_is_cut(void **state)
{
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);

	(void)state;
	expect_refusal(span_take(capture_span(capture), 20), FAULT_CUT_SHORT,
		       "cut short before its first packet");
	free(capture);
}

static void test_source_file_refuses_a_link_type_that_decode_does_not_read(void **state)
{
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_IEEE802_11);

	(void)state;
	expect_refusal(capture_span(capture), FAULT_FORMAT, "link type IEEE802_11 (105)");
	free(capture);
}

static void test_source_file_names_the_tool_for_packings_that_it_does_not_read(void **state)
{
	(void)state;
	expect_refusal((struct span){(const uint8_t *)"\xfd"
						      "7zXZ\0\0\4",
				     8},
		       FAULT_FORMAT, "xz -d");
	expect_refusal(span_of("BZh91AY&SY"), FAULT_FORMAT, "bzip2 -d");
}

static void test_source_file_says_what_turns_other_formats_into_one_that_is_read(void **state)
{
	(void)state;
	expect_refusal(span_of("snoop"), FAULT_FORMAT,
		       "in snoop's format, which is not read; turn it into one that is: editcap IN "
		       "OUT.pcapng");
	expect_refusal(span_of("GMBU"), FAULT_FORMAT, "in Network Monitor's format");
	expect_refusal(span_of("PK\003\004"), FAULT_FORMAT, "in zip's format");
	expect_refusal(span_of("snoo"), FAULT_FORMAT, "(it begins with \"snoo\")");
}

static void test_source_file_refuses_a_packed_file_that_is_no_capture(void **state)
{
	static uint8_t packed[CAPTURE_MAX];
	size_t n = capture_pack(span_of("Nov 23 20:15:01 mx"), PACK_ZSTD, packed);

	(void)state;
	expect_refusal((struct span){packed, n}, FAULT_FORMAT,
		       "not a capture file (it begins with \"Nov 23 20:15\")");
}

static void expect_path_refused(const char *path, const char *part)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};

	assert_false(source_add_file(source, path, &fault));
	assert_int_equal(fault.kind, FAULT_OPEN);
	assert_non_null(strstr(fault.text, part));
	source_free(source);
}

static void test_source_file_refuses_a_directory_and_a_missing_file(void **state)
{
	(void)state;
	expect_path_refused("/", "/: a directory");
	expect_path_refused("/no/such/file", "/no/such/file: No such file");
}

static void test_source_file_reads_no_packet_larger_than_the_limit(void **state)
{
	struct capture *capture = capture_new(CAPTURE_MICRO, DLT_RAW);

	(void)state;
	capture_add(capture, 1, "good");
	capture_add(capture, 2, "claims two gigabytes");
	capture->bytes[24 + 16 + 4 + 11] = 0x7f;
	struct source *source = open_bytes(capture_span(capture));
	expect_packet(source, "good");
	expect_warning(source, FAULT_READ, "unreadable after packet 1");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_file_reads_pcap_in_both_byte_orders_and_precisions),
		cmocka_unit_test(test_source_file_reads_pcapng_in_both_byte_orders),
		cmocka_unit_test(test_source_file_unpacks_gzip_and_zstd),
		cmocka_unit_test(
			test_source_file_reads_a_packed_capture_much_larger_than_its_buffers),
		cmocka_unit_test(test_source_file_reads_a_capture_in_memory),
		cmocka_unit_test(test_source_file_tells_the_length_on_the_wire),
		cmocka_unit_test(test_source_file_counts_what_it_hands_out),
		cmocka_unit_test(test_source_file_gives_all_before_a_cut_and_then_warns),
		cmocka_unit_test(test_source_file_gives_all_before_a_cut_in_a_packed_file),
		cmocka_unit_test(test_source_file_warns_of_a_damaged_packed_file),
		cmocka_unit_test(test_source_file_refuses_what_is_no_capture),
		cmocka_unit_test(test_source_file_refuses_an_empty_file),
		cmocka_unit_test(test_source_file_refuses_a_header_that_is_cut),
		cmocka_unit_test(test_source_file_refuses_a_link_type_that_decode_does_not_read),
		cmocka_unit_test(
			test_source_file_names_the_tool_for_packings_that_it_does_not_read),
		cmocka_unit_test(
			test_source_file_says_what_turns_other_formats_into_one_that_is_read),
		cmocka_unit_test(test_source_file_refuses_a_packed_file_that_is_no_capture),
		cmocka_unit_test(test_source_file_refuses_a_directory_and_a_missing_file),
		cmocka_unit_test(test_source_file_reads_no_packet_larger_than_the_limit),
	};

	return cmocka_run_group_tests_name("source file", tests, NULL, NULL);
}
