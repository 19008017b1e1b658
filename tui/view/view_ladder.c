/* SPDX-License-Identifier: MIT */
#include "view/ladder_view.h"

#include "list/rows.h"
#include "timetext.h"
#include "view/shift.h"
#include "view/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_BEFORE 8	   /* shown above the row that the ladder is opened at */
#define WAIT_SHARE 10	   /* of the timer: a wait that is worth going to */
#define BATCH_FRAMES 20000 /* some 10 ms */

static void count_rows(struct ladder_view *ladder, const struct app *app)
{
	ladder->rows.count = ladder_view_session(ladder, app)->event_count + ladder->run.count;
	if (ladder->rows.selected >= ladder->rows.count && ladder->rows.count)
		ladder->rows.selected = ladder->rows.count - 1;
}

/** Selects the segment of the wanted frame, if it is in the run. */
static void select_segment(struct ladder_view *ladder)
{
	for (uint32_t i = 0; ladder->frame && i < ladder->run.count; i++) {
		const struct wire_segment *segment =
			&ladder->contents.segments[ladder->run.segments[i]];
		if (segment->mark.frame == ladder->frame)
			ladder->rows.selected = ladder->run.event + 1 + i;
	}
}

static void read_some(struct ladder_view *ladder, struct app *app)
{
	if (!ladder->wire || ladder->run.event == NO_EVENT)
		return;
	uint32_t segment;
	uint32_t selected = ladder_view_event(ladder, ladder->rows.selected, &segment);
	uint32_t event = ladder->run.event;
	ladder->is_reading = wire_read(ladder->wire, BATCH_FRAMES);
	ladder->contents = wire_contents(ladder->wire);
	if (!ladder_run_make(&ladder->run, &ladder->contents, ladder_view_session(ladder, app), event))
		app_say(app, "no memory for the segments of this row");
	count_rows(ladder, app);
	if (segment == NO_SEGMENT)
		ladder->rows.selected =
			selected > event ? selected + ladder->run.count : selected;
	select_segment(ladder);
}

static void close_run(struct ladder_view *ladder, const struct app *app)
{
	uint32_t segment;
	uint32_t selected = ladder_view_event(ladder, ladder->rows.selected, &segment);
	ladder_run_clear(&ladder->run);
	ladder->is_reading = false;
	ladder->frame = 0;
	ladder->rows.selected = selected;
	count_rows(ladder, app);
}

static void open_run(struct ladder_view *ladder, struct app *app, uint32_t event)
{
	const struct session *session = ladder_view_session(ladder, app);
	const struct wire_options options = {.event = event};
	close_run(ladder, app);
	wire_free(ladder->wire);
	ladder->wire = wire_new(app->model.analysis, session, &options);
	ladder->contents = (struct wire_contents){0};
	ladder->run.event = event;
	read_some(ladder, app);
	if (!ladder->is_reading && !ladder->run.count) {
		app_say(app, ladder->contents.gone_first
				     ? "its frames have left the memory for the newest packets"
				     : "no segment of its own carried this");
		close_run(ladder, app);
	}
}

/** Enter: opens the selected row, or closes the run that it is of. */
static void open_or_close(struct ladder_view *ladder, struct app *app)
{
	uint32_t segment;
	if (!ladder->rows.count)
		return;
	uint32_t event = ladder_view_event(ladder, ladder->rows.selected, &segment);
	if (event == ladder->run.event)
		close_run(ladder, app);
	else
		open_run(ladder, app, event);
}

static bool tick(struct view *view, struct app *app, int64_t clock_ns)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	bool was_reading = ladder->is_reading;
	(void)clock_ns;
	if (was_reading)
		read_some(ladder, app);
	app->is_moving = ladder->is_reading;
	return was_reading;
}

static void update(struct view *view, struct app *app)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	count_rows(ladder, app);
	if (!ladder->is_reading)
		read_some(ladder, app);
}

/** The bytes of the selected row. */
static void open_bytes(struct ladder_view *ladder, struct app *app)
{
	uint32_t segment;
	struct ladder_row row = {0};
	uint32_t event = ladder_view_event(ladder, ladder->rows.selected, &segment);
	if (ladder->rows.count)
		ladder_view_row(ladder, app, ladder->rows.selected, &row);
	if (bytes_view_show(app_below(app), ladder->session, row.frame)) {
		app_close(app);
		return;
	}
	app_open(app, bytes_view_open(app, ladder->session, event));
	if (segment != NO_SEGMENT)
		bytes_view_show(app->views[app->view_count - 1], ladder->session, row.frame);
}

/** What a search in the ladder looks at. */
struct haystack {
	const struct ladder_view *ladder;
	const struct app *app;
};

