/* SPDX-License-Identifier: MIT */
/* Themes: what each promises of every style. */
#include "theme.h"

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
		cmocka_unit_test(test_theme_trouble_stands_out_in_every_theme),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
