/* SPDX-License-Identifier: MIT */
#include "view/lists_view.h"

#include "list/rows.h"
#include "prompt/prompt_filter.h"
#include "view/lists_shift.h"
#include "view/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Rows came in, or changed. Notes are few, and most are of no packet. */
static void refresh(struct view *view, struct app *app)
{
	struct lists_view *lists = (struct lists_view *)view;
	bool is_now = lists_basis_is_now(&lists->basis[lists->shown], app);
	if (lists->work.phase == LISTS_REST && (!is_now || lists->shown == LIST_NOTES))
		lists_work_refresh(lists, app, NULL, NULL);
}

static void search(struct lists_view *lists, struct app *app, int by)
{
	if (app->needle[0])
		lists_work_search(lists, app, by);
	else
		app_say(app, "nothing was searched yet: / searches");
}

static void tell_filtered(struct lists_view *lists, struct app *app)
{
	const struct list *list = lists_view_shown(lists);
	if (list->filter[0])
		app_say(app, "%u of %u %s with: %s", list->count, list->kind->count(&app->model),
			list->kind->name, list->where ? filter_text(list->where) : list->filter);
}

static void filter(struct lists_view *lists, struct app *app, const char *text)
{
	struct list *list = lists_view_shown(lists);
	struct filter_fault fault;
	if (!list_set_filter(list, text, &fault)) {
		app_refuse(app, ACTION_FILTER, &fault);
		return;
	}
	lists_work_refresh(lists, app, "filtering", tell_filtered);
}

static void ask_columns(struct lists_view *lists, struct app *app)
{
	char names[PROMPT_SIZE];
	list_column_names(lists_view_shown(lists), names, sizeof names);
	app_ask(app, ACTION_COLUMNS, "columns (none: all): ", names);
}

/** Takes the columns NAMES; says how to have them every time. */
static void choose_columns(struct lists_view *lists, struct app *app, const char *names)
{
	struct list *list = lists_view_shown(lists);
	struct fault fault = {0};
	if (!list_choose_columns(list, names, &fault)) {
		struct filter_fault refused = {.fault = fault, .at = strlen(names)};
		app_refuse(app, ACTION_COLUMNS, &refused);
		return;
	}
	lists_work_refresh(lists, app, "sorting", NULL);
	app_say(app, "for every time: columns-%s = ... in the settings, see --dump-config",
		list->kind->name);
}

static void pan(struct lists_view *lists, struct app *app, int by, uint32_t times)
{
	while (times && list_pan(lists_view_shown(lists), by))
		times--;
	if (times)
		app_say(app, by > 0 ? "those are the last columns" : "those are the first columns");
}

static void follow(struct lists_view *lists, struct app *app)
{
	struct list *list = lists_view_shown(lists);
	list_follow(list, !list->follows);
	app_say(app, list->follows ? "following: the newest row stays selected" : "not following");
}

/** Marks COUNT rows from the selected one on (0: it alone, or takes its mark away), and goes on. */
static void mark(struct lists_view *lists, struct app *app, uint32_t count)
{
	struct list *list = lists_view_shown(lists);
	for (uint32_t i = count ? count : 1; i > 0; i--) {
		uint32_t row = list_selected(list);
		bool is_last = list->selected + 1 >= list->count;
		if (row == NO_ROW)
			return;
		if (!marks_set(&list->marks, row, count || !marks_has(&list->marks, row)))
			app_say(app, "no memory for another mark");
		list_move(list, 1);
		if (is_last)
			return;
	}
}

/** Selects the row that is called NUMBER: deliveries and sessions have theirs, others count. */
static void go_to(struct lists_view *lists, struct app *app, uint32_t number)
{
	struct list *list = lists_view_shown(lists);
	const struct rows_kind *kind = list->kind;
	uint32_t at = kind->number ? 0 : number - 1;
	uint32_t last = rows_last_number(kind, &app->model);
	while (kind->number && at < list->count &&
	       kind->number(&app->model, list->order[at]) != number)
		at++;
	if (number && at < list->count)
		list_move(list, (int64_t)at - (int64_t)list->selected);
	else if (number && number <= last)
		app_say(app, "#%u is not among the rows shown%s", number,
			list->filter[0] ? ": & and Enter show all again" : "");
	else
		app_say(app, "there is no #%u: the last one is %u", number, last);
}

