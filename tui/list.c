/* SPDX-License-Identifier: MIT */
#include "list.h"

#include "row_sort.h"

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
	free(list->gathered);
	marks_clear(&list->marks);
	list->gathered = NULL;
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

/** What sort_text() needs. */
struct sort_texts {
	const struct model *model;
	const struct column *column;
};

static struct span sort_text(const void *context, uint32_t row)
{
	const struct sort_texts *texts = context;
	return texts->column->text(texts->model, row);
}

static void sort_gathered(struct list *list, const struct model *model)
{
	const struct sort_texts texts = {model, sort_column(list)};
	struct row_key *rows = list->gathered;
	struct row_key *scratch = rows + list->gathered_room + 1;
	if (texts.column && texts.column->text)
		row_sort_by_text(rows, scratch, list->gathered_count, list->is_reversed, sort_text,
				 &texts);
	else
		row_sort_by_key(rows, scratch, list->gathered_count);
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

/** Ends a refresh that is under way. */
static void drop_gathered(struct list *list)
{
	free(list->gathered);
	list->gathered = NULL;
}

static bool begin_gathering(struct list *list, const struct model *model)
{
	uint32_t count = list->kind->count(model);
	list->gathered = malloc(2 * ((size_t)count + 1) * sizeof *list->gathered);
	list->gathered_room = count;
	list->gathered_count = list->next_row = 0;
	return list->gathered != NULL;
}

static void gather_rows(struct list *list, const struct model *model, uint32_t most_rows)
{
	uint32_t left = list->gathered_room - list->next_row;
	uint32_t until = list->next_row + (left < most_rows ? left : most_rows);
	for (uint32_t row = list->next_row; row < until; row++)
		if (is_shown(list, model, row))
			list->gathered[list->gathered_count++] =
				(struct row_key){sort_key(list, model, row), row};
	list->next_row = until;
}

/** Sorts the rows gathered and shows them. False: no memory, the list is as before. */
static bool show_gathered(struct list *list, const struct model *model)
{
	uint32_t shown = list->gathered_count;
	uint32_t selected = list_selected(list);
	if (!make_room(list, shown))
		return false;
	sort_gathered(list, model);
	for (uint32_t i = 0; i < shown; i++)
		list->order[i] = list->gathered[i].row;
	list->count = shown;
	if (list->follows)
		select_newest(list);
	else
		restore_selection(list, selected);
	return true;
}

enum list_progress list_refresh_part(struct list *list, const struct model *model,
				     uint32_t most_rows)
{
	if (!list->gathered && !begin_gathering(list, model))
		return LIST_FAILED;
	gather_rows(list, model, most_rows);
	if (list->next_row < list->gathered_room)
		return LIST_GOES_ON;
	bool is_fine = show_gathered(list, model);
	drop_gathered(list);
	return is_fine ? LIST_DONE : LIST_FAILED;
}

bool list_refresh(struct list *list, const struct model *model)
{
	drop_gathered(list);
	return list_refresh_part(list, model, UINT32_MAX) == LIST_DONE;
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

void list_tidy_marks(struct list *list, const struct model *model)
{
	for (uint32_t row = 0; list->marks.count && list->kind->is_there && row < list->marks.room;
	     row++)
		if (marks_has(&list->marks, row) && !list->kind->is_there(model, row))
			(void)marks_set(&list->marks, row, false);
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
