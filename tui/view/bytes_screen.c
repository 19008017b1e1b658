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
#include "view/bytes_view.h"

#include "list/details.h"
#include "terminal/screen.h"
#include "text.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

#define FOOT_ROWS 3

static void draw_header(const struct bytes_view *view, const struct app *app,
			struct canvas *canvas)
{
	const struct session *session = bytes_view_session(view, app);
	char client[ENDPOINT_TEXT];
	char server[ENDPOINT_TEXT];
	char line[160];
	bool ascii = app->model.is_ascii;
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	snprintf(line, sizeof line, "session %u  client %s -> server %s", session->number + 1,
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

void bytes_view_draw(struct view *v, struct app *app, struct canvas *canvas)
{
	struct bytes_view *view = (struct bytes_view *)v;
	bool has_foot = canvas->rows >= BYTES_HEADER_ROWS + FOOT_ROWS + 4;
	bool ascii = app->model.is_ascii;
	view->height = (uint32_t)(canvas->rows - BYTES_HEADER_ROWS - 1 - (has_foot ? FOOT_ROWS : 0));
	draw_header(view, app, canvas);
	list_fit(&view->rows, view->height);
	for (uint32_t i = 0; i < view->height && view->rows.top + i < view->rows.count; i++) {
		int line = BYTES_HEADER_ROWS + (int)i;
		draw_row(view, app, canvas, line, view->rows.top + i);
		if (view->rows.top + i == view->rows.selected) {
			screen_text(canvas, line, 0, 1, ascii ? ">" : "▸", ascii, SCREEN_STRONG);
			screen_select(canvas, line);
		}
	}
	if (!view->rows.count && !view->is_reading)
		screen_text(canvas, BYTES_HEADER_ROWS + 1, 2, canvas->columns - 4,
			    "no bytes of this session were captured", ascii, SCREEN_TEXT);
	if (has_foot && view->rows.count)
		draw_foot(view, app, canvas, BYTES_HEADER_ROWS + (int)view->height);
}
