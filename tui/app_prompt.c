/* SPDX-License-Identifier: MIT */
#include "app_inner.h"

#include <stdio.h>
#include <string.h>

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

void app_ask_timer(struct app *app)
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

void app_press_in_prompt(struct app *app, int press)
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
