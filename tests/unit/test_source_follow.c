/* SPDX-License-Identifier: MIT */
/* Files that are followed while another program writes them. */
#include "capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* A file with the first bytes of a capture, the rest of which grow() adds. */
struct growth {
	char path[CAPTURE_PATH];
	struct capture *capture;
	size_t written;
	struct source *source;
};

static void grow(struct growth *growth, size_t to)
{
	FILE *file = fopen(growth->path, "ab");
	size_t n = to - growth->written;

	assert_int_equal(fwrite(growth->capture->bytes + growth->written, 1, n, file), n);
	fclose(file);
	growth->written = to;
}

static void begin(struct growth *growth, size_t written)
{
	struct source_options options = {.follow = true};
	struct fault fault;

	growth->written = written;
	capture_write((struct span){growth->capture->bytes, written}, growth->path);
	growth->source = source_new(&options);
	if (!source_add_file(growth->source, growth->path, &fault))
		fail_msg("%s", fault.text);
}

static void finish(struct growth *growth)
{
	unlink(growth->path);
	source_free(growth->source);
	free(growth->capture);
}

static void grow_by_every_byte(enum capture_format format)
{
	struct growth growth = {.capture = capture_new(format, DLT_RAW)};
	size_t header = growth.capture->n;
	capture_add(growth.capture, 1, "first");
	size_t first = growth.capture->n;
	capture_add(growth.capture, 2, "second");

	begin(&growth, header);
	while (growth.written < growth.capture->n) {
		expect_state(growth.source, SOURCE_WAIT);
		grow(&growth, growth.written + 1);
		if (growth.written == first)
			expect_packet(growth.source, "first");
	}
	expect_packet(growth.source, "second");
	expect_state(growth.source, SOURCE_WAIT);
	finish(&growth);
}

static void test_source_follow_gives_a_packet_when_its_record_is_whole(void **state)
{
	(void)state;
	grow_by_every_byte(CAPTURE_NANO);
	grow_by_every_byte(CAPTURE_PCAPNG);
}

static void test_source_follow_waits_for_the_header_of_an_empty_file(void **state)
{
	struct growth growth = {.capture = capture_new(CAPTURE_NANO, DLT_RAW)};

	(void)state;
	capture_add(growth.capture, 1, "first");
	begin(&growth, 0);
	expect_state(growth.source, SOURCE_WAIT);
	grow(&growth, 10);
	expect_state(growth.source, SOURCE_WAIT);
	grow(&growth, growth.capture->n);
	expect_packet(growth.source, "first");
	finish(&growth);
}

static void test_source_follow_can_read_packets_again(void **state)
{
	struct growth growth = {.capture = capture_new(CAPTURE_NANO, DLT_RAW)};
	struct packet packet;

	(void)state;
	for (int i = 1; i <= 600; i++)
		capture_add(growth.capture, i, i == 400 ? "this one" : "another");
	size_t n = growth.capture->n;
	begin(&growth, n / 2);
	while (source_input(growth.source, 0)->packets < 600) {
		struct fault fault;
		if (source_next(growth.source, &packet, &fault) == SOURCE_WAIT)
			grow(&growth, n);
	}
	assert_true(source_reread(growth.source, 0, 400, &packet, NULL));
	assert_memory_equal(packet.bytes.p, "this one", 8);
	finish(&growth);
}

static void test_source_follow_warns_when_the_file_becomes_shorter(void **state)
{
	struct growth growth = {.capture = capture_new(CAPTURE_NANO, DLT_RAW)};

	(void)state;
	capture_add(growth.capture, 1, "first");
	begin(&growth, growth.capture->n);
	expect_packet(growth.source, "first");
	assert_int_equal(truncate(growth.path, 24), 0);
	expect_warning(growth.source, FAULT_READ, "became shorter while it was followed");
	expect_state(growth.source, SOURCE_END);
	finish(&growth);
}

static void test_source_follow_does_not_hold_other_files_back(void **state)
{
	struct growth growth = {.capture = capture_new(CAPTURE_NANO, DLT_RAW)};
	struct capture *other = capture_new(CAPTURE_NANO, DLT_RAW);

	(void)state;
	capture_add(other, 5, "other");
	begin(&growth, 24);
	assert_true(source_add_memory(growth.source, "other", capture_span(other), NULL));
	expect_packet(growth.source, "other");
	expect_state(growth.source, SOURCE_WAIT);
	finish(&growth);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_follow_gives_a_packet_when_its_record_is_whole),
		cmocka_unit_test(test_source_follow_waits_for_the_header_of_an_empty_file),
		cmocka_unit_test(test_source_follow_can_read_packets_again),
		cmocka_unit_test(test_source_follow_warns_when_the_file_becomes_shorter),
		cmocka_unit_test(test_source_follow_does_not_hold_other_files_back),
	};

	return cmocka_run_group_tests_name("source follow", tests, NULL, NULL);
}
