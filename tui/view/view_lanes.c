/* SPDX-License-Identifier: MIT */
#include "view/lanes_view.h"

#include "list/rows.h"
#include "view/lanes_move.h"
#include "view/shift.h"
#include "view/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_PLAY_NS (60 * NS_PER_SECOND) /* playing all of it should take at most so long */

/* ---- The story ---------------------------------------------------------------------------- */

/** Where STEP of the story OLD is told in the story of now. */
static uint32_t find_again(const struct lanes_view *lanes, const struct step *old)
{
	for (uint32_t i = 0; i < lanes->story.count; i++) {
		const struct step *step = &lanes->story.steps[i];
		if (step->kind == old->kind && step->try == old->try && step->event == old->event)
			return i;
	}
	return story_step_at(&lanes->story, old->mark.time_ns);
}

/** Tells the story anew. False: no memory. Without a delivery nothing is shown. */
static bool tell(struct lanes_view *lanes, const struct model *model)
{
	const struct delivery *delivery = delivery_get(model->deliveries, lanes->id);
	story_free(&lanes->story);
	lanes->story = (struct story){0};
	if (delivery && !delivery->try_count && lanes->attempt != NO_ATTEMPT) {
		lanes->id = delivery_of(model->deliveries, lanes->attempt, lanes->recipient);
		delivery = delivery_get(model->deliveries, lanes->id);
	}
	lanes->subject.delivery = NULL;
	if (!delivery || !delivery->try_count)
		return true;
	lanes->attempt = delivery->tries[0].attempt;
	lanes->recipient = delivery->tries[0].recipient;
	lanes->subject = subject_of(model->ledger, model->deliveries, delivery, model->now_ns,
				    analysis_is_over(model->analysis));
	lanes->subject.ascii_only = model->is_ascii;
	lanes->subject.source = analysis_source(model->analysis);
	if (story_tell(&lanes->subject, &lanes->story))
		return true;
	lanes->story = (struct story){0};
	return false;
}

static void update(struct view *view, struct app *app)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	bool had_story = lanes->story.count > 0;
	bool was_last = had_story && lanes->step == lanes->story.count - 1;
	lanes->is_playing = lanes->is_playing && app->is_moving;
	struct step old = had_story ? lanes->story.steps[lanes->step] : (struct step){0};
	if (!tell(lanes, &app->model))
		app_say(app, "no memory to tell this delivery's story");
	if (!lanes->story.count)
		lanes->step = 0;
	else if (was_last && app->model.is_live)
		lanes->step = lanes->story.count - 1;
	else if (had_story)
		lanes->step = find_again(lanes, &old);
}

/** The slowest speed that plays all of it within a minute. */
static uint32_t fitting_speed(const struct story *story)
{
	uint32_t speed = 0;
	if (!story->count)
		return 0;
	int64_t whole = story->steps[story->count - 1].mark.time_ns - story->steps[0].mark.time_ns;
	while (speed < LANES_SPEEDS - 1 && whole / lanes_speeds[speed] > WHOLE_PLAY_NS)
		speed++;
	return speed;
}

static void show_delivery(struct lanes_view *lanes, struct app *app, uint32_t id)
{
	lanes_stop_playing(lanes, app);
	lanes->id = id;
	lanes->attempt = NO_ATTEMPT;
	lanes->first_try = 0;
	lanes->start_ns = lanes->end_ns = lanes->playhead_ns = NO_TIME;
	lanes->step = 0;
	if (!tell(lanes, &app->model))
		app_say(app, "no memory to tell this delivery's story");
	else if (lanes->story.count)
		lanes->step = story_opening(&lanes->story);
	if (lanes->step >= lanes->story.count)
		lanes->step = 0;
	lanes->speed = fitting_speed(&lanes->story);
}

static void go_to_delivery(struct lanes_view *lanes, struct app *app, int64_t by)
{
	uint32_t before = list_selected(lanes->deliveries);
	list_move(lanes->deliveries, by);
	uint32_t id = list_selected(lanes->deliveries);
	if (id == NO_ROW || id == before)
		app_say(app, by > 0 ? "that is the last delivery" : "that is the first delivery");
	else
		show_delivery(lanes, app, id);
}

/* ---- Acting ------------------------------------------------------------------------------- */

/** The event of the step, or of the one before it of that attempt: a timer has none of its own. */
static uint32_t event_at(const struct lanes_view *lanes)
{
	const struct step *steps = lanes->story.steps;
	uint32_t i = lanes->step;
	while ((steps[i].event == NO_EVENT || steps[i].is_far) && i > 0 &&
	       steps[i - 1].try == steps[lanes->step].try)
		i--;
	return steps[i].is_far ? NO_EVENT : steps[i].event;
}

