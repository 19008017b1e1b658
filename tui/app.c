/* SPDX-License-Identifier: MIT */
#include "app.h"

#include "clipboard.h"
#include "packet_log.h"
#include "prompt_line.h"
#include "screen.h"
#include "theme.h"
#include "timetext.h"
#include "views.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct view *app_top(const struct app *app)
{
	return app->views[app->view_count - 1];
}

bool app_init(struct app *app, struct analysis *analysis, const struct options *options)
{
	memset(app, 0, sizeof *app);
	app->model = model_over(analysis);
	app->model.notes = &app->notes;
	app->tally = tally_new();
	app->model.tally = app->tally;
	app->model.is_ascii = options->is_ascii;
	app->model.shows_secrets = options->shows_secrets;
	app->model.when = options->when;
	app->model.is_live = options->interface != NULL;
	app->model.is_growing = options->is_follow;
	app->model.watched = options->filter;
	app->theme = options->theme;
	app->has_mouse = !options->no_mouse;
	app->was_root = geteuid() == 0;
	app_open(app, lists_view_open(options));
	if (!app->view_count || !app->tally)
		return false;
	app_update(app, NO_TIME);
	return true;
}

static void close_view(struct app *app)
{
	struct view *view = app->views[--app->view_count];
	app->is_moving = false;
	if (view == app->help)
		app->help = NULL;
	view->ops->close(view);
}

void app_clear(struct app *app)
{
	save_clear(app);
	free(app->copied);
	app->copied = NULL;
	while (app->view_count)
		close_view(app);
	tally_free(app->tally);
	app->tally = NULL;
}

void app_say(struct app *app, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(app->message, sizeof app->message, format, arguments);
	va_end(arguments);
	app->is_changed = true;
}

void app_warn(struct app *app, const struct fault *fault)
{
	notes_warn(&app->notes, fault);
	app_say(app, "%s", fault->text);
}

void app_copy(struct app *app, const char *what, const char *text)
{
	free(app->copied);
	app->copied = strndup(text, CLIPBOARD_MOST + 1);
	if (!app->copied)
		app_say(app, "not copied: no memory");
	else
		app_say(app, "copied: %s", what);
}

bool app_search(struct app *app, struct search *search, int by, uint32_t *row)
{
	struct search_found found;
	search->needle = app->needle;
	if (!app->needle[0]) {
		app_say(app, "nothing was searched yet: / searches");
		return false;
	}
	if (!search_run(search, by, &found)) {
		app_say(app, "not found: %s", app->needle);
		return false;
	}
	app_say(app, "%u of %u with: %s", found.which, found.all, app->needle);
	*row = found.row;
	return true;
}

void app_open(struct app *app, struct view *view)
{
	if (!view) {
		app_say(app, "no memory for another screen");
		return;
	}
	if (app->view_count == MOST_VIEWS) {
		view->ops->close(view);
		return;
	}
	app->is_moving = false;
	app->views[app->view_count++] = view;
	app->is_changed = true;
}

struct view *app_below(const struct app *app)
{
	return app->view_count > 1 ? app->views[app->view_count - 2] : NULL;
}

void app_close(struct app *app)
{
	close_view(app);
	if (app_top(app)->ops->update)
		app_top(app)->ops->update(app_top(app), app);
	app->is_changed = app->is_stale = true;
}

/** Says of the open prompt what is wrong with it, and what may be typed. */
static void advise(struct app *app)
{
	struct view *view = app_top(app);
	int64_t timer_ns;
	if (app->asked == ACTION_TIMER) {
		snprintf(app->prompt.hint, sizeof app->prompt.hint,
			 "how long the sender waits for the confirmation: MSN 90 s (Q154083), "
			 "RFC 5321 asks for 10m");
		if (app->prompt.len && !duration_parse(app->prompt.text, &timer_ns))
			prompt_mark(&app->prompt, 0, app->prompt.len, "not a time; say 90, 90s or 10m");
	} else if (app->asked == ACTION_GO_TO) {
		uint32_t number;
		if (app->prompt.len && !prompt_number(app->prompt.text, &number))
			prompt_mark(&app->prompt, 0, app->prompt.len, "not a number");
	} else if (view->ops->advise) {
		view->ops->advise(view, app, app->asked, &app->prompt);
	}
}