static void answer(struct view *view, struct app *app, enum action asked, const char *text)
{
	struct lists_view *lists = (struct lists_view *)view;
	uint32_t number;
	if (asked == ACTION_GO_TO && prompt_number(text, &number))
		go_to(lists, app, number);
	if (asked == ACTION_SEARCH) {
		snprintf(app->needle, sizeof app->needle, "%s", text);
		search(lists, app, 1);
	} else if (asked == ACTION_COLUMNS) {
		choose_columns(lists, app, text);
	} else if (asked == ACTION_FILTER) {
		lists->came_from = -1;
		filter(lists, app, text);
	}
}

static void advise(struct view *view, struct app *app, enum action asked, struct prompt *prompt)
{
	const struct list *list = lists_view_shown((struct lists_view *)view);
	(void)app;
	if (asked == ACTION_FILTER && list->kind->fits) {
		prompt_filter_advise(prompt);
	} else if (asked == ACTION_FILTER) {
		snprintf(prompt->hint, sizeof prompt->hint,
			 "a text that is in the row; with ! before it: those rows without it");
	} else if (asked == ACTION_COLUMNS) {
		size_t used = (size_t)snprintf(prompt->hint, sizeof prompt->hint, "there are:");
		for (size_t i = 0; i < list->kind->column_count && used < sizeof prompt->hint; i++)
			used += (size_t)snprintf(prompt->hint + used, sizeof prompt->hint - used,
						 "%s %s", i ? "," : "",
						 list->kind->columns[i].name);
	}
}

/** The session of the selected row: of a delivery that of its first attempt. */
static uint32_t selected_session(const struct lists_view *lists, const struct app *app)
{
	uint32_t row = list_selected(&lists->lists[lists->shown]);
	if (row == NO_ROW || lists->shown == LIST_SESSIONS)
		return row == NO_ROW ? NO_SESSION : row;
	if (lists->shown != LIST_DELIVERIES)
		return NO_SESSION;
	const struct delivery *delivery = delivery_get(app->model.deliveries, row);
	if (!delivery || !delivery->try_count)
		return NO_SESSION;
	return ledger_attempt(app->model.ledger, delivery->tries[0].attempt)->session;
}

static void open_bytes(struct lists_view *lists, struct app *app)
{
	uint32_t session = selected_session(lists, app);
	if (session == NO_SESSION)
		app_say(app, "no session belongs to this row");
	else
		app_open(app, bytes_view_open(app, session, NO_EVENT));
}

static void show(struct lists_view *lists, struct app *app, int which)
{
	lists->shown = (which + LISTS) % LISTS;
	lists->came_from = -1;
	lists_work_refresh(lists, app, "sorting", NULL);
}

/** The deliveries that went through server or sender ROW. */
static void show_deliveries_of(struct lists_view *lists, struct app *app, uint32_t row)
{
	char address[ENDPOINT_TEXT];
	char text[ENDPOINT_TEXT + 16];
	if (lists->shown == LIST_SERVERS)
		snprintf(text, sizeof text, "server=%s",
			 endpoint_format(&tally_server(app->tally, row)->endpoint, address));
	else
		snprintf(text, sizeof text, "client=%s",
			 endpoint_format_address(&tally_sender(app->tally, row)->endpoint,
						 address));
	lists->came_from = lists->shown;
	lists->shown = LIST_DELIVERIES;
	snprintf(lists->filter_before, sizeof lists->filter_before, "%s",
		 filter_text(lists_view_shown(lists)->where));
	filter(lists, app, text);
}

