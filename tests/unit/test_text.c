/* SPDX-License-Identifier: MIT */
/* What bytes from the network become before a terminal shows them. */
#include "text.h"

#include <limits.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <wchar.h>

#include <cmocka.h>

#define ANY_WIDTH INT_MAX

/* The length is given, as the input may hold NUL. */
static void expect_clean(const char *in, size_t n, const char *expected)
{
	char out[256];
	struct span bytes = span_of(in);

	bytes.n = n;
	int columns = text_clean(bytes, out, sizeof out, ANY_WIDTH, false);
	assert_string_equal(out, expected);
	assert_int_equal(columns, text_columns(expected));
}

#define EXPECT_CLEAN(in, expected) expect_clean(in, sizeof(in) - 1, expected)

static void expect_cut(const char *in, int max_columns, const char *expected)
{
	char out[256];
	int columns = text_clean(span_of(in), out, sizeof out, max_columns, false);

	assert_string_equal(out, expected);
	assert_int_equal(columns, text_columns(expected));
	assert_true(columns <= max_columns);
}

static void test_text_keeps_printable_ascii(void **state)
{
	(void)state;
	EXPECT_CLEAN("250 2.0.0 Ok: queued as \\x1b ~", "250 2.0.0 Ok: queued as \\x1b ~");
}

static void test_text_keeps_printable_utf8(void **state)
{
	(void)state;
	EXPECT_CLEAN("Grüße, 日本語 ✉ 😀", "Grüße, 日本語 ✉ 😀");
}

static void test_text_shows_control_characters_in_hex(void **state)
{
	(void)state;
	EXPECT_CLEAN("\033[31mred", "\\x1b[31mred");
	EXPECT_CLEAN("a\rb\bc\td\n", "a\\x0db\\x08c\\x09d\\x0a");
	EXPECT_CLEAN("\x7f", "\\x7f");
	EXPECT_CLEAN("a\0b", "a\\x00b");
}

static void test_text_shows_c1_controls_in_hex_raw_and_encoded(void **state)
{
	(void)state;
	EXPECT_CLEAN("\x9b[2J", "\\x9b[2J");
	EXPECT_CLEAN("\xc2\x9b[2J", "\\x9b[2J");
}

static void test_text_shows_invalid_utf8_byte_by_byte(void **state)
{
	(void)state;
	EXPECT_CLEAN("\xff\xfe", "\\xff\\xfe");
	EXPECT_CLEAN("\x80 a", "\\x80 a");				   /* a lone continuation */
	EXPECT_CLEAN("\xe2\x82", "\\xe2\\x82");				   /* cut off */
	EXPECT_CLEAN("\xe2\x82z", "\\xe2\\x82z");			   /* broken off */
	EXPECT_CLEAN("\xc0\xaf", "\\xc0\\xaf");				   /* an overlong slash */
	EXPECT_CLEAN("\xe0\x80\xaf", "\\xe0\\x80\\xaf");		   /* a longer one */
	EXPECT_CLEAN("\xed\xa0\x80", "\\xed\\xa0\\x80");		   /* a surrogate */
	EXPECT_CLEAN("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");	   /* beyond U+10FFFF */
	EXPECT_CLEAN("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"); /* five bytes */
}

static void test_text_names_characters_that_turn_or_hide_text(void **state)
{
	(void)state;
	EXPECT_CLEAN("a\u202etxt.exe", "a<U+202E>txt.exe");
	EXPECT_CLEAN("\u2066x\u2069", "<U+2066>x<U+2069>");
	EXPECT_CLEAN("b\u200b\u200d\ufeff", "b<U+200B><U+200D><U+FEFF>");
	EXPECT_CLEAN("\u2028\u2029", "<U+2028><U+2029>");
	EXPECT_CLEAN("soft\u00adhyphen", "soft<U+00AD>hyphen");
	EXPECT_CLEAN("\U000e0041", "<U+E0041>");
	EXPECT_CLEAN("\u3164\ufe0f", "<U+3164><U+FE0F>");
}

static void test_text_names_private_and_unassigned_characters(void **state)
{
	(void)state;
	EXPECT_CLEAN("\xee\x80\x80", "<U+E000>");
	EXPECT_CLEAN("\xcd\xb8", "<U+0378>");
	EXPECT_CLEAN("\xef\xbf\xbf", "<U+FFFF>");
	EXPECT_CLEAN("\xf4\x8f\xbf\xbf", "<U+10FFFF>");
}

