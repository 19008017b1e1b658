/* SPDX-License-Identifier: MIT */
#include "view/lists_work.h"

#include "view/lists_shift.h"
#include "view/lists_view.h"

#include <stdlib.h>

#define STEP_ROWS 1024	 /* a third of a millisecond, where each is filtered or searched */
#define STEP_COUNTED 512 /* sessions and deliveries */
#define SHARES 1000	 /* progress is told in per cent */

struct lists_basis lists_basis_now(const struct app *app)
{
	const struct deliveries *deliveries = app->model.deliveries;
	bool is_judged = deliveries_judged(deliveries) == deliveries_count(deliveries);
	return (struct lists_basis){
		.version = ledger_version(app->model.ledger),
		.timer_ns = is_judged ? deliveries_timer(deliveries) : NO_TIME,
		.is_over = analysis_is_over(app->model.analysis),
	};
}

bool lists_basis_is_now(const struct lists_basis *basis, const struct app *app)
{
	struct lists_basis now = lists_basis_now(app);
	return basis->version == now.version && basis->timer_ns == now.timer_ns &&
	       basis->is_over == now.is_over;
}

static void drop_counting(struct lists_work *work)
{
	tally_free(work->counting);
	work->counting = NULL;
}

/* ---- Searching ----------------------------------------------------------------------------- */

/** Selects what is found, unless the user went elsewhere meanwhile. */
static void go_to_found(struct list_search *search, struct list *list)
{
	const struct search *state = &search->search;
	if (list->selected == state->from)
		list_move(list, (int64_t)state->found.row - (int64_t)list->selected);
}

static void tell_found(const struct list_search *search, struct app *app)
{
	const struct search_found *found = &search->search.found;
	if (found->all)
		app_say(app, "%u of %u with: %s", found->which, found->all, search->words);
	else
		app_say(app, "not found: %s", search->words);
}

static bool step_search(struct lists_view *lists, struct app *app)
{
	struct lists_work *work = &lists->work;
	bool was_found = work->search.search.found.all > 0;
	bool goes_on = search_step(&work->search.search, STEP_ROWS);
	work->task.done = work->search.search.looked;
	if (work->search.search.found.all && !was_found) {
		go_to_found(&work->search, lists_view_shown(lists));
		app->is_changed = true;
	}
	if (!goes_on)
		tell_found(&work->search, app);
	return goes_on;
}

static bool step(struct task *task, struct app *app);
static void cancel(struct task *task, struct app *app);

static void begin(struct lists_view *lists, struct app *app, enum lists_phase phase,
		  struct task task)
{
	lists->work.phase = phase;
	lists->work.task = task;
	lists->work.task.step = step;
	lists->work.task.cancel = cancel;
	lists->work.task.owner = lists;
	app_start(app, &lists->work.task);
}

static void begin_search(struct lists_view *lists, struct app *app)
{
	struct lists_work *work = &lists->work;
	struct list *list = lists_view_shown(lists);
	list_search_begin(&work->search, list, &app->model, app->needle, work->search_by);
	work->search_by = 0;
	begin(lists, app, LISTS_SEARCH,
	      (struct task){.name = "searching", .is_counted = true, .total = list->count});
}

void lists_work_search(struct lists_view *lists, struct app *app, int by)
{
	lists->work.search_by = by;
	if (lists->work.phase == LISTS_REST || lists->work.phase == LISTS_SEARCH)
		begin_search(lists, app);
}

/* ---- Refreshing ---------------------------------------------------------------------------- */

/** Has the new tally shown. Its lists are short, and their rows are its numbers: both at once. */
static void show_tally(struct lists_view *lists, struct app *app)
{
	struct lists_work *work = &lists->work;
	bool is_fine = tally_is_whole(work->counting);
	for (int i = LIST_SERVERS; lists->has_shifted && i <= LIST_SENDERS; i++)
		lists_move_parties(&lists->lists[i], app->tally, work->counting, i == LIST_SERVERS);
	lists->has_shifted = false;
	tally_free(app->tally);
	app->tally = work->counting;
	app->model.tally = app->tally;
	work->counting = NULL;
	lists->tally = work->basis;
	for (int i = LIST_SERVERS; i <= LIST_SENDERS; i++) {
		is_fine &= list_refresh(&lists->lists[i], &app->model);
		lists->basis[i] = work->basis;
	}
	if (!is_fine)
		app_say(app, "no memory to count servers and senders");
}

