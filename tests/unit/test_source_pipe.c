/* SPDX-License-Identifier: MIT */
/* Standard input and named pipes: whatever comes, however slowly, reading never blocks. */
#include "capture_file.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A pipe in the place of standard input, and a source that reads it. */
struct plumbing {
	int saved_stdin;
	int writer;
	struct source *source;
	struct capture *capture;
};

static int plumb(void **state)
{
	struct plumbing *plumbing = calloc(1, sizeof *plumbing);
	int ends[2];

	assert_non_null(plumbing);
	*state = plumbing;
	assert_int_equal(pipe(ends), 0);
	plumbing->saved_stdin = dup(STDIN_FILENO);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	plumbing->writer = ends[1];
	plumbing->source = source_new(NULL);
	plumbing->capture = capture_new(CAPTURE_MICRO, DLT_RAW);
	assert_true(source_add_file(plumbing->source, "-", NULL));
	return 0;
}

static int unplumb(void **state)
{
	struct plumbing *plumbing = *state;

	if (plumbing->writer >= 0)
		close(plumbing->writer);
	source_free(plumbing->source);
	dup2(plumbing->saved_stdin, STDIN_FILENO);
	close(plumbing->saved_stdin);
	free(plumbing->capture);
	free(plumbing);
	return 0;
}

static void pour(struct plumbing *plumbing, struct span bytes)
{
	assert_int_equal(write(plumbing->writer, bytes.p, bytes.n), bytes.n);
}

static void finish(struct plumbing *plumbing)
{
	close(plumbing->writer);
	plumbing->writer = -1;
}

static void test_source_pipe_waits_while_nothing_comes(void **state)
{
	struct plumbing *plumbing = *state;
	struct pollfd fds[4];

	expect_state(plumbing->source, SOURCE_WAIT);
	assert_int_equal(source_input(plumbing->source, 0)->link, -1);
	assert_int_equal(source_poll(plumbing->source, fds, 4), 1);
	assert_int_equal(poll(fds, 1, 0), 0);
	pour(plumbing, span_of("x"));
	assert_int_equal(poll(fds, 1, 0), 1);
}

static void test_source_pipe_gives_a_packet_with_its_last_byte(void **state)
{
	struct plumbing *plumbing = *state;

	capture_add(plumbing->capture, 1, "first");
	capture_add(plumbing->capture, 2, "second");
	struct span bytes = capture_span(plumbing->capture);
	size_t first_end = 24 + 16 + strlen("first");
	for (size_t i = 0; i < bytes.n; i++) {
		expect_state(plumbing->source, SOURCE_WAIT);
		pour(plumbing, span_take(span_skip(bytes, i), 1));
		if (i + 1 == first_end)
			expect_packet(plumbing->source, "first");
	}
	expect_packet(plumbing->source, "second");
	expect_state(plumbing->source, SOURCE_WAIT);
	finish(plumbing);
	expect_state(plumbing->source, SOURCE_END);
}

static void test_source_pipe_gives_pcapng_packets_with_their_last_byte(void **state)
{
	struct plumbing *plumbing = *state;
	struct capture *capture = capture_new(CAPTURE_PCAPNG_BIG, DLT_RAW);

	capture_add(capture, 1, "first");
	capture_add_interface(capture, DLT_RAW, 6);
	capture_add_from(capture, 1, 5, "second");
	struct span bytes = capture_span(capture);
	size_t packets = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		struct packet packet;
		struct fault fault;
		pour(plumbing, span_take(span_skip(bytes, i), 1));
		packets += source_next(plumbing->source, &packet, &fault) == SOURCE_PACKET;
		if (i + 1 == bytes.n)
			assert_int_equal(packet.mark.time_ns, 5000);
	}
	assert_int_equal(packets, 2);
	finish(plumbing);
	expect_state(plumbing->source, SOURCE_END);
	free(capture);
}

static void pour_packed(struct plumbing *plumbing, enum capture_packing packing)
{
	static uint8_t packed[CAPTURE_MAX];

	capture_add(plumbing->capture, 1, "first");
	capture_add(plumbing->capture, 2, "second");
	size_t n = capture_pack(capture_span(plumbing->capture), packing, packed);
	for (size_t i = 0; i + 1 < n; i += 2) {
		pour(plumbing, (struct span){packed + i, 2});
		if (i < n / 2)
			expect_state(plumbing->source, SOURCE_WAIT);
	}
	if (n % 2)
		pour(plumbing, (struct span){packed + n - 1, 1});
	finish(plumbing);
	expect_packet(plumbing->source, "first");
	expect_packet(plumbing->source, "second");
	expect_state(plumbing->source, SOURCE_END);
}

static void test_source_pipe_unpacks_gzip_that_comes_slowly(void **state)
{
	pour_packed(*state, PACK_GZIP);
}

static void test_source_pipe_unpacks_zstd_that_comes_slowly(void **state)
{
	pour_packed(*state, PACK_ZSTD);
}