static void test_text_keeps_at_most_two_combining_marks(void **state)
{
	(void)state;
	EXPECT_CLEAN("e\u0301\u0302\u0303z", "e\u0301\u0302<U+0303>z");
}

static void test_text_names_a_combining_mark_that_has_no_base(void **state)
{
	(void)state;
	EXPECT_CLEAN("\u0301", "<U+0301>");
	EXPECT_CLEAN("\n\u0301", "\\x0a<U+0301>");
}

static void test_text_writes_hex_for_all_beyond_ascii_if_asked(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(text_clean(span_of("ü\u202e"), out, sizeof out, ANY_WIDTH, true), 16);
	assert_string_equal(out, "\\xc3\\xbc<U+202E>");
	assert_int_equal(text_clean(span_of("abcdef"), out, sizeof out, 4, true), 4);
	assert_string_equal(out, "abc~");
}

static void test_text_cuts_at_the_column_with_an_ellipsis(void **state)
{
	(void)state;
	expect_cut("abcdef", 6, "abcdef");
	expect_cut("abcdef", 5, "abcd…");
	expect_cut("abcdef", 1, "…");
	expect_cut("abcdef", 0, "");
}

static void test_text_cuts_no_wide_character_in_half(void **state)
{
	(void)state;
	expect_cut("日本語", 6, "日本語");
	expect_cut("日本語", 5, "日本…");
	expect_cut("日本語", 4, "日…");
}

static void test_text_cuts_no_escape_in_half(void **state)
{
	(void)state;
	expect_cut("a\033b", 6, "a\\x1bb");
	expect_cut("a\033b", 5, "a…");
	expect_cut("e\u0301\u0302x", 2, "e\u0301\u0302x");
	expect_cut("xe\u0301xx", 3, "xe\u0301…");
}

static void test_text_never_writes_beyond_the_bytes_it_has(void **state)
{
	(void)state;
	for (size_t size = 0; size < 24; size++) {
		char out[24];
		memset(out, '#', sizeof out);
		text_clean(span_of("aé日\033\u202e"), out, size, ANY_WIDTH, false);
		for (size_t i = size; i < sizeof out; i++)
			assert_int_equal(out[i], '#');
		assert_true(size == 0 || strlen(out) < size);
	}
}

static void test_text_cuts_at_the_last_byte_with_an_ellipsis(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(text_clean(span_of("abcdefgh"), out, sizeof out, ANY_WIDTH, false), 5);
	assert_string_equal(out, "abcd…");
}

static void test_text_safe_cleans_a_c_string(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(text_safe("mail\033.log: ü", out, sizeof out), "mail\\x1b.log: ü");
}

/* A screen is laid out by our count and drawn by the terminal's. */
static void test_text_counts_columns_as_the_c_library_does(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (wchar_t c = 0x20; c < 0x110000; c++) {
		char in[16];
		char out[32];
		mbstate_t shift = {0};
		size_t n = wcrtomb(in, c, &shift);
		if (n == (size_t)-1 || wcwidth(c) < 0)
			continue;
		in[n] = '\0';
		int columns = text_clean(span_of(in), out, sizeof out, ANY_WIDTH, false);
		if (strcmp(in, out) == 0)
			assert_int_equal(columns, wcwidth(c));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_keeps_printable_ascii),
		cmocka_unit_test(test_text_keeps_printable_utf8),
		cmocka_unit_test(test_text_shows_control_characters_in_hex),
		cmocka_unit_test(test_text_shows_c1_controls_in_hex_raw_and_encoded),
		cmocka_unit_test(test_text_shows_invalid_utf8_byte_by_byte),
		cmocka_unit_test(test_text_names_characters_that_turn_or_hide_text),
		cmocka_unit_test(test_text_names_private_and_unassigned_characters),
		cmocka_unit_test(test_text_keeps_at_most_two_combining_marks),
		cmocka_unit_test(test_text_names_a_combining_mark_that_has_no_base),
		cmocka_unit_test(test_text_writes_hex_for_all_beyond_ascii_if_asked),
		cmocka_unit_test(test_text_cuts_at_the_column_with_an_ellipsis),
		cmocka_unit_test(test_text_cuts_no_wide_character_in_half),
		cmocka_unit_test(test_text_cuts_no_escape_in_half),
		cmocka_unit_test(test_text_never_writes_beyond_the_bytes_it_has),
		cmocka_unit_test(test_text_cuts_at_the_last_byte_with_an_ellipsis),
		cmocka_unit_test(test_text_safe_cleans_a_c_string),
		cmocka_unit_test(test_text_counts_columns_as_the_c_library_does),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
