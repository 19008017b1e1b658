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
#include "view/ladder_view.h"

#include "host_names.h"
#include "list/details.h"
#include "terminal/screen.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define FOOT_ROWS 4 /* a rule, and the selected row in words */

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

/* ---- Rows --------------------------------------------------------------------------------- */

uint32_t ladder_view_event(const struct ladder_view *ladder, uint32_t index, uint32_t *segment)
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

void ladder_view_row(const struct ladder_view *ladder, const struct app *app, uint32_t index,
		   struct ladder_row *out)
{
	uint32_t segment;
	uint32_t event = ladder_view_event(ladder, index, &segment);
	if (segment == NO_SEGMENT)
		ladder_row_at(app->model.ledger, ladder_view_session(ladder, app), event,
			      app->model.is_ascii, out);
	else
		ladder_run_row(&ladder->run, &ladder->contents, segment, out);
}

void ladder_view_explain(const struct ladder_view *ladder, const struct app *app, uint32_t index,
			struct prose *out)
{
	uint32_t segment;
	uint32_t event = ladder_view_event(ladder, index, &segment);
	if (segment != NO_SEGMENT) {
		ladder_run_explain(&ladder->run, &ladder->contents, segment, out);
		return;
	}
	ladder_explain(app->model.ledger, ladder_view_session(ladder, app), event,
		       app->model.is_ascii, out);
	if (event == ladder->run.event && ladder->run.count)
		ladder_run_sum(&ladder->run, &ladder->contents, out);
}

/* ---- Drawing ------------------------------------------------------------------------------ */

/** What the user calls the host, or else what it calls itself. */
static struct span side_name(const struct app *app, const struct endpoint *endpoint, text_id own)
{
	const char *alias = host_names_find(ledger_host_names(app->model.ledger), endpoint);
	return alias[0] ? span_of(alias) : ledger_text(app->model.ledger, own);
}

static void draw_header(const struct session *session, const struct app *app, struct canvas *canvas,
			const struct lines *lines)
{
	char client[ENDPOINT_TEXT];
	char server[ENDPOINT_TEXT];
	char line[160];
	bool ascii = app->model.is_ascii;
	int half = (lines->server - lines->client) / 2;
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	snprintf(line, sizeof line, "session %u  client %s -> server %s", session->number + 1,
		 endpoint_format(&session->client, client),
		 endpoint_format(&session->server, server));
	int used = 1 + screen_text(canvas, 0, 1, canvas->columns - 2, line, ascii, SCREEN_TITLE);
	details_file(&app->model, session, line, sizeof line);
	screen_text_right(canvas, 0, used + 2, canvas->columns - used - 3, line, ascii,
			  SCREEN_TITLE);
	text_clean(side_name(app, &session->client, session->client_name), line, sizeof line,
		   half - 1, ascii);
	screen_text(canvas, 1, lines->client, half - 1, line[0] ? line : "client", ascii,
		    SCREEN_HEADING);
	text_clean(side_name(app, &session->server, session->server_name), line, sizeof line, half,
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
	ladder_view_row(ladder, app, index, &row);
	if (index)
		ladder_view_row(ladder, app, index - 1, &previous);
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
	ladder_view_explain(ladder, app, ladder->rows.selected, &prose);
	if (ladder->is_reading)
		screen_text_right(canvas, line, canvas->columns - 32, 30,
				  " reading the capture again ", ascii, SCREEN_WARNING);
	screen_prose(canvas, line + 1, 1, FOOT_ROWS - 1, canvas->columns - 2, prose.text, ascii,
		     SCREEN_TEXT);
}

void ladder_view_draw(struct view *view, struct app *app, struct canvas *canvas)
{
	struct ladder_view *ladder = (struct ladder_view *)view;
	const struct session *session = ladder_view_session(ladder, app);
	struct lines lines = place_lines(canvas->columns);
	bool has_foot = canvas->rows >= LADDER_HEADER_ROWS + FOOT_ROWS + 4;
	ladder->height = (uint32_t)(canvas->rows - LADDER_HEADER_ROWS - 1 - (has_foot ? FOOT_ROWS : 0));
	draw_header(session, app, canvas, &lines);
	list_fit(&ladder->rows, ladder->height);
	for (uint32_t i = 0; i < ladder->height && ladder->rows.top + i < ladder->rows.count; i++) {
		int line = LADDER_HEADER_ROWS + (int)i;
		draw_row(ladder, app, canvas, line, &lines, ladder->rows.top + i);
		if (ladder->rows.top + i == ladder->rows.selected) {
			screen_text(canvas, line, 0, 1, app->model.is_ascii ? ">" : "▸",
				    app->model.is_ascii, SCREEN_STRONG);
			screen_select(canvas, line);
		}
	}
	if (has_foot && ladder->rows.count)
		draw_foot(ladder, app, canvas, LADDER_HEADER_ROWS + (int)ladder->height);
}
