/* SPDX-License-Identifier: MIT */
/* What stays of a stream that is blanked. */
#include "report/slice_patches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* TEXT, which lies at OFFSET, is EXPECTED when it is blanked; PATCHES end here. */
static void expect_blanked(struct patches *patches, uint32_t offset, const char *text,
			   const char *expected)
{
	char out[64] = "";

	patches_apply(patches, offset, span_of(text), (uint8_t *)out);
	assert_string_equal(out, expected);
	patches_free(patches);
}

static void test_slice_patches_blank_all_but_line_ends(void **state)
{
	struct patches patches = {0};
	(void)state;
	expect_blanked(&patches, 0, "a secret\r\n.\n", "xxxxxxxx\r\nx\n");
}

static void test_slice_patches_keep_stretches(void **state)
{
	struct patches patches = {0};
	(void)state;
	assert_true(patches_keep(&patches, 0, 4));
	assert_true(patches_keep(&patches, 7, 2));
	expect_blanked(&patches, 0, "EHLO me too", "EHLOxxx txx");
	assert_true(patches_keep(&patches, 10, 4));
	expect_blanked(&patches, 8, "..EHLO..", "xxEHLOxx");
}

static void test_slice_patches_keep_stretches_over_the_end_of_a_segment(void **state)
{
	struct patches patches = {0};
	(void)state;
	assert_true(patches_keep(&patches, 2, 6));
	expect_blanked(&patches, 4, "34567", "3456x");
}

static void test_slice_patches_join_what_touches(void **state)
{
	struct patches patches = {0};
	(void)state;
	assert_true(patches_keep(&patches, 0, 4));
	assert_true(patches_keep(&patches, 4, 4));
	assert_true(patches_keep(&patches, 6, 4)); /* as far as it lies behind */
	assert_int_equal(patches.count, 1);
	expect_blanked(&patches, 0, "0123456789ab", "0123456789xx");
}

/* Letters of TAG at the beginning of a stream, as text. */
static void write_tag(uint32_t tag, char out[TAG_LETTERS + 1])
{
	struct patches patches = {0};

	for (uint8_t i = 0; i < TAG_LETTERS; i++)
		assert_true(patches_letter(&patches, i, tag, i));
	assert_int_equal(patches.count, 1);
	patches_apply(&patches, 0, span_of("the mail"), (uint8_t *)out);
	out[TAG_LETTERS] = '\0';
	patches_free(&patches);
}

static void test_slice_patches_write_equal_tags_equally_and_others_not(void **state)
{
	char one[TAG_LETTERS + 1], again[TAG_LETTERS + 1], other[TAG_LETTERS + 1];
	(void)state;
	write_tag(27, one);
	write_tag(27, again);
	write_tag(53, other);
	assert_string_equal(one, "bbaaaaaa");
	assert_string_equal(again, one);
	assert_string_equal(other, "bcaaaaaa");
}

static void test_slice_patches_find_letters_amid_a_tag(void **state)
{
	struct patches patches = {0};
	(void)state;
	for (uint8_t i = 0; i < 4; i++)
		assert_true(patches_letter(&patches, 10u + i, 27, i));
	expect_blanked(&patches, 11, "mail", "baax");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slice_patches_blank_all_but_line_ends),
		cmocka_unit_test(test_slice_patches_keep_stretches),
		cmocka_unit_test(test_slice_patches_keep_stretches_over_the_end_of_a_segment),
		cmocka_unit_test(test_slice_patches_join_what_touches),
		cmocka_unit_test(test_slice_patches_write_equal_tags_equally_and_others_not),
		cmocka_unit_test(test_slice_patches_find_letters_amid_a_tag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
