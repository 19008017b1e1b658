/* SPDX-License-Identifier: MIT */
#include "app_inner.h"

#include "packet_log.h"
#include "terminal/theme.h"
#include "view/views.h"

#include <string.h>

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
	} else if (press == PRESS_ESCAPE && app_cancel_task(app)) {
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
		app_ask_timer(app);
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
			    app_footer_columns(app, app->columns), app->model.is_ascii, column);
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
		app_press_in_prompt(app, press);
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
