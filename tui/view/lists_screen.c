/* SPDX-License-Identifier: MIT */
/*
 * The first screen:
 *
 *     smtpscope  q154083.pcap                        timer 90 s  gaps 0  dropped 0
 *     5 deliveries  1 duplicated  1 in doubt         [deliveries] sessions  notes
 *       # when     from         to           subject  try copies waited why
 *     ▸ 3 10:02:11 alice@msn.e… bob@example… quarter…   3      3 90.1 s reply-late
 *     (more rows)
 *     ── DUPLICATED, 3 copies ────────────────────────────────────────────────────
 *      alice@msn.example -> bob@example.net  "quarterly figures"
 *      twice the 250 came 10 s after the sender had given up; attempt 3 was confirmed
 *      attempt 1  10:02:11  250 too late, at 100 s
 */
#include "view/lists_view.h"

#include "report.h"
#include "terminal/screen.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

#define WIDE_TABS 100  /* columns from which on all lists are named */
#define WIDE_TITLE 64 /* columns from which on the title has room for all facts */

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
	const char *how = model->is_live ? " (live)" : model->is_growing ? " (growing)" : "";
	if (count > 1)
		snprintf(out, size, "%s and %zu more%s", name, count - 1, how);
	else
		snprintf(out, size, "%s%s", name, how);
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

/** "let go 12 000  ", or nothing. */
static void print_let_go(const struct model *model, char *out, size_t size)
{
	uint64_t sessions = deliveries_let_go(model->deliveries)->sessions;
	out[0] = '\0';
	if (sessions)
		snprintf(out, size, "let go %s  ", number_text(sessions).s);
}

static void draw_title(const struct lists_view *lists, const struct app *app,
		       struct canvas *canvas)
{
	const struct model *model = &app->model;
	char name[256];
	char facts[512];
	bool ascii = model->is_ascii;
	uint64_t gaps = analysis_tcp(model->analysis)->gaps;
	uint64_t dropped = notes_dropped(model);
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	struct time_text timer = duration_short_text(deliveries_timer(model->deliveries));
	uint32_t marked = lists->lists[lists->shown].marks.count;
	char marks[64] = "";
	if (marked)
		snprintf(marks, sizeof marks, "%s marked  ", number_text(marked).s);
	char warnings[64] = "";
	uint32_t warned = app->notes.warning_count;
	if (warned)
		snprintf(warnings, sizeof warnings, "warnings %s  ", number_text(warned).s);
	char packets[64] = "";
	if (share_read(model) < 0 || model->is_live)
		snprintf(packets, sizeof packets, "packets %s  ",
			 number_text(analysis_packets(model->analysis)).s);
	char gone[64];
	print_let_go(model, gone, sizeof gone);
	if (canvas->columns >= WIDE_TITLE)
		snprintf(facts, sizeof facts, "%s%s%s%s%stimer %s  gaps %s  dropped %s", marks,
			 lists->lists[lists->shown].follows ? "FOLLOWING  " : "",
			 packets, warnings, gone, timer.s, number_text(gaps).s,
			 number_text(dropped).s);
	else
		snprintf(facts, sizeof facts, "%s%stimer %s", marks, gone, timer.s);
	int facts_column = canvas->columns - (int)strlen(facts) - 1;
	enum screen_style style = gaps || dropped || warned ? SCREEN_WARNING : SCREEN_TITLE;
	screen_text(canvas, 0, facts_column, (int)strlen(facts), facts, ascii, style);
	screen_paint(canvas, 0, canvas->columns - 1, 1, style);
	name_inputs(model, name, sizeof name);
	screen_text(canvas, 0, 1, 9, "smtpscope", ascii, SCREEN_TITLE);
	screen_text(canvas, 0, 12, facts_column - 14, name, ascii, SCREEN_TITLE);
}

