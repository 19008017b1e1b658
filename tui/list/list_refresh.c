/* SPDX-License-Identifier: MIT */
#include "list/list_refresh.h"

#include <stdlib.h>

void list_refresh_clear(struct list_refresh *refresh)
{
	free(refresh->rows);
	free(refresh->order);
	*refresh = (struct list_refresh){0};
}

/** Room for COUNT rows, and for the many that may come until the next time. */
static bool make_room(struct list_refresh *refresh, uint32_t count)
{
	size_t room = (size_t)count + count / 2 + 64;
	if (!refresh->rows || count > refresh->room) {
		free(refresh->rows);
		refresh->rows = reallocarray(NULL, 2 * room, sizeof *refresh->rows);
		refresh->room = (uint32_t)room;
	}
	if (!refresh->order || count > refresh->order_room) {
		free(refresh->order);
		refresh->order = reallocarray(NULL, room, sizeof *refresh->order);
		refresh->order_room = (uint32_t)room;
	}
	return refresh->rows && refresh->order;
}

bool list_refresh_begin(struct list_refresh *refresh, struct list *list, const struct model *model)
{
	uint32_t count = list->kind->count(model);
	if (!make_room(refresh, count)) {
		list_refresh_clear(refresh);
		return false;
	}
	refresh->list = list;
	refresh->rows_there = count;
	refresh->next = refresh->count = 0;
	refresh->phase = LIST_GATHERS;
	return true;
}

/* ---- Rows and their keys ------------------------------------------------------------------- */

/** The column that LIST is sorted by; NULL: by rank. */
static const struct column *sort_column(const struct list *list)
{
	return list->sort == SORT_RANK ? NULL : &list->columns[list->sort];
}

/** What ROW is sorted by; a text has its keys later. */
static uint64_t sort_key(const struct list *list, const struct model *model, uint32_t row)
{
	const struct column *column = sort_column(list);
	int64_t number = 0;
	if (!column)
		number = list->kind->rank(model, row);
	else if (!column->text)
		number = column->number(model, row);
	return list->is_reversed ? ~row_key_of(number) : row_key_of(number);
}

/** Takes ROW in, if it is to be shown. One that is there no more loses its mark. */
static void gather(struct list_refresh *refresh, const struct model *model, uint32_t row)
{
	struct list *list = refresh->list;
	bool is_there = !list->kind->is_there || list->kind->is_there(model, row);
	if (!is_there && marks_has(&list->marks, row))
		(void)marks_set(&list->marks, row, false);
	if (!is_there || !list_fits(list, model, row))
		return;
	refresh->rows[refresh->count++] =
		(struct row_key){.key = sort_key(list, model, row), .row = row};
}

static struct span text_at(const void *context, uint32_t row)
{
	const struct list_texts *texts = context;
	return texts->column->text(texts->model, row);
}

static void begin_to_sort(struct list_refresh *refresh, const struct model *model)
{
	const struct list *list = refresh->list;
	struct row_key *scratch = refresh->rows + refresh->room;
	refresh->texts = (struct list_texts){model, sort_column(list)};
	refresh->phase = LIST_SORTS;
	if (refresh->texts.column && refresh->texts.column->text)
		row_sort_begin_texts(&refresh->sort, refresh->rows, scratch, refresh->count,
				     list->is_reversed, text_at, &refresh->texts);
	else
		row_sort_begin(&refresh->sort, refresh->rows, scratch, refresh->count);
}

/* ---- In place of those shown --------------------------------------------------------------- */

/** Gives the list its new order, and takes the old one. */
static void exchange(struct list_refresh *refresh)
{
	struct list *list = refresh->list;
	struct list before = *list;
	list_take_order(list, refresh->order, refresh->order_room, refresh->count);
	refresh->order = before.order;
	refresh->order_room = before.room;
}

bool list_refresh_step(struct list_refresh *refresh, const struct model *model, uint32_t most)
{
	uint32_t end = refresh->phase == LIST_PLACES ? refresh->count : refresh->rows_there;
	uint32_t until = end - refresh->next < most ? end : refresh->next + most;
	switch (refresh->phase) {
	case LIST_GATHERS:
		for (; refresh->next < until; refresh->next++)
			gather(refresh, model, refresh->next);
		if (refresh->next == end)
			begin_to_sort(refresh, model);
		break;
	case LIST_SORTS:
		if (!row_sort_step(&refresh->sort, most)) {
			refresh->phase = LIST_PLACES;
			refresh->next = 0;
		}
		break;
	case LIST_PLACES:
		for (; refresh->next < until; refresh->next++)
			refresh->order[refresh->next] = refresh->rows[refresh->next].row;
		if (refresh->next < end)
			break;
		exchange(refresh);
		return false;
	}
	return true;
}

double list_refresh_share(const struct list_refresh *refresh)
{
	double rows = refresh->rows_there ? refresh->rows_there : 1;
	switch (refresh->phase) {
	case LIST_GATHERS:
		return 0.5 * refresh->next / rows;
	case LIST_SORTS:
		return 0.5 + 0.4 * row_sort_share(&refresh->sort);
	case LIST_PLACES:
		break;
	}
	return 0.9 + 0.1 * refresh->next / rows;
}

bool list_refresh(struct list *list, const struct model *model)
{
	struct list_refresh refresh = {0};
	if (!list_refresh_begin(&refresh, list, model))
		return false;
	while (list_refresh_step(&refresh, model, UINT32_MAX))
		;
	list_refresh_clear(&refresh);
	return true;
}
