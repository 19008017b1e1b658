/* SPDX-License-Identifier: MIT */
/*
 * The first screen:
 *
 *     smtpscope  q154083.pcap                        timer 90 s  gaps 0  dropped 0
 *     5 deliveries: 1 duplicated, 1 in doubt          deliveries  sessions  notes
 *       # when     from         to           subject  try copies waited why
 *     ▸ 3 10:02:11 alice@msn.e… bob@example… quarter…   3      3 90.1 s reply-late
 */
#include "app.h"
#include "report.h"
#include "rows.h"
#include "screen.h"
#include "timetext.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_DELIVERIES, LIST_SESSIONS, LIST_NOTES, LISTS };

#define HEADER_ROWS 3 /* title, counts, column titles */

struct lists_view {
	struct view view;
	struct list lists[LISTS];
	int shown;
	uint64_t version;  /* of the ledger when the shown list was brought up to date */
	int64_t timer_ns;  /* and the timer that it was judged by */
	uint32_t height;   /* rows of the list when it was drawn last */
};

static struct list *shown_list(struct lists_view *lists)
{
	return &lists->lists[lists->shown];
}

/* ---- Drawing ------------------------------------------------------------------------------ */

/** "a.pcap", "a.pcap and 2 more": what is looked at. */
static void name_inputs(const struct model *model, char *out, size_t size)
{
	struct source *source = analysis_source(model->analysis);
	size_t count = source_inputs(source);
	const char *name = count ? source_input(source, 0)->name : "";
	const char *slash = strrchr(name, '/');
	if (slash && slash[1])
		name = slash + 1;
	if (strcmp(name, "-") == 0)
		name = "standard input";
	if (count > 1)
		snprintf(out, size, "%s and %zu more", name, count - 1);
	else
		snprintf(out, size, "%s", name);
}

static void draw_title(const struct app *app, struct canvas *canvas)
{
	const struct model *model = &app->model;
	char name[256];
	char facts[192];
	bool ascii = model->is_ascii;
	uint64_t gaps = analysis_tcp(model->analysis)->gaps;
	uint64_t dropped = notes_dropped(model);
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	snprintf(facts, sizeof facts, "timer %s  gaps %s  dropped %s",
		 duration_short_text(deliveries_timer(model->deliveries)).s, number_text(gaps).s,
		 number_text(dropped).s);
	int facts_column = canvas->columns - (int)strlen(facts) - 1;
	screen_text(canvas, 0, facts_column, (int)strlen(facts), facts, ascii,
		    gaps || dropped ? SCREEN_WARNING : SCREEN_TITLE);
	name_inputs(model, name, sizeof name);
	screen_text(canvas, 0, 1, 9, "smtpscope", ascii, SCREEN_TITLE);
	screen_text(canvas, 0, 12, facts_column - 14, name, ascii, SCREEN_TITLE);
}

/** How much of the input was read, 0 to 1; negative: nobody knows. */
static double share_read(const struct model *model)
{
	struct source *source = analysis_source(model->analysis);
	uint64_t read = 0;
	uint64_t total = 0;
	for (size_t i = 0; i < source_inputs(source); i++) {
		const struct source_input *input = source_input(source, i);
		if (!input->total_bytes)
			return -1;
		read += input->read_bytes;
		total += input->total_bytes;
	}
	return total ? (double)read / (double)total : -1;
}

static int draw_tabs(const struct lists_view *lists, const struct app *app, struct canvas *canvas)
{
	int column = canvas->columns - 1;
	for (int i = LISTS - 1; i >= 0; i--) {
		const char *name = lists->lists[i].kind->name;
		char text[32];
		snprintf(text, sizeof text, i == lists->shown ? "[%s]" : " %s ", name);
		column -= (int)strlen(text);
		screen_text(canvas, 1, column, (int)strlen(text), text, app->model.is_ascii,
			    i == lists->shown ? SCREEN_HEADING : SCREEN_DIM);
	}
	return column;
}

static int draw_progress(const struct app *app, struct canvas *canvas)
{
	const struct model *model = &app->model;
	char text[64] = "reading";
	double share = share_read(model);
	if (share < 0) {
		snprintf(text, sizeof text, "%s packets",
			 number_text(analysis_packets(model->analysis)).s);
		screen_text_right(canvas, 1, canvas->columns - 24, 23, text, true, SCREEN_STRONG);
		return canvas->columns - 25;
	}
	snprintf(text, sizeof text, "%3.0f %%", share * 100);
	screen_bar(canvas, 1, canvas->columns - 25, 18, share, model->is_ascii, SCREEN_BAR);
	screen_text_right(canvas, 1, canvas->columns - 7, 6, text, true, SCREEN_STRONG);
	return canvas->columns - 26;
}

