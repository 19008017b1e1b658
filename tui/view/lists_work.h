/* SPDX-License-Identifier: MIT */
/*
 * lists_work: what the first screen does in steps: servers and senders are counted, the shown list
 * is refreshed, or searched. One at a time; the newest wish of the user wins, and a search waits
 * until the rows are in their order.
 */
#ifndef SMTPSCOPE_TUI_LISTS_WORK_H
#define SMTPSCOPE_TUI_LISTS_WORK_H

#include "list/list_refresh.h"
#include "tally.h"
#include "task.h"

enum lists_phase { LISTS_REST, LISTS_COUNT, LISTS_REFRESH, LISTS_SEARCH };

/** What rows are made of: they are the same as long as this is. */
struct lists_basis {
	uint64_t version; /* of the ledger */
	int64_t timer_ns; /* that deliveries were judged by; NO_TIME: by two */
	bool is_over;	  /* the input had ended */
};

struct lists_view;

/** What is to be said when a refresh is done, or NULL. */
typedef void lists_done(struct lists_view *lists, struct app *app);

struct lists_work {
	struct task task;
	enum lists_phase phase;
	lists_done *done;
	struct lists_basis basis; /* as of the beginning */
	int search_by;		  /* a search waits, in this direction; 0: none */
	struct list_refresh refresh;
	struct list_search search;
	struct tally *counting;
};

/** As the ledger is now. */
struct lists_basis lists_basis_now(const struct app *app);
bool lists_basis_is_now(const struct lists_basis *basis, const struct app *app);

/**
 * Begins to refresh the shown list. NAME is what the user is told of it, "sorting"; NULL: he did
 * not ask for it.
 */
void lists_work_refresh(struct lists_view *lists, struct app *app, const char *name,
			lists_done *done);

/** Begins to search the shown list for what was asked for last. */
void lists_work_search(struct lists_view *lists, struct app *app, int by);

/** Ends what is under way, without a step more. */
void lists_work_clear(struct lists_view *lists, struct app *app);

#endif
