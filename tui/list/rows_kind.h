/* SPDX-License-Identifier: MIT */
/*
 * rows_kind: what a list needs to know of the rows that it shows.
 */
#ifndef SMTPSCOPE_TUI_ROWS_KIND_H
#define SMTPSCOPE_TUI_ROWS_KIND_H

#include "filter.h"
#include "list/columns.h"
#include "prose.h"

#define DIGITS "0123456789"
#define SMALL_LETTERS "abcdefghijklmnopqrstuvwxyz"

/** What spares a search from printing the cells of a column, see needle.h. */
struct cell_hint {
	const char *chars; /* all that they may hold, in small letters; NULL: anything */
	/* What a cell shows, if that is not empty, fits, and is ASCII; NULL: it must be printed. */
	struct span (*shown)(const struct model *model, uint32_t row);
};

/** A kind of rows. Its first order is that of its `rank`, small ranks first, then of time. */
struct rows_kind {
	const char *name;  /* "deliveries" */
	const char *order; /* the first order in a word: "trouble first" */
	const char *empty; /* what the list says when it has no rows */
	const struct column *columns;
	const struct cell_hint *hints; /* by column; NULL: there are none */
	size_t column_count;
	uint32_t (*count)(const struct model *model);
	/* The number by which the user knows a row, which grows with its id; NULL: the id, from 1. */
	uint32_t (*number)(const struct model *model, uint32_t row);
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

/** What the user calls ROW: #12. */
static inline uint32_t rows_number(const struct rows_kind *kind, const struct model *model,
				   uint32_t row)
{
	return kind->number ? kind->number(model, row) : row + 1;
}

/** The greatest number that a row has; 0: there is none. */
static inline uint32_t rows_last_number(const struct rows_kind *kind, const struct model *model)
{
	uint32_t count = kind->count(model);
	return count ? rows_number(kind, model, count - 1) : 0;
}

#endif
