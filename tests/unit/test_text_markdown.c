/* SPDX-License-Identifier: MIT */
/* Clean text as Markdown shows it letter by letter. What is hostile here is a subject, say. */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(const char *text, const char *expected)
{
	char out[400];
	assert_string_equal(text_markdown(text, out, sizeof out), expected);
}

static void test_text_markdown_leaves_plain_words(void **state)
{
	(void)state;
	expect("quarterly figures, 27 kB (89.9 s)", "quarterly figures, 27 kB (89.9 s)");
	expect("alice@msn.example -> bob@example.net", "alice@msn.example -> bob@example.net");
	expect("smtp_data_done_timeout", "smtp_data_done_timeout");
	expect("Grüße", "Grüße");
	expect("", "");
}

static void test_text_markdown_escapes_markup(void **state)
{
	(void)state;
	expect("`rm -rf`", "\\`rm -rf\\`");
	expect("*b* _i_ ~~s~~ $x$", "\\*b\\* \\_i\\_ \\~\\~s\\~\\~ \\$x\\$");
	expect("a\\`b", "a\\\\\\`b");
	expect("C:\\dir\\", "C:\\\\dir\\\\");
}

static void test_text_markdown_keeps_a_cell_whole(void **state)
{
	(void)state;
	expect("a | b", "a &#124; b");
	expect("a \\| b", "a \\\\&#124; b");
}

static void test_text_markdown_lets_no_html_through(void **state)
{
	(void)state;
	expect("<script>alert(1)</script>", "\\<script>alert(1)\\</script>");
	expect("<img src=x onerror=y>", "\\<img src=x onerror=y>");
	expect("<!-- x -->", "\\<!-- x -->");
	expect("&lt;b&gt;", "\\&lt;b\\&gt;");
}

static void test_text_markdown_makes_no_links(void **state)
{
	(void)state;
	expect("[your bank](http://evil.example)", "\\[your bank\\](http\\://evil.example)");
	expect("![x](y)", "!\\[x\\](y)");
	expect("https://evil.example", "https\\://evil.example");
	expect("Www.evil.example", "Www\\.evil.example");
	expect("<http://evil.example>", "\\<http\\://evil.example>");
	expect("[x]: http://evil.example", "\\[x\\]: http\\://evil.example");
}

static void test_text_markdown_begins_no_block(void **state)
{
	(void)state;
	expect("# title", "\\# title");
	expect("> said", "\\> said");
	expect("- item", "\\- item");
	expect("+ item", "\\+ item");
	expect("1. item", "1\\. item");
	expect("12) item", "12\\) item");
	expect("12.5 kB", "12.5 kB");
	expect("===", "\\===");
	expect("    code", "&#32;   code");
	expect("~~~", "\\~\\~\\~");
}

static void test_text_markdown_is_cut_between_characters(void **state)
{
	char out[8];
	(void)state;
	assert_string_equal(text_markdown("abcdef|", out, sizeof out), "abcdef");
	assert_string_equal(text_markdown("abcdef*", out, sizeof out), "abcdef");
	assert_string_equal(text_markdown("abcdefü", out, sizeof out), "abcdef");
	assert_string_equal(text_markdown("|*ü", out, sizeof out), "&#124;");
	assert_string_equal(text_markdown("abcdefgh", out, sizeof out), "abcdefg");
	out[0] = 'x';
	text_markdown("a", out, 0);
	assert_int_equal(out[0], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_markdown_leaves_plain_words),
		cmocka_unit_test(test_text_markdown_escapes_markup),
		cmocka_unit_test(test_text_markdown_keeps_a_cell_whole),
		cmocka_unit_test(test_text_markdown_lets_no_html_through),
		cmocka_unit_test(test_text_markdown_makes_no_links),
		cmocka_unit_test(test_text_markdown_begins_no_block),
		cmocka_unit_test(test_text_markdown_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