void app_ask(struct app *app, enum action asked, const char *question, const char *text)
{
	app->asked = asked;
	app->question = question;
	prompt_start(&app->prompt, text);
	prompt_history_begin(&app->history);
	advise(app);
	app->is_changed = true;
}

void app_ask_number(struct app *app, const char *question)
{
	app_ask(app, ACTION_GO_TO, question, "");
}

void app_refuse(struct app *app, enum action asked, const struct filter_fault *fault)
{
	app->asked = asked;
	prompt_refuse(&app->prompt, fault->at, fault->length, fault->fault.text);
	app->is_changed = true;
}

/* ---- The model ---------------------------------------------------------------------------- */

static int64_t first_packet_ns(struct source *source)
{
	int64_t first = NO_TIME;
	for (size_t i = 0; i < source_inputs(source); i++) {
		const struct source_input *input = source_input(source, i);
		if (input->packets && (first == NO_TIME || input->first_ns < first))
			first = input->first_ns;
	}
	return first;
}

enum source_state app_read(struct app *app, uint32_t max_packets)
{
	struct fault fault = {0};
	enum source_state state = analysis_read(app->model.analysis, max_packets, &fault);
	switch (state) {
	case SOURCE_WARNING:
		app_warn(app, &fault);
		break;
	case SOURCE_END:
		app->has_ended = true;
		break;
	case SOURCE_PACKET:
	case SOURCE_WAIT:
		break;
	}
	return state;
}

static void update_views(struct app *app)
{
	for (int i = 0; i < app->view_count; i++)
		if (app->views[i]->ops->update)
			app->views[i]->ops->update(app->views[i], app);
}

bool app_update_some(struct app *app, uint32_t most)
{
	bool goes_on = analysis_update_some(app->model.analysis, most);
	update_views(app);
	return goes_on;
}

void app_update(struct app *app, int64_t live_ns)
{
	struct model *model = &app->model;
	if (!analysis_update(model->analysis, model->is_live ? live_ns : NO_TIME))
		app_say(app, "out of memory: what is shown is incomplete");
	model->now_ns =
		model->is_live && live_ns != NO_TIME ? live_ns : analysis_now(model->analysis);
	model->origin_ns = model->reference_ns != NO_TIME
				   ? model->reference_ns
				   : first_packet_ns(analysis_source(model->analysis));
	model->is_loading = !app->has_ended && !model->is_live;
	update_views(app);
	app->has_news = app->is_stale = true;
}

void app_refresh(struct app *app)
{
	struct view *view = app_top(app);
	app->is_stale = false;
	if (view->ops->refresh)
		view->ops->refresh(view, app);
}

void app_tick(struct app *app, int64_t clock_ns)
{
	struct view *view = app_top(app);
	app->clock_ns = clock_ns;
	if (view->ops->tick && view->ops->tick(view, app, clock_ns))
		app->is_changed = true;
}

/* ---- Tasks -------------------------------------------------------------------------------- */

#define TOLD_AFTER_NS (100 * NS_PER_MS) /* what takes less would only flicker */

void app_start(struct app *app, struct task *task)
{
	task->started_ns = app->clock_ns;
	tasks_add(&app->tasks, task);
	while (!tasks_have(&app->tasks, task) && task->step(task, app))
		; /* there is no place for one more */
}

void app_stop(struct app *app, struct task *task)
{
	tasks_remove(&app->tasks, task);
}

bool app_is_busy(const struct app *app)
{
	return app->tasks.count > 0;
}

void app_work(struct app *app)
{
	struct task *task = tasks_newest(&app->tasks);
	if (!task || task->step(task, app))
		return;
	tasks_remove(&app->tasks, task);
	app->is_changed = true;
}

