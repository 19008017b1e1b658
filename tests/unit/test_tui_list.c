/* SPDX-License-Identifier: MIT */
/*
 * Lists over hand-made rows: row n has a number and a word from the table below, and the rank
 * that its test gives it. How many rows there are "so far" is in the model's origin_ns, which
 * these rows do not use otherwise.
 */
#include "list/list.h"
#include "list/list_refresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = {"pear", "Apple", "cherry", "banana", "apricot", "fig"};
static const int64_t ranks[] = {5, 4, 3, 2, 1, 0};

static uint32_t count_rows(const struct model *model)
{
	return (uint32_t)model->origin_ns;
}

static int64_t rank(const struct model *model, uint32_t row)
{
	(void)model;
	return ranks[row];
}

static int64_t number(const struct model *model, uint32_t row)
{
	(void)model;
	return row;
}

static struct span word(const struct model *model, uint32_t row)
{
	(void)model;
	return span_of(words[row]);
}

static void print_number(const struct model *model, uint32_t row, struct cell_text *out)
{
	(void)model;
	snprintf(out->text, sizeof out->text, "%u", row);
}

static void print_word(const struct model *model, uint32_t row, struct cell_text *out)
{
	(void)model;
	snprintf(out->text, sizeof out->text, "%s", words[row]);
}

static enum screen_style style(const struct model *model, uint32_t row)
{
	(void)model;
	(void)row;
	return SCREEN_TEXT;
}

static const struct column columns[] = {
	{"number", 3, 3, 0, true, print_number, number, NULL},
	{"word", 6, 20, 1, false, print_word, NULL, word},
};

static const struct rows_kind kind = {
	.name = "things",
	.order = "by rank",
	.empty = "nothing",
	.columns = columns,
	.column_count = 2,
	.count = count_rows,
	.rank = rank,
	.style = style,
};

static struct model model_with(int64_t rows)
{
	return (struct model){.origin_ns = rows};
}

static void assert_order(const struct list *list, const char *expected)
{
	char order[64] = "";
	size_t used = 0;
	for (uint32_t i = 0; i < list->count; i++)
		used += (size_t)snprintf(order + used, sizeof order - used, "%u", list->order[i]);
	assert_string_equal(order, expected);
}

static void test_list_begins_in_the_order_of_ranks(void **state)
{
	struct model model = model_with(4);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "3210");
	assert_int_equal(list_selected(&list), 3);
	list_clear(&list);
}

static void test_list_sorts_words_whatever_their_case(void **state)
{
	struct model model = model_with(6);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	list_sort_by(&list, -1); /* from the rank back to the last column */
	assert_string_equal(list_order_name(&list), "word");
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "143250");
	list.is_reversed = true;
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "052341");
	list_clear(&list);
}

static void test_list_selection_stays_on_its_row_and_line_while_it_fills(void **state)
{
	struct model model = model_with(3);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	list_move(&list, 1);
	assert_int_equal(list_selected(&list), 1);
	list_fit(&list, 2);
	uint32_t line = list.selected - list.top;
	model = model_with(6); /* three rows come in above it */
	assert_true(list_refresh(&list, &model));
	assert_int_equal(list_selected(&list), 1);
	assert_int_equal(list.selected - list.top, line);
	list_clear(&list);
}

static void test_list_stays_at_the_top_until_the_user_moves(void **state)
{
	struct model model = model_with(2);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	model = model_with(6);
	assert_true(list_refresh(&list, &model));
	assert_int_equal(list_selected(&list), 5);
	assert_int_equal(list.top, 0);
	list_clear(&list);
}

static void test_list_moves_stop_at_the_ends(void **state)
{
	struct model model = model_with(5);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	assert_true(list_act(&list, ACTION_UP, 0, 3));
	assert_int_equal(list.selected, 0);
	assert_true(list_act(&list, ACTION_DOWN, 3, 3));
	assert_int_equal(list.selected, 3);
	assert_true(list_act(&list, ACTION_PAGE_DOWN, 0, 3));
	assert_int_equal(list.selected, 4);
	list_fit(&list, 3);
	assert_int_equal(list.top, 2);
	assert_true(list_act(&list, ACTION_LAST, 2, 3)); /* 2G */
	assert_int_equal(list.selected, 1);
	assert_true(list_act(&list, ACTION_FIRST, 0, 3));
	assert_int_equal(list.selected, 0);
	assert_false(list_act(&list, ACTION_OPEN, 0, 3));
	list_clear(&list);
}

