/* SPDX-License-Identifier: MIT */
/* Messages made up by the forge: exact sizes, the same bytes each time, dot-stuffing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../forge/message.h"

static struct scenario *scenario;
static char name[] = "m1", other_name[] = "m2";
static char sender[] = "alice@msn.example", bob[] = "bob@example.net";
static struct text_list recipient = {.text = bob};

static int set_up(void **state)
{
	(void)state;
	scenario = scenario_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_free(scenario);
	return 0;
}

static struct message make_message(uint64_t size)
{
	return (struct message){
		.name = name,
		.size = size,
		.sender = sender,
		.recipients = &recipient,
	};
}

static void test_forge_message_has_the_size_that_was_asked_for(void **state)
{
	(void)state;
	for (uint64_t size = 600; size < 2600; size++) {
		struct message message = make_message(size);
		struct buffer out = {0};

		forge_message_render(scenario, &message, &out);
		assert_int_equal(out.len, size);
		assert_memory_equal(out.bytes + size - 2, "\r\n", 2);
		free(out.bytes);
	}
}

static void test_forge_message_has_no_line_over_78_bytes(void **state)
{
	struct message message = make_message(20000);
	struct buffer out = {0};
	size_t start = 0;

	(void)state;
	forge_message_render(scenario, &message, &out);
	for (size_t i = 0; i < out.len; i++) {
		if (out.bytes[i] != '\n')
			continue;
		assert_in_range(i + 1 - start, 2, 80);
		start = i + 1;
	}
	assert_int_equal(start, out.len);
	free(out.bytes);
}

static void test_forge_message_is_the_same_each_time(void **state)
{
	struct message message = make_message(5000);
	struct buffer one = {0}, two = {0};

	(void)state;
	forge_message_render(scenario, &message, &one);
	forge_message_render(scenario, &message, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.bytes, two.bytes, one.len);
	free(one.bytes);
	free(two.bytes);
}

static void test_forge_message_is_another_one_under_another_name(void **state)
{
	struct message message = make_message(5000), other = make_message(5000);
	struct buffer one = {0}, two = {0};

	(void)state;
	other.name = other_name;
	forge_message_render(scenario, &message, &one);
	forge_message_render(scenario, &other, &two);
	assert_memory_not_equal(one.bytes, two.bytes, 5000);
	free(one.bytes);
	free(two.bytes);
}

static void test_forge_message_like_another_stands_behind_headers_of_its_own(void **state)
{
	static char field[] = "X-Hop: 2";
	struct text_list header = {.text = field};
	struct message message = make_message(5000);
	struct message like = {.name = other_name, .like = &message, .headers = &header};
	struct buffer one = {0}, two = {0};

	(void)state;
	forge_message_render(scenario, &message, &one);
	forge_message_render(scenario, &like, &two);
	assert_int_equal(two.len, one.len + 10);
	assert_memory_equal(two.bytes, "X-Hop: 2\r\n", 10);
	assert_memory_equal(two.bytes + 10, one.bytes, one.len);
	free(one.bytes);
	free(two.bytes);
}

static void test_forge_message_stuff_doubles_dots_at_line_starts_alone(void **state)
{
	static char plain[] = ".\r\na.b\r\n..c\r\nend.\r\n";
	struct buffer in = {.bytes = (uint8_t *)plain, .len = sizeof(plain) - 1}, out = {0};

	(void)state;
	forge_message_stuff(&in, &out);
	buffer_add(&out, "", 1);
	assert_string_equal((char *)out.bytes, "..\r\na.b\r\n...c\r\nend.\r\n");
	free(out.bytes);
}

static void test_forge_message_of_some_length_has_a_line_to_stuff(void **state)
{
	struct message message = make_message(4000);
	struct buffer plain = {0}, stuffed = {0};

	(void)state;
	forge_message_render(scenario, &message, &plain);
	forge_message_stuff(&plain, &stuffed);
	assert_int_equal(stuffed.len, plain.len + 1);
	free(plain.bytes);
	free(stuffed.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forge_message_has_the_size_that_was_asked_for),
		cmocka_unit_test(test_forge_message_has_no_line_over_78_bytes),
		cmocka_unit_test(test_forge_message_is_the_same_each_time),
		cmocka_unit_test(test_forge_message_is_another_one_under_another_name),
		cmocka_unit_test(test_forge_message_like_another_stands_behind_headers_of_its_own),
		cmocka_unit_test(test_forge_message_stuff_doubles_dots_at_line_starts_alone),
		cmocka_unit_test(test_forge_message_of_some_length_has_a_line_to_stuff),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