void app_finish(struct app *app)
{
	while (app->is_stale || app_is_busy(app)) {
		if (app_is_busy(app))
			app_work(app);
		else
			app_refresh(app);
	}
}

const struct task *app_task(const struct app *app)
{
	const struct task *task = NULL;
	for (int i = 0; i < app->tasks.count; i++)
		if (app->tasks.all[i]->name)
			task = app->tasks.all[i];
	return task && app->clock_ns - task->started_ns >= TOLD_AFTER_NS ? task : NULL;
}

/** Cancels the newest task that can be. False: there is none. */
static bool cancel_task(struct app *app)
{
	for (int i = app->tasks.count; i-- > 0;) {
		struct task *task = app->tasks.all[i];
		if (!task->name || !task->cancel)
			continue;
		tasks_remove(&app->tasks, task);
		task->cancel(task, app);
		return true;
	}
	return false;
}

/* ---- Presses ------------------------------------------------------------------------------ */

static void set_timer(struct app *app, const char *text)
{
	int64_t timer_ns;
	if (!duration_parse(text, &timer_ns)) {
		struct filter_fault fault = {.at = strlen(text)};
		fault_set(&fault.fault, FAULT_USAGE, "not a time; say 90, 90s or 10m");
		app_refuse(app, ACTION_TIMER, &fault);
		return;
	}
	judge_begin(&app->judge, app, timer_ns, text);
}

static void ask_timer(struct app *app)
{
	if (save_holds_deliveries(app)) {
		app_say(app, "%s is still being written (Esc cancels)", app->save.path);
		return;
	}
	char text[32];
	double seconds = (double)deliveries_timer(app->model.deliveries) / 1e9;
	snprintf(text, sizeof text, "%.15g", seconds);
	app_ask(app, ACTION_TIMER, "the sender's timer (90, 90s, 10m): ", text);
}

static void answer_prompt(struct app *app)
{
	enum action asked = app->asked;
	struct view *view = app_top(app);
	uint32_t number;
	if (asked == ACTION_GO_TO && !prompt_number(app->prompt.text, &number)) {
		app->asked = ACTION_NONE;
		app_say(app, "no number was typed");
		return;
	}
	app->asked = ACTION_NONE;
	prompt_history_add(&app->history, (int)asked, app->prompt.text);
	if (asked == ACTION_TIMER)
		set_timer(app, app->prompt.text);
	else if (asked == ACTION_SAVE)
		save_answer(app, app->prompt.text);
	else if (view->ops->answer)
		view->ops->answer(view, app, asked, app->prompt.text);
}

static void press_in_prompt(struct app *app, int press)
{
	if (press == PRESS_UP || press == PRESS_DOWN) {
		int by = press == PRESS_UP ? -1 : 1;
		if (prompt_history_step(&app->history, (int)app->asked, by, &app->prompt))
			advise(app);
		return;
	}
	switch (prompt_press(&app->prompt, press)) {
	case PROMPT_OPEN:
		advise(app);
		break;
	case PROMPT_DONE:
		answer_prompt(app);
		break;
	case PROMPT_CANCELLED:
		if (app->asked == ACTION_SAVE)
			save_clear(app);
		app->asked = ACTION_NONE;
		break;
	}
}

/** The name of an input that is still coming in and kept nowhere; NULL: nothing would be lost. */
static const char *unsaved_input(const struct app *app)
{
	const struct analysis *analysis = app->model.analysis;
	struct source *source = analysis_source(app->model.analysis);
	for (size_t i = 0; i < source_inputs(source) && !packet_log_name(analysis_log(analysis));
	     i++) {
		const struct source_input *input = source_input(source, i);
		bool is_pipe = strcmp(input->name, "-") == 0;
		if ((input->is_live || is_pipe) && !input->has_ended && input->packets)
			return is_pipe ? "standard input" : input->name;
	}
	return NULL;
}