/** "[servers] > senders": where there is no room for the names of all lists. */
static int draw_short_tabs(const struct lists_view *lists, const struct app *app,
			   struct canvas *canvas)
{
	char shown[32], next[32];
	bool ascii = app->model.is_ascii;
	snprintf(shown, sizeof shown, "[%s]", lists->lists[lists->shown].kind->name);
	snprintf(next, sizeof next, " > %s", lists->lists[(lists->shown + 1) % LISTS].kind->name);
	int column = canvas->columns - 1 - (int)(strlen(shown) + strlen(next));
	screen_text(canvas, 1, column, (int)strlen(shown), shown, ascii, SCREEN_HEADING);
	screen_text(canvas, 1, column + (int)strlen(shown), (int)strlen(next), next, ascii,
		    SCREEN_DIM);
	return column;
}

int lists_view_tab_at(const struct lists_view *lists, int columns, int column)
{
	int end = columns - 1;
	if (columns < WIDE_TABS) {
		int next = (lists->shown + 1) % LISTS;
		return column < end && column >= end - (int)strlen(lists->lists[next].kind->name)
			       ? next
			       : -1;
	}
	for (int i = LISTS - 1; i >= 0; i--) {
		int start = end - (int)strlen(lists->lists[i].kind->name) - 2;
		if (column >= start && column < end)
			return i;
		end = start;
	}
	return -1;
}

