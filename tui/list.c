/* SPDX-License-Identifier: MIT */
#include "list.h"

#include "row_sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** By what a list is sorted. */
struct sort_order {
	const struct model *model;
	const struct column *column; /* NULL: by rank */
};

void list_start(struct list *list, const struct rows_kind *kind)
{
	*list = (struct list){.kind = kind, .sort = SORT_RANK, .column_count = kind->column_count};
	for (size_t i = 0; i < kind->column_count; i++)
		list->columns[i] = kind->columns[i];
}

void list_clear(struct list *list)
{
	free(list->order);
	filter_free(list->where);
	list->order = NULL;
	list->where = NULL;
	list->count = list->room = 0;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t")] == '\0';
}

bool list_set_filter(struct list *list, const char *text, struct filter_fault *fault)
{
	struct filter *where = NULL;
	if (list->kind->fits && !is_blank(text) && !(where = filter_parse(text, fault)))
		return false;
	filter_free(list->where);
	list->where = where;
	snprintf(list->filter, sizeof list->filter, "%s",
		 list->kind->fits && !where ? "" : text);
	return true;
}

/* ---- Sorting ------------------------------------------------------------------------------ */

/** The text that a row is sorted by; CONTEXT is the order. */
static struct span sort_text(const void *context, uint32_t row)
{
	const struct sort_order *order = context;
	return order->column->text(order->model, row);
}

static int64_t sort_number(const struct list *list, const struct sort_order *order, uint32_t row)
{
	if (!order->column)
		return list->kind->rank(order->model, row);
	return order->column->number(order->model, row);
}

static void sort_rows(const struct list *list, const struct model *model, struct row_key *rows,
		      struct row_key *scratch, size_t n)
{
	struct sort_order order = {model, NULL};
	if (list->sort != SORT_RANK)
		order.column = &list->columns[list->sort];
	if (order.column && order.column->text) {
		row_sort_by_text(rows, scratch, n, list->is_reversed, sort_text, &order);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t key = row_key_of(sort_number(list, &order, rows[i].row));
		rows[i].key = list->is_reversed ? ~key : key;
	}
	row_sort_by_key(rows, scratch, n);
}

/** Whether ROW holds NEEDLE in any of its columns, whatever its case. */
static bool row_has(const struct list *list, const struct model *model, uint32_t row,
		    const char *needle)
{
	struct cell_text cell;
	for (size_t i = 0; i < list->kind->column_count; i++) {
		list->kind->columns[i].print(model, row, &cell);
		if (strcasestr(cell.text, needle))
			return true;
	}
	return false;
}

static bool is_shown(const struct list *list, const struct model *model, uint32_t row)
{
	if (list->kind->is_there && !list->kind->is_there(model, row))
		return false;
	if (!list->filter[0])
		return true;
	if (list->where)
		return list->kind->fits(model, row, list->where);
	if (list->filter[0] == '!')
		return !row_has(list, model, row, list->filter + 1);
	return row_has(list, model, row, list->filter);
}

static bool make_room(struct list *list, uint32_t count)
{
	if (count <= list->room)
		return true;
	size_t room = (size_t)count + count / 2 + 64;
	uint32_t *order = realloc(list->order, room * sizeof *order);
	if (!order)
		return false;
	list->order = order;
	list->room = room < UINT32_MAX ? (uint32_t)room : UINT32_MAX;
	return true;
}

/** Selects the newest of the rows shown: the one with the highest id. */
static void select_newest(struct list *list)
{
	uint32_t newest = 0;
	for (uint32_t i = 1; i < list->count; i++)
		if (list->order[i] > list->order[newest])
			newest = i;
	list->selected = newest;
}

/** Puts the selection back on ROW, on the same line of the screen as before. */
static void restore_selection(struct list *list, uint32_t row)
{
	uint32_t line = list->selected - list->top;
	uint32_t at = list->has_moved ? NO_ROW : 0;
	for (uint32_t i = 0; list->has_moved && i < list->count; i++)
		if (list->order[i] == row)
			at = i;
	if (at == NO_ROW)
		at = list->selected < list->count ? list->selected : list->count - 1;
	list->selected = list->count ? at : 0;
	list->top = list->selected > line ? list->selected - line : 0;
}

