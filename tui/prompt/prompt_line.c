/* SPDX-License-Identifier: MIT */
#include "prompt/prompt_line.h"

#include "terminal/screen.h"
#include "text.h"

#include <string.h>

#define ROOM_AFTER 1 /* the cursor stands behind the text */
#define LEAST_ROOM 8 /* columns for a text; a question that leaves fewer is not shown */
#define WHY_ROWS 5
#define LEAST_ROWS 10 /* of a canvas on which is said why */
#define LEAST_ROWS_HINT 15 /* the same of a hint */

/** Columns that bytes FROM to TO of the text take. */
static int columns_of(const struct prompt *prompt, size_t from, size_t to, bool ascii_only)
{
	char shown[PROMPT_SIZE * 8];
	struct span bytes = {(const uint8_t *)prompt->text + from, to - from};
	return text_clean(bytes, shown, sizeof shown, PROMPT_SIZE * 8, ascii_only);
}

/** Where to begin, so that the cursor lies within COLUMNS. */
static size_t first_shown(const struct prompt *prompt, int columns, bool ascii_only)
{
	size_t start = 0;
	while (start < prompt->cursor &&
	       columns_of(prompt, start, prompt->cursor, ascii_only) > columns - ROOM_AFTER) {
		do
			start++;
		while (((unsigned char)prompt->text[start] & 0xc0) == 0x80);
	}
	return start;
}

/** TEXT in rows that end above the last BELOW ones, which are emptied but for the prompt. */
static void draw_above(const char *text, int below, enum screen_style style, bool ascii_only,
		       struct canvas *canvas)
{
	struct canvas sheet = {0};
	int columns = canvas->columns - 2;
	if (!canvas_init(&sheet, WHY_ROWS, columns))
		return;
	int rows = screen_prose(&sheet, 0, 0, WHY_ROWS, columns, text, ascii_only, style);
	int row = canvas->rows - below - rows;
	for (int i = row; i < canvas->rows - 1; i++)
		for (int column = 0; column < canvas->columns; column++)
			screen_text(canvas, i, column, 1, " ", true, SCREEN_TEXT);
	for (int i = 0; i < rows; i++) {
		char line[1024];
		screen_text(canvas, row + i, 1, columns, canvas_row(&sheet, i, line, sizeof line),
			    ascii_only, style);
	}
	canvas_free(&sheet);
}

/** Points at COUNT columns of the prompt from COLUMN on, and paints them. */
static void draw_place(struct canvas *canvas, int column, int count)
{
	int row = canvas->rows - 1;
	if (column >= canvas->columns)
		return;
	if (column + count > canvas->columns)
		count = canvas->columns - column;
	for (int i = 0; i < count; i++)
		screen_text(canvas, row - 1, column + i, 1, "v", true, SCREEN_WARNING);
	screen_paint(canvas, row, column, count, SCREEN_WARNING);
}

int prompt_line_draw(const struct prompt *prompt, const char *question, bool ascii_only,
		     struct canvas *canvas)
{
	int row = canvas->rows - 1;
	int width = canvas->columns - 1;
	int start_column = screen_text(canvas, row, 0, width - LEAST_ROOM, question, ascii_only,
				       SCREEN_PROMPT);
	size_t start = first_shown(prompt, width - start_column, ascii_only);
	screen_text(canvas, row, start_column, width - start_column, prompt->text + start,
		    ascii_only, prompt->is_offered ? SCREEN_DIM : SCREEN_TEXT);
	int cursor = start_column + columns_of(prompt, start, prompt->cursor, ascii_only);
	if (prompt->why[0] && canvas->rows >= LEAST_ROWS) {
		size_t at = prompt->why_at > start ? prompt->why_at : start;
		size_t end = prompt->why_at + prompt->why_length;
		int place = start_column + columns_of(prompt, start, at, ascii_only);
		int count = end > at ? columns_of(prompt, at, end, ascii_only) : 0;
		draw_above(prompt->why, 2, SCREEN_MESSAGE, ascii_only, canvas);
		draw_place(canvas, place, count ? count : 1);
	} else if (prompt->hint[0] && canvas->rows >= LEAST_ROWS_HINT) {
		draw_above(prompt->hint, 1, SCREEN_DIM, ascii_only, canvas);
	}
	return cursor < width ? cursor : width;
}
