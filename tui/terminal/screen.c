/* SPDX-License-Identifier: MIT */
#include "terminal/screen.h"

#include "prose.h"
#include "text.h"

#include <string.h>

#define LINE_SIZE 2048

enum screen_style screen_state_style(enum delivery_state state)
{
	switch (state) {
	case STATE_DUPLICATED:
		return SCREEN_DUPLICATED;
	case STATE_MAYBE_DUPLICATED:
		return SCREEN_MAYBE;
	case STATE_IN_DOUBT:
		return SCREEN_IN_DOUBT;
	case STATE_UNDELIVERED:
		return SCREEN_UNDELIVERED;
	case STATE_DELIVERED:
		return SCREEN_DELIVERED;
	case STATES:
		break;
	}
	return SCREEN_TEXT;
}

static int put(struct canvas *canvas, int row, int column, const char *text,
	       enum screen_style style)
{
	int used = canvas_put(canvas, row, column, text, STYLE_NONE);
	screen_paint(canvas, row, column, used, style);
	return used;
}

int screen_text(struct canvas *canvas, int row, int column, int columns, const char *text,
		bool ascii_only, enum screen_style style)
{
	char line[LINE_SIZE];
	if (columns <= 0)
		return 0;
	text_clean(span_of(text), line, sizeof line, columns, ascii_only);
	return put(canvas, row, column, line, style);
}

void screen_text_right(struct canvas *canvas, int row, int column, int columns, const char *text,
		       bool ascii_only, enum screen_style style)
{
	char line[LINE_SIZE];
	if (columns <= 0)
		return;
	int used = text_clean(span_of(text), line, sizeof line, columns, ascii_only);
	put(canvas, row, column + columns - used, line, style);
}

void screen_paint(struct canvas *canvas, int row, int column, int columns, enum screen_style style)
{
	for (int i = 0; i < columns; i++) {
		struct canvas_cell *cell = canvas_at(canvas, row, column + i);
		if (cell)
			cell->style = (uint8_t)style;
	}
}

void screen_select(struct canvas *canvas, int row)
{
	for (int i = 0; i < canvas->columns; i++) {
		struct canvas_cell *cell = canvas_at(canvas, row, i);
		if (cell)
			cell->is_current = true;
	}
}

void screen_bar(struct canvas *canvas, int row, int column, int columns, double share,
		bool ascii_only, enum screen_style style)
{
	int inner = columns - 2;
	if (inner <= 0)
		return;
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	int full = (int)(share * inner + 0.5);
	put(canvas, row, column, "[", SCREEN_TEXT);
	for (int i = 0; i < inner; i++) {
		const char *glyph = i < full ? (ascii_only ? "#" : "█") : (ascii_only ? "." : "·");
		put(canvas, row, column + 1 + i, glyph, i < full ? style : SCREEN_DIM);
	}
	put(canvas, row, column + 1 + inner, "]", SCREEN_TEXT);
}

void screen_copy(struct canvas *to, int row, int column, const struct canvas *from)
{
	for (int r = 0; r < from->rows; r++) {
		for (int c = 0; c < from->columns; c++) {
			struct canvas_cell *cell = canvas_at(to, row + r, column + c);
			if (cell)
				*cell = *canvas_at(from, r, c);
		}
	}
}

void screen_rule(struct canvas *canvas, int row, int column, bool ascii_only)
{
	for (int i = column; i < canvas->columns; i++)
		put(canvas, row, i, ascii_only ? "-" : "─", SCREEN_DIM);
}

int screen_prose(struct canvas *canvas, int row, int column, int rows, int columns,
		 const char *text, bool ascii_only, enum screen_style style)
{
	const char *rest = text;
	int used = 0;
	if (columns < 8)
		return 0;
	columns = screen_prose_columns(columns);
	while (used < rows) {
		struct span line = prose_next_line(&rest, columns);
		char clean[LINE_SIZE];
		if (!line.p)
			break;
		text_clean(line, clean, sizeof clean, columns, ascii_only);
		put(canvas, row + used++, column, clean, style);
	}
	if (used == rows && *rest && used > 0)
		put(canvas, row + rows - 1, column + columns - 1, ascii_only ? "~" : "…", style);
	return used;
}