bool list_refresh(struct list *list, const struct model *model)
{
	uint32_t count = list->kind->count(model);
	size_t room = (size_t)count + 1;
	struct row_key *rows = malloc(2 * room * sizeof *rows);
	if (!rows || !make_room(list, count)) {
		free(rows);
		return false;
	}
	uint32_t selected = list_selected(list);
	uint32_t shown = 0;
	for (uint32_t row = 0; row < count; row++)
		if (is_shown(list, model, row))
			rows[shown++].row = row;
	sort_rows(list, model, rows, rows + room, shown);
	for (uint32_t i = 0; i < shown; i++)
		list->order[i] = rows[i].row;
	list->count = shown;
	free(rows);
	if (list->follows)
		select_newest(list);
	else
		restore_selection(list, selected);
	return true;
}

uint32_t list_selected(const struct list *list)
{
	return list->selected < list->count ? list->order[list->selected] : NO_ROW;
}

void list_move(struct list *list, int64_t by)
{
	int64_t to = (int64_t)list->selected + by;
	if (to > (int64_t)list->count - 1)
		to = (int64_t)list->count - 1;
	list->selected = to > 0 ? (uint32_t)to : 0;
	list->has_moved = true;
	list->has_followed = list->has_followed || list->follows;
	list->follows = false;
}

void list_follow(struct list *list, bool wanted)
{
	list->has_followed = list->follows = wanted;
	list->has_moved = true;
	if (wanted)
		select_newest(list);
}

/** Rows that ACTION moves by; 0: it does not move. */
static int64_t rows_moved(enum action action, uint32_t count, uint32_t height)
{
	int64_t times = count ? count : 1;
	int64_t page = height > 1 ? height - 1 : 1;
	if (action == ACTION_UP || action == ACTION_DOWN)
		return action == ACTION_UP ? -times : times;
	if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
		return (action == ACTION_PAGE_UP ? -page : page) * times;
	if (action == ACTION_HALF_UP || action == ACTION_HALF_DOWN)
		return (action == ACTION_HALF_UP ? -1 : 1) * ((page + 1) / 2) * times;
	return 0;
}

bool list_act(struct list *list, enum action action, uint32_t count, uint32_t height)
{
	int64_t by = rows_moved(action, count, height);
	if (action == ACTION_FIRST || (action == ACTION_LAST && count))
		by = (int64_t)(count ? count - 1 : 0) - (int64_t)list->selected;
	else if (action == ACTION_LAST && list->has_followed) {
		list_follow(list, true);
		return true;
	} else if (action == ACTION_LAST)
		by = list->count;
	else if (!by)
		return false;
	list_move(list, by);
	if (action == ACTION_FIRST && !count)
		list->has_moved = false;
	return true;
}

void list_fit(struct list *list, uint32_t height)
{
	if (!height)
		return;
	if (list->top > list->selected)
		list->top = list->selected;
	if (list->selected - list->top >= height)
		list->top = list->selected - height + 1;
	if (list->top && list->count - list->top < height)
		list->top = list->count > height ? list->count - height : 0;
}

void list_sort_by(struct list *list, int by)
{
	size_t orders = list->column_count + 1; /* the last one is by rank */
	size_t now = list->sort == SORT_RANK ? orders - 1 : list->sort;
	now = (now + (by > 0 ? 1 : orders - 1)) % orders;
	list->sort = now == orders - 1 ? SORT_RANK : now;
}

const char *list_order_name(const struct list *list)
{
	return list->sort == SORT_RANK ? list->kind->order : list->columns[list->sort].name;
}

/** What a search in a list looks at. */
struct haystack {
	const struct list *list;
	const struct model *model;
};

static bool has_needle(const void *context, uint32_t row, const char *needle)
{
	const struct haystack *hay = context;
	return row_has(hay->list, hay->model, hay->list->order[row], needle);
}

bool list_search(struct list *list, const struct model *model, const char *needle, int by,
		 struct search_found *found)
{
	const struct haystack hay = {list, model};
	const struct search search = {list->count, list->selected, needle, has_needle, &hay};
	if (!search_run(&search, by, found))
		return false;
	list_move(list, (int64_t)found->row - (int64_t)list->selected);
	return true;
}
