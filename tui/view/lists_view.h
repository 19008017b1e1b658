/* SPDX-License-Identifier: MIT */
/*
 * lists_view: the first screen, between its actions (view_lists.c), its drawing (lists_screen.c)
 * and what takes it longer (lists_work.c).
 */
#ifndef SMTPSCOPE_TUI_LISTS_VIEW_H
#define SMTPSCOPE_TUI_LISTS_VIEW_H

#include "app.h"
#include "bounds.h"
#include "list/list.h"
#include "view/lists_work.h"

enum { LIST_DELIVERIES, LIST_SESSIONS, LIST_SERVERS, LIST_SENDERS, LIST_NOTES, LISTS };

#define LISTS_HEADER_ROWS 3 /* title, sums, column titles */

struct lists_view {
	struct view view;
	struct list lists[LISTS];
	int shown;
	int settled;			 /* the list that was shown when work ended last */
	struct lists_basis basis[LISTS]; /* of the rows that each has */
	struct lists_basis tally;	 /* of the servers and senders counted last */
	uint32_t height;		 /* rows of the list when it was drawn last */
	bool has_shifted;		 /* ids have, since servers and senders were counted */
	struct lists_work work;
	int came_from; /* the list whose row the deliveries shown are of; -1: none */
	char filter_before[LIMIT_FILTER_TEXT + 1]; /* of the deliveries, until then */
};

static inline struct list *lists_view_shown(struct lists_view *lists)
{
	return &lists->lists[lists->shown];
}

/** The list whose name stands at COLUMN of the row of sums; -1: none does. */
int lists_view_tab_at(const struct lists_view *lists, int columns, int column);

/** The name of the column that stands at COLUMN of the titles; NULL: none does. */
const char *lists_view_title_at(const struct lists_view *lists, const struct model *model,
				int columns, int column);

void lists_view_draw(struct view *view, struct app *app, struct canvas *canvas);

#endif
