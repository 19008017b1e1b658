/* SPDX-License-Identifier: MIT */
#include "view/bytes_view.h"

#include "bounds.h"
#include "list/rows.h"
#include "view/shift.h"
#include "view/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_FRAMES 20000 /* some 10 ms */
#define BODY_STEP 4	   /* so many times more, or less */
#define LEAST_BODY 1024u
#define PAN_COLUMNS 20

/* ---- Reading ------------------------------------------------------------------------------ */

static void make_rows(struct bytes_view *view, struct app *app)
{
	view->bytes.shows_secrets = app->model.shows_secrets;
	bytes_make(&view->bytes, &view->contents, bytes_view_session(view, app));
	view->rows.count = view->bytes.count;
	const struct event *event = session_event(bytes_view_session(view, app), view->event);
	if (!view->has_moved && view->frame)
		view->rows.selected = bytes_row_of(&view->bytes, view->frame);
	else if (!view->has_moved && event)
		view->rows.selected = bytes_row_of_event(&view->bytes, event);
	if (view->rows.selected >= view->rows.count)
		view->rows.selected = view->rows.count ? view->rows.count - 1 : 0;
}

static void read_some(struct bytes_view *view, struct app *app)
{
	if (!view->wire)
		return;
	view->is_reading = wire_read(view->wire, BATCH_FRAMES);
	view->contents = wire_contents(view->wire);
	make_rows(view, app);
}

static void start_reading(struct bytes_view *view, struct app *app)
{
	const struct wire_options options = {.event = view->event, .body_bytes = view->body_bytes};
	wire_free(view->wire);
	view->contents = (struct wire_contents){0};
	view->wire = wire_new(app->model.analysis, bytes_view_session(view, app), &options);
	if (!view->wire)
		app_say(app, "no memory to read this session again");
	read_some(view, app);
}

static void update(struct view *v, struct app *app)
{
	struct bytes_view *view = (struct bytes_view *)v;
	if (!view->is_reading)
		read_some(view, app);
}

static bool tick(struct view *v, struct app *app, int64_t clock_ns)
{
	struct bytes_view *view = (struct bytes_view *)v;
	(void)clock_ns;
	bool was_reading = view->is_reading;
	if (was_reading)
		read_some(view, app);
	app->is_moving = view->is_reading;
	return was_reading;
}

/* ---- Acting ------------------------------------------------------------------------------- */

/** What a search in the bytes looks at. */
struct haystack {
	const struct bytes_view *view;
	bool is_ascii;
};

static bool has_needle(const void *context, uint32_t row, const char *needle)
{
	const struct haystack *hay = context;
	char text[BYTES_ROW_TEXT];
	bytes_text(&hay->view->bytes, &hay->view->contents, row, hay->is_ascii, text);
	return strcasestr(text, needle) != NULL;
}

static void search(struct bytes_view *view, struct app *app, int by)
{
	const struct haystack hay = {view, app->model.is_ascii};
	struct search search = {.count = view->rows.count,
				.from = view->rows.selected,
				.has = has_needle,
				.context = &hay};
	if (app_search(app, &search, by, &view->rows.selected))
		view->has_moved = true;
}

static void go_to_frame(struct bytes_view *view, struct app *app, uint32_t frame)
{
	view->rows.selected = bytes_row_of(&view->bytes, frame);
	view->has_moved = true;
	if (view->rows.count && view->bytes.rows[view->rows.selected].mark.frame != frame)
		app_say(app, "frame %u brought nothing that is shown here: this is what came before it",
			frame);
}

static void answer(struct view *v, struct app *app, enum action asked, const char *text)
{
	uint32_t frame;
	if (asked == ACTION_GO_TO && prompt_number(text, &frame))
		go_to_frame((struct bytes_view *)v, app, frame);
	if (asked != ACTION_SEARCH)
		return;
	snprintf(app->needle, sizeof app->needle, "%s", text);
	search((struct bytes_view *)v, app, 1);
}

static uint32_t selected_frame(const struct bytes_view *view)
{
	return view->rows.count ? view->bytes.rows[view->rows.selected].mark.frame : 0;
}

/** Text to hexadecimal, or back, at the same bytes. */
static void change_look(struct bytes_view *view, struct app *app)
{
	struct bytes_row was = {0};
	if (view->rows.count)
		was = view->bytes.rows[view->rows.selected];
	view->bytes.is_hex = !view->bytes.is_hex;
	view->has_moved = true;
	view->pan = 0;
	make_rows(view, app);
	for (uint32_t i = 0; i < view->rows.count; i++) {
		const struct bytes_row *row = &view->bytes.rows[i];
		if (row->side == was.side && row->kind != BYTES_NOTE && row->at <= was.at &&
		    was.at < row->at + row->length)
			view->rows.selected = i;
	}
}

static void change_body(struct bytes_view *view, struct app *app, enum action action)
{
	uint64_t wanted = action == ACTION_MORE ? view->body_bytes * BODY_STEP
						: view->body_bytes / BODY_STEP;
	if (wanted > LIMIT_WIRE_BODY || wanted < LEAST_BODY) {
		app_say(app, action == ACTION_MORE ? "more cannot be shown at once: s saves whole "
						     "messages (.eml)"
						   : "less than that is not shown");
		return;
	}
	view->frame = selected_frame(view);
	view->has_moved = false;
	view->body_bytes = wanted;
	start_reading(view, app);
}