static void open_ladder(struct lanes_view *lanes, struct app *app)
{
	if (!lanes->story.count)
		return;
	const struct step *step = &lanes->story.steps[lanes->step];
	uint32_t attempt = lanes->subject.delivery->tries[step->try].attempt;
	lanes_stop_playing(lanes, app);
	app_open(app, ladder_view_open(app, ledger_attempt(app->model.ledger, attempt)->session,
				       event_at(lanes)));
}

static void open_bytes(struct lanes_view *lanes, struct app *app)
{
	if (!lanes->story.count)
		return;
	const struct step *step = &lanes->story.steps[lanes->step];
	uint32_t attempt = lanes->subject.delivery->tries[step->try].attempt;
	lanes_stop_playing(lanes, app);
	app_open(app, bytes_view_open(app, ledger_attempt(app->model.ledger, attempt)->session,
				      event_at(lanes)));
}

void lanes_view_conclude(const struct lanes_view *lanes, struct prose *out)
{
	struct prose advice;
	story_verdict(&lanes->subject, out);
	story_advice(&lanes->subject, &advice);
	if (!advice.used)
		return;
	prose_break(out);
	prose_add(out, "What to do:\n%s", advice.text);
}

static void open_verdict(struct lanes_view *lanes, struct app *app)
{
	struct prose verdict;
	if (!lanes->subject.delivery)
		return;
	lanes_view_conclude(lanes, &verdict);
	lanes_stop_playing(lanes, app);
	app_open(app, text_view_open("Verdict", verdict.text));
}

/** Compares the playhead's attempt with number OTHER; with 0 with the one before it, if any. */
static void open_compare(struct lanes_view *lanes, struct app *app, uint32_t other)
{
	if (!lanes->story.count)
		return;
	uint32_t try = lanes->story.steps[lanes->step].try;
	uint32_t with = other ? other - 1 : try ? try - 1 : 1;
	if (lanes->subject.delivery->try_count < 2) {
		app_say(app, "there is one attempt only: nothing to compare");
	} else if (with == try || with >= lanes->subject.delivery->try_count) {
		app_say(app, "say which attempt to compare this one with: 1c, 2c, ...");
	} else {
		lanes_stop_playing(lanes, app);
		app_open(app, compare_view_open(&lanes->subject, try < with ? try : with,
						try < with ? with : try));
	}
}

static void copy(struct lanes_view *lanes, struct app *app)
{
	char text[2 * PROSE_SIZE + 2];
	struct prose sentence;
	struct prose verdict;
	if (!lanes->story.count)
		return;
	story_sentence(&lanes->subject, &lanes->story, lanes->step, &sentence);
	lanes_view_conclude(lanes, &verdict);
	snprintf(text, sizeof text, "%s\n\n%s", sentence.text, verdict.text);
	app_copy(app, "the sentence and the verdict", text);
}

/** The command of a capture that would decide what this one leaves open. */
static void copy_command(struct lanes_view *lanes, struct app *app)
{
	struct prose verdict;
	char command[PROSE_SIZE];
	prose_clear(&verdict);
	if (lanes->subject.delivery)
		lanes_view_conclude(lanes, &verdict);
	for (const char *line = verdict.text; *line; line += *line == '\n') {
		struct span found = story_command((struct span){(const uint8_t *)line,
								strcspn(line, "\n")});
		line += strcspn(line, "\n");
		if (!found.p)
			continue;
		snprintf(command, sizeof command, "%.*s", (int)found.n, (const char *)found.p);
		app_copy(app, command, command);
		return;
	}
	app_say(app, "the verdict names no tcpdump line: nothing was copied");
}

static bool move(struct lanes_view *lanes, struct app *app, enum action action, uint32_t count)
{
	int64_t times = count ? count : 1;
	if (action == ACTION_STEP_BACK || action == ACTION_STEP_FORWARD)
		lanes_step_by(lanes, app, action == ACTION_STEP_BACK ? -times : times);
	else if (action == ACTION_STEP_FIRST)
		lanes_go_to(lanes, app, 0);
	else if (action == ACTION_STEP_LAST && lanes->story.count)
		lanes_go_to(lanes, app, lanes->story.count - 1);
	else if (action == ACTION_ATTEMPT_PREVIOUS || action == ACTION_ATTEMPT_NEXT)
		lanes_go_to_attempt(lanes, app, action == ACTION_ATTEMPT_NEXT ? 1 : -1);
	else if (action == ACTION_TROUBLE_PREVIOUS || action == ACTION_TROUBLE_NEXT)
		lanes_go_to_trouble(lanes, app, action == ACTION_TROUBLE_NEXT ? 1 : -1);
	else if (action == ACTION_DELIVERY_PREVIOUS || action == ACTION_DELIVERY_NEXT)
		go_to_delivery(lanes, app, action == ACTION_DELIVERY_NEXT ? times : -times);
	else
		return false;
	return true;
}

