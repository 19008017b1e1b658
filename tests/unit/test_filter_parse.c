/* SPDX-License-Identifier: MIT */
/* The language of --where and &: what is an expression, and what is said of what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bounds.h"
#include "filter.h"

#include <locale.h>
#include <string.h>

static struct filter_fault fault;

static bool is_read(const char *text)
{
	struct filter *filter = filter_parse(text, &fault);
	bool is_fine = filter != NULL;

	filter_free(filter);
	return is_fine;
}

/* TEXT is refused, its fault begins with REASON and names PLACE, as it stands in TEXT. */
static void assert_refused(const char *text, const char *place, const char *reason)
{
	assert_false(is_read(text));
	assert_int_equal(fault.fault.kind, FAULT_USAGE);
	assert_true(fault.at + fault.length <= strlen(text));
	assert_int_equal(fault.length, strlen(place));
	assert_memory_equal(text + fault.at, place, strlen(place));
	if (strncmp(fault.fault.text, reason, strlen(reason)) != 0)
		fail_msg("said: %s", fault.fault.text);
}

static void test_filter_reads_every_operator(void **state)
{
	(void)state;
	assert_true(is_read("state=duplicated state != in-doubt copies<2 copies <= 2 copies > 0"));
	assert_true(is_read("copies>=1 subject~x subject !~ x"));
}

static void test_filter_reads_nested_parentheses_and_nots(void **state)
{
	(void)state;
	assert_true(is_read("not (a or !(b and not c)) && (d || \"e f\")"));
}

static void test_filter_of_blanks_is_one(void **state)
{
	(void)state;
	assert_true(is_read(" \t "));
}

static void test_filter_names_the_fields_that_there_are(void **state)
{
	(void)state;
	assert_refused("copies>1 and sender=alice", "sender",
		       "there is no such field; there are: state cause outcome tls from to");
}

static void test_filter_names_the_words_that_there_are(void **state)
{
	(void)state;
	assert_refused("state=duplicate", "duplicate",
		       "there is no such state; there are: duplicated maybe-duplicated in-doubt "
		       "undelivered delivered");
	assert_refused("state=duplicated,doubt or x", "doubt", "there is no such state");
	assert_refused("not cause = late", "late",
		       "there is no such cause; there are: none capture-gap reply-lost");
	assert_refused("cause ~ slow", "slow", "this fits no cause; there are: none");
	assert_refused("outcome=lost", "lost", "there is no such outcome");
	assert_refused("tls=ssl", "ssl", "there is no such tls; there are: none starttls implicit");
}

static void test_filter_refuses_operators_that_a_field_has_not(void **state)
{
	(void)state;
	assert_refused("waited ~ 90", "waited ~",
		       "waited is a duration, which is compared by = != < <= > or >=, not by ~");
	assert_refused("subject<x", "subject<",
		       "subject is a text, which is compared by = != ~ or !~, not by <");
	assert_refused("copies==2", "=", "no operator has another '='");
}

static void test_filter_refuses_values_of_other_kinds(void **state)
{
	(void)state;
	assert_refused("waited>90x", "90x", "waited is a duration, as in waited>90s");
	assert_refused("copies=two", "two", "copies is a number, as in copies>1");
	assert_refused("copies=4xx", "4xx", "copies is a number");
	assert_refused("size>5q", "5q", "size is a size, as in size>5M");
	assert_refused("time>25:00", "25:00", "time is a time, as in time>=10:02");
	assert_refused("time>=2026-02-30", "2026-02-30", "time is a time");
	assert_refused("server=192.0.2.300", "192.0.2.300", "server is an address or a name");
	assert_refused("client=192.0.2.0/33", "192.0.2.0/33", "client is an address or a name");
}

static void test_filter_refuses_what_is_not_finished(void **state)
{
	(void)state;
	assert_refused("state=", "", "a value is missing here");
	assert_refused("(state= ) or a", ")", "a value is missing here");
	assert_refused("a and", "", "a test is missing here");
	assert_refused("or a", "or", "a test is missing here");
	assert_refused("a and (b or c", "(", "this parenthesis is not closed");
	assert_refused("a) or b", ")", "no parenthesis was opened");
	assert_refused("subject='x", "'", "this quote is not closed");
	assert_refused("a and =b", "=", "which field?");
	assert_refused("\"\"", "\"\"", "an empty text is in everything");
}

static void test_filter_refuses_a_field_without_an_operator(void **state)
{
	(void)state;
	assert_refused("from alice", "from", "from is a field: write from=");
	assert_true(is_read("'from' alice"));
}

static void test_filter_refuses_back_references(void **state)
{
	(void)state;
	assert_refused("subject ~ '(a*)x\\1'", "\\", "back-references are not possible");
}