/** One item of the sums: "3 duplicated", in the colour of its state. */
static int draw_sum(const struct app *app, struct canvas *canvas, int column, int end,
		    enum delivery_state state, const char *name)
{
	char text[64];
	uint32_t count = deliveries_in_state(app->model.deliveries, state);
	int columns = snprintf(text, sizeof text, "  %s %s", number_text(count).s, name);
	if (!count || column + columns > end)
		return column;
	return column + screen_text(canvas, 1, column, end - column, text, app->model.is_ascii,
				    screen_state_style(state));
}

static void draw_sums(const struct app *app, struct canvas *canvas, int end)
{
	char text[64];
	uint32_t count = deliveries_count(app->model.deliveries);
	snprintf(text, sizeof text, "%s %s", number_text(count).s,
		 count == 1 ? "delivery" : "deliveries");
	int column = 1 + screen_text(canvas, 1, 1, end - 1, text, true, SCREEN_STRONG);
	column = draw_sum(app, canvas, column, end, STATE_DUPLICATED, "duplicated");
	column = draw_sum(app, canvas, column, end, STATE_MAYBE_DUPLICATED, "maybe");
	column = draw_sum(app, canvas, column, end, STATE_IN_DOUBT, "in doubt");
	draw_sum(app, canvas, column, end, STATE_UNDELIVERED, "undelivered");
}

static void draw_cell(const struct app *app, struct canvas *canvas, int row, int column, int width,
		      const struct column *kind, const char *text, enum screen_style style)
{
	if (kind->is_right)
		screen_text_right(canvas, row, column, width, text, app->model.is_ascii, style);
	else
		screen_text(canvas, row, column, width, text, app->model.is_ascii, style);
}

static void draw_row(const struct list *list, const struct app *app, struct canvas *canvas,
		     int line, const int *widths, uint32_t row)
{
	const struct rows_kind *kind = list->kind;
	enum screen_style style = kind->style(&app->model, row);
	struct cell_text cell;
	int column = 1;
	for (size_t i = 0; i < kind->column_count; i++) {
		if (!widths[i])
			continue;
		kind->columns[i].print(&app->model, row, &cell);
		draw_cell(app, canvas, line, column, widths[i], &kind->columns[i], cell.text,
			  style);
		column += widths[i] + 1;
	}
}

static void draw_headings(const struct list *list, const struct app *app, struct canvas *canvas,
			  const int *widths)
{
	int column = 1;
	for (size_t i = 0; i < list->kind->column_count; i++) {
		if (!widths[i])
			continue;
		bool is_sorted = list->sort == i;
		draw_cell(app, canvas, 2, column, widths[i], &list->kind->columns[i],
			  list->kind->columns[i].name, is_sorted ? SCREEN_STRONG : SCREEN_HEADING);
		column += widths[i] + 1;
	}
}

static void draw_empty(const struct list *list, const struct app *app, struct canvas *canvas)
{
	char no_mail[NO_MAIL_TEXT];
	const char *text = list->kind->empty;
	if (list->filter[0])
		text = "no row fits the filter (& and Enter show all again)";
	else if (app->model.is_loading)
		text = "reading...";
	else if (!app->model.is_live && report_no_mail(app->model.analysis, no_mail))
		text = no_mail;
	screen_prose(canvas, HEADER_ROWS + 1, 2, 6, canvas->columns - 4, text, app->model.is_ascii,
		     SCREEN_TEXT);
}

static void draw_list(struct list *list, const struct app *app, struct canvas *canvas,
		      uint32_t height)
{
	int widths[MOST_COLUMNS];
	columns_fit(list->kind->columns, list->kind->column_count, canvas->columns - 1, widths);
	draw_headings(list, app, canvas, widths);
	list_fit(list, height);
	for (uint32_t i = 0; i < height && list->top + i < list->count; i++) {
		int line = HEADER_ROWS + (int)i;
		draw_row(list, app, canvas, line, widths, list->order[list->top + i]);
		if (list->top + i == list->selected) {
			screen_text(canvas, line, 0, 1, app->model.is_ascii ? ">" : "▸",
				    app->model.is_ascii, SCREEN_STRONG);
			screen_select(canvas, line);
		}
	}
	if (!list->count)
		draw_empty(list, app, canvas);
}

static void draw(struct view *view, struct app *app, struct canvas *canvas)
{
	struct lists_view *lists = (struct lists_view *)view;
	lists->height = (uint32_t)(canvas->rows - HEADER_ROWS - 1);
	draw_title(app, canvas);
	int end = app->model.is_loading ? draw_progress(app, canvas)
					: draw_tabs(lists, app, canvas);
	draw_sums(app, canvas, end - 1);
	draw_list(shown_list(lists), app, canvas, lists->height);
}

/* ---- Acting ------------------------------------------------------------------------------- */