static void go_back(struct app *app, int press, bool was_warned)
{
	const char *unsaved = unsaved_input(app);
	if (app->view_count > 1) {
		app_close(app);
	} else if (press == PRESS_ESCAPE && cancel_task(app)) {
		return;
	} else if (press == PRESS_ESCAPE) {
		app_say(app, "q quits");
	} else if (unsaved && !was_warned) {
		app->was_warned = true;
		app_say(app, "packets of %s are kept nowhere (-w FILE does): s saves, q again quits",
			unsaved);
	} else {
		app->is_over = true;
	}
}

static void open_help(struct app *app)
{
	if (app->help)
		return;
	struct view *help = help_view_open(app_top(app)->ops->context, app->model.is_ascii);
	app_open(app, help);
	if (app_top(app) == help)
		app->help = help;
}

/** Times count from the selected moment, or, where they do, as they did at first. */
static void set_reference(struct app *app)
{
	struct model *model = &app->model;
	struct view *view = app_top(app);
	char when[WHEN_TEXT];
	int64_t moment = view->ops->moment ? view->ops->moment(view, app) : NO_TIME;
	if (moment == NO_TIME) {
		app_say(app, "there is no moment here to count from");
		return;
	}
	bool is_undone = moment == model->reference_ns;
	model->reference_ns = is_undone ? NO_TIME : moment;
	model->when = is_undone ? WHEN_CLOCK : WHEN_START;
	app_update(app, model->is_live ? model->now_ns : NO_TIME);
	if (is_undone)
		app_say(app, "times: %s", when_format_name(model->when));
	else
		app_say(app, "times now count from here, %s; t shows them otherwise",
			when_print(WHEN_CLOCK, moment, NO_TIME, NO_TIME, 3, when));
}

/** What works the same on every screen. */
static void act(struct app *app, enum action action, int press, bool was_warned)
{
	struct model *model = &app->model;
	if (action == ACTION_BACK) {
		go_back(app, press, was_warned);
	} else if (action == ACTION_QUIT) {
		app->is_over = true;
	} else if (action == ACTION_HELP) {
		open_help(app);
	} else if (action == ACTION_SAVE) {
		save_ask(app);
	} else if (action == ACTION_TIMER) {
		ask_timer(app);
	} else if (action == ACTION_HOLD) {
		app->is_held = !app->is_held;
		if (!app->is_held)
			app_update(app, model->is_live ? model->now_ns : NO_TIME);
		app_say(app, app->is_held ? "held: packets are still read; p goes on" : "going on");
	} else if (action == ACTION_TIME_FORMAT) {
		model->when = (enum when_format)((model->when + 1) % WHEN_FORMATS);
		bool is_from_reference = model->when == WHEN_START && model->reference_ns != NO_TIME;
		app_say(app, "times: %s", is_from_reference ? "since the marked moment"
							    : when_format_name(model->when));
	} else if (action == ACTION_ASCII) {
		model->is_ascii = !model->is_ascii;
		app_update(app, model->is_live ? model->now_ns : NO_TIME);
	} else if (action == ACTION_THEME) {
		app->theme = (enum theme_choice)((app->theme + 1) % THEMES);
		app_say(app, "colours: %s", theme_names[app->theme]);
	} else if (action == ACTION_REFERENCE) {
		set_reference(app);
	} else if (action == ACTION_MOUSE) {
		app->has_mouse = !app->has_mouse;
		app_say(app, app->has_mouse ? "the mouse selects rows and scrolls"
					    : "the mouse is the terminal's: F2 takes it back");
	} else if (action == ACTION_REDRAW) {
		app->wants_redraw = true;
	}
}

static const char held[] = "  HELD";

/** What a footer has of COLUMNS. */
static int footer_columns(const struct app *app, int columns)
{
	return columns - 1 - (app->is_held && !app->asked ? (int)strlen(held) : 0);
}