static void test_source_pipe_reads_records_larger_than_its_buffers(void **state)
{
	struct plumbing *plumbing = *state;
	struct capture *capture = capture_new(CAPTURE_PCAPNG, DLT_RAW);
	char *text = malloc(60001);

	memset(text, 'x', 60000);
	text[60000] = '\0';
	for (int i = 0; i < 12; i++)
		capture_add(capture, i, text);
	for (struct span rest = capture_span(capture); rest.n; rest = span_skip(rest, 60000)) {
		pour(plumbing, span_take(rest, 60000));
		struct packet packet;
		struct fault fault;
		(void)source_next(plumbing->source, &packet, &fault);
	}
	finish(plumbing);
	while (source_input(plumbing->source, 0)->packets < 12)
		expect_packet(plumbing->source, text);
	expect_state(plumbing->source, SOURCE_END);
	free(text);
	free(capture);
}

static void test_source_pipe_warns_when_it_ends_inside_a_record(void **state)
{
	struct plumbing *plumbing = *state;

	capture_add(plumbing->capture, 1, "first");
	capture_add(plumbing->capture, 2, "second");
	plumbing->capture->n -= 3;
	pour(plumbing, capture_span(plumbing->capture));
	expect_packet(plumbing->source, "first");
	expect_state(plumbing->source, SOURCE_WAIT);
	finish(plumbing);
	expect_warning(plumbing->source, FAULT_CUT_SHORT,
		       "standard input: cut short inside packet 2");
	expect_state(plumbing->source, SOURCE_END);
}

static void test_source_pipe_warns_of_what_is_no_capture(void **state)
{
	struct plumbing *plumbing = *state;

	pour(plumbing, span_of("Nov 23 20:15:01 mx postfix"));
	expect_warning(plumbing->source, FAULT_FORMAT, "standard input: not a capture file");
	expect_state(plumbing->source, SOURCE_END);
}

static void test_source_pipe_warns_of_an_empty_input(void **state)
{
	struct plumbing *plumbing = *state;

	finish(plumbing);
	expect_warning(plumbing->source, FAULT_FORMAT, "standard input: empty");
}

static void test_source_pipe_warns_of_a_link_type_that_is_not_read(void **state)
{
	struct plumbing *plumbing = *state;
	struct capture *capture = capture_new(CAPTURE_MICRO, DLT_IEEE802_11);

	pour(plumbing, capture_span(capture));
	expect_warning(plumbing->source, FAULT_FORMAT, "link type IEEE802_11 (105)");
	expect_state(plumbing->source, SOURCE_END);
	free(capture);
}

static void test_source_pipe_does_not_grow_without_end_before_a_header(void **state)
{
	struct plumbing *plumbing = *state;
	const uint8_t header[] = {0x0a, 0x0d, 0x0d, 0x0a, 0xff, 0xff, 0xff, 0x7f,
				  0x4d, 0x3c, 0x2b, 0x1a, 0x01, 0x00, 0x00, 0x00};

	pour(plumbing, (struct span){header, sizeof header});
	expect_warning(plumbing->source, FAULT_FORMAT, "standard input");
}

static void test_source_pipe_does_not_wait_for_the_writer_of_a_named_pipe(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *capture = capture_new(CAPTURE_NANO, DLT_RAW);
	char folder[] = "/tmp/smtpscope-test-XXXXXX";
	char path[sizeof folder + 5];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_true(source_add_file(source, path, NULL));
	expect_state(source, SOURCE_WAIT);
	FILE *writer = fopen(path, "wb");
	capture_add(capture, 1, "first");
	assert_int_equal(fwrite(capture->bytes, 1, capture->n, writer), capture->n);
	fclose(writer);
	expect_packet(source, "first");
	expect_state(source, SOURCE_END);
	unlink(path);
	rmdir(folder);
	source_free(source);
	free(capture);
}

int main(void)
{
#define WITH_PLUMBING(test) cmocka_unit_test_setup_teardown(test, plumb, unplumb)
	const struct CMUnitTest tests[] = {
		WITH_PLUMBING(test_source_pipe_waits_while_nothing_comes),
		WITH_PLUMBING(test_source_pipe_gives_a_packet_with_its_last_byte),
		WITH_PLUMBING(test_source_pipe_gives_pcapng_packets_with_their_last_byte),
		WITH_PLUMBING(test_source_pipe_unpacks_gzip_that_comes_slowly),
		WITH_PLUMBING(test_source_pipe_unpacks_zstd_that_comes_slowly),
		WITH_PLUMBING(test_source_pipe_reads_records_larger_than_its_buffers),
		WITH_PLUMBING(test_source_pipe_warns_when_it_ends_inside_a_record),
		WITH_PLUMBING(test_source_pipe_warns_of_what_is_no_capture),
		WITH_PLUMBING(test_source_pipe_warns_of_an_empty_input),
		WITH_PLUMBING(test_source_pipe_warns_of_a_link_type_that_is_not_read),
		WITH_PLUMBING(test_source_pipe_does_not_grow_without_end_before_a_header),
		cmocka_unit_test(test_source_pipe_does_not_wait_for_the_writer_of_a_named_pipe),
	};

	return cmocka_run_group_tests_name("source pipe", tests, NULL, NULL);
}