/** Back to the server or sender whose deliveries are shown. False: they are nobody's. */
static bool go_back(struct lists_view *lists, struct app *app)
{
	struct filter_fault fault;
	int to = lists->came_from;
	if (to < 0 || lists->shown != LIST_DELIVERIES)
		return false;
	(void)list_set_filter(&lists->lists[LIST_DELIVERIES], lists->filter_before, &fault);
	lists->basis[LIST_DELIVERIES].version = UINT64_MAX;
	show(lists, app, to);
	return true;
}

static void open_selected(struct lists_view *lists, struct app *app)
{
	uint32_t row = list_selected(lists_view_shown(lists));
	if (row == NO_ROW)
		return;
	lists_view_shown(lists)->has_moved = true;
	if (lists->shown == LIST_DELIVERIES)
		app_open(app, lanes_view_open(app, &lists->lists[LIST_DELIVERIES]));
	else if (lists->shown == LIST_SESSIONS)
		app_open(app, ladder_view_open(app, row, NO_EVENT));
	else if (lists->shown == LIST_SERVERS || lists->shown == LIST_SENDERS)
		show_deliveries_of(lists, app, row);
	else
		app_open(app,
			 text_view_open(app->notes.items[row].what, app->notes.items[row].meaning));
}

/** The order was changed. */
static void say_sorted(struct lists_view *lists, struct app *app)
{
	const struct list *list = lists_view_shown(lists);
	lists_work_refresh(lists, app, "sorting", NULL);
	app_say(app, "sorted by: %s%s", list_order_name(list),
		list->is_reversed ? ", reversed" : "");
}

static void sort(struct lists_view *lists, struct app *app, enum action action)
{
	struct list *list = lists_view_shown(lists);
	if (action == ACTION_SORT_REVERSE)
		list_reverse(list);
	else
		list_sort_by(list, action == ACTION_SORT_NEXT ? 1 : -1);
	say_sorted(lists, app);
}

/** The selected row as its columns are shown, all of them. */
static void copy(struct lists_view *lists, struct app *app)
{
	const struct list *list = lists_view_shown(lists);
	uint32_t row = list_selected(list);
	struct cell_text cell;
	struct prose text;
	prose_clear(&text);
	for (size_t i = 0; row != NO_ROW && i < list->column_count; i++) {
		list->columns[i].print(&app->model, row, &cell);
		prose_add(&text, "%s%s", i ? "  " : "", cell.text);
	}
	if (row == NO_ROW)
		app_say(app, "there is no row to copy");
	else
		app_copy(app, "this row", text.text);
}

static bool act(struct view *view, struct app *app, enum action action, uint32_t count)
{
	struct lists_view *lists = (struct lists_view *)view;
	if (list_act(lists_view_shown(lists), action, count, lists->height))
		return true;
	if (action == ACTION_BACK)
		return go_back(lists, app);
	if (action == ACTION_OPEN)
		open_selected(lists, app);
	else if (action == ACTION_TAB_NEXT || action == ACTION_TAB_PREVIOUS)
		show(lists, app, lists->shown + (action == ACTION_TAB_NEXT ? 1 : -1));
	else if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_GO_TO)
		app_ask_number(app, "go to row #");
	else if (action == ACTION_FILTER)
		app_ask(app, action,
			lists_view_shown(lists)->filter[0] ? "show only rows with: (Enter: all) "
							   : "show only rows with: ",
			"");
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(lists, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else if (action == ACTION_PAN_LEFT || action == ACTION_PAN_RIGHT)
		pan(lists, app, action == ACTION_PAN_RIGHT ? 1 : -1, count ? count : 1);
	else if (action == ACTION_BYTES)
		open_bytes(lists, app);
	else if (action == ACTION_COLUMNS)
		ask_columns(lists, app);
	else if (action == ACTION_FOLLOW)
		follow(lists, app);
	else if (action == ACTION_COPY)
		copy(lists, app);
	else if (action == ACTION_MARK)
		mark(lists, app, count);
	else if (action == ACTION_UNMARK)
		marks_clear(&lists_view_shown(lists)->marks);
	else if (action == ACTION_SORT_NEXT || action == ACTION_SORT_PREVIOUS ||
		 action == ACTION_SORT_REVERSE)
		sort(lists, app, action);
	else
		return false;
	return true;
}

