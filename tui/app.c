/* SPDX-License-Identifier: MIT */
#include "app_inner.h"

#include "terminal/clipboard.h"
#include "view/shift.h"
#include "view/views.h"

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
	shift_attach(app);
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
	analysis_set_keeper(app->model.analysis, NULL);
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

bool app_cancel_task(struct app *app)
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