static int draw_tabs(const struct lists_view *lists, const struct app *app, struct canvas *canvas)
{
	int column = canvas->columns - 1;
	if (canvas->columns < WIDE_TABS)
		return draw_short_tabs(lists, app, canvas);
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

/** "[████····]  45 %" in place of the names of the lists. */
static int draw_progress(const struct app *app, struct canvas *canvas, double share)
{
	char text[32];
	snprintf(text, sizeof text, "%3.0f %%", share * 100);
	screen_bar(canvas, 1, canvas->columns - 25, 18, share, app->model.is_ascii, SCREEN_BAR);
	screen_text_right(canvas, 1, canvas->columns - 7, 6, text, true, SCREEN_STRONG);
	return canvas->columns - 26;
}

/** "[██····]  searching 120 000 of 1 000 000" in their place; the bar where there is room. */
static int draw_task(const struct task *task, const struct app *app, struct canvas *canvas)
{
	char text[TASK_TEXT];
	bool ascii = app->model.is_ascii;
	int width = (int)strlen(task_tell(task, text));
	int column = canvas->columns - 1 - width;
	screen_text(canvas, 1, column, width, text, ascii, SCREEN_STRONG);
	if (canvas->columns < WIDE_TABS)
		return column - 1;
	screen_bar(canvas, 1, column - 20, 18, task_share(task), ascii, SCREEN_BAR);
	return column - 21;
}

/** What stands at the right of the sums; returns where they end. */
static int draw_right(const struct lists_view *lists, const struct app *app, struct canvas *canvas)
{
	double share = app->model.is_loading ? share_read(&app->model) : 1;
	if (app_task(app))
		return draw_task(app_task(app), app, canvas);
	if (share >= 0 && share < 1) /* of a pipe nobody knows how much is to come */
		return draw_progress(app, canvas, share);
	return draw_tabs(lists, app, canvas);
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

static void draw_sums(const struct app *app, struct canvas *canvas, int end, const char *filter)
{
	char text[64];
	uint32_t count = 0;
	for (int state = 0; state < STATES; state++)
		count += deliveries_in_state(app->model.deliveries, (enum delivery_state)state);
	snprintf(text, sizeof text, "%s %s", number_text(count).s,
		 count == 1 ? "delivery" : "deliveries");
	int column = 1 + screen_text(canvas, 1, 1, end - 1, text, true, SCREEN_STRONG);
	column = draw_sum(app, canvas, column, end, STATE_DUPLICATED, "duplicated");
	bool has_duplicated = deliveries_in_state(app->model.deliveries, STATE_DUPLICATED) > 0;
	column = draw_sum(app, canvas, column, end, STATE_MAYBE_DUPLICATED,
			  has_duplicated ? "maybe" : "maybe duplicated");
	column = draw_sum(app, canvas, column, end, STATE_IN_DOUBT, "in doubt");
	column = draw_sum(app, canvas, column, end, STATE_UNDELIVERED, "undelivered");
	if (!filter[0])
		return;
	column += screen_text(canvas, 1, column, end - column, "  only: ", true, SCREEN_WARNING);
	screen_text(canvas, 1, column, end - column, filter, app->model.is_ascii, SCREEN_WARNING);
}

static void draw_cell(const struct app *app, struct canvas *canvas, int row, int column, int width,
		      const struct column *kind, const char *text, enum screen_style style)
{
	if (kind->is_right)
		screen_text_right(canvas, row, column, width, text, app->model.is_ascii, style);
	else
		screen_text(canvas, row, column, width, text, app->model.is_ascii, style);
}

/** The columns on the screen, and how wide each is (0: there is no room for it). */
struct drawn_columns {
	struct column columns[MOST_COLUMNS];
	int widths[MOST_COLUMNS];
	size_t count;
};

/** Numbers have the room that the greatest one needs: rows are looked up by them. */
static void fit_numbers(struct drawn_columns *drawn, const struct list *list,
			const struct model *model)
{
	int digits = snprintf(NULL, 0, "%u", rows_last_number(list->kind, model));
	for (size_t i = 0; i < drawn->count && list->kind->number; i++) {
		struct column *column = &drawn->columns[i];
		if (strcmp(column->name, "#") == 0 && digits > column->width)
			column->width = (uint8_t)digits;
		if (column->width > column->most)
			column->most = column->width;
	}
}

static struct drawn_columns place_columns(const struct list *list, const struct model *model,
					  int width)
{
	struct drawn_columns drawn;
	drawn.count = list_columns(list, drawn.columns);
	fit_numbers(&drawn, list, model);
	columns_fit(drawn.columns, drawn.count, width, drawn.widths);
	return drawn;
}

static void draw_row(const struct list *list, const struct app *app, struct canvas *canvas,
		     int line, const struct drawn_columns *drawn, uint32_t row)
{
	enum screen_style style = list->kind->style(&app->model, row);
	struct cell_text cell;
	int column = 1;
	screen_paint(canvas, line, 0, canvas->columns, style);
	for (size_t i = 0; i < drawn->count; i++) {
		if (!drawn->widths[i])
			continue;
		drawn->columns[i].print(&app->model, row, &cell);
		draw_cell(app, canvas, line, column, drawn->widths[i], &drawn->columns[i],
			  cell.text, style);
		column += drawn->widths[i] + 1;
	}
}

const char *lists_view_title_at(const struct lists_view *lists, const struct model *model,
				int columns, int column)
{
	const struct list *list = &lists->lists[lists->shown];
	const struct drawn_columns drawn = place_columns(list, model, columns - 1);
	int start = 1;
	for (size_t i = 0; i < drawn.count; i++) {
		if (drawn.widths[i] && column >= start && column < start + drawn.widths[i])
			return drawn.columns[i].name;
		start += drawn.widths[i] + (drawn.widths[i] > 0);
	}
	return NULL;
}

static void draw_headings(const struct list *list, const struct app *app, struct canvas *canvas,
			  const struct drawn_columns *drawn)
{
	int column = 1;
	const char *sorted = list->sort == SORT_RANK ? "" : list->columns[list->sort].name;
	for (size_t i = 0; i < drawn->count; i++) {
		const struct column *title = &drawn->columns[i];
		if (!drawn->widths[i])
			continue;
		draw_cell(app, canvas, 2, column, drawn->widths[i], title, title->name,
			  strcmp(title->name, sorted) == 0 ? SCREEN_STRONG : SCREEN_HEADING);
		column += drawn->widths[i] + 1;
	}
}

/** What the first list says as long as nothing has come. */
static void tell_waiting(const struct model *model, char *out, size_t size)
{
	const char *name = source_input(analysis_source(model->analysis), 0)->name;
	struct time_text packets = number_text(analysis_packets(model->analysis));
	if (!model->is_live)
		snprintf(out, size, "nothing yet, in %s packets: what is added to the file is read",
			 packets.s);
	else if (model->watched)
		snprintf(out, size, "nothing yet, in %s packets: watching %s for %s", packets.s,
			 name, model->watched);
	else
		snprintf(out, size,
			 "nothing yet, in %s packets: watching %s for TCP on ports 24, 25, 465, 587 "
			 "and 2525 (another one: -i %s tcp port 26)",
			 packets.s, name, name);
}

static void draw_empty(const struct list *list, const struct app *app, struct canvas *canvas)
{
	char no_mail[NO_MAIL_TEXT];
	char waiting[512];
	bool is_waiting = app->model.is_live || app->model.is_growing;
	const char *text = list->kind->empty;
	if (app_is_busy(app)) {
		text = "one moment...";
	} else if (list->filter[0]) {
		text = "no row fits the filter (& and Enter show all again)";
	} else if (is_waiting) {
		tell_waiting(&app->model, waiting, sizeof waiting);
		text = waiting;
	} else if (app->model.is_loading) {
		text = "reading...";
	} else if (!app->model.is_live && report_no_mail(app->model.analysis, no_mail)) {
		text = no_mail;
	}
	screen_prose(canvas, LISTS_HEADER_ROWS + 1, 2, 6, canvas->columns - 4, text,
		     app->model.is_ascii, SCREEN_TEXT);
}

/** What stands before a row. */
static const char *row_sign(bool is_selected, bool is_marked, bool ascii)
{
	if (is_selected && is_marked)
		return ascii ? "#" : "◆";
	if (is_selected)
		return ascii ? ">" : "▸";
	return is_marked ? "*" : "";
}

static void draw_list(struct list *list, const struct app *app, struct canvas *canvas,
		      uint32_t height)
{
	const struct drawn_columns drawn = place_columns(list, &app->model, canvas->columns - 1);
	draw_headings(list, app, canvas, &drawn);
	list_fit(list, height);
	for (uint32_t i = 0; i < height && list->top + i < list->count; i++) {
		int line = LISTS_HEADER_ROWS + (int)i;
		uint32_t row = list->order[list->top + i];
		bool is_selected = list->top + i == list->selected;
		bool is_marked = marks_has(&list->marks, row);
		bool ascii = app->model.is_ascii;
		draw_row(list, app, canvas, line, &drawn, row);
		screen_text(canvas, line, 0, 1, row_sign(is_selected, is_marked, ascii), ascii,
			    SCREEN_STRONG);
		if (is_selected)
			screen_select(canvas, line);
	}
	if (!list->count)
		draw_empty(list, app, canvas);
}

#define MOST_DETAILS 7
#define LEAST_DETAILS 3

/**
 * Rows below the list for its selected row in full, with their rule. Where there are few on the
 * screen they have those that COUNT rows of the list leave.
 */
static int details_rows(int rows, uint32_t count)
{
	int wanted = rows >= 22 ? MOST_DETAILS : rows >= 16 ? 4 : 0;
	int64_t left = rows - LISTS_HEADER_ROWS - 1 - (int64_t)count;
	if (left > MOST_DETAILS)
		left = MOST_DETAILS;
	return left > wanted && left >= LEAST_DETAILS && count ? (int)left : wanted;
}

static void draw_details(const struct list *list, const struct app *app, struct canvas *canvas,
			 int row, int rows)
{
	struct prose prose;
	char title[128];
	bool ascii = app->model.is_ascii;
	uint32_t selected = list_selected(list);
	screen_rule(canvas, row, 0, ascii);
	if (selected == NO_ROW)
		return;
	list->kind->tell(&app->model, selected, &prose);
	size_t n = strcspn(prose.text, "\n");
	snprintf(title, sizeof title, " %.*s ", (int)n, prose.text);
	screen_text(canvas, row, 2, canvas->columns - 4, title, ascii,
		    list->kind->style(&app->model, selected));
	screen_prose(canvas, row + 1, 1, rows - 1, canvas->columns - 2,
		     prose.text + n + (prose.text[n] == '\n'), ascii, SCREEN_TEXT);
}

void lists_view_draw(struct view *view, struct app *app, struct canvas *canvas)
{
	struct lists_view *lists = (struct lists_view *)view;
	int details = details_rows(canvas->rows, lists_view_shown(lists)->count);
	lists->height = (uint32_t)(canvas->rows - LISTS_HEADER_ROWS - details - 1);
	draw_title(lists, app, canvas);
	int end = draw_right(lists, app, canvas);
	draw_sums(app, canvas, end - 1, lists_view_shown(lists)->filter);
	draw_list(lists_view_shown(lists), app, canvas, lists->height);
	if (details)
		draw_details(lists_view_shown(lists), app, canvas, canvas->rows - 1 - details,
			     details);
}
