/* SPDX-License-Identifier: MIT */
#include "app_inner.h"

#include "prompt/prompt_line.h"
#include "terminal/screen.h"

#include <stdio.h>
#include <string.h>

static const char held[] = "  HELD";

int app_footer_columns(const struct app *app, int columns)
{
	return columns - 1 - (app->is_held && !app->asked ? (int)strlen(held) : 0);
}

static void draw_footer(struct app *app, struct canvas *canvas)
{
	char footer[FOOTER_SIZE];
	int row = canvas->rows - 1;
	int width = app_footer_columns(app, canvas->columns);
	bool ascii = app->model.is_ascii;
	if (app->is_held && !app->asked) {
		screen_text(canvas, row, width, (int)strlen(held), held, ascii, SCREEN_WARNING);
	}
	if (app->asked) {
		prompt_line_draw(&app->prompt, app->question, ascii, canvas);
	} else if (app->message[0]) {
		screen_text(canvas, row, 0, width, app->message, ascii, SCREEN_MESSAGE);
	} else if (app->count) {
		snprintf(footer, sizeof footer, "%u", app->count);
		screen_text(canvas, row, 0, width, footer, ascii, SCREEN_PROMPT);
	} else {
		footer_format(app_top(app)->ops->context, app->model.is_live, width, ascii, footer,
			      sizeof footer);
		screen_text(canvas, row, 0, width, footer, ascii, SCREEN_KEY);
	}
}

void app_draw(struct app *app, struct canvas *canvas)
{
	canvas_clear(canvas);
	app->is_changed = app->has_news = false;
	app->rows = canvas->rows;
	app->columns = canvas->columns;
	if (canvas->rows < SMALLEST_ROWS || canvas->columns < SMALLEST_COLUMNS) {
		char text[64];
		snprintf(text, sizeof text, "%dx%d is too small: %dx%d needed", canvas->columns,
			 canvas->rows, SMALLEST_COLUMNS, SMALLEST_ROWS);
		screen_prose(canvas, 0, 0, canvas->rows, canvas->columns, text, true, SCREEN_TEXT);
		return;
	}
	app_top(app)->ops->draw(app_top(app), app, canvas);
	draw_footer(app, canvas);
}

int app_cursor_column(const struct app *app, const struct canvas *canvas)
{
	struct canvas line = {0};
	if (!app->asked || canvas->rows < SMALLEST_ROWS || canvas->columns < SMALLEST_COLUMNS ||
	    !canvas_init(&line, 1, canvas->columns))
		return -1;
	int column = prompt_line_draw(&app->prompt, app->question, app->model.is_ascii, &line);
	canvas_free(&line);
	return column;
}
