/* SPDX-License-Identifier: MIT */
/*
 * One session as a ladder:
 *
 *      session 3  client 192.0.2.1:4711 -> server 198.51.100.7:25        a.pcap
 *      time         delta   frame  msn.example                      mx.example.net
 *      10:02:11.482  0.041     11  ├─ MAIL FROM:<alice@msn.example> ────────────▶│
 *      10:02:11.523  0.041     12  │◀──────────────────────────── 250 2.1.0 Ok ──┤
 *
 * Enter opens a row into the segments that carried it, which are read again from the capture.
 */
#include "app.h"
#include "details.h"
#include "ladder.h"
#include "ladder_run.h"
#include "list.h"
#include "screen.h"
#include "text.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_ROWS 2
#define ROWS_BEFORE 8 /* shown above the row that the ladder is opened at */
#define FOOT_ROWS 4   /* a rule, and the selected row in words */

struct ladder_view {
	struct view view;
	uint32_t session;
	struct list rows; /* for its selection alone: row n is event n, but for those of the run */
	uint32_t height;
	struct wire *wire; /* NULL until a row is opened */
	struct wire_contents contents;
	struct ladder_run run; /* its rows stand behind that of its event */
	bool is_reading;
	uint32_t frame; /* the one to be selected once it is read; 0: none */
};

#define NO_SEGMENT UINT32_MAX
#define BATCH_FRAMES 20000 /* some 10 ms */

/** Columns of the screen: what stands left of the client's line, and both lines. */
struct lines {
	int time;
	int delta; /* 0: not shown */
	int frame;
	int client;
	int server;
};

static struct lines place_lines(int columns)
{
	struct lines l = {.time = 1, .delta = 15, .frame = 25, .client = 32};
	if (columns < 72) {
		l.delta = 0;
		l.frame = 14;
		l.client = 21;
	}
	l.server = columns - 2;
	if (l.server - l.client > 120)
		l.server = l.client + 120;
	return l;
}

static const struct session *session_of(const struct ladder_view *ladder, const struct app *app)
{
	return ledger_session(app->model.ledger, ladder->session);
}

/** The event that row INDEX shows or belongs to; SEGMENT gets the index in the run. */
static uint32_t event_at(const struct ladder_view *ladder, uint32_t index, uint32_t *segment)
{
	const struct ladder_run *run = &ladder->run;
	*segment = NO_SEGMENT;
	if (run->event == NO_EVENT || index <= run->event)
		return index;
	if (index > run->event + run->count)
		return index - run->count;
	*segment = index - run->event - 1;
	return run->event;
}

/** Row INDEX, and the time of the row before it (NO_TIME: there is none). */
static void row_at(const struct ladder_view *ladder, const struct app *app, uint32_t index,
		   struct ladder_row *out)
{
	uint32_t segment;
	uint32_t event = event_at(ladder, index, &segment);
	if (segment == NO_SEGMENT)
		ladder_row_at(app->model.ledger, session_of(ladder, app), event,
			      app->model.is_ascii, out);
	else
		ladder_run_row(&ladder->run, &ladder->contents, segment, out);
}

static void explain_row(const struct ladder_view *ladder, const struct app *app, uint32_t index,
			struct prose *out)
{
	uint32_t segment;
	uint32_t event = event_at(ladder, index, &segment);
	if (segment != NO_SEGMENT) {
		ladder_run_explain(&ladder->run, &ladder->contents, segment, out);
		return;
	}
	ladder_explain(app->model.ledger, session_of(ladder, app), event, app->model.is_ascii, out);
	if (event == ladder->run.event && ladder->run.count)
		ladder_run_sum(&ladder->run, &ladder->contents, out);
}

/* ---- Drawing ------------------------------------------------------------------------------ */

