/* SPDX-License-Identifier: MIT */
/* Rows in the order of numbers and of texts. */
#include "list/row_sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 5000

static void expect_rows(const struct row_key *rows, const char *expected)
{
	char order[256] = "";
	size_t used = 0;

	for (size_t i = 0; used < strlen(expected) && i < 16; i++)
		used += (size_t)snprintf(order + used, sizeof order - used, "%s%u", i ? " " : "",
					 rows[i].row);
	assert_string_equal(order, expected);
}

static struct span text_at(const void *context, uint32_t row)
{
	const char *const *texts = context;

	return span_of(texts[row]);
}

/** Goes on to the end, in steps so short that they end amid everything. */
static void sort_all(struct row_sort *sort)
{
	double share = 0;

	while (row_sort_step(sort, 7)) {
		assert_true(row_sort_share(sort) >= share && row_sort_share(sort) <= 1);
		share = row_sort_share(sort);
	}
}

static void sort_numbers(struct row_key *rows, struct row_key *scratch, size_t n)
{
	struct row_sort sort;

	row_sort_begin(&sort, rows, scratch, n);
	sort_all(&sort);
}

static void sort_texts(const char *const *texts, size_t n, bool is_reversed, struct row_key *rows)
{
	struct row_key scratch[16];
	struct row_sort sort;

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row_key){.row = (uint32_t)i};
	row_sort_begin_texts(&sort, rows, scratch, n, is_reversed, text_at, texts);
	sort_all(&sort);
}

static void test_row_sort_puts_negative_numbers_first(void **state)
{
	const int64_t numbers[] = {3, -1, INT64_MAX, 0, INT64_MIN};
	struct row_key rows[5], scratch[5];

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		rows[i] = (struct row_key){.key = row_key_of(numbers[i]), .row = i};
	sort_numbers(rows, scratch, 5);
	expect_rows(rows, "4 1 3 0 2");
}

static void test_row_sort_orders_texts_whatever_their_case(void **state)
{
	const char *const texts[] = {"bob", "Alice", "BOB", "alice", "carol"};
	struct row_key rows[5];

	(void)state;
	sort_texts(texts, 5, false, rows);
	expect_rows(rows, "1 3 0 2 4");
}

static void test_row_sort_puts_a_text_before_those_that_it_begins(void **state)
{
	const char *const texts[] = {"reader10@example.org", "reader10@example", "", "reader10"};
	struct row_key rows[4];

	(void)state;
	sort_texts(texts, 4, false, rows);
	expect_rows(rows, "2 3 1 0");
}

static void test_row_sort_reverses_texts_but_not_equal_ones(void **state)
{
	const char *const texts[] = {"reader10@example", "reader10", "reader10@example", "a"};
	struct row_key rows[4];

	(void)state;
	sort_texts(texts, 4, true, rows);
	expect_rows(rows, "0 2 1 3");
}

static struct span bytes_at(const void *context, uint32_t row)
{
	return ((const struct span *)context)[row];
}

static void test_row_sort_takes_a_nul_for_a_character(void **state)
{
	const struct span texts[] = {{(const uint8_t *)"12345678\0", 9},
				     {(const uint8_t *)"1234567\0b", 9},
				     {(const uint8_t *)"12345678", 8},
				     {(const uint8_t *)"1234567", 7}};
	struct row_key rows[4] = {{.row = 0}, {.row = 1}, {.row = 2}, {.row = 3}}, scratch[4];
	struct row_sort sort;

	(void)state;
	row_sort_begin_texts(&sort, rows, scratch, 4, false, bytes_at, texts);
	sort_all(&sort);
	expect_rows(rows, "3 1 2 0");
}

static int compare_rows(const void *left, const void *right)
{
	const struct row_key *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->row < b->row ? -1 : 1;
}

/* Keys of few and of many different bytes, so that some bytes are passed over. */
static void test_row_sort_agrees_with_the_c_library_on_many_rows(void **state)
{
	const uint64_t masks[] = {UINT64_MAX, 0xff, UINT64_C(0xff00ff00), UINT64_C(0x7) << 61, 0};
	struct row_key *rows = calloc(3 * MANY, sizeof *rows);
	struct row_key *expected = rows + MANY, *scratch = rows + 2 * MANY;
	uint64_t random = 1;

	(void)state;
	assert_non_null(rows);
	for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
		for (uint32_t i = 0; i < MANY; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			expected[i] = rows[i] = (struct row_key){
				.key = (random ^ random >> 33) & masks[m], .row = i};
		}
		sort_numbers(rows, scratch, MANY);
		qsort(expected, MANY, sizeof *expected, compare_rows);
		for (uint32_t i = 0; i < MANY; i++)
			assert_int_equal(rows[i].row, expected[i].row);
	}
	free(rows);
}

/* Few different bytes, so that many texts are alike for a while, and some to their end. */
static void test_row_sort_agrees_with_the_c_library_on_many_texts(void **state)
{
	struct row_key *rows = calloc(2 * MANY, sizeof *rows), *scratch = rows + MANY;
	char (*names)[32] = calloc(MANY, sizeof *names);
	const char **texts = calloc(MANY, sizeof *texts);
	struct row_sort sort;
	uint64_t random = 1;

	(void)state;
	assert_true(rows && names && texts);
	for (uint32_t i = 0; i < MANY; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		for (uint32_t k = 0; k < (random >> 33) % 31; k++)
			names[i][k] = k % 9 == 0 && (random >> (k % 16 + 34) & 1) ? 'b' : 'a';
		texts[i] = names[i];
		rows[i].row = i;
	}
	row_sort_begin_texts(&sort, rows, scratch, MANY, false, text_at, texts);
	sort_all(&sort);
	for (uint32_t i = 1; i < MANY; i++) {
		int order = strcmp(texts[rows[i - 1].row], texts[rows[i].row]);
		assert_true(order < 0 || (order == 0 && rows[i - 1].row < rows[i].row));
	}
	free(texts);
	free(names);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row_sort_puts_negative_numbers_first),
		cmocka_unit_test(test_row_sort_orders_texts_whatever_their_case),
		cmocka_unit_test(test_row_sort_puts_a_text_before_those_that_it_begins),
		cmocka_unit_test(test_row_sort_reverses_texts_but_not_equal_ones),
		cmocka_unit_test(test_row_sort_takes_a_nul_for_a_character),
		cmocka_unit_test(test_row_sort_agrees_with_the_c_library_on_many_rows),
		cmocka_unit_test(test_row_sort_agrees_with_the_c_library_on_many_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
