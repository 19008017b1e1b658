/* SPDX-License-Identifier: MIT */
/* What may come next in a filter that is being written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "filter.h"
#include "filter_complete.h"

/* TEXT is completed from START on to each of NAMES, which ends with NULL. */
static void assert_completed(const char *text, size_t start, const char *const *names)
{
	struct filter_completion completion = filter_complete(text);
	size_t i;

	assert_int_equal(completion.start, start);
	for (i = 0; names[i]; i++) {
		assert_true(i < completion.count);
		assert_string_equal(completion.names[i], names[i]);
	}
	assert_int_equal(completion.count, i);
}

static void test_filter_complete_names_the_fields_that_begin_so(void **state)
{
	static const char *const names[] = {"state", "subject", "server", "size", "session", NULL};
	(void)state;
	assert_completed("copies>1 and S", 13, names);
}

static void test_filter_complete_names_all_fields_where_a_test_begins(void **state)
{
	(void)state;
	size_t all = filter_complete("").count;
	assert_true(all > 20);
	assert_int_equal(filter_complete("copies>1 and ").count, all);
	assert_int_equal(filter_complete("not (").count, all);
}

static void test_filter_complete_puts_an_operator_behind_the_only_field(void **state)
{
	(void)state;
	assert_string_equal(filter_complete("wai").behind, ">");
	assert_string_equal(filter_complete("subj").behind, " ~ ");
	assert_string_equal(filter_complete("outc").behind, "=");
}

static void test_filter_complete_names_the_words_of_a_field(void **state)
{
	static const char *const states[] = {"duplicated", "delivered", NULL};
	static const char *const tls[] = {"none", "starttls", "implicit", NULL};
	static const char *const second[] = {"in-doubt", NULL};
	(void)state;
	assert_completed("state=D", 6, states);
	assert_completed("TLS !=", 6, tls);
	assert_completed("state=duplicated,in_d", 17, second);
}

static void test_filter_complete_gives_an_example_of_other_values(void **state)
{
	(void)state;
	assert_string_equal(filter_complete("waited>").example, "waited>90s");
	assert_string_equal(filter_complete("state=duplicated client = 19").example,
			    "client=192.0.2.0/24");
	assert_null(filter_complete("waited>90s ").example);
}

static void test_filter_complete_leaves_quotes_alone(void **state)
{
	static const char *const none[] = {NULL};
	(void)state;
	assert_completed("'wai", 4, none);
	assert_completed("subject ~ 'st", 13, none);
}

static void test_filter_complete_of_what_is_unknown_is_nothing(void **state)
{
	static const char *const none[] = {NULL};
	(void)state;
	assert_completed("zebra", 0, none);
	assert_completed("zebra=", 6, none);
	assert_null(filter_complete("zebra=").example);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter_complete_names_the_fields_that_begin_so),
		cmocka_unit_test(test_filter_complete_names_all_fields_where_a_test_begins),
		cmocka_unit_test(test_filter_complete_puts_an_operator_behind_the_only_field),
		cmocka_unit_test(test_filter_complete_names_the_words_of_a_field),
		cmocka_unit_test(test_filter_complete_gives_an_example_of_other_values),
		cmocka_unit_test(test_filter_complete_leaves_quotes_alone),
		cmocka_unit_test(test_filter_complete_of_what_is_unknown_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