static void refresh(struct lists_view *lists, struct app *app)
{
	lists->version = ledger_version(app->model.ledger);
	lists->timer_ns = deliveries_timer(app->model.deliveries);
	if (!list_refresh(shown_list(lists), &app->model))
		app_say(app, "no memory to sort this list");
}

static void update(struct view *view, struct app *app)
{
	struct lists_view *lists = (struct lists_view *)view;
	bool is_same = lists->version == ledger_version(app->model.ledger) &&
		       lists->timer_ns == deliveries_timer(app->model.deliveries);
	if (!is_same || lists->shown == LIST_NOTES)
		refresh(lists, app);
}

static void search(struct lists_view *lists, struct app *app, int by)
{
	uint32_t which;
	uint32_t all;
	if (!app->needle[0])
		app_say(app, "nothing was searched yet: / searches");
	else if (list_search(shown_list(lists), &app->model, app->needle, by, &which, &all))
		app_say(app, "%u of %u with: %s", which, all, app->needle);
	else
		app_say(app, "not found: %s", app->needle);
}

static void answer(struct view *view, struct app *app, enum action asked, const char *text)
{
	struct lists_view *lists = (struct lists_view *)view;
	struct list *list = shown_list(lists);
	if (asked == ACTION_SEARCH) {
		snprintf(app->needle, sizeof app->needle, "%s", text);
		search(lists, app, 1);
	} else if (asked == ACTION_FILTER) {
		snprintf(list->filter, sizeof list->filter, "%s", text);
		refresh(lists, app);
		if (text[0])
			app_say(app, "%u of %u %s hold %s", list->count,
				list->kind->count(&app->model), list->kind->name, text);
	}
}

static void open_selected(struct lists_view *lists, struct app *app)
{
	uint32_t row = list_selected(shown_list(lists));
	if (row == NO_ROW)
		return;
	shown_list(lists)->has_moved = true;
	if (lists->shown == LIST_DELIVERIES)
		app_open(app, lanes_view_open(app, &lists->lists[LIST_DELIVERIES]));
	else if (lists->shown == LIST_SESSIONS)
		app_open(app, ladder_view_open(app, row, NO_EVENT));
	else
		app_open(app, text_view_open(app->notes.items[row].what,
					     app->notes.items[row].meaning));
}

static void show(struct lists_view *lists, struct app *app, int which)
{
	lists->shown = (which + LISTS) % LISTS;
	refresh(lists, app);
}

static void sort(struct lists_view *lists, struct app *app, enum action action)
{
	struct list *list = shown_list(lists);
	if (action == ACTION_SORT_REVERSE)
		list->is_reversed = !list->is_reversed;
	else
		list_sort_by(list, action == ACTION_SORT_NEXT ? 1 : -1);
	refresh(lists, app);
	app_say(app, "sorted by: %s%s", list_order_name(list),
		list->is_reversed ? ", reversed" : "");
}

static bool act(struct view *view, struct app *app, enum action action, uint32_t count)
{
	struct lists_view *lists = (struct lists_view *)view;
	if (list_act(shown_list(lists), action, count, lists->height))
		return true;
	if (action == ACTION_OPEN)
		open_selected(lists, app);
	else if (action == ACTION_TAB_NEXT || action == ACTION_TAB_PREVIOUS)
		show(lists, app, lists->shown + (action == ACTION_TAB_NEXT ? 1 : -1));
	else if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_FILTER)
		app_ask(app, action, "show only rows with: ", shown_list(lists)->filter);
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(lists, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else if (action == ACTION_SORT_NEXT || action == ACTION_SORT_PREVIOUS ||
		 action == ACTION_SORT_REVERSE)
		sort(lists, app, action);
	else
		return false;
	return true;
}

/** A click selects a row, a click on the selected row opens it. */
static void click(struct view *view, struct app *app, int row, int column)
{
	struct lists_view *lists = (struct lists_view *)view;
	struct list *list = shown_list(lists);
	(void)column;
	if (row < HEADER_ROWS || row >= HEADER_ROWS + (int)lists->height)
		return;
	uint32_t at = list->top + (uint32_t)(row - HEADER_ROWS);
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
	free(lists);
}

static const struct view_ops lists_ops = {
	.context = IN_LIST,
	.draw = draw,
	.act = act,
	.update = update,
	.click = click,
	.answer = answer,
	.close = close_lists,
};

struct view *lists_view_open(void)
{
	struct lists_view *lists = calloc(1, sizeof *lists);
	if (!lists)
		return NULL;
	lists->view.ops = &lists_ops;
	lists->version = UINT64_MAX;
	list_start(&lists->lists[LIST_DELIVERIES], &rows_deliveries);
	list_start(&lists->lists[LIST_SESSIONS], &rows_sessions);
	list_start(&lists->lists[LIST_NOTES], &rows_notes);
	return &lists->view;
}