static bool act(struct view *view, struct app *app, enum action action, uint32_t count)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	if (move(lanes, app, action, count))
		return true;
	if (action == ACTION_ZOOM_IN || action == ACTION_ZOOM_OUT)
		lanes_zoom_in(lanes, action == ACTION_ZOOM_IN ? 2.0 : 0.5);
	else if (action == ACTION_ZOOM_ALL)
		lanes->start_ns = lanes->end_ns = NO_TIME;
	else if (action == ACTION_PAN_LEFT || action == ACTION_PAN_RIGHT)
		lanes_pan_by(lanes, action == ACTION_PAN_LEFT ? -0.25 : 0.25);
	else if (action == ACTION_PLAY)
		lanes_play(lanes, app);
	else if (action == ACTION_SLOWER || action == ACTION_FASTER)
		lanes_change_speed(lanes, app, action == ACTION_FASTER ? 1 : -1);
	else if (action == ACTION_OPEN)
		open_ladder(lanes, app);
	else if (action == ACTION_BYTES)
		open_bytes(lanes, app);
	else if (action == ACTION_VERDICT)
		open_verdict(lanes, app);
	else if (action == ACTION_COPY)
		copy(lanes, app);
	else if (action == ACTION_COPY_COMMAND)
		copy_command(lanes, app);
	else if (action == ACTION_COMPARE)
		open_compare(lanes, app, count);
	else if (action == ACTION_GO_TO)
		app_ask_number(app, "go to frame ");
	else if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		lanes_search(lanes, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else
		return false;
	return true;
}

/** Another timer was set: says what it would have changed. Or a text is searched for. */
static void answer(struct view *view, struct app *app, enum action asked, const char *text)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	struct prose line;
	uint32_t frame;
	if (asked == ACTION_GO_TO && prompt_number(text, &frame))
		lanes_go_to_frame(lanes, app, frame);
	if (asked == ACTION_SEARCH) {
		snprintf(app->needle, sizeof app->needle, "%s", text);
		lanes_search(lanes, app, 1);
	}
	if (asked != ACTION_TIMER || !lanes->subject.delivery)
		return;
	prose_clear(&line);
	story_what_if(&lanes->subject, &line);
	app_say(app, "%s", line.text);
}

/** A click puts the playhead on the newest step at that time. */
static void click(struct view *view, struct app *app, int row, int column)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	if (!lanes->has_scale || !lanes->story.count || row < lanes->lanes_row)
		return;
	if (lanes_try_at(&lanes->scale, row - lanes->lanes_row) == UINT32_MAX)
		return;
	lanes_go_to(lanes, app, story_step_at(&lanes->story, lanes_time_at(&lanes->scale, column)));
}

static void close_lanes(struct view *view)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	story_free(&lanes->story);
	if (lanes->has_scale)
		lanes_scale_free(&lanes->scale);
	free(lanes);
}

static void offer(struct view *view, struct app *app, struct save_offer *out)
{
	const struct lanes_view *lanes = (const struct lanes_view *)view;
	if (!lanes->subject.delivery)
		return;
	out->kind = &rows_deliveries;
	out->row = lanes->id;
	out->is_screen = true;
	out->ending = "svg";
	out->rows = lanes_view_rows(lanes, app->columns);
	const struct delivery *delivery = delivery_get(app->model.deliveries, lanes->id);
	out->number = delivery ? delivery->number + 1 : 0;
	snprintf(out->name, sizeof out->name, "%u-lanes", out->number);
}

static int64_t moment(struct view *view, struct app *app)
{
	(void)app;
	return lanes_view_time((struct lanes_view *)view);
}

static void pin(struct view *view, struct app *app, void (*keep)(void *to, uint32_t session),
		void *to)
{
	const struct lanes_view *lanes = (const struct lanes_view *)view;
	const struct delivery *delivery = delivery_get(app->model.deliveries, lanes->id);
	if (delivery && delivery->try_count)
		keep(to, ledger_attempt(app->model.ledger, delivery->tries[0].attempt)->session);
}

static void moved(struct view *view, struct app *app, const struct shift *shift)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	lanes->id = shift_delivery(shift, lanes->id);
	lanes->attempt = moves_attempt(shift->moves, lanes->attempt);
	update(view, app);
}

static const struct view_ops lanes_ops = {
	.context = IN_LANES,
	.draw = lanes_view_draw,
	.act = act,
	.update = update,
	.click = click,
	.answer = answer,
	.offer = offer,
	.moment = moment,
	.tick = lanes_tick,
	.pin = pin,
	.moved = moved,
	.close = close_lanes,
};

struct view *lanes_view_open(struct app *app, struct list *deliveries)
{
	struct lanes_view *lanes = calloc(1, sizeof *lanes);
	if (!lanes)
		return NULL;
	lanes->view.ops = &lanes_ops;
	lanes->deliveries = deliveries;
	show_delivery(lanes, app, list_selected(deliveries));
	return &lanes->view;
}
