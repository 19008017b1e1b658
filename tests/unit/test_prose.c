/* SPDX-License-Identifier: MIT */
/* Growing texts, and their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "prose.h"
#include "text.h"

static struct prose prose;

static void assert_line(const char **rest, int columns, const char *expected)
{
	struct span line = prose_next_line(rest, columns);

	assert_non_null(line.p);
	assert_int_equal(line.n, strlen(expected));
	assert_memory_equal(line.p, expected, line.n);
}

static void test_prose_too_much_text_is_cut(void **state)
{
	(void)state;
	prose_clear(&prose);
	for (int i = 0; i < 2000; i++)
		prose_add(&prose, "0123");
	assert_int_equal(prose.used, PROSE_SIZE - 1);
	assert_int_equal(strlen(prose.text), PROSE_SIZE - 1);
}

static void test_prose_a_cut_leaves_no_half_character(void **state)
{
	(void)state;
	prose_clear(&prose);
	for (int i = 0; i < 2000; i++)
		prose_add(&prose, "\xe2\x9c\x96");
	assert_int_equal(prose.used % 3, 0);
}

static void test_prose_lines_break_between_words(void **state)
{
	const char *rest = "the timer runs out";

	(void)state;
	assert_line(&rest, 11, "the timer");
	assert_line(&rest, 11, "runs out");
	assert_null(prose_next_line(&rest, 11).p);
}

static void test_prose_numbers_stay_with_their_units(void **state)
{
	const char *rest = "after 90.0 s and 27 212 bytes";

	(void)state;
	assert_line(&rest, 11, "after");
	assert_line(&rest, 11, "90.0 s and");
	assert_line(&rest, 13, "27 212 bytes");
}

static void test_prose_own_line_breaks_are_kept(void **state)
{
	const char *rest = "one\n\ntwo";

	(void)state;
	assert_line(&rest, 40, "one");
	assert_line(&rest, 40, "");
	assert_line(&rest, 40, "two");
}

static void test_prose_a_word_that_is_too_long_is_cut_in_two(void **state)
{
	const char *rest = "abcdefgh";

	(void)state;
	assert_line(&rest, 5, "abcde");
	assert_line(&rest, 5, "fgh");
}

/* U+1B82, a spacing mark: utf8proc alone says that it takes no column. */
static void test_prose_a_spacing_mark_takes_a_column(void **state)
{
	const char *rest = "ab\xe1\xae\x82 cd";

	(void)state;
	assert_line(&rest, 5, "ab\xe1\xae\x82");
	assert_line(&rest, 5, "cd");
}

static void test_prose_no_line_is_wider_than_asked(void **state)
{
	static const char text[] = "Die \xe6\xbc\xa2\xe5\xad\x97 stehen 90.0 s lang "
				   "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97";

	(void)state;
	for (int columns = 2; columns < 40; columns++) {
		const char *rest = text;
		struct span line;
		while ((line = prose_next_line(&rest, columns)).p) {
			char copy[sizeof text];
			memcpy(copy, line.p, line.n);
			copy[line.n] = '\0';
			assert_true(text_columns(copy) <= columns);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prose_too_much_text_is_cut),
		cmocka_unit_test(test_prose_a_cut_leaves_no_half_character),
		cmocka_unit_test(test_prose_lines_break_between_words),
		cmocka_unit_test(test_prose_numbers_stay_with_their_units),
		cmocka_unit_test(test_prose_own_line_breaks_are_kept),
		cmocka_unit_test(test_prose_a_word_that_is_too_long_is_cut_in_two),
		cmocka_unit_test(test_prose_a_spacing_mark_takes_a_column),
		cmocka_unit_test(test_prose_no_line_is_wider_than_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
