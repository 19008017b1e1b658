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

/** What rows are made of: they are the same as long as this is. */
struct lists_basis {
	uint64_t version; /* of the ledger */
	int64_t timer_ns; /* that deliveries were judged by */
	bool is_over;	  /* the input had ended */
};

struct lists_view {
	struct view view;
	struct list lists[LISTS];
	int shown;
	bool is_stale;		  /* rows came in or changed since it was sorted */
	struct lists_basis basis; /* of the shown list */
	struct lists_basis tally; /* of the servers and senders counted last */
	uint32_t height;	  /* rows of the list when it was drawn last */
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