static void draw_header(const struct session *session, const struct app *app, struct canvas *canvas,
			const struct lines *lines)
{
	char client[ENDPOINT_TEXT];
	char server[ENDPOINT_TEXT];
	char line[160];
	bool ascii = app->model.is_ascii;
	int half = (lines->server - lines->client) / 2;
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	snprintf(line, sizeof line, "session %u  client %s -> server %s", session->id + 1,
		 endpoint_format(&session->client, client),
		 endpoint_format(&session->server, server));
	int used = 1 + screen_text(canvas, 0, 1, canvas->columns - 2, line, ascii, SCREEN_TITLE);
	details_file(&app->model, session, line, sizeof line);
	screen_text_right(canvas, 0, used + 2, canvas->columns - used - 3, line, ascii,
			  SCREEN_TITLE);
	text_clean(ledger_text(app->model.ledger, session->client_name), line, sizeof line,
		   half - 1, ascii);
	screen_text(canvas, 1, lines->client, half - 1, line[0] ? line : "client", ascii,
		    SCREEN_HEADING);
	text_clean(ledger_text(app->model.ledger, session->server_name), line, sizeof line, half,
		   ascii);
	screen_text_right(canvas, 1, lines->client + half, lines->server - lines->client - half + 1,
			  line[0] ? line : "server", ascii, SCREEN_HEADING);
	screen_text(canvas, 1, lines->time, 4, "time", ascii, SCREEN_HEADING);
	if (lines->delta)
		screen_text_right(canvas, 1, lines->delta, 9, "delta", ascii, SCREEN_HEADING);
	screen_text_right(canvas, 1, lines->frame, 6, "frame", ascii, SCREEN_HEADING);
}

static const char *shaft(const struct ladder_row *row, bool ascii)
{
	switch (row->line) {
	case LADDER_ARROW:
		return ascii ? "-" : "─";
	case LADDER_THIN:
		return ascii ? "." : "┄";
	case LADDER_BREAK:
		return ascii ? "/" : "╱";
	}
	return " ";
}

static void draw_arrow(const struct ladder_row *row, struct canvas *canvas, int line,
		       const struct lines *lines, bool ascii)
{
	enum screen_style style = (enum screen_style)row->style;
	int width = lines->server - lines->client - 1;
	char label[LADDER_LABEL];
	for (int i = 1; i <= width; i++)
		screen_text(canvas, line, lines->client + i, 1, shaft(row, ascii), ascii, style);
	int columns = text_clean(span_of(row->label), label, sizeof label, width - 6, ascii);
	int at = row->is_server ? lines->server - 3 - columns : lines->client + 3;
	screen_text(canvas, line, at - 1, 1, " ", ascii, style);
	screen_text(canvas, line, at, columns, label, ascii, style);
	screen_text(canvas, line, at + columns, 1, " ", ascii, style);
	screen_text(canvas, line, lines->client, 1, ascii ? "|" : "│", ascii, SCREEN_DIM);
	screen_text(canvas, line, lines->server, 1, ascii ? "|" : "│", ascii, SCREEN_DIM);
	if (row->line == LADDER_BREAK)
		return;
	if (row->is_server)
		screen_text(canvas, line, lines->client + 1, 1, ascii ? "<" : "◀", ascii, style);
	else
		screen_text(canvas, line, lines->server - 1, 1, ascii ? ">" : "▶", ascii, style);
}

static void draw_row(const struct ladder_view *ladder, const struct app *app,
		     struct canvas *canvas, int line, const struct lines *lines, uint32_t index)
{
	struct ladder_row row;
	struct ladder_row previous = {.time_ns = NO_TIME};
	char text[WHEN_TEXT];
	bool ascii = app->model.is_ascii;
	row_at(ladder, app, index, &row);
	if (index)
		row_at(ladder, app, index - 1, &previous);
	int64_t before = previous.time_ns;
	when_print(app->model.when, row.time_ns, app->model.origin_ns, before, 3, text);
	screen_text(canvas, line, lines->time, 13, text, ascii, SCREEN_TEXT);
	if (lines->delta && before != NO_TIME) {
		snprintf(text, sizeof text, "%.3f", (double)(row.time_ns - before) / 1e9);
		screen_text_right(canvas, line, lines->delta, 9, text, ascii,
				  row.time_ns - before >= NS_PER_SECOND ? SCREEN_STRONG
									: SCREEN_DIM);
	}
	if (row.frame) {
		snprintf(text, sizeof text, "%u", row.frame);
		screen_text_right(canvas, line, lines->frame, 6, text, ascii, SCREEN_DIM);
	}
	draw_arrow(&row, canvas, line, lines, ascii);
}

static void draw_foot(const struct ladder_view *ladder, const struct app *app,
		      struct canvas *canvas, int line)
{
	struct prose prose;
	char where[64];
	bool ascii = app->model.is_ascii;
	prose_clear(&prose);
	screen_rule(canvas, line, 0, ascii);
	snprintf(where, sizeof where, " %u of %u ", ladder->rows.selected + 1, ladder->rows.count);
	screen_text(canvas, line, 2, 40, where, ascii, SCREEN_STRONG);
	explain_row(ladder, app, ladder->rows.selected, &prose);
	if (ladder->is_reading)
		screen_text_right(canvas, line, canvas->columns - 32, 30,
				  " reading the capture again ", ascii, SCREEN_WARNING);
	screen_prose(canvas, line + 1, 1, FOOT_ROWS - 1, canvas->columns - 2, prose.text, ascii,
		     SCREEN_TEXT);
}

