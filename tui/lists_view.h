/* SPDX-License-Identifier: MIT */
/*
 * lists_view: the first screen, between its actions (view_lists.c) and its drawing
 * (lists_screen.c).
 */
#ifndef SMTPSCOPE_TUI_LISTS_VIEW_H
#define SMTPSCOPE_TUI_LISTS_VIEW_H

#include "app.h"
#include "list.h"

enum { LIST_DELIVERIES, LIST_SESSIONS, LIST_SERVERS, LIST_SENDERS, LIST_NOTES, LISTS };

#define LISTS_HEADER_ROWS 3 /* title, sums, column titles */

struct lists_view {
	struct view view;
	struct list lists[LISTS];
	int shown;
	bool is_stale;	  /* rows came in or changed since it was sorted */
	uint64_t version; /* of the ledger when the shown list was brought up to date */
	int64_t timer_ns; /* and the timer that it was judged by */
	bool was_over;	  /* and whether the input had ended */
	uint32_t height;  /* rows of the list when it was drawn last */
};

static inline struct list *lists_view_shown(struct lists_view *lists)
{
	return &lists->lists[lists->shown];
}

/** Sorts the shown list anew, with all rows that there are. */
void lists_view_refresh(struct lists_view *lists, struct app *app);

/** As far as it takes little time; the list is as before until this was called often enough. */
void lists_view_refresh_part(struct lists_view *lists, struct app *app);

void lists_view_draw(struct view *view, struct app *app, struct canvas *canvas);

#endif
