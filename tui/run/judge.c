/* SPDX-License-Identifier: MIT */
#include "run/judge.h"

#include "app.h"
#include "timetext.h"

#include <stdio.h>

#define STEP_DELIVERIES 256

static void tell(const struct judge *judge, struct app *app)
{
	struct view *view = app_top(app);
	struct time_text timer = duration_text(deliveries_timer(app->model.deliveries));
	app_say(app, "the sender's timer is now taken to be %s", timer.s);
	if (view->ops->answer)
		view->ops->answer(view, app, ACTION_TIMER, judge->text);
}

static bool step(struct task *task, struct app *app)
{
	struct judge *judge = task->owner;
	bool goes_on = deliveries_judge_some(app->model.deliveries, STEP_DELIVERIES);
	task->done = deliveries_judged(app->model.deliveries);
	if (goes_on)
		return true;
	app_update(app, app->model.is_live ? app->model.now_ns : NO_TIME);
	if (judge->text[0])
		tell(judge, app);
	return false;
}

static void cancel(struct task *task, struct app *app)
{
	struct judge *judge = task->owner;
	int64_t timer_ns = judge->before_ns;
	judge_begin(judge, app, timer_ns, "");
	app_say(app, "stopped judging: the sender's timer is still taken to be %s",
		duration_text(timer_ns).s);
}

void judge_begin(struct judge *judge, struct app *app, int64_t timer_ns, const char *text)
{
	struct deliveries *deliveries = app->model.deliveries;
	bool is_under_way = tasks_have(&app->tasks, &judge->task);
	if (!is_under_way)
		judge->before_ns = deliveries_timer(deliveries);
	snprintf(judge->text, sizeof judge->text, "%s", text);
	judge->task = (struct task){
		.name = "judging",
		.total = deliveries_count(deliveries),
		.step = step,
		.cancel = text[0] ? cancel : NULL,
		.owner = judge,
	};
	deliveries_begin_timer(deliveries, timer_ns);
	app_start(app, &judge->task);
}