static void draw(struct view *view, struct app *app, struct canvas *canvas)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	const struct session *session = session_of(ladder, app);
	struct lines lines = place_lines(canvas->columns);
	bool has_foot = canvas->rows >= HEADER_ROWS + FOOT_ROWS + 4;
	ladder->height = (uint32_t)(canvas->rows - HEADER_ROWS - 1 - (has_foot ? FOOT_ROWS : 0));
	draw_header(session, app, canvas, &lines);
	list_fit(&ladder->rows, ladder->height);
	for (uint32_t i = 0; i < ladder->height && ladder->rows.top + i < ladder->rows.count; i++) {
		int line = HEADER_ROWS + (int)i;
		draw_row(ladder, app, canvas, line, &lines, ladder->rows.top + i);
		if (ladder->rows.top + i == ladder->rows.selected) {
			screen_text(canvas, line, 0, 1, app->model.is_ascii ? ">" : "▸",
				    app->model.is_ascii, SCREEN_STRONG);
			screen_select(canvas, line);
		}
	}
	if (has_foot && ladder->rows.count)
		draw_foot(ladder, app, canvas, HEADER_ROWS + (int)ladder->height);
}

/* ---- Acting ------------------------------------------------------------------------------- */

static void count_rows(struct ladder_view *ladder, const struct app *app)
{
	ladder->rows.count = session_of(ladder, app)->event_count + ladder->run.count;
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
	uint32_t selected = event_at(ladder, ladder->rows.selected, &segment);
	uint32_t event = ladder->run.event;
	ladder->is_reading = wire_read(ladder->wire, BATCH_FRAMES);
	ladder->contents = wire_contents(ladder->wire);
	if (!ladder_run_make(&ladder->run, &ladder->contents, session_of(ladder, app), event))
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
	uint32_t selected = event_at(ladder, ladder->rows.selected, &segment);
	ladder_run_clear(&ladder->run);
	ladder->is_reading = false;
	ladder->frame = 0;
	ladder->rows.selected = selected;
	count_rows(ladder, app);
}

static void open_run(struct ladder_view *ladder, struct app *app, uint32_t event)
{
	const struct session *session = session_of(ladder, app);
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
	uint32_t event = event_at(ladder, ladder->rows.selected, &segment);
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
	uint32_t event = event_at(ladder, ladder->rows.selected, &segment);
	if (ladder->rows.count)
		row_at(ladder, app, ladder->rows.selected, &row);
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
	explain_row(hay->ladder, hay->app, row, &prose);
	return strcasestr(prose.text, needle) != NULL;
}

static void search(struct ladder_view *ladder, struct app *app, int by)
{
	const struct haystack hay = {ladder, app};
	struct search search = {ladder->rows.count, ladder->rows.selected, NULL, has_needle, &hay};
	if (app_search(app, &search, by, &ladder->rows.selected))
		ladder->frame = 0;
}

static void answer(struct view *view, struct app *app, enum action asked, const char *text)
{
	if (asked != ACTION_SEARCH)
		return;
	snprintf(app->needle, sizeof app->needle, "%s", text);
	search((struct ladder_view *)view, app, 1);
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
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(ladder, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else if (action == ACTION_OPEN)
		open_or_close(ladder, app);
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
	uint32_t at = ladder->rows.top + (uint32_t)(row - HEADER_ROWS);
	if (row >= HEADER_ROWS && row < HEADER_ROWS + (int)ladder->height &&
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

static const struct view_ops ladder_ops = {
	.context = IN_LADDER,
	.draw = draw,
	.act = act,
	.update = update,
	.click = click,
	.answer = answer,
	.tick = tick,
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
	uint32_t event = event_of_frame(session_of(ladder, app), frame, &is_exact);
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
	ladder->rows.count = session_of(ladder, app)->event_count;
	if (event < ladder->rows.count)
		ladder->rows.selected = event;
	ladder->rows.top =
		ladder->rows.selected > ROWS_BEFORE ? ladder->rows.selected - ROWS_BEFORE : 0;
	return &ladder->view;
}
