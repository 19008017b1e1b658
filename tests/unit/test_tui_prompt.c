/* SPDX-License-Identifier: MIT */
#include "prompt.h"

#include "keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void type(struct prompt *prompt, const char *text)
{
	for (; *text; text++)
		assert_int_equal(prompt_press(prompt, *text), PROMPT_OPEN);
}

static void test_prompt_edits_at_the_cursor(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "ac");
	prompt_press(&prompt, PRESS_LEFT);
	type(&prompt, "b");
	assert_string_equal(prompt.text, "abc");
	prompt_press(&prompt, PRESS_HOME);
	prompt_press(&prompt, PRESS_DELETE);
	assert_string_equal(prompt.text, "bc");
	prompt_press(&prompt, PRESS_END);
	prompt_press(&prompt, PRESS_BACKSPACE);
	assert_string_equal(prompt.text, "b");
}

static void test_prompt_that_is_refused_says_why_until_the_next_press(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "");
	type(&prompt, "state=dup");
	prompt_refuse(&prompt, 6, 3, "no such state");
	assert_string_equal(prompt.why, "no such state");
	assert_int_equal(prompt.cursor, 6);
	type(&prompt, "!");
	assert_string_equal(prompt.why, "");
	assert_string_equal(prompt.text, "state=!dup");
}

static void test_prompt_offer_is_replaced_by_typing(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "90");
	type(&prompt, "600");
	assert_string_equal(prompt.text, "600");
}

static void test_prompt_offer_is_kept_by_editing(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "90");
	prompt_press(&prompt, PRESS_END);
	type(&prompt, "0");
	assert_string_equal(prompt.text, "900");
}

static void test_prompt_erases_whole_characters(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "");
	prompt_press(&prompt, 0xe9);	/* é */
	prompt_press(&prompt, 0x20ac);	/* the euro sign */
	prompt_press(&prompt, 0x1f600); /* an emoji */
	assert_string_equal(prompt.text, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	prompt_press(&prompt, PRESS_BACKSPACE);
	prompt_press(&prompt, PRESS_LEFT);
	prompt_press(&prompt, PRESS_BACKSPACE);
	assert_string_equal(prompt.text, "\xe2\x82\xac");
}

static void test_prompt_words_and_lines(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "one two ");
	prompt_press(&prompt, PRESS_CTRL('W'));
	assert_string_equal(prompt.text, "one ");
	prompt_press(&prompt, PRESS_CTRL('U'));
	assert_string_equal(prompt.text, "");
	prompt_press(&prompt, PRESS_BACKSPACE);
	assert_string_equal(prompt.text, "");
}

static void test_prompt_enter_and_escape_end_it(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "x");
	assert_int_equal(prompt_press(&prompt, PRESS_ENTER), PROMPT_DONE);
	assert_int_equal(prompt_press(&prompt, PRESS_ESCAPE), PROMPT_CANCELLED);
}

static void test_prompt_takes_no_controls_and_no_more_than_fits(void **state)
{
	struct prompt prompt;
	(void)state;
	prompt_start(&prompt, "");
	prompt_press(&prompt, 0x9b);
	prompt_press(&prompt, PRESS_CTRL('N'));
	prompt_press(&prompt, 0xd800);
	prompt_press(&prompt, PRESS_UP);
	assert_string_equal(prompt.text, "");
	for (int i = 0; i < 2 * PROMPT_SIZE; i++)
		prompt_press(&prompt, 0x20ac);
	assert_true(prompt.len < PROMPT_SIZE);
	assert_int_equal(strlen(prompt.text), prompt.len);
	assert_int_equal(prompt.len % 3, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_edits_at_the_cursor),
		cmocka_unit_test(test_prompt_that_is_refused_says_why_until_the_next_press),
		cmocka_unit_test(test_prompt_offer_is_replaced_by_typing),
		cmocka_unit_test(test_prompt_offer_is_kept_by_editing),
		cmocka_unit_test(test_prompt_erases_whole_characters),
		cmocka_unit_test(test_prompt_words_and_lines),
		cmocka_unit_test(test_prompt_enter_and_escape_end_it),
		cmocka_unit_test(test_prompt_takes_no_controls_and_no_more_than_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
