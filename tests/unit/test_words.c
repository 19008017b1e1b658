/* SPDX-License-Identifier: MIT */
/* Encoded words of header fields (RFC 2047), as mailers write them and as they should not. */
#include "bounds.h"
#include "smtp/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(const char *field, const char *text)
{
	uint8_t out[LIMIT_TEXT + 1];
	size_t n = words_decode(span_of(field), out, LIMIT_TEXT);

	out[n] = '\0';
	assert_string_equal((const char *)out, text);
}

static void test_words_leave_plain_text_as_it_is(void **state)
{
	(void)state;
	expect("", "");
	expect("quarterly figures", "quarterly figures");
	expect("is 1=?2 or 1=?3?=", "is 1=?2 or 1=?3?=");
	expect(" gr\xc3\xbc\xc3\x9f" "e, raw ", " gr\xc3\xbc\xc3\x9f" "e, raw ");
}

static void test_words_decode_both_encodings(void **state)
{
	(void)state;
	expect("=?UTF-8?B?R3LDvMOfZQ==?=", "Gr\xc3\xbc\xc3\x9f" "e");
	expect("=?utf-8?q?Gr=C3=BC=c3=9fe_an_Bob?=", "Gr\xc3\xbc\xc3\x9f" "e an Bob");
	expect("=?utf-8?B?R3LDvMOfZQ?=", "Gr\xc3\xbc\xc3\x9f" "e"); /* padding left out */
	expect("=?utf-8*de?Q?Gr=C3=BC?=", "Gr\xc3\xbc");             /* RFC 2231 5 */
}

static void test_words_decode_other_charsets(void **state)
{
	(void)state;
	expect("=?iso-8859-1?Q?Gr=FC=DFe?=", "Gr\xc3\xbc\xc3\x9f" "e");
	expect("=?ISO-8859-15?Q?=A4?=", "\xe2\x82\xac");
	expect("=?windows-1252?Q?=80?=", "\xe2\x82\xac");
	expect("=?koi8-r?B?0NLJ18XU?=", "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
	expect("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac");
	expect("=?GB2312?B?1tDOxA==?=", "\xe4\xb8\xad\xe6\x96\x87");
}

static void test_words_keep_what_stands_around_them(void **state)
{
	(void)state;
	expect("Re: =?utf-8?Q?=C3=A4?= and more", "Re: \xc3\xa4 and more");
	expect("Re:=?utf-8?Q?=C3=A4?=!", "Re:\xc3\xa4!");
}

static void test_words_drop_the_blank_between_two_of_them(void **state)
{
	(void)state;
	expect("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab");
	expect("=?utf-8?Q?a?=\t  =?iso-8859-1?Q?=E4?= c", "a\xc3\xa4 c");
	expect("=?utf-8?Q?a_?= =?utf-8?Q?b?=", "a b");
	expect("=?utf-8?Q?a?= ", "a ");
}

static void test_words_join_a_character_that_was_split(void **state)
{
	(void)state;
	expect("=?utf-8?Q?=C3?= =?UTF-8?B?vA==?=", "\xc3\xbc");
}

static void test_words_leave_what_cannot_be_decoded(void **state)
{
	static const char *const broken[] = {
		"=?utf-8?Q?a",		     /* never ends */
		"=?utf-8?Q?a b?=",	     /* a blank within */
		"=?utf-8?X?a?=",	     /* no such encoding */
		"=?utf-8?Q?=C?=",	     /* half a byte */
		"=?utf-8?B?R3L!?=",	     /* no base64 */
		"=?utf-8?B?R3LDv?=",	     /* six bits too many */
		"=?utf-8?Q?=FF=FE?=",	     /* no UTF-8 */
		"=?x-klingon?Q?a?=",	     /* no such charset */
		"=?utf-8//TRANSLIT?Q?a?=",   /* nor is that a name */
		"=?../../evil?Q?a?=",
		"=??Q?a?=",
	};
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		expect(broken[i], broken[i]);
	expect("=?utf-8?Q?a?= =?x-klingon?Q?b?= =?utf-8?Q?c?=",
	       "a =?x-klingon?Q?b?= c");
}

static void test_words_end_with_a_whole_character_where_room_ends(void **state)
{
	uint8_t out[4];
	(void)state;
	assert_int_equal(words_decode(span_of("=?utf-8?Q?a=C3=BC=C3=BCz?= more"), out, 4), 3);
	assert_memory_equal(out, "a\xc3\xbc", 3);
}

static void test_words_take_no_more_than_a_line_can_hold(void **state)
{
	char field[3 * LIMIT_TEXT];
	uint8_t out[LIMIT_TEXT];
	(void)state;
	memset(field, 'a', sizeof field);
	memcpy(field, "=?utf-8?Q?", 10);
	memcpy(field + sizeof field - 2, "?=", 2);
	struct span text = {(const uint8_t *)field, sizeof field};
	assert_int_equal(words_decode(text, out, sizeof out), sizeof out);
	assert_memory_equal(out, field, sizeof out); /* as it was */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_leave_plain_text_as_it_is),
		cmocka_unit_test(test_words_decode_both_encodings),
		cmocka_unit_test(test_words_decode_other_charsets),
		cmocka_unit_test(test_words_keep_what_stands_around_them),
		cmocka_unit_test(test_words_drop_the_blank_between_two_of_them),
		cmocka_unit_test(test_words_join_a_character_that_was_split),
		cmocka_unit_test(test_words_leave_what_cannot_be_decoded),
		cmocka_unit_test(test_words_end_with_a_whole_character_where_room_ends),
		cmocka_unit_test(test_words_take_no_more_than_a_line_can_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