static void pan(struct bytes_view *view, int by)
{
	int to = view->pan + by;
	if (to >= 0 && to <= BYTES_LINE * 4)
		view->pan = to;
}

static void open_ladder(struct bytes_view *view, struct app *app)
{
	uint32_t session = view->session;
	uint32_t frame = selected_frame(view);
	struct view *below = app_below(app);
	if (ladder_view_show(below, app, session, frame)) {
		app_close(app);
		return;
	}
	app_open(app, ladder_view_open(app, session, NO_EVENT));
	ladder_view_show(app->views[app->view_count - 1], app, session, frame);
}

static void copy(const struct bytes_view *view, struct app *app)
{
	char text[BYTES_ROW_TEXT];
	if (!view->rows.count)
		return;
	bytes_text(&view->bytes, &view->contents, view->rows.selected, app->model.is_ascii, text);
	app_copy(app, "this row", text);
}

static bool act(struct view *v, struct app *app, enum action action, uint32_t count)
{
	struct bytes_view *view = (struct bytes_view *)v;
	if (list_act(&view->rows, action, count, view->height)) {
		view->has_moved = true;
		return true;
	}
	if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_GO_TO)
		app_ask_number(app, "go to frame ");
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(view, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else if (action == ACTION_COPY)
		copy(view, app);
	else if (action == ACTION_HEX)
		change_look(view, app);
	else if (action == ACTION_MORE || action == ACTION_LESS)
		change_body(view, app, action);
	else if (action == ACTION_PAN_LEFT || action == ACTION_PAN_RIGHT)
		pan(view, action == ACTION_PAN_RIGHT ? PAN_COLUMNS : -PAN_COLUMNS);
	else if (action == ACTION_OPEN)
		open_ladder(view, app); /* which may close this view */
	else
		return false;
	return true;
}

static void click(struct view *v, struct app *app, int row, int column)
{
	struct bytes_view *view = (struct bytes_view *)v;
	(void)app;
	(void)column;
	uint32_t at = view->rows.top + (uint32_t)(row - BYTES_HEADER_ROWS);
	if (row < BYTES_HEADER_ROWS || row >= BYTES_HEADER_ROWS + (int)view->height ||
	    at >= view->rows.count)
		return;
	view->rows.selected = at;
	view->has_moved = true;
}

static void close_bytes(struct view *v)
{
	struct bytes_view *view = (struct bytes_view *)v;
	wire_free(view->wire);
	bytes_clear(&view->bytes);
	free(view);
}

static void offer(struct view *v, struct app *app, struct save_offer *out)
{
	const struct bytes_view *view = (const struct bytes_view *)v;
	uint32_t others = (uint32_t)app->rows - view->height;
	out->kind = &rows_sessions;
	out->row = view->session;
	out->is_screen = true;
	out->ending = "txt";
	out->rows = (int)(view->rows.count < SAVE_MOST_ROWS ? view->rows.count + others
							    : SAVE_MOST_ROWS);
	out->number = bytes_view_session(view, app)->number + 1;
	snprintf(out->name, sizeof out->name, "session-%u-bytes", out->number);
}

static void draw_whole(struct view *v, struct app *app, struct canvas *canvas)
{
	struct bytes_view *view = (struct bytes_view *)v;
	uint32_t top = view->rows.top;
	bytes_view_draw(v, app, canvas);
	view->rows.top = top;
}

static int64_t moment(struct view *v, struct app *app)
{
	const struct bytes_view *view = (const struct bytes_view *)v;
	(void)app;
	return view->rows.count ? view->bytes.rows[view->rows.selected].mark.time_ns : NO_TIME;
}

static void pin(struct view *view, struct app *app, void (*keep)(void *to, uint32_t session),
		void *to)
{
	(void)app;
	keep(to, ((const struct bytes_view *)view)->session);
}

static void moved(struct view *v, struct app *app, const struct shift *shift)
{
	struct bytes_view *view = (struct bytes_view *)v;
	view->session = shift_session(shift, view->session);
	wire_move(view->wire, bytes_view_session(view, app));
}

static const struct view_ops bytes_ops = {
	.context = IN_BYTES,
	.draw = bytes_view_draw,
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
	.close = close_bytes,
};

bool bytes_view_show(struct view *v, uint32_t session, uint32_t frame)
{
	struct bytes_view *view = (struct bytes_view *)v;
	if (!v || v->ops != &bytes_ops || view->session != session)
		return false;
	view->frame = frame;
	view->has_moved = false;
	view->rows.selected = bytes_row_of(&view->bytes, frame);
	return true;
}

struct view *bytes_view_open(struct app *app, uint32_t session, uint32_t event)
{
	struct bytes_view *view = calloc(1, sizeof *view);
	if (!view)
		return NULL;
	view->view.ops = &bytes_ops;
	view->session = session;
	view->event = event;
	view->body_bytes = WIRE_BODY_BYTES;
	start_reading(view, app);
	return &view->view;
}
