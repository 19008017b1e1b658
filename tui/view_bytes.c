/* SPDX-License-Identifier: MIT */
/*
 * What was sent, read again from the capture:
 *
 *      session 3  client 192.0.2.1:4711 -> server 198.51.100.7:25        a.pcap
 *      text, the first 8.2 kB of each message
 *         11 C: MAIL FROM:<alice@msn.example>
 *         12 S: 250 2.1.0 Ok
 *         17 C: Subject: quarterly figures
 *      ── row 4 of 61 ── frame 17 ── 10:02:11.605 ──
 *      Subject: quarterly figures
 */
#include "app.h"
#include "bytes.h"
#include "details.h"
#include "list.h"
#include "screen.h"
#include "text.h"
#include "timetext.h"
#include "views.h"

#include "bounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_ROWS 2
#define FOOT_ROWS 3
#define BATCH_FRAMES 20000 /* some 10 ms */
#define BODY_STEP 4	   /* so many times more, or less */
#define LEAST_BODY 1024u
#define PAN_COLUMNS 20

struct bytes_view {
	struct view view;
	uint32_t session;
	uint32_t event; /* around which bytes are kept */
	uint32_t frame; /* the one to be selected while bytes are read; 0: that of the event */
	bool has_moved; /* the user chose a row: nothing else is selected any more */
	struct wire *wire;
	struct wire_contents contents;
	struct bytes bytes;
	struct list rows; /* for its selection alone */
	uint64_t body_bytes;
	bool is_reading;
	uint32_t height;
	int pan;
};

static const struct session *session_of(const struct bytes_view *view, const struct app *app)
{
	return ledger_session(app->model.ledger, view->session);
}

/* ---- Reading ------------------------------------------------------------------------------ */

