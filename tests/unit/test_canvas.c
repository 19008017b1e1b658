/* SPDX-License-Identifier: MIT */
/* The grid of cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "canvas.h"

static struct canvas canvas;
static char row[200];

static int setup(void **state)
{
	(void)state;
	return canvas_init(&canvas, 2, 10) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	canvas_free(&canvas);
	return 0;
}

static void test_canvas_text_outside_is_clipped(void **state)
{
	(void)state;
	assert_int_equal(canvas_put(&canvas, 0, 8, "abcd", STYLE_LABEL), 4);
	canvas_put(&canvas, 1, -2, "abcd", STYLE_LABEL);
	canvas_put(&canvas, 5, 0, "abcd", STYLE_LABEL);
	assert_string_equal(canvas_row(&canvas, 0, row, sizeof row), "        ab");
	assert_string_equal(canvas_row(&canvas, 1, row, sizeof row), "cd");
}

static void test_canvas_wide_character_takes_two_cells(void **state)
{
	(void)state;
	canvas_put(&canvas, 0, 0,
		   "\xe6\xbc\xa2"
		   "x",
		   STYLE_LABEL);
	assert_int_equal(canvas_at(&canvas, 0, 0)->width, 2);
	assert_int_equal(canvas_at(&canvas, 0, 1)->width, 0);
	assert_string_equal(canvas_at(&canvas, 0, 2)->glyph, "x");
}

static void test_canvas_overwriting_half_a_wide_character_blanks_the_other(void **state)
{
	(void)state;
	canvas_put(&canvas, 0, 0, "\xe6\xbc\xa2", STYLE_LABEL);
	canvas_put(&canvas, 0, 1, "x", STYLE_LABEL);
	assert_string_equal(canvas_row(&canvas, 0, row, sizeof row), " x");
}

static void test_canvas_wide_character_does_not_stick_out(void **state)
{
	(void)state;
	canvas_put(&canvas, 0, 9, "\xe6\xbc\xa2", STYLE_LABEL);
	assert_string_equal(canvas_row(&canvas, 0, row, sizeof row), "");
}

static void test_canvas_combining_mark_joins_its_base(void **state)
{
	(void)state;
	canvas_put(&canvas, 0, 0, "e\xcc\x81x", STYLE_LABEL);
	assert_string_equal(canvas_at(&canvas, 0, 0)->glyph, "e\xcc\x81");
	assert_string_equal(canvas_at(&canvas, 0, 1)->glyph, "x");
}

/* U+1B82, a spacing mark: utf8proc alone says that it takes no column. */
static void test_canvas_gives_a_spacing_mark_a_column(void **state)
{
	(void)state;
	assert_int_equal(canvas_put(&canvas, 0, 0, "e\xe1\xae\x82x", STYLE_LABEL), 3);
	assert_string_equal(canvas_at(&canvas, 0, 0)->glyph, "e");
	assert_string_equal(canvas_at(&canvas, 0, 2)->glyph, "x");
}

static void test_canvas_outside_is_not_blank(void **state)
{
	(void)state;
	assert_true(canvas_is_blank(&canvas, 0, 0, 10));
	assert_false(canvas_is_blank(&canvas, 0, 0, 11));
	assert_false(canvas_is_blank(&canvas, 2, 0, 1));
}

static void test_canvas_without_size_is_refused(void **state)
{
	struct canvas none;

	(void)state;
	assert_false(canvas_init(&none, 0, 80));
	assert_false(canvas_init(&none, 24, -1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_canvas_text_outside_is_clipped),
		TEST(test_canvas_wide_character_takes_two_cells),
		TEST(test_canvas_overwriting_half_a_wide_character_blanks_the_other),
		TEST(test_canvas_wide_character_does_not_stick_out),
		TEST(test_canvas_combining_mark_joins_its_base),
		TEST(test_canvas_gives_a_spacing_mark_a_column),
		TEST(test_canvas_outside_is_not_blank),
		TEST(test_canvas_without_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
