/* SPDX-License-Identifier: MIT */
/*
 * Text as a terminal takes it into its clipboard.
 */
#include "terminal/clipboard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const char *sequence)
{
	size_t length = 0;
	char *out = clipboard_encode(text, &length);
	assert_non_null(out);
	assert_string_equal(out, sequence);
	assert_int_equal(length, strlen(sequence));
	free(out);
}

/* The vectors of RFC 4648 10. */
static void test_clipboard_is_base64_within_osc_52(void **state)
{
	(void)state;
	expect("", "\033]52;c;\a");
	expect("f", "\033]52;c;Zg==\a");
	expect("fo", "\033]52;c;Zm8=\a");
	expect("foo", "\033]52;c;Zm9v\a");
	expect("foobar", "\033]52;c;Zm9vYmFy\a");
	expect("\xe2\x86\x92", "\033]52;c;4oaS\a");
}

static void test_clipboard_cuts_what_is_too_long_between_characters(void **state)
{
	static char text[CLIPBOARD_MOST + 100];
	size_t length = 0;
	(void)state;
	memset(text, 'a', CLIPBOARD_MOST - 1);
	memcpy(text + CLIPBOARD_MOST - 1, "\xe2\x86\x92\xe2\x86\x92", 7);
	char *out = clipboard_encode(text, &length);
	assert_non_null(out);
	assert_int_equal(length, 7 + (CLIPBOARD_MOST - 1 + 2) / 3 * 4 + 1);
	assert_memory_equal(out + length - 5, "YWFh\a", 5);
	free(out);
}

static void test_clipboard_is_not_tried_where_there_is_none(void **state)
{
	(void)state;
	assert_true(clipboard_is_known_to("xterm-256color"));
	assert_true(clipboard_is_known_to("tmux-256color"));
	assert_false(clipboard_is_known_to("linux"));
	assert_false(clipboard_is_known_to("vt100"));
	assert_false(clipboard_is_known_to(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clipboard_is_base64_within_osc_52),
		cmocka_unit_test(test_clipboard_cuts_what_is_too_long_between_characters),
		cmocka_unit_test(test_clipboard_is_not_tried_where_there_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
