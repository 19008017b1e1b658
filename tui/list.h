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

#include "columns.h"
#include "fault.h"
#include "filter.h"
#include "keys.h"
#include "marks.h"
#include "prose.h"
#include "search.h"

#define NO_ROW UINT32_MAX

/** A kind of rows. Its first order is that of its `rank`, small ranks first, then of time. */
struct rows_kind {
	const char *name;  /* "deliveries" */
	const char *order; /* the first order in a word: "trouble first" */
	const char *empty; /* what the list says when it has no rows */
	const struct column *columns;
	size_t column_count;
	uint32_t (*count)(const struct model *model);
	/* Whether there is a row of this id (any more); NULL: all are. */
	bool (*is_there)(const struct model *model, uint32_t row);
	int64_t (*rank)(const struct model *model, uint32_t row);
	enum screen_style (*style)(const struct model *model, uint32_t row);
	/* Whether the row fits a filter, which is read as filter.h says; NULL: rows are filtered by
	   a text that they hold. */
	bool (*fits)(const struct model *model, uint32_t row, struct filter *filter);
	/* The row in full, for the lines below the list. */
	void (*tell)(const struct model *model, uint32_t row, struct prose *out);
};

#define SORT_RANK SIZE_MAX
#define LIST_NEEDLE 256

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
	struct marks marks;
	struct row_key *gathered; /* rows of a refresh that is under way, and as much room again */
	uint32_t gathered_count;
	uint32_t gathered_room;
	uint32_t next_row; /* that is to be looked at for it */
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

/** Takes in new and changed rows, and sorts. False: no memory, the list is as before. */
bool list_refresh(struct list *list, const struct model *model);

enum list_progress { LIST_DONE, LIST_GOES_ON, LIST_FAILED };

/**
 * As list_refresh(), but looks at MOST_ROWS at the most: where LIST_GOES_ON, the list is as before
 * until further calls have looked at the rest. So keys need not wait for a million rows.
 */
enum list_progress list_refresh_part(struct list *list, const struct model *model,
				     uint32_t most_rows);

/** The id of the selected row, NO_ROW in an empty list. */
uint32_t list_selected(const struct list *list);

/** Moves the selection by BY rows, stopping at the ends. */
void list_move(struct list *list, int64_t by);

/**
 * Moves the selection as ACTION says in a list of HEIGHT rows on the screen, COUNT times, or for
 * the first and last to row COUNT (0: none was typed). False: the action is no movement.
 */
bool list_act(struct list *list, enum action action, uint32_t count, uint32_t height);

/** Takes the marks of rows away that are none any more, as a delivery joined to another one. */
void list_tidy_marks(struct list *list, const struct model *model);

/** Selects the newest row from now on, or (WANTED false) stays where it is. */
void list_follow(struct list *list, bool wanted);

/** Scrolls so that the selection lies within HEIGHT rows. */
void list_fit(struct list *list, uint32_t height);

/** Sorts by the next column (BY 1) or the one before (-1); the rank's order is one of them. */
void list_sort_by(struct list *list, int by);

/** The order in words: the name of a column, or of the first order. */
const char *list_order_name(const struct list *list);

/**
 * Selects the next row (BY 1) or the one before (BY -1) that holds NEEDLE, going round at the
 * ends. FOUND says which of how many it is: "3 of 17". False: no row holds it.
 */
bool list_search(struct list *list, const struct model *model, const char *needle, int by,
		 struct search_found *found);

#endif
