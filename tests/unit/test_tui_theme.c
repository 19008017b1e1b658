/* SPDX-License-Identifier: MIT */
/* Themes: what each promises of every style. */
#include "terminal/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_theme_mono_has_no_colour_at_all(void **state)
{
	(void)state;
	for (int style = 0; style < SCREEN_STYLES; style++) {
		struct look look = theme_look(THEME_MONO, style);
		assert_int_equal(look_color(&look, 256), COLOR_OWN);
		assert_int_equal(look_color(&look, 16), COLOR_OWN);
		assert_int_equal(look_color(&look, 8), COLOR_OWN);
	}
}

static void test_theme_high_contrast_has_nothing_dim_and_no_colour_thin(void **state)
{
	(void)state;
	for (int style = 0; style < SCREEN_STYLES; style++) {
		struct look look = theme_look(THEME_CONTRAST, style);
		assert_false(look.is_dim);
		if (look.color8 != COLOR_OWN)
			assert_true(look.is_bold);
	}
}

static void test_theme_colours_are_among_those_of_the_terminal(void **state)
{
	static const int depths[] = {8, 16, 256};
	(void)state;
	for (int theme = 0; theme < THEMES; theme++)
		for (int style = 0; style < SCREEN_STYLES; style++)
			for (int i = 0; i < 3; i++) {
				struct look look = theme_look((enum theme_choice)theme, style);
				assert_true(look_color(&look, depths[i]) < depths[i]);
			}
}

static void test_theme_light_is_never_bright_on_16_colours(void **state)
{
	(void)state;
	for (int style = 0; style < SCREEN_STYLES; style++) {
		struct look look = theme_look(THEME_LIGHT, style);
		assert_true(look_color(&look, 16) < 8);
	}
}

/** The share of light of one of 256 colours, as WCAG 2.1 defines it. */
static double luminance(short color)
{
	static const uint8_t steps[] = {0, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
	static const double weights[] = {0.2126, 0.7152, 0.0722};
	double sum = 0;
	assert_true(color == 15 || color >= 16); /* the others are what a terminal makes of them */
	for (int i = 0; i < 3; i++) {
		int cube = color - 16;
		int value = color == 15	   ? 255
			    : color >= 232 ? 8 + 10 * (color - 232)
					   : steps[(i == 0   ? cube / 36
						    : i == 1 ? cube / 6
							     : cube) %
						   6];
		double c = value / 255.0;
		sum += weights[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

/** Every colour of THEME stands out from BACKGROUND, LEAST to 1. */
static void expect_contrast(enum theme_choice theme, double background, double least)
{
	for (int style = 0; style < SCREEN_STYLES; style++) {
		struct look look = theme_look(theme, style);
		if (look.color256 == COLOR_OWN)
			continue;
		double light = luminance(look.color256);
		double ratio = light > background ? (light + 0.05) / (background + 0.05)
						  : (background + 0.05) / (light + 0.05);
		if (ratio < least)
			fail_msg("style %d: %.1f to 1", style, ratio);
	}
}

static void test_theme_colours_can_be_read(void **state)
{
	(void)state;
	expect_contrast(THEME_DARK, luminance(234), 4.5); /* a dark grey is harder than black */
	expect_contrast(THEME_LIGHT, luminance(15), 4.5);
	expect_contrast(THEME_CONTRAST, luminance(16), 7);
}

static void test_theme_trouble_stands_out_in_every_theme(void **state)
{
	static const int troubles[] = {SCREEN_DUPLICATED, SCREEN_WARNING, STYLE_EXPIRED,
				       STYLE_LOST};
	(void)state;
	for (int theme = 0; theme < THEMES; theme++)
		for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
			struct look look = theme_look((enum theme_choice)theme, troubles[i]);
			assert_true(look.is_bold || look.is_reversed);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_theme_mono_has_no_colour_at_all),
		cmocka_unit_test(test_theme_high_contrast_has_nothing_dim_and_no_colour_thin),
		cmocka_unit_test(test_theme_colours_are_among_those_of_the_terminal),
		cmocka_unit_test(test_theme_light_is_never_bright_on_16_colours),
		cmocka_unit_test(test_theme_colours_can_be_read),
		cmocka_unit_test(test_theme_trouble_stands_out_in_every_theme),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