static void test_filter_refuses_repetitions_that_unfold_to_much(void **state)
{
	(void)state;
	assert_true(is_read("subject ~ '[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}'"));
	assert_refused("subject ~ '((a{1,100}){1,100}){1,100}'", "{",
		       "its repetitions are too many");
	assert_refused("subject ~ a{99999}", "{", "its repetitions are too many");
	assert_refused("subject ~ ((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+", "+",
		       "its repetitions are too many");
}

static void test_filter_refuses_many_pieces_that_fit_many_characters(void **state)
{
	(void)state;
	assert_true(is_read("subject ~ 'a.{60}b'"));
	assert_refused("subject ~ 'a.{70}b'", "{", "too many of . [] and |");
	assert_refused("subject ~ '([ab]c){70}'", "{", "too many of . [] and |");
	assert_refused("subject ~ '(a|b){65}'", "{", "too many of . [] and |");
}

static void test_filter_says_what_the_c_library_says_of_an_expression(void **state)
{
	(void)state;
	assert_refused("subject ~ [a-", "[a-", "this regular expression cannot be read: ");
}

static void test_filter_bounds_depth(void **state)
{
	char text[LIMIT_FILTER_DEPTH + 1] = "";

	(void)state;
	memset(text, '(', LIMIT_FILTER_DEPTH - 1);
	assert_refused(text, "", "a test is missing here");
	memset(text, '!', LIMIT_FILTER_DEPTH);
	assert_refused(text, "", "more than 32 parentheses and nots inside each other");
}

static void test_filter_bounds_nodes(void **state)
{
	char text[LIMIT_FILTER_NODES * 2 + 1];

	(void)state;
	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = i % 2 ? ' ' : 'a';
	text[sizeof text - 1] = '\0';
	assert_false(is_read(text));
	assert_non_null(strstr(fault.fault.text, "more than 128 tests"));
	text[LIMIT_FILTER_NODES - 1] = '\0';
	assert_true(is_read(text));
}

static void test_filter_bounds_length(void **state)
{
	static char text[LIMIT_FILTER_TEXT + 2];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	assert_false(is_read(text));
	assert_non_null(strstr(fault.fault.text, "more than 1000 bytes"));
	text[LIMIT_FILTER_TEXT] = '\0';
	assert_true(is_read(text));
}

static void assert_place(const char *text, const char *expected)
{
	char place[FILTER_PLACE_TEXT];

	assert_false(is_read(text));
	filter_show_place(text, &fault, false, place);
	assert_string_equal(place, expected);
}

static void test_filter_points_at_the_place(void **state)
{
	(void)state;
	assert_place("state=duplicate or a", "    state=duplicate or a\n"
					     "          ^^^^^^^^^");
	assert_place("subject=ä and state=ö!", "    subject=ä and state=ö!\n"
					       "                        ^^");
	assert_place("copies>", "    copies>\n"
				"           ^");
}

static void test_filter_points_at_a_place_far_to_the_right(void **state)
{
	(void)state;
	assert_place("from=alice@msn.example and to=bob@example.net and subject=figures and "
		     "state=twice",
		     "    ample.net and subject=figures and state=twice\n"
		     "                                            ^^^^^");
}

static void test_filter_makes_what_it_points_at_safe(void **state)
{
	(void)state;
	assert_place("state=\x1b[31m", "    state=\\x1b[31m\n"
				       "          ^^^^^^^^");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter_reads_every_operator),
		cmocka_unit_test(test_filter_reads_nested_parentheses_and_nots),
		cmocka_unit_test(test_filter_of_blanks_is_one),
		cmocka_unit_test(test_filter_names_the_fields_that_there_are),
		cmocka_unit_test(test_filter_names_the_words_that_there_are),
		cmocka_unit_test(test_filter_refuses_operators_that_a_field_has_not),
		cmocka_unit_test(test_filter_refuses_values_of_other_kinds),
		cmocka_unit_test(test_filter_refuses_what_is_not_finished),
		cmocka_unit_test(test_filter_refuses_a_field_without_an_operator),
		cmocka_unit_test(test_filter_refuses_back_references),
		cmocka_unit_test(test_filter_refuses_repetitions_that_unfold_to_much),
		cmocka_unit_test(test_filter_refuses_many_pieces_that_fit_many_characters),
		cmocka_unit_test(test_filter_says_what_the_c_library_says_of_an_expression),
		cmocka_unit_test(test_filter_bounds_depth),
		cmocka_unit_test(test_filter_bounds_nodes),
		cmocka_unit_test(test_filter_bounds_length),
		cmocka_unit_test(test_filter_points_at_the_place),
		cmocka_unit_test(test_filter_points_at_a_place_far_to_the_right),
		cmocka_unit_test(test_filter_makes_what_it_points_at_safe),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
