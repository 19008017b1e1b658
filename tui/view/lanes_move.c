/* SPDX-License-Identifier: MIT */
#include "view/lanes_move.h"

#include <string.h>

const uint32_t lanes_speeds[LANES_SPEEDS] = {1, 10, 60, 600, 3600, 36000, 360000};

int64_t lanes_view_time(const struct lanes_view *lanes)
{
	if (lanes->playhead_ns != NO_TIME)
		return lanes->playhead_ns;
	return lanes->story.count ? lanes->story.steps[lanes->step].mark.time_ns : NO_TIME;
}

void lanes_stop_playing(struct lanes_view *lanes, struct app *app)
{
	lanes->is_playing = false;
	app->is_moving = false;
}

/* ---- The playhead --------------------------------------------------------------------------- */

/** Moves the window so that the playhead is in it. */
static void keep_in_window(struct lanes_view *lanes)
{
	int64_t time = lanes_view_time(lanes);
	if (lanes->start_ns == NO_TIME || time == NO_TIME)
		return;
	int64_t width = lanes->end_ns - lanes->start_ns;
	if (width <= 0 || (time >= lanes->start_ns && time <= lanes->end_ns))
		return;
	double middle = (double)lanes->start_ns + (double)width / 2;
	lanes_pan(&lanes->subject, &lanes->start_ns, &lanes->end_ns,
		  ((double)time - middle) / (double)width);
}

void lanes_go_to(struct lanes_view *lanes, struct app *app, uint32_t step)
{
	lanes_stop_playing(lanes, app);
	if (step >= lanes->story.count)
		return;
	lanes->step = step;
	lanes->playhead_ns = NO_TIME;
	keep_in_window(lanes);
}

void lanes_step_by(struct lanes_view *lanes, struct app *app, int64_t by)
{
	int64_t to = (int64_t)lanes->step + by;
	if (!lanes->story.count)
		return;
	/* Between two steps, one back is the step that lies behind. */
	if (by < 0 && lanes->playhead_ns != NO_TIME &&
	    lanes->playhead_ns > lanes->story.steps[lanes->step].mark.time_ns)
		to++;
	if (to < 0 || to >= (int64_t)lanes->story.count)
		app_say(app, to < 0 ? "that is the first event" : "that is the last event");
	to = to < 0 ? 0 : to;
	lanes_go_to(lanes, app, to < lanes->story.count ? (uint32_t)to : lanes->story.count - 1);
}

void lanes_go_to_attempt(struct lanes_view *lanes, struct app *app, int by)
{
	uint32_t tries = lanes->subject.delivery->try_count;
	if (!lanes->story.count)
		return;
	int64_t try = (int64_t)lanes->story.steps[lanes->step].try + by;
	if (try < 0 || try >= (int64_t)tries)
		app_say(app, try < 0 ? "that is the first attempt" : "that is the last attempt");
	else
		lanes_go_to(lanes, app, story_first_of(&lanes->story, (uint32_t)try));
}

void lanes_go_to_trouble(struct lanes_view *lanes, struct app *app, int by)
{
	uint32_t step =
		lanes->story.count ? story_trouble_from(&lanes->story, lanes->step, by) : NO_STEP;
	if (step == NO_STEP)
		app_say(app, by > 0 ? "no trouble after this" : "no trouble before this");
	else
		lanes_go_to(lanes, app, step);
}

/** Goes to the step that FRAME made, or to the one before it. */
void lanes_go_to_frame(struct lanes_view *lanes, struct app *app, uint32_t frame)
{
	uint32_t best = NO_STEP;
	for (uint32_t i = 0; i < lanes->story.count; i++) {
		uint32_t other = lanes->story.steps[i].mark.frame;
		if (other && other <= frame &&
		    (best == NO_STEP || other > lanes->story.steps[best].mark.frame))
			best = i;
	}
	if (best == NO_STEP) {
		app_say(app, "frame %u lies before this delivery", frame);
		return;
	}
	lanes_go_to(lanes, app, best);
	if (lanes->story.steps[best].mark.frame != frame)
		app_say(app, "frame %u is no step of its own: this is the one before it", frame);
}

/* ---- Searching ---------------------------------------------------------------------------- */

static bool has_needle(const void *context, uint32_t step, const char *needle)
{
	const struct lanes_view *lanes = context;
	struct prose prose;
	prose_clear(&prose);
	story_sentence(&lanes->subject, &lanes->story, step, &prose);
	return strcasestr(prose.text, needle) != NULL;
}

/** Goes to the next step whose sentence has what is searched for. */
void lanes_search(struct lanes_view *lanes, struct app *app, int by)
{
	struct search search = {.count = lanes->story.count,
				.from = lanes->step,
				.has = has_needle,
				.context = lanes};
	uint32_t step;
	if (app_search(app, &search, by, &step))
		lanes_go_to(lanes, app, step);
}

/* ---- Zoom --------------------------------------------------------------------------------- */

/** The window as it is shown, where it is everything. */
static void fix_window(struct lanes_view *lanes)
{
	if (lanes->start_ns != NO_TIME || !lanes->has_scale)
		return;
	lanes->start_ns = lanes->scale.start_ns;
	lanes->end_ns = lanes->scale.end_ns;
}

void lanes_zoom_in(struct lanes_view *lanes, double factor)
{
	fix_window(lanes);
	if (lanes->start_ns != NO_TIME && lanes->story.count)
		lanes_zoom(&lanes->subject, &lanes->start_ns, &lanes->end_ns, factor,
			   lanes_view_time(lanes));
}

void lanes_pan_by(struct lanes_view *lanes, double share)
{
	fix_window(lanes);
	if (lanes->start_ns != NO_TIME)
		lanes_pan(&lanes->subject, &lanes->start_ns, &lanes->end_ns, share);
}

/* ---- Playing ------------------------------------------------------------------------------ */

void lanes_play(struct lanes_view *lanes, struct app *app)
{
	if (lanes->is_playing || !lanes->story.count) {
		lanes_stop_playing(lanes, app);
		return;
	}
	if (lanes->step == lanes->story.count - 1)
		lanes->step = 0;
	if (lanes->playhead_ns == NO_TIME ||
	    lanes->playhead_ns < lanes->story.steps[lanes->step].mark.time_ns || !lanes->step)
		lanes->playhead_ns = lanes->story.steps[lanes->step].mark.time_ns;
	lanes->is_playing = app->is_moving = true;
	lanes->ticked_ns = app->clock_ns;
}

bool lanes_tick(struct view *view, struct app *app, int64_t clock_ns)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	if (!lanes->is_playing || !lanes->story.count)
		return false;
	int64_t passed = clock_ns - lanes->ticked_ns;
	int64_t end = lanes->story.steps[lanes->story.count - 1].mark.time_ns;
	lanes->ticked_ns = clock_ns;
	/* Divided first: a long pause times a high speed must not overflow. */
	int64_t left = (end - lanes->playhead_ns) / lanes_speeds[lanes->speed];
	if (passed > left) {
		lanes_go_to(lanes, app, lanes->story.count - 1);
		return true;
	}
	lanes->playhead_ns += passed * lanes_speeds[lanes->speed];
	lanes->step = story_step_at(&lanes->story, lanes->playhead_ns);
	keep_in_window(lanes);
	return passed > 0;
}

void lanes_change_speed(struct lanes_view *lanes, struct app *app, int by)
{
	if (by < 0 && lanes->speed > 0)
		lanes->speed--;
	if (by > 0 && lanes->speed < LANES_SPEEDS - 1)
		lanes->speed++;
	app_say(app, "plays at %ux", lanes_speeds[lanes->speed]);
}

