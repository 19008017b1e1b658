/* SPDX-License-Identifier: MIT */
/*
 * list_refresh: the rows of a list gathered anew, sorted, and put in place of those that it
 * shows: in steps, until the last of which the list is as before.
 *
 * The memory is kept for the next time, which may be another list's: 36 bytes a row. Begin with
 * zeros.
 */
#ifndef SMTPSCOPE_TUI_LIST_REFRESH_H
#define SMTPSCOPE_TUI_LIST_REFRESH_H

#include "list/list.h"
#include "list/row_sort.h"

enum list_refresh_phase { LIST_GATHERS, LIST_SORTS, LIST_PLACES };

/** What a column's texts are read with. */
struct list_texts {
	const struct model *model;
	const struct column *column;
};

struct list_refresh {
	struct list *list;
	enum list_refresh_phase phase;
	uint32_t next; /* row that is looked at next, or placed */
	uint32_t rows_there; /* when it began: later ones are for the next refresh */
	uint32_t count; /* of those that are to be shown */
	struct list_texts texts;
	struct row_sort sort;
	struct row_key *rows; /* and as many again, for the sort */
	uint32_t room;
	uint32_t *order; /* that the list gets in exchange for its own */
	uint32_t order_room;
};

void list_refresh_clear(struct list_refresh *refresh);

/** Begins to refresh LIST. False: no memory. */
bool list_refresh_begin(struct list_refresh *refresh, struct list *list,
			const struct model *model);

/** Looks at about MOST rows. False: the list is refreshed. */
bool list_refresh_step(struct list_refresh *refresh, const struct model *model, uint32_t most);

/** About how much is done, 0 to 1. */
double list_refresh_share(const struct list_refresh *refresh);

#endif