static void test_list_filter_keeps_rows_that_hold_the_text(void **state)
{
	struct filter_fault fault;
	struct model model = model_with(6);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_set_filter(&list, "AP", &fault));
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "41");
	assert_true(list_set_filter(&list, "!ap", &fault));
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "5320");
	assert_true(list_set_filter(&list, "nothing has this", &fault));
	assert_true(list_refresh(&list, &model));
	assert_int_equal(list.count, 0);
	assert_int_equal(list_selected(&list), NO_ROW);
	list_clear(&list);
}

static bool is_even(const struct model *model, uint32_t row)
{
	(void)model;
	return row % 2 == 0;
}

static void test_list_passes_over_rows_that_are_gone(void **state)
{
	struct model model = model_with(6);
	struct rows_kind even = kind;
	struct list list;
	(void)state;
	even.is_there = is_even;
	list_start(&list, &even);
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "420");
	list_clear(&list);
}

/** All rows looked at, what is found selected. */
static struct search_found search(struct list *list, const struct model *model,
				  const char *needle, int by)
{
	struct list_search search;
	list_search_begin(&search, list, model, needle, by);
	while (search_step(&search.search, 1))
		;
	if (search.search.found.all)
		list_move(list, (int64_t)search.search.found.row - (int64_t)list->selected);
	return search.search.found;
}

static void test_list_search_goes_round_and_counts(void **state)
{
	struct model model = model_with(6); /* fig apricot banana cherry Apple pear */
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	struct search_found found = search(&list, &model, "ap", 1);
	assert_int_equal(list_selected(&list), 4);
	assert_int_equal(found.which, 1);
	assert_int_equal(found.all, 2);
	found = search(&list, &model, "ap", 1);
	assert_int_equal(list_selected(&list), 1);
	assert_int_equal(found.which, 2);
	search(&list, &model, "ap", 1);
	assert_int_equal(list_selected(&list), 4);
	search(&list, &model, "ap", -1);
	assert_int_equal(list_selected(&list), 1);
	assert_int_equal(search(&list, &model, "kiwi", 1).all, 0);
	assert_int_equal(list_selected(&list), 1);
	list_clear(&list);
}

static void test_list_search_knows_the_next_one_before_all_were_looked_at(void **state)
{
	struct model model = model_with(6); /* fig apricot banana cherry Apple pear */
	struct list list;
	struct list_search search;
	(void)state;
	list_start(&list, &kind);
	list_sort_by(&list, -1);
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "143250"); /* apricot Apple cherry banana pear fig */
	list_search_begin(&search, &list, &model, "AP", 1);
	assert_true(search_step(&search.search, 1));
	assert_int_equal(search.search.found.row, 1);
	assert_int_equal(search.search.looked, 1);
	list_clear(&list);
}

static void test_columns_drop_by_priority_and_grow_into_what_is_left(void **state)
{
	int widths[MOST_COLUMNS];
	(void)state;
	columns_fit(columns, 2, 10, widths);
	assert_int_equal(widths[0], 3);
	assert_int_equal(widths[1], 6);
	columns_fit(columns, 2, 9, widths);
	assert_int_equal(widths[0], 3);
	assert_int_equal(widths[1], 0);
	columns_fit(columns, 2, 16, widths);
	assert_int_equal(widths[1], 12);
	columns_fit(columns, 2, 300, widths);
	assert_int_equal(widths[1], 20);
}

static void test_list_shows_the_columns_chosen_in_their_order(void **state)
{
	struct list list;
	struct fault fault = {0};
	char names[64];
	(void)state;
	list_start(&list, &kind);
	assert_string_equal(list_column_names(&list, names, sizeof names), "number, word");
	assert_true(list_choose_columns(&list, " WORD ,, number", &fault));
	assert_string_equal(list_column_names(&list, names, sizeof names), "word, number");
	assert_false(list_choose_columns(&list, "word, size", &fault));
	assert_string_equal(fault.text,
			    "things have no column 'size': there are number, word");
	assert_string_equal(list_column_names(&list, names, sizeof names), "word, number");
	assert_true(list_choose_columns(&list, "", &fault));
	assert_string_equal(list_column_names(&list, names, sizeof names), "number, word");
}

static void test_list_order_stays_while_its_column_does(void **state)
{
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_sort_named(&list, "-word", NULL));
	assert_true(list_choose_columns(&list, "word", NULL));
	assert_string_equal(list_order_name(&list), "word");
	assert_true(list.is_reversed);
	assert_true(list_choose_columns(&list, "number", NULL));
	assert_string_equal(list_order_name(&list), "by rank");
	assert_false(list_sort_named(&list, "word", NULL));
	assert_true(list_sort_named(&list, "by rank", NULL));
}