static bool take_digit(struct app *app, int press, enum action action)
{
	bool is_digit = press >= '0' && press <= '9';
	if (!is_digit || (action != ACTION_NONE && !app->count) || app->asked)
		return false;
	if (app->count < 100000000)
		app->count = app->count * 10 + (uint32_t)(press - '0');
	return app->count > 0;
}

/** A click on an item of the footer is the press of its key; where no footer is, no press. */
static int press_in_footer(const struct app *app, int column)
{
	if (app->asked || app->message[0] || app->count)
		return PRESS_NONE;
	return footer_press(app_top(app)->ops->context, app->model.is_live,
			    footer_columns(app, app->columns), app->model.is_ascii, column);
}

void app_press(struct app *app, int press, int row, int column)
{
	struct view *view = app_top(app);
	if (press == PRESS_CLICK && row == app->rows - 1)
		press = press_in_footer(app, column);
	enum action action = binding_find(view->ops->context, press);
	app->is_changed = true;
	app->message[0] = '\0';
	bool was_warned = app->was_warned;
	app->was_warned = false;
	if (app->asked) {
		press_in_prompt(app, press);
		return;
	}
	if (press == PRESS_ESCAPE && app->view_count > 1 && save_is_busy(app)) {
		save_cancel(app);
		return;
	}
	if (take_digit(app, press, action))
		return;
	uint32_t count = app->count;
	app->count = 0;
	if (press == PRESS_CLICK) {
		if (view->ops->click)
			view->ops->click(view, app, row, column);
	} else if (action == ACTION_NONE && press != PRESS_NONE) {
		app_say(app, "that key does nothing here; ? shows all keys");
	} else if (action != ACTION_NONE && !view->ops->act(view, app, action, count)) {
		act(app, action, press, was_warned);
	}
}

/* ---- Drawing ------------------------------------------------------------------------------ */

static void draw_footer(struct app *app, struct canvas *canvas)
{
	char footer[FOOTER_SIZE];
	int row = canvas->rows - 1;
	int width = footer_columns(app, canvas->columns);
	bool ascii = app->model.is_ascii;
	if (app->is_held && !app->asked) {
		screen_text(canvas, row, width, (int)strlen(held), held, ascii, SCREEN_WARNING);
	}
	if (app->asked) {
		prompt_line_draw(&app->prompt, app->question, ascii, canvas);
	} else if (app->message[0]) {
		screen_text(canvas, row, 0, width, app->message, ascii, SCREEN_MESSAGE);
	} else if (app->count) {
		snprintf(footer, sizeof footer, "%u", app->count);
		screen_text(canvas, row, 0, width, footer, ascii, SCREEN_PROMPT);
	} else {
		footer_format(app_top(app)->ops->context, app->model.is_live, width, ascii, footer,
			      sizeof footer);
		screen_text(canvas, row, 0, width, footer, ascii, SCREEN_KEY);
	}
}

void app_draw(struct app *app, struct canvas *canvas)
{
	canvas_clear(canvas);
	app->is_changed = app->has_news = false;
	app->rows = canvas->rows;
	app->columns = canvas->columns;
	if (canvas->rows < SMALLEST_ROWS || canvas->columns < SMALLEST_COLUMNS) {
		char text[64];
		snprintf(text, sizeof text, "%dx%d is too small: %dx%d needed", canvas->columns,
			 canvas->rows, SMALLEST_COLUMNS, SMALLEST_ROWS);
		screen_prose(canvas, 0, 0, canvas->rows, canvas->columns, text, true, SCREEN_TEXT);
		return;
	}
	app_top(app)->ops->draw(app_top(app), app, canvas);
	draw_footer(app, canvas);
}

int app_cursor_column(const struct app *app, const struct canvas *canvas)
{
	struct canvas line = {0};
	if (!app->asked || canvas->rows < SMALLEST_ROWS || canvas->columns < SMALLEST_COLUMNS ||
	    !canvas_init(&line, 1, canvas->columns))
		return -1;
	int column = prompt_line_draw(&app->prompt, app->question, app->model.is_ascii, &line);
	canvas_free(&line);
	return column;
}
