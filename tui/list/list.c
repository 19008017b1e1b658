/* SPDX-License-Identifier: MIT */
#include "list/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	filter_free(list->had.where);
	marks_clear(&list->marks);
	list->order = NULL;
	list->where = list->had.where = NULL;
	list->count = list->room = 0;
}

/* ---- Wishes -------------------------------------------------------------------------------- */

void list_wish(struct list *list)
{
	if (list->has_wish)
		return;
	list->has_wish = true;
	list->had = (struct list_wish){
		.where = list->where,
		.sort = list->sort == SORT_RANK ? NULL : list->columns[list->sort].name,
		.is_reversed = list->is_reversed,
	};
	snprintf(list->had.filter, sizeof list->had.filter, "%s", list->filter);
}

void list_give_up(struct list *list)
{
	if (!list->has_wish)
		return;
	if (list->where != list->had.where)
		filter_free(list->where);
	list->where = list->had.where;
	snprintf(list->filter, sizeof list->filter, "%s", list->had.filter);
	needle_set(&list->wanted, list->kind, list->filter + (list->filter[0] == '!'));
	list->sort = SORT_RANK;
	for (size_t i = 0; list->had.sort && i < list->column_count; i++)
		if (strcmp(list->columns[i].name, list->had.sort) == 0)
			list->sort = i;
	list->is_reversed = list->had.is_reversed;
	list->had.where = NULL;
	list->has_wish = false;
}

/** The rows shown are what was wished. */
static void settle(struct list *list)
{
	if (list->has_wish && list->had.where != list->where)
		filter_free(list->had.where);
	list->had.where = NULL;
	list->has_wish = false;
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
	list_wish(list);
	if (list->where != list->had.where)
		filter_free(list->where);
	list->where = where;
	snprintf(list->filter, sizeof list->filter, "%s",
		 list->kind->fits && !where ? "" : text);
	needle_set(&list->wanted, list->kind, list->filter + (list->filter[0] == '!'));
	return true;
}

/* ---- Rows ---------------------------------------------------------------------------------- */

bool list_fits(const struct list *list, const struct model *model, uint32_t row)
{
	if (!list->filter[0])
		return true;
	if (list->where)
		return list->kind->fits(model, row, list->where);
	return needle_is_in(&list->wanted, model, row) != (list->filter[0] == '!');
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

void list_take_order(struct list *list, uint32_t *order, uint32_t room, uint32_t count)
{
	uint32_t selected = list_selected(list);
	list->order = order;
	list->room = room;
	list->count = count;
	settle(list);
	if (list->follows)
		select_newest(list);
	else
		restore_selection(list, selected);
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

void list_reverse(struct list *list)
{
	list_wish(list);
	list->is_reversed = !list->is_reversed;
}

void list_sort_by(struct list *list, int by)
{
	size_t orders = list->column_count + 1; /* the last one is by rank */
	size_t now = list->sort == SORT_RANK ? orders - 1 : list->sort;
	list_wish(list);
	now = (now + (by > 0 ? 1 : orders - 1)) % orders;
	list->sort = now == orders - 1 ? SORT_RANK : now;
}

const char *list_order_name(const struct list *list)
{
	return list->sort == SORT_RANK ? list->kind->order : list->columns[list->sort].name;
}

static bool has_needle(const void *context, uint32_t at, const char *needle)
{
	const struct list_search *search = context;
	(void)needle;
	return needle_is_in(&search->needle, search->model, search->list->order[at]);
}

void list_search_begin(struct list_search *search, const struct list *list,
		       const struct model *model, const char *needle, int by)
{
	*search = (struct list_search){.list = list, .model = model};
	snprintf(search->words, sizeof search->words, "%s", needle);
	needle_set(&search->needle, list->kind, needle);
	search->search = (struct search){
		.count = list->count,
		.from = list->selected,
		.has = has_needle,
		.context = search,
	};
	search_begin(&search->search, by);
}
