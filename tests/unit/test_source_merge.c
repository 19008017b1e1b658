/* SPDX-License-Identifier: MIT */
/* Several inputs as one row of packets in time, and the taps they came from. */
#include "capture_file.h"

#include "bounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* A capture of packets at TIMES (seconds, up to a 0), each with the frame TEXT. */
static struct capture *capture_at(const int *times, const char *text, uint16_t link)
{
	struct capture *capture = capture_new(CAPTURE_NANO, link);

	for (; *times; times++)
		capture_add(capture, *times * NS_PER_SECOND, text);
	return capture;
}

static void add(struct source *source, const char *name, const struct capture *capture)
{
	struct fault fault;

	if (!source_add_memory(source, name, capture_span(capture), &fault))
		fail_msg("%s", fault.text);
}

static void test_source_merge_hands_out_the_earliest_packet_first(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 4, 5, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){2, 3, 6, 0}, "b", DLT_RAW);

	(void)state;
	add(source, "a", a);
	add(source, "b", b);
	expect_packet(source, "a");
	expect_packet(source, "b");
	struct packet packet = expect_packet(source, "b");
	assert_int_equal(packet.file, 1);
	assert_int_equal(packet.mark.frame, 2);
	packet = expect_packet(source, "a");
	assert_int_equal(packet.file, 0);
	assert_int_equal(packet.mark.frame, 2);
	expect_packet(source, "a");
	expect_packet(source, "b");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(a);
	free(b);
}

static void test_source_merge_prefers_the_earlier_input_at_equal_times(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 1, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){1, 0}, "b", DLT_RAW);

	(void)state;
	add(source, "a", a);
	add(source, "b", b);
	expect_packet(source, "a");
	expect_packet(source, "a");
	expect_packet(source, "b");
	source_free(source);
	free(a);
	free(b);
}

static void expect_time(struct source *source, const char *text, int seconds)
{
	assert_int_equal(expect_packet(source, text).mark.time_ns, seconds * NS_PER_SECOND);
}

static void
test_source_merge_leaves_one_file_in_its_order_where_its_clock_stepped_back(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){5, 3, 4, 2, 0}, "a", DLT_RAW);

	(void)state;
	add(source, "a", a);
	expect_time(source, "a", 5);
	expect_time(source, "a", 3);
	expect_time(source, "a", 4);
	expect_time(source, "a", 2);
	assert_int_equal(source_input(source, 0)->backwards, 2);
	source_free(source);
	free(a);
}

static void test_source_merge_keeps_the_order_of_each_file_where_a_clock_stepped_back(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){5, 1, 6, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){2, 4, 7, 0}, "b", DLT_RAW);

	(void)state;
	add(source, "a", a);
	add(source, "b", b);
	expect_time(source, "b", 2);
	expect_time(source, "b", 4);
	expect_time(source, "a", 5);
	expect_time(source, "a", 1);
	expect_time(source, "a", 6);
	expect_time(source, "b", 7);
	expect_state(source, SOURCE_END);
	assert_int_equal(source_input(source, 0)->backwards, 1);
	assert_int_equal(source_input(source, 1)->backwards, 0);
	source_free(source);
	free(a);
	free(b);
}

static void test_source_merge_gives_captures_of_one_time_taps_of_their_own(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 3, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){2, 4, 0}, "b", DLT_RAW);

	(void)state;
	add(source, "a", a);
	add(source, "b", b);
	assert_int_equal(expect_packet(source, "a").tap, 0);
	assert_int_equal(expect_packet(source, "b").tap, 1);
	assert_int_equal(expect_packet(source, "a").tap, 0);
	assert_int_equal(expect_packet(source, "b").tap, 1);
	source_free(source);
	free(a);
	free(b);
}

static void test_source_merge_gives_rotated_captures_one_tap(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 2, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){3, 4, 0}, "b", DLT_RAW);
	struct capture *c = capture_at((int[]){5, 0}, "c", DLT_RAW);

	(void)state;
	/* in the order a shell may give them */
	add(source, "cap10", c);
	add(source, "cap8", a);
	add(source, "cap9", b);
	assert_int_equal(expect_packet(source, "a").tap, 0);
	assert_int_equal(expect_packet(source, "a").tap, 0);
	assert_int_equal(expect_packet(source, "b").tap, 0);
	assert_int_equal(expect_packet(source, "b").tap, 0);
	assert_int_equal(expect_packet(source, "c").tap, 0);
	source_free(source);
	free(a);
	free(b);
	free(c);
}

