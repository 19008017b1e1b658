/* SPDX-License-Identifier: MIT */
/*
 * A canvas as a picture.
 */
#include "svg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct svg_look look(const void *context, int style)
{
	(void)context;
	return (struct svg_look){
		.color = style == STYLE_LATE ? 208 : SVG_OWN,
		.is_bold = style == STYLE_EOD,
		.is_reversed = style == STYLE_GAP,
	};
}

static const struct svg_theme theme = {0xdddddd, 0x111111, look, NULL};

/** The picture of one row of ten columns with TEXT in STYLE at COLUMN; the caller frees it. */
static char *picture(int column, const char *text, enum canvas_style style)
{
	struct canvas canvas;
	char *svg = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&svg, &size);
	assert_non_null(out);
	assert_true(canvas_init(&canvas, 1, 10));
	canvas_put(&canvas, 0, column, text, style);
	assert_true(svg_write(out, &canvas, &theme, NULL));
	assert_int_equal(fclose(out), 0);
	canvas_free(&canvas);
	return svg;
}

static void expect(int column, const char *text, enum canvas_style style, const char *part)
{
	char *svg = picture(column, text, style);
	if (!strstr(svg, part))
		fail_msg("expected %s in\n%s", part, svg);
	free(svg);
}

static void test_svg_has_the_size_of_its_cells_and_a_margin(void **state)
{
	(void)state;
	expect(0, "a", STYLE_LABEL, "viewBox=\"0 0 108 36\"");
}

static void test_svg_text_stands_in_its_column_and_is_as_long_as_its_cells(void **state)
{
	(void)state;
	expect(2, "MAIL", STYLE_LABEL, "<text x=\"27\" y=\"23\" textLength=\"36\"");
	expect(2, "MAIL", STYLE_LABEL, ">MAIL</text>");
}

static void test_svg_escapes_what_xml_reserves(void **state)
{
	(void)state;
	expect(0, "<a&b>", STYLE_LABEL, ">&lt;a&amp;b&gt;</text>");
}

static void test_svg_takes_colours_and_weights_from_the_theme(void **state)
{
	(void)state;
	expect(0, "late", STYLE_LATE, "fill=\"#ff8700\"");
	expect(0, "plain", STYLE_LABEL, "fill=\"#dddddd\"");
	expect(0, "end", STYLE_EOD, "font-weight=\"bold\"");
}

static void test_svg_fills_behind_what_is_reversed(void **state)
{
	(void)state;
	expect(1, "gap", STYLE_GAP,
	       "<rect x=\"18\" y=\"9\" width=\"27\" height=\"18\" fill=\"#dddddd\"/>");
	expect(1, "gap", STYLE_GAP, "fill=\"#111111\">gap</text>");
}

/* Fonts seldom give a wide character exactly two columns: the next ones must not move. */
static void test_svg_wide_character_stands_alone(void **state)
{
	(void)state;
	expect(0, "a\xe6\xbc\xa2z", STYLE_LABEL, "textLength=\"18\"");
	expect(0, "a\xe6\xbc\xa2z", STYLE_LABEL, "fill=\"#dddddd\">\xe6\xbc\xa2</text>");
	expect(0, "a\xe6\xbc\xa2z", STYLE_LABEL, "<text x=\"36\" y=\"23\" textLength=\"9\"");
}

static void test_svg_keeps_lines_and_combining_marks(void **state)
{
	(void)state;
	expect(0, "\xe2\x95\xba\xe2\x94\x81", STYLE_LABEL, ">\xe2\x95\xba\xe2\x94\x81</text>");
	expect(0, "e\xcc\x81", STYLE_LABEL, ">e\xcc\x81</text>");
}

static void test_svg_of_a_blank_canvas_has_no_text(void **state)
{
	char *svg = picture(0, "", STYLE_LABEL);
	(void)state;
	assert_null(strstr(svg, "<text"));
	free(svg);
}

static void test_svg_palette_is_that_of_xterm(void **state)
{
	(void)state;
	assert_int_equal(svg_color(9), 0xff0000);
	assert_int_equal(svg_color(16), 0x000000);
	assert_int_equal(svg_color(203), 0xff5f5f);
	assert_int_equal(svg_color(255), 0xeeeeee);
}

static void test_svg_says_that_it_could_not_be_written(void **state)
{
	struct canvas canvas;
	struct fault fault = {0};
	FILE *full = fopen("/dev/full", "w");
	(void)state;
	assert_non_null(full);
	assert_true(canvas_init(&canvas, 1, 10));
	assert_false(svg_write(full, &canvas, &theme, &fault));
	assert_int_equal(fault.kind, FAULT_READ);
	canvas_free(&canvas);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_svg_has_the_size_of_its_cells_and_a_margin),
		cmocka_unit_test(test_svg_text_stands_in_its_column_and_is_as_long_as_its_cells),
		cmocka_unit_test(test_svg_escapes_what_xml_reserves),
		cmocka_unit_test(test_svg_takes_colours_and_weights_from_the_theme),
		cmocka_unit_test(test_svg_fills_behind_what_is_reversed),
		cmocka_unit_test(test_svg_wide_character_stands_alone),
		cmocka_unit_test(test_svg_keeps_lines_and_combining_marks),
		cmocka_unit_test(test_svg_of_a_blank_canvas_has_no_text),
		cmocka_unit_test(test_svg_palette_is_that_of_xterm),
		cmocka_unit_test(test_svg_says_that_it_could_not_be_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