static void make_rows(struct bytes_view *view, struct app *app)
{
	view->bytes.shows_secrets = app->model.shows_secrets;
	bytes_make(&view->bytes, &view->contents, session_of(view, app));
	view->rows.count = view->bytes.count;
	const struct event *event = session_event(session_of(view, app), view->event);
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
	view->wire = wire_new(app->model.analysis, session_of(view, app), &options);
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

/* ---- Drawing ------------------------------------------------------------------------------ */

static void draw_header(const struct bytes_view *view, const struct app *app,
			struct canvas *canvas)
{
	const struct session *session = session_of(view, app);
	char client[ENDPOINT_TEXT];
	char server[ENDPOINT_TEXT];
	char line[160];
	bool ascii = app->model.is_ascii;
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	snprintf(line, sizeof line, "session %u  client %s -> server %s", session->id + 1,
		 endpoint_format(&session->client, client),
		 endpoint_format(&session->server, server));
	int used = 1 + screen_text(canvas, 0, 1, canvas->columns - 2, line, ascii, SCREEN_TITLE);
	details_file(&app->model, session, line, sizeof line);
	screen_text_right(canvas, 0, used + 2, canvas->columns - used - 3, line, ascii,
			  SCREEN_TITLE);
	snprintf(line, sizeof line, "%s, the first %s of each message%s",
		 view->bytes.is_hex ? "hexadecimal" : "text", size_text(view->body_bytes).s,
		 view->bytes.has_failed ? "  (no memory for all rows)" : "");
	if (view->is_reading)
		snprintf(line, sizeof line, "reading the capture again, %.0f %%",
			 wire_share(view->wire) * 100);
	screen_text(canvas, 1, 1, canvas->columns - 2, line, ascii,
		    view->is_reading ? SCREEN_WARNING : SCREEN_DIM);
}

static enum screen_style style_of(const struct bytes_row *row)
{
	if (row->kind == BYTES_GAP)
		return (enum screen_style)STYLE_GAP;
	if (row->kind == BYTES_NOTE)
		return SCREEN_WARNING;
	if (row->kind == BYTES_LEFT_OUT || row->kind == BYTES_SEALED)
		return SCREEN_DIM;
	if (row->is_message)
		return SCREEN_TEXT;
	return (enum screen_style)(row->side == SIDE_CLIENT ? STYLE_CLIENT : STYLE_SERVER);
}

/** TEXT without its first COLUMNS columns, a sign for them in front. */
static const char *panned(const char *text, int columns)
{
	while (columns > 0 && *text) {
		size_t n;
		columns -= text_character(text, &n);
		text += n;
	}
	return text;
}

static void draw_row(const struct bytes_view *view, const struct app *app, struct canvas *canvas,
		     int line, uint32_t index)
{
	const struct bytes_row *row = &view->bytes.rows[index];
	char text[BYTES_ROW_TEXT];
	bool ascii = app->model.is_ascii;
	int column = 1;
	bytes_text(&view->bytes, &view->contents, index, ascii, text);
	if (row->kind != BYTES_NOTE && (row->kind != BYTES_DUMP || canvas->columns >= 88)) {
		char frame[16];
		snprintf(frame, sizeof frame, "%u", row->mark.frame);
		screen_text_right(canvas, line, 1, 6, frame, ascii, SCREEN_DIM);
		column = 8;
	}
	enum screen_style style = style_of(row);
	column += screen_text(canvas, line, column, 3, bytes_mark(row), ascii,
			      row->is_message && row->kind != BYTES_NOTE ? SCREEN_DIM : style);
	screen_text(canvas, line, column + 1, canvas->columns - column - 2,
		    panned(text, view->pan), ascii, style);
}

static void draw_foot(const struct bytes_view *view, const struct app *app, struct canvas *canvas,
		      int line)
{
	const struct bytes_row *row = &view->bytes.rows[view->rows.selected];
	char text[BYTES_ROW_TEXT];
	char when[WHEN_TEXT];
	bool ascii = app->model.is_ascii;
	const char *rule = ascii ? "--" : "──";
	screen_rule(canvas, line, 0, ascii);
	when_print(app->model.when, row->mark.time_ns, app->model.origin_ns, NO_TIME, 3, when);
	if (row->kind == BYTES_NOTE)
		snprintf(text, sizeof text, "%s row %u of %u ", rule, view->rows.selected + 1,
			 view->rows.count);
	else
		snprintf(text, sizeof text, "%s row %u of %u %s frame %u %s %s ", rule,
			 view->rows.selected + 1, view->rows.count, rule, row->mark.frame, rule,
			 when);
	screen_text(canvas, line, 0, canvas->columns, text, ascii, SCREEN_STRONG);
	if (row->kind == BYTES_DUMP)
		return;
	bytes_text(&view->bytes, &view->contents, view->rows.selected, ascii, text);
	screen_prose(canvas, line + 1, 1, FOOT_ROWS - 1, canvas->columns - 2, text, ascii,
		     SCREEN_TEXT);
}

static void draw(struct view *v, struct app *app, struct canvas *canvas)
{
	struct bytes_view *view = (struct bytes_view *)v;
	bool has_foot = canvas->rows >= HEADER_ROWS + FOOT_ROWS + 4;
	bool ascii = app->model.is_ascii;
	view->height = (uint32_t)(canvas->rows - HEADER_ROWS - 1 - (has_foot ? FOOT_ROWS : 0));
	draw_header(view, app, canvas);
	list_fit(&view->rows, view->height);
	for (uint32_t i = 0; i < view->height && view->rows.top + i < view->rows.count; i++) {
		int line = HEADER_ROWS + (int)i;
		draw_row(view, app, canvas, line, view->rows.top + i);
		if (view->rows.top + i == view->rows.selected) {
			screen_text(canvas, line, 0, 1, ascii ? ">" : "▸", ascii, SCREEN_STRONG);
			screen_select(canvas, line);
		}
	}
	if (!view->rows.count && !view->is_reading)
		screen_text(canvas, HEADER_ROWS + 1, 2, canvas->columns - 4,
			    "no bytes of this session were captured", ascii, SCREEN_TEXT);
	if (has_foot && view->rows.count)
		draw_foot(view, app, canvas, HEADER_ROWS + (int)view->height);
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
	struct search search = {view->rows.count, view->rows.selected, NULL, has_needle, &hay};
	if (app_search(app, &search, by, &view->rows.selected))
		view->has_moved = true;
}

static void answer(struct view *v, struct app *app, enum action asked, const char *text)
{
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
		app_say(app, action == ACTION_MORE ? "more cannot be shown at once: --eml writes "
						     "whole messages to files"
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

static bool act(struct view *v, struct app *app, enum action action, uint32_t count)
{
	struct bytes_view *view = (struct bytes_view *)v;
	if (list_act(&view->rows, action, count, view->height)) {
		view->has_moved = true;
		return true;
	}
	if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(view, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
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
	uint32_t at = view->rows.top + (uint32_t)(row - HEADER_ROWS);
	if (row < HEADER_ROWS || row >= HEADER_ROWS + (int)view->height || at >= view->rows.count)
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

static const struct view_ops bytes_ops = {
	.context = IN_BYTES,
	.draw = draw,
	.act = act,
	.update = update,
	.click = click,
	.answer = answer,
	.tick = tick,
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
