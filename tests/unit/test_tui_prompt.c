/* SPDX-License-Identifier: MIT */
#include "prompt/prompt.h"

#include "keys.h"
#include "prompt/prompt_filter.h"
#include "prompt/prompt_history.h"

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

/* ---- What was answered before ------------------------------------------------------------- */

enum { SEARCH, FILTER };

static void test_prompt_history_goes_through_the_answers_to_one_question_and_back(void **state)
{
	struct prompt_history history = {0};
	struct prompt prompt;
	(void)state;
	prompt_history_add(&history, FILTER, "copies>1");
	prompt_history_add(&history, SEARCH, "bob");
	prompt_history_add(&history, FILTER, "waited>9");
	prompt_start(&prompt, "");
	prompt_history_begin(&history);
	type(&prompt, "new");
	assert_true(prompt_history_step(&history, FILTER, -1, &prompt));
	assert_string_equal(prompt.text, "waited>9");
	assert_true(prompt_history_step(&history, FILTER, -1, &prompt));
	assert_string_equal(prompt.text, "copies>1");
	assert_false(prompt_history_step(&history, FILTER, -1, &prompt));
	assert_true(prompt_history_step(&history, FILTER, 1, &prompt));
	assert_true(prompt_history_step(&history, FILTER, 1, &prompt));
	assert_string_equal(prompt.text, "new");
	assert_false(prompt_history_step(&history, FILTER, 1, &prompt));
}

static void test_prompt_history_of_what_was_shown_is_typed_on(void **state)
{
	struct prompt_history history = {0};
	struct prompt prompt;
	(void)state;
	prompt_history_add(&history, FILTER, "copies>1");
	prompt_start(&prompt, "offered");
	prompt_history_begin(&history);
	prompt_history_step(&history, FILTER, -1, &prompt);
	type(&prompt, "0");
	assert_string_equal(prompt.text, "copies>10");
}

static void test_prompt_history_keeps_a_text_once_and_only_the_newest_ones(void **state)
{
	struct prompt_history history = {0};
	char text[] = "a0";
	(void)state;
	prompt_history_add(&history, FILTER, "");
	prompt_history_add(&history, FILTER, "same");
	prompt_history_add(&history, FILTER, "other");
	prompt_history_add(&history, FILTER, "same");
	assert_int_equal(history.count, 2);
	assert_string_equal(history.texts[1].text, "same");
	for (int i = 0; i < HISTORY_TEXTS; i++) {
		text[0] = (char)('A' + i);
		prompt_history_add(&history, FILTER, text);
	}
	assert_int_equal(history.count, HISTORY_TEXTS);
	assert_string_equal(history.texts[0].text, "A0");
}

/* ---- Filters ------------------------------------------------------------------------------ */

/* As the program does: advice is asked for after each press. */
static void write_filter(struct prompt *prompt, const char *text)
{
	prompt_start(prompt, "");
	prompt_filter_advise(prompt);
	for (; *text; text++) {
		prompt_press(prompt, *text == '\t' ? PRESS_TAB : *text);
		prompt_filter_advise(prompt);
	}
}

static void test_prompt_filter_completes_fields_and_words(void **state)
{
	struct prompt prompt;
	(void)state;
	write_filter(&prompt, "sta\tdu\t and sub\tx");
	assert_string_equal(prompt.text, "state=duplicated and subject ~ x");
	write_filter(&prompt, "cop\t");
	assert_string_equal(prompt.text, "copies");
	write_filter(&prompt, "zebra\t\t");
	assert_string_equal(prompt.text, "zebra");
}

static void test_prompt_filter_says_what_may_come(void **state)
{
	struct prompt prompt;
	(void)state;
	write_filter(&prompt, "");
	assert_non_null(strstr(prompt.hint, "Fields: state cause"));
	write_filter(&prompt, "state=d");
	assert_string_equal(prompt.hint, "duplicated delivered");
	assert_string_equal(prompt.why, "");
	write_filter(&prompt, "waited>");
	assert_string_equal(prompt.hint, "such as waited>90s");
	assert_string_equal(prompt.why, "");
}

static void test_prompt_filter_says_what_is_wrong_while_it_is_typed(void **state)
{
	struct prompt prompt;
	(void)state;
	write_filter(&prompt, "state=dux");
	assert_non_null(strstr(prompt.why, "there is no such state"));
	assert_int_equal(prompt.why_at, 6);
	assert_int_equal(prompt.why_length, 3);
	assert_int_equal(prompt.cursor, 9);
	write_filter(&prompt, "foo=1 and ");
	assert_non_null(strstr(prompt.why, "there is no such field"));
	assert_int_equal(prompt.why_at, 0);
	write_filter(&prompt, "quarterly");
	assert_string_equal(prompt.why, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_prompt_history_goes_through_the_answers_to_one_question_and_back),
		cmocka_unit_test(test_prompt_history_of_what_was_shown_is_typed_on),
		cmocka_unit_test(test_prompt_history_keeps_a_text_once_and_only_the_newest_ones),
		cmocka_unit_test(test_prompt_filter_completes_fields_and_words),
		cmocka_unit_test(test_prompt_filter_says_what_may_come),
		cmocka_unit_test(test_prompt_filter_says_what_is_wrong_while_it_is_typed),
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
