/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const enum context contexts[] = {IN_LIST, IN_LANES, IN_LADDER, IN_TEXT, IN_BYTES};

#define CONTEXTS (sizeof contexts / sizeof *contexts)

static bool has_press(const struct binding *binding, int press)
{
	for (int i = 0; i < BINDING_PRESSES; i++)
		if (binding->presses[i] == press)
			return true;
	return false;
}

static void test_keys_no_press_means_two_things_in_a_context(void **state)
{
	size_t count;
	const struct binding *b = bindings_all(&count);
	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			for (int k = 0; k < BINDING_PRESSES && b[i].presses[k]; k++)
				if (b[i].contexts & b[j].contexts)
					assert_false(has_press(&b[j], b[i].presses[k]));
}

static void test_keys_every_action_has_a_key_and_help(void **state)
{
	size_t count;
	const struct binding *b = bindings_all(&count);
	(void)state;
	for (int action = ACTION_NONE + 1; action < ACTIONS; action++) {
		bool is_found = false;
		for (size_t i = 0; i < count; i++)
			if ((int)b[i].action == action)
				is_found = b[i].presses[0] && b[i].help && b[i].help[0];
		assert_true(is_found);
	}
}

static void test_keys_help_back_and_quit_work_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONTEXTS; i++) {
		assert_int_equal(binding_find(contexts[i], '?'), ACTION_HELP);
		assert_int_equal(binding_find(contexts[i], PRESS_F1), ACTION_HELP);
		assert_int_equal(binding_find(contexts[i], 'q'), ACTION_BACK);
		assert_int_equal(binding_find(contexts[i], PRESS_ESCAPE), ACTION_BACK);
		assert_int_equal(binding_find(contexts[i], 'Q'), ACTION_QUIT);
	}
}

static void test_keys_digits_from_1_are_free_for_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONTEXTS; i++)
		for (int digit = '1'; digit <= '9'; digit++)
			assert_int_equal(binding_find(contexts[i], digit), ACTION_NONE);
}

static void test_keys_names_can_be_read_back(void **state)
{
	size_t count;
	char name[PRESS_NAME];
	const struct binding *b = bindings_all(&count);
	(void)state;
	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < BINDING_PRESSES && b[i].presses[k]; k++)
			assert_int_equal(press_by_name(press_name(b[i].presses[k], true, name)),
					 b[i].presses[k]);
	assert_int_equal(press_by_name("NoSuchKey"), PRESS_NONE);
}

static void test_keys_footer_fits_and_always_names_help(void **state)
{
	char footer[512];
	(void)state;
	for (size_t i = 0; i < CONTEXTS; i++) {
		for (int columns = 8; columns <= 200; columns++) {
			footer_format(contexts[i], false, columns, columns % 2, footer, sizeof footer);
			assert_true(text_columns(footer) <= columns);
			assert_non_null(strstr(footer, "? help"));
		}
	}
}

static void test_keys_footer_at_80_columns_names_the_way_back(void **state)
{
	char footer[512];
	(void)state;
	footer_format(IN_LANES, false, 79, false, footer, sizeof footer);
	assert_non_null(strstr(footer, "q back"));
	assert_non_null(strstr(footer, "Space play"));
	footer_format(IN_TEXT, false, 79, false, footer, sizeof footer);
	assert_non_null(strstr(footer, "↑↓ move"));
}

static void test_keys_footer_shows_pairs_as_one(void **state)
{
	char footer[512];
	(void)state;
	footer_format(IN_LANES, false, 200, false, footer, sizeof footer);
	assert_non_null(strstr(footer, "←→ step"));
	assert_non_null(strstr(footer, "[ ] attempt"));
	footer_format(IN_LANES, false, 200, true, footer, sizeof footer);
	assert_non_null(strstr(footer, "Left/Right step"));
}

static void test_keys_footer_names_following_where_packets_come_in(void **state)
{
	char footer[FOOTER_SIZE];
	(void)state;
	footer_format(IN_LIST, false, 79, false, footer, sizeof footer);
	assert_null(strstr(footer, "follow"));
	footer_format(IN_LIST, true, 79, false, footer, sizeof footer);
	assert_non_null(strstr(footer, "F follow"));
}

static void test_keys_footer_can_be_clicked_at(void **state)
{
	char footer[FOOTER_SIZE];
	(void)state;
	footer_format(IN_LANES, false, 79, false, footer, sizeof footer);
	assert_memory_equal(footer, "←→ step  { } trouble  Enter ladder",
			    strlen("←→ step  { } trouble  Enter ladder"));
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 0), PRESS_LEFT);
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 1), PRESS_RIGHT);
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 5), PRESS_RIGHT);
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 7), PRESS_NONE);
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 9), '{');
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 11), '}');
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 22), PRESS_ENTER);
	assert_int_equal(footer_press(IN_LANES, false, 79, false, 78), PRESS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_footer_names_following_where_packets_come_in),
		cmocka_unit_test(test_keys_footer_can_be_clicked_at),
		cmocka_unit_test(test_keys_no_press_means_two_things_in_a_context),
		cmocka_unit_test(test_keys_every_action_has_a_key_and_help),
		cmocka_unit_test(test_keys_help_back_and_quit_work_everywhere),
		cmocka_unit_test(test_keys_digits_from_1_are_free_for_counts),
		cmocka_unit_test(test_keys_names_can_be_read_back),
		cmocka_unit_test(test_keys_footer_fits_and_always_names_help),
		cmocka_unit_test(test_keys_footer_at_80_columns_names_the_way_back),
		cmocka_unit_test(test_keys_footer_shows_pairs_as_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