/** A click at a column's title sorts by it, a second one the other way round. */
static void click_title(struct lists_view *lists, struct app *app, int column)
{
	struct list *list = lists_view_shown(lists);
	const char *name = lists_view_title_at(lists, &app->model, app->columns, column);
	if (!name)
		return;
	if (strcmp(list_order_name(list), name) == 0)
		list_reverse(list);
	else
		(void)list_sort_named(list, name, NULL);
	say_sorted(lists, app);
}

/**
 * A click selects a row, a click on the selected row opens it; in the rows above the list it shows
 * the list of that name, or sorts.
 */
static void click(struct view *view, struct app *app, int row, int column)
{
	struct lists_view *lists = (struct lists_view *)view;
	struct list *list = lists_view_shown(lists);
	int tab = row == LISTS_HEADER_ROWS - 2 ? lists_view_tab_at(lists, app->columns, column)
					       : -1;
	if (tab >= 0)
		show(lists, app, tab);
	else if (row == LISTS_HEADER_ROWS - 1)
		click_title(lists, app, column);
	if (row < LISTS_HEADER_ROWS || row >= LISTS_HEADER_ROWS + (int)lists->height)
		return;
	uint32_t at = list->top + (uint32_t)(row - LISTS_HEADER_ROWS);
	if (at >= list->count)
		return;
	bool is_again = at == list->selected && list->has_moved;
	list_move(list, (int64_t)at - (int64_t)list->selected);
	if (is_again)
		open_selected(lists, app);
}

static void close_lists(struct view *view)
{
	struct lists_view *lists = (struct lists_view *)view;
	for (int i = 0; i < LISTS; i++)
		list_clear(&lists->lists[i]);
	list_refresh_clear(&lists->work.refresh);
	tally_free(lists->work.counting);
	free(lists);
}

static void offer(struct view *view, struct app *app, struct save_offer *out)
{
	struct lists_view *lists = (struct lists_view *)view;
	out->list = lists_view_shown(lists);
	out->kind = out->list->kind;
	out->row = list_selected(out->list);
	out->number = out->row == NO_ROW ? 0 : rows_number(out->kind, &app->model, out->row);
	out->ending = "txt";
	snprintf(out->name, sizeof out->name, "%s", out->list->kind->name);
}

static const struct view_ops lists_ops = {
	.context = IN_LIST,
	.draw = lists_view_draw,
	.act = act,
	.refresh = refresh,
	.click = click,
	.answer = answer,
	.advise = advise,
	.offer = offer,
	.pin = lists_pin,
	.moved = lists_moved,
	.close = close_lists,
};

_Static_assert((int)LISTS == ROWS_KINDS, "each kind of rows has its list");

struct view *lists_view_open(const struct options *options)
{
	struct filter_fault fault;
	struct lists_view *lists = calloc(1, sizeof *lists);
	if (!lists)
		return NULL;
	lists->view.ops = &lists_ops;
	lists->came_from = -1;
	lists->tally.version = UINT64_MAX;
	for (int i = 0; i < LISTS; i++) {
		lists->basis[i].version = UINT64_MAX;
		list_start(&lists->lists[i], rows_kinds[i]);
		(void)list_choose_columns(&lists->lists[i], options->lists[i].columns, NULL);
		(void)list_sort_named(&lists->lists[i], options->lists[i].sort, NULL);
	}
	if (options->where &&
	    !list_set_filter(&lists->lists[LIST_DELIVERIES], options->where, &fault)) {
		close_lists(&lists->view);
		return NULL;
	}
	return &lists->view;
}