static bool has_needle(const void *context, uint32_t row, const char *needle)
{
	const struct haystack *hay = context;
	struct prose prose;
	prose_clear(&prose);
	ladder_view_explain(hay->ladder, hay->app, row, &prose);
	return strcasestr(prose.text, needle) != NULL;
}

static void search(struct ladder_view *ladder, struct app *app, int by)
{
	const struct haystack hay = {ladder, app};
	struct search search = {.count = ladder->rows.count,
				.from = ladder->rows.selected,
				.has = has_needle,
				.context = &hay};
	if (app_search(app, &search, by, &ladder->rows.selected))
		ladder->frame = 0;
}

static int64_t moment(struct view *view, struct app *app)
{
	const struct ladder_view *ladder = (const struct ladder_view *)view;
	struct ladder_row row = {.time_ns = NO_TIME};
	if (ladder->rows.count)
		ladder_view_row(ladder, app, ladder->rows.selected, &row);
	return row.time_ns;
}

/** Goes to the next row (BY 1), or the one before (-1), that was waited for. */
static void go_to_wait(struct ladder_view *ladder, struct app *app, int by)
{
	int64_t least = deliveries_timer(app->model.deliveries) / WAIT_SHARE;
	struct ladder_row row, before;
	for (int64_t i = (int64_t)ladder->rows.selected + by;
	     i > 0 && i < (int64_t)ladder->rows.count; i += by) {
		ladder_view_row(ladder, app, (uint32_t)i, &row);
		ladder_view_row(ladder, app, (uint32_t)i - 1, &before);
		if (row.time_ns - before.time_ns < least)
			continue;
		ladder->rows.selected = (uint32_t)i;
		ladder->frame = 0;
		return;
	}
	app_say(app, "no wait of %s or more %s this", duration_short_text(least).s,
		by > 0 ? "after" : "before");
}

/** The session that another capture has of the attempts of SESSION; NO_SESSION: none has. */
static uint32_t twin_session(const struct model *model, const struct session *session)
{
	uint32_t id = session->first_attempt;
	for (; id != NO_ATTEMPT; id = ledger_attempt(model->ledger, id)->next_in_session) {
		uint32_t of = delivery_of(model->deliveries, id, 0);
		const struct delivery *delivery = delivery_get(model->deliveries, of);
		for (uint32_t i = 0; delivery && i < delivery->try_count; i++) {
			const struct try *try = &delivery->tries[i];
			uint32_t other = try->twin == id ? try->attempt : try->twin;
			if ((try->attempt == id || try->twin == id) && other != NO_ATTEMPT)
				return ledger_attempt(model->ledger, other)->session;
		}
	}
	return NO_SESSION;
}

/** Shows the same session as the other capture has it, at about the same time. */
static void show_twin(struct ladder_view *ladder, struct app *app)
{
	const struct model *model = &app->model;
	uint32_t twin = twin_session(model, ladder_view_session(ladder, app));
	int64_t time_ns = moment(&ladder->view, app);
	if (twin == NO_SESSION) {
		app_say(app, "no other capture has this session");
		return;
	}
	close_run(ladder, app);
	ladder->session = twin;
	count_rows(ladder, app);
	const struct session *session = ladder_view_session(ladder, app);
	ladder->rows.selected = 0;
	for (uint32_t i = 1; i < session->event_count; i++)
		if (session_event(session, i)->time_ns <= time_ns)
			ladder->rows.selected = i;
}

static void go_to_frame(struct ladder_view *ladder, struct app *app, uint32_t frame)
{
	if (!ladder_view_show(&ladder->view, app, ladder->session, frame) ||
	    moment(&ladder->view, app) == NO_TIME)
		return;
	struct ladder_row row;
	ladder_view_row(ladder, app, ladder->rows.selected, &row);
	if (row.frame != frame && !ladder->is_reading)
		app_say(app, "frame %u is no row of this session", frame);
}

static void answer(struct view *view, struct app *app, enum action asked, const char *text)
{
	uint32_t frame;
	if (asked == ACTION_GO_TO && prompt_number(text, &frame))
		go_to_frame((struct ladder_view *)view, app, frame);
	if (asked != ACTION_SEARCH)
		return;
	snprintf(app->needle, sizeof app->needle, "%s", text);
	search((struct ladder_view *)view, app, 1);
}

static void copy(const struct ladder_view *ladder, struct app *app)
{
	struct prose text;
	prose_clear(&text);
	if (ladder->rows.count)
		ladder_view_explain(ladder, app, ladder->rows.selected, &text);
	if (text.used)
		app_copy(app, "what is said of this row", text.text);
}