static void test_list_follows_the_newest_row_until_the_user_moves(void **state)
{
	struct model model = model_with(2);
	struct list list;
	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	list_follow(&list, true);
	model = model_with(5);
	assert_true(list_refresh(&list, &model));
	assert_int_equal(list_selected(&list), 4);
	assert_true(list_act(&list, ACTION_DOWN, 0, 10));
	assert_int_equal(list_selected(&list), 3);
	model = model_with(6);
	assert_true(list_refresh(&list, &model));
	assert_int_equal(list_selected(&list), 3);
	assert_true(list_act(&list, ACTION_LAST, 0, 10)); /* takes it up again */
	assert_int_equal(list_selected(&list), 5);
	list_clear(&list);
}

/** Looks at two rows at a time until END of all is done. */
static void refresh_to(struct list_refresh *refresh, const struct model *model, double end)
{
	while (list_refresh_share(refresh) < end)
		assert_true(list_refresh_step(refresh, model, 2));
}

static void test_list_refresh_in_steps_shows_rows_when_all_are_in_order(void **state)
{
	struct model model = model_with(6);
	struct list_refresh refresh = {0};
	struct list list;

	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh_begin(&refresh, &list, &model));
	refresh_to(&refresh, &model, 0.9);
	assert_int_equal(list.count, 0);
	while (list_refresh_step(&refresh, &model, 2))
		;
	assert_order(&list, "543210");
	list_refresh_clear(&refresh);
	list_clear(&list);
}

static void test_list_keeps_filter_and_order_of_its_rows_if_others_are_given_up(void **state)
{
	struct model model = model_with(6); /* fig apricot banana cherry Apple pear */
	struct list_refresh refresh = {0};
	struct filter_fault fault;
	struct list list;

	(void)state;
	list_start(&list, &kind);
	assert_true(list_set_filter(&list, "ap", &fault));
	assert_true(list_refresh(&list, &model));
	assert_true(list_set_filter(&list, "r", &fault));
	list_sort_by(&list, 1);
	list_reverse(&list);
	assert_true(list_refresh_begin(&refresh, &list, &model));
	refresh_to(&refresh, &model, 0.6);
	list_give_up(&list);
	assert_string_equal(list.filter, "ap");
	assert_int_equal(list.sort, SORT_RANK);
	assert_false(list.is_reversed);
	assert_order(&list, "41");
	assert_true(list_refresh(&list, &model));
	assert_order(&list, "41");
	list_refresh_clear(&refresh);
	list_clear(&list);
}

static void test_list_selection_moves_on_while_it_is_refreshed(void **state)
{
	struct model model = model_with(6);
	struct list_refresh refresh = {0};
	struct list list;

	(void)state;
	list_start(&list, &kind);
	assert_true(list_refresh(&list, &model));
	list_reverse(&list);
	assert_true(list_refresh_begin(&refresh, &list, &model));
	refresh_to(&refresh, &model, 0.6);
	list_move(&list, 2);
	assert_int_equal(list_selected(&list), 3);
	while (list_refresh_step(&refresh, &model, 2))
		;
	assert_order(&list, "012345");
	assert_int_equal(list_selected(&list), 3);
	list_refresh_clear(&refresh);
	list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_begins_in_the_order_of_ranks),
		cmocka_unit_test(test_list_sorts_words_whatever_their_case),
		cmocka_unit_test(test_list_selection_stays_on_its_row_and_line_while_it_fills),
		cmocka_unit_test(test_list_stays_at_the_top_until_the_user_moves),
		cmocka_unit_test(test_list_moves_stop_at_the_ends),
		cmocka_unit_test(test_list_filter_keeps_rows_that_hold_the_text),
		cmocka_unit_test(test_list_passes_over_rows_that_are_gone),
		cmocka_unit_test(test_list_search_goes_round_and_counts),
		cmocka_unit_test(test_list_search_knows_the_next_one_before_all_were_looked_at),
		cmocka_unit_test(test_list_shows_the_columns_chosen_in_their_order),
		cmocka_unit_test(test_list_order_stays_while_its_column_does),
		cmocka_unit_test(test_list_follows_the_newest_row_until_the_user_moves),
		cmocka_unit_test(test_columns_drop_by_priority_and_grow_into_what_is_left),
		cmocka_unit_test(test_list_refresh_in_steps_shows_rows_when_all_are_in_order),
		cmocka_unit_test(test_list_keeps_filter_and_order_of_its_rows_if_others_are_given_up),
		cmocka_unit_test(test_list_selection_moves_on_while_it_is_refreshed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
