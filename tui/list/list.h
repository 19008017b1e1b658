/* SPDX-License-Identifier: MIT */
/*
 * list: rows of one kind in some order, with a selection. No curses in here.
 *
 * A kind of rows (rows.h has all of them) names its columns once; this
 * module sorts, filters, searches and scrolls all of them alike. Rows are named by ids from 0 to
 * count - 1 that stay the same while the list fills; the selection holds on to its row, and to
 * its place on the screen, when rows come in above it. Only as long as the user has not moved
 * does it stay on the first row instead; or, while the list follows, on the newest one.
 */
#ifndef SMTPSCOPE_TUI_LIST_H
#define SMTPSCOPE_TUI_LIST_H

#include "fault.h"
#include "keys.h"
#include "list/marks.h"
#include "list/needle.h"
#include "list/rows_kind.h"
#include "list/search.h"

#define NO_ROW UINT32_MAX

#define SORT_RANK SIZE_MAX
#define LIST_NEEDLE 256

/** What was wished before: see list_give_up(). */
struct list_wish {
	char filter[LIST_NEEDLE];
	struct filter *where;
	const char *sort; /* the column's name; NULL: by rank */
	bool is_reversed;
};

struct list {
	const struct rows_kind *kind;
	uint32_t *order; /* ids of the rows shown, in their order */
	uint32_t count;
	uint32_t room;
	struct column columns[MOST_COLUMNS]; /* those chosen, in their order */
	size_t column_count;
	size_t pan; /* columns behind the first one that are passed over */
	size_t sort; /* index of the column among them, or SORT_RANK */
	bool is_reversed;
	bool has_moved;		  /* the user chose a row */
	bool follows;		  /* the newest row is selected, whenever one comes */
	bool has_followed;	  /* until the user moved: going to the last row takes it up */
	uint32_t selected;	  /* index into order */
	uint32_t top;		  /* index of the first row on the screen */
	char filter[LIST_NEEDLE]; /* "" shows all rows; a leading ! those without the text. Of a
				     filter that is read its text, cut where it is long */
	struct filter *where;	  /* the filter that was read, or NULL */
	struct needle wanted;	  /* the text of one that is not */
	struct marks marks;
	struct list_wish had;	  /* what the rows shown are filtered and sorted by, while */
	bool has_wish;		  /* something else was wished */
};

void list_start(struct list *list, const struct rows_kind *kind);
void list_clear(struct list *list);

/** Shows only rows that fit TEXT from the next refresh on. False: see FAULT, all is as before. */
bool list_set_filter(struct list *list, const char *text, struct filter_fault *fault);

/**
 * Chooses the columns with these NAMES, "when, from, to", in this order; "" chooses all as they
 * are at first. False: FAULT says which name is none, and the columns stay.
 */
bool list_choose_columns(struct list *list, const char *names, struct fault *fault);

/**
 * The columns to draw, with the first one and those from the pan on; those that were panned to
 * are there even where room is short. Returns how many.
 */
size_t list_columns(const struct list *list, struct column out[static MOST_COLUMNS]);

/** Pans by one column. False: there is none any more. */
bool list_pan(struct list *list, int by);

/** The columns' names as list_choose_columns() takes them; returns OUT. */
const char *list_column_names(const struct list *list, char *out, size_t size);

/**
 * Sorts by the column of this NAME, "-waited" the other way round; "" or the name of the first
 * order sorts by that. False: FAULT says that there is no such column.
 */
bool list_sort_named(struct list *list, const char *name, struct fault *fault);

/**
 * Takes in new and changed rows, and sorts, all at once: list_refresh.h does it in steps, where
 * rows may be many. False: no memory, the list is as before.
 */
bool list_refresh(struct list *list, const struct model *model);

/** Whether ROW fits the filter. */
bool list_fits(const struct list *list, const struct model *model, uint32_t row);

/**
 * Shows the COUNT rows in ORDER, which has ROOM, in place of those that it shows: what was wished
 * is so now. Forgets its own order, which is the caller's.
 */
void list_take_order(struct list *list, uint32_t *order, uint32_t room, uint32_t count);

/** Goes back to the filter and the sort of the rows shown: the user wishes no others any more. */
void list_give_up(struct list *list);

/** The id of the selected row, NO_ROW in an empty list. */
uint32_t list_selected(const struct list *list);

/** Moves the selection by BY rows, stopping at the ends. */
void list_move(struct list *list, int64_t by);

/**
 * Moves the selection as ACTION says in a list of HEIGHT rows on the screen, COUNT times, or for
 * the first and last to row COUNT (0: none was typed). False: the action is no movement.
 */
bool list_act(struct list *list, enum action action, uint32_t count, uint32_t height);

/** Selects the newest row from now on, or (WANTED false) stays where it is. */
void list_follow(struct list *list, bool wanted);

/** Scrolls so that the selection lies within HEIGHT rows. */
void list_fit(struct list *list, uint32_t height);

/** Wishes for another filter or order than that of the rows shown. */
void list_wish(struct list *list);

/** Sorts by the next column (BY 1) or the one before (-1); the rank's order is one of them. */
void list_sort_by(struct list *list, int by);

/** Sorts the other way round. */
void list_reverse(struct list *list);

/** The order in words: the name of a column, or of the first order. */
const char *list_order_name(const struct list *list);

/** A search in a list, whose rows must stay in their order meanwhile. */
struct list_search {
	const struct list *list;
	const struct model *model;
	char words[LIST_NEEDLE]; /* as they were typed */
	struct needle needle;
	struct search search; /* of indices into order */
};

/** Begins to look for NEEDLE from the selected row on, as search_begin() does. */
void list_search_begin(struct list_search *search, const struct list *list,
		       const struct model *model, const char *needle, int by);

#endif