static bool act(struct view *view, struct app *app, enum action action, uint32_t count)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	if (list_act(&ladder->rows, action, count, ladder->height)) {
		ladder->frame = 0;
		return true;
	}
	if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_GO_TO)
		app_ask_number(app, "go to frame ");
	else if (action == ACTION_WAIT_PREVIOUS || action == ACTION_WAIT_NEXT)
		go_to_wait(ladder, app, action == ACTION_WAIT_NEXT ? 1 : -1);
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(ladder, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else if (action == ACTION_OPEN)
		open_or_close(ladder, app);
	else if (action == ACTION_OTHER_CAPTURE)
		show_twin(ladder, app);
	else if (action == ACTION_COPY)
		copy(ladder, app);
	else if (action == ACTION_BYTES)
		open_bytes(ladder, app);
	else
		return false;
	return true;
}

static void click(struct view *view, struct app *app, int row, int column)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	(void)app;
	(void)column;
	uint32_t at = ladder->rows.top + (uint32_t)(row - LADDER_HEADER_ROWS);
	if (row >= LADDER_HEADER_ROWS && row < LADDER_HEADER_ROWS + (int)ladder->height &&
	    at < ladder->rows.count)
		ladder->rows.selected = at;
}

static void close_ladder(struct view *view)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	ladder_run_clear(&ladder->run);
	wire_free(ladder->wire);
	free(ladder);
}

static void offer(struct view *v, struct app *app, struct save_offer *out)
{
	const struct ladder_view *view = (const struct ladder_view *)v;
	uint32_t others = (uint32_t)app->rows - view->height;
	out->kind = &rows_sessions;
	out->row = view->session;
	out->is_screen = true;
	out->ending = "svg";
	out->rows = (int)(view->rows.count < SAVE_MOST_ROWS ? view->rows.count + others
							    : SAVE_MOST_ROWS);
	out->number = ladder_view_session(view, app)->number + 1;
	snprintf(out->name, sizeof out->name, "session-%u-ladder", out->number);
}

static void draw_whole(struct view *v, struct app *app, struct canvas *canvas)
{
	struct ladder_view *view = (struct ladder_view *)v;
	uint32_t top = view->rows.top;
	ladder_view_draw(v, app, canvas);
	view->rows.top = top;
}

static void pin(struct view *view, struct app *app, void (*keep)(void *to, uint32_t session),
		void *to)
{
	(void)app;
	keep(to, ((const struct ladder_view *)view)->session);
}

static void moved(struct view *v, struct app *app, const struct shift *shift)
{
	struct ladder_view *view = (struct ladder_view *)v;
	view->session = shift_session(shift, view->session);
	wire_move(view->wire, ladder_view_session(view, app));
}

static const struct view_ops ladder_ops = {
	.context = IN_LADDER,
	.draw = ladder_view_draw,
	.act = act,
	.update = update,
	.click = click,
	.answer = answer,
	.offer = offer,
	.draw_whole = draw_whole,
	.moment = moment,
	.tick = tick,
	.pin = pin,
	.moved = moved,
	.close = close_ladder,
};

/** The event of FRAME, or the newest before it; whether it is of that very frame. */
static uint32_t event_of_frame(const struct session *session, uint32_t frame, bool *is_exact)
{
	uint32_t best = NO_EVENT;
	*is_exact = false;
	for (uint32_t i = 0; i < session->event_count; i++) {
		const struct event *event = session_event(session, i);
		if (event->frame == frame) {
			*is_exact = true;
			return i;
		}
		if (event->kind == EVENT_MESSAGE && event->frame < frame)
			best = i;
	}
	return best;
}

bool ladder_view_show(struct view *view, struct app *app, uint32_t session, uint32_t frame)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	bool is_exact;
	if (!view || view->ops != &ladder_ops || ladder->session != session)
		return false;
	uint32_t event = event_of_frame(ladder_view_session(ladder, app), frame, &is_exact);
	if (event == NO_EVENT)
		return true;
	close_run(ladder, app);
	ladder->rows.selected = event;
	if (!is_exact) {
		open_run(ladder, app, event);
		ladder->frame = frame;
		select_segment(ladder);
	}
	return true;
}

struct view *ladder_view_open(struct app *app, uint32_t session, uint32_t event)
{
	struct ladder_view *ladder = calloc(1, sizeof *ladder);
	if (!ladder)
		return NULL;
	ladder->view.ops = &ladder_ops;
	ladder->session = session;
	ladder->run.event = NO_EVENT;
	ladder->rows.count = ladder_view_session(ladder, app)->event_count;
	if (event < ladder->rows.count)
		ladder->rows.selected = event;
	ladder->rows.top =
		ladder->rows.selected > ROWS_BEFORE ? ladder->rows.selected - ROWS_BEFORE : 0;
	return &ladder->view;
}