static bool step_refresh(struct lists_view *lists, struct app *app)
{
	struct lists_work *work = &lists->work;
	bool goes_on;
	double share;
	if (work->phase == LISTS_COUNT) {
		goes_on = tally_step(work->counting, STEP_COUNTED);
		share = tally_share(work->counting);
		if (!goes_on)
			show_tally(lists, app);
	} else {
		goes_on = list_refresh_step(&work->refresh, &app->model, STEP_ROWS);
		share = list_refresh_share(&work->refresh);
		if (!goes_on)
			lists->basis[lists->shown] = work->basis;
	}
	work->task.done = (uint64_t)(share * SHARES);
	if (!goes_on && work->done)
		work->done(lists, app);
	return goes_on;
}

/** Goes on to what waits: a search, or rows that came meanwhile. */
static bool end(struct lists_view *lists, struct app *app)
{
	lists->work.phase = LISTS_REST;
	lists->settled = lists->shown;
	if (!lists_basis_is_now(&lists->basis[lists->shown], app))
		app->is_stale = true;
	if (!lists->work.search_by)
		return false;
	begin_search(lists, app);
	return true;
}

static bool step(struct task *task, struct app *app)
{
	struct lists_view *lists = task->owner;
	bool goes_on = lists->work.phase == LISTS_SEARCH ? step_search(lists, app)
							 : step_refresh(lists, app);
	return goes_on || end(lists, app);
}

/** The user pressed Esc: the rows shown stay as they are, or those of the list before come back. */
static void cancel(struct task *task, struct app *app)
{
	struct lists_view *lists = task->owner;
	struct lists_work *work = &lists->work;
	if (work->phase == LISTS_SEARCH && work->search.search.found.all)
		app_say(app, "stopped: %u or more with: %s", work->search.search.found.all,
			work->search.words);
	else if (work->phase == LISTS_SEARCH)
		app_say(app, "stopped: none so far with: %s", work->search.words);
	else
		app_say(app, "stopped %s: all is as before", task->name);
	if (work->phase != LISTS_SEARCH)
		list_give_up(lists_view_shown(lists));
	lists->shown = lists->settled;
	lists_work_clear(lists, app);
	app->is_stale = true;
}

static bool begin_counting(struct lists_view *lists, struct app *app)
{
	struct lists_work *work = &lists->work;
	drop_counting(work);
	work->counting = tally_new();
	return work->counting && tally_begin(work->counting, app->model.ledger,
					     app->model.deliveries, (struct delivery_choice){0});
}

void lists_work_refresh(struct lists_view *lists, struct app *app, const char *name,
			lists_done *done)
{
	struct lists_work *work = &lists->work;
	bool is_of_parties = lists->shown == LIST_SERVERS || lists->shown == LIST_SENDERS;
	bool is_counted = !is_of_parties || lists_basis_is_now(&lists->tally, app);
	work->done = done;
	work->basis = lists_basis_now(app);
	if (lists->shown == LIST_NOTES)
		notes_collect(&app->notes, &app->model);
	bool is_fine = is_counted ? list_refresh_begin(&work->refresh, lists_view_shown(lists),
						       &app->model)
				  : begin_counting(lists, app);
	if (is_fine) {
		begin(lists, app, is_counted ? LISTS_REFRESH : LISTS_COUNT,
		      (struct task){.name = name && !is_counted ? "counting" : name,
				    .total = SHARES});
	} else {
		lists_work_clear(lists, app);
		app_say(app, "no memory to sort this list");
	}
}

void lists_work_clear(struct lists_view *lists, struct app *app)
{
	app_stop(app, &lists->work.task);
	lists->work.phase = LISTS_REST;
	lists->work.search_by = 0;
	drop_counting(&lists->work);
	list_refresh_clear(&lists->work.refresh);
}