static void test_source_merge_lets_one_capture_alone_take_a_tap_over(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){2, 4, 0}, "b", DLT_RAW);
	struct capture *c = capture_at((int[]){3, 5, 0}, "c", DLT_RAW);

	(void)state;
	add(source, "a", a);
	add(source, "b", b);
	add(source, "c", c);
	assert_int_equal(expect_packet(source, "a").tap, 0);
	assert_int_equal(expect_packet(source, "b").tap, 0);
	assert_int_equal(expect_packet(source, "c").tap, 1);
	source_free(source);
	free(a);
	free(b);
	free(c);
}

static void test_source_merge_lets_no_other_link_type_take_a_tap_over(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){2, 0}, "b", DLT_EN10MB);

	(void)state;
	add(source, "a", a);
	add(source, "b", b);
	assert_int_equal(expect_packet(source, "a").tap, 0);
	assert_int_equal(expect_packet(source, "b").tap, 1);
	source_free(source);
	free(a);
	free(b);
}

static void test_source_merge_goes_on_where_one_input_is_cut_short(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 3, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){2, 4, 0}, "b", DLT_RAW);

	(void)state;
	a->n--;
	add(source, "a.pcap", a);
	add(source, "b.pcap", b);
	expect_packet(source, "a");
	expect_warning(source, FAULT_CUT_SHORT, "a.pcap: cut short");
	expect_packet(source, "b");
	expect_packet(source, "b");
	expect_state(source, SOURCE_END);
	source_free(source);
	free(a);
	free(b);
}

static void test_source_merge_waits_for_what_a_pipe_will_say(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){2, 0}, "a", DLT_RAW);
	struct capture *b = capture_at((int[]){1, 0}, "b", DLT_RAW);
	int saved_stdin = dup(STDIN_FILENO);
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	add(source, "a", a);
	assert_true(source_add_file(source, "-", NULL));
	expect_state(source, SOURCE_WAIT);
	assert_int_equal(write(ends[1], b->bytes, b->n), b->n);
	close(ends[1]);
	expect_packet(source, "b");
	expect_packet(source, "a");
	expect_state(source, SOURCE_END);
	source_free(source);
	dup2(saved_stdin, STDIN_FILENO);
	close(saved_stdin);
	free(a);
	free(b);
}

static void test_source_merge_refuses_more_inputs_than_the_limit(void **state)
{
	struct source *source = source_new(NULL);
	struct capture *a = capture_at((int[]){1, 0}, "a", DLT_RAW);
	struct fault fault;

	(void)state;
	for (int i = 0; i < LIMIT_SOURCES; i++)
		add(source, "a", a);
	assert_false(source_add_memory(source, "late.pcap", capture_span(a), &fault));
	assert_int_equal(fault.kind, FAULT_LIMIT);
	assert_non_null(strstr(fault.text, "late.pcap: more than 64 inputs"));
	source_free(source);
	free(a);
}

static void test_source_merge_of_nothing_ends_at_once(void **state)
{
	struct source *source = source_new(NULL);

	(void)state;
	expect_state(source, SOURCE_END);
	source_free(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_merge_hands_out_the_earliest_packet_first),
		cmocka_unit_test(test_source_merge_prefers_the_earlier_input_at_equal_times),
		cmocka_unit_test(
			test_source_merge_leaves_one_file_in_its_order_where_its_clock_stepped_back),
		cmocka_unit_test(
			test_source_merge_keeps_the_order_of_each_file_where_a_clock_stepped_back),
		cmocka_unit_test(test_source_merge_gives_captures_of_one_time_taps_of_their_own),
		cmocka_unit_test(test_source_merge_gives_rotated_captures_one_tap),
		cmocka_unit_test(test_source_merge_lets_one_capture_alone_take_a_tap_over),
		cmocka_unit_test(test_source_merge_lets_no_other_link_type_take_a_tap_over),
		cmocka_unit_test(test_source_merge_goes_on_where_one_input_is_cut_short),
		cmocka_unit_test(test_source_merge_waits_for_what_a_pipe_will_say),
		cmocka_unit_test(test_source_merge_refuses_more_inputs_than_the_limit),
		cmocka_unit_test(test_source_merge_of_nothing_ends_at_once),
	};

	return cmocka_run_group_tests_name("source merge", tests, NULL, NULL);
}
