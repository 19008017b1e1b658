/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

bool canvas_init(struct canvas *canvas, int rows, int columns)
{
	*canvas = (struct canvas){.rows = rows, .columns = columns};
	if (rows <= 0 || columns <= 0)
		return false;
	canvas->cells = calloc((size_t)rows * (size_t)columns, sizeof *canvas->cells);
	if (!canvas->cells)
		return false;
	canvas_clear(canvas);
	return true;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct canvas){0};
}

static const struct canvas_cell blank_cell = {.width = 1, .style = STYLE_NONE};

void canvas_clear(struct canvas *canvas)
{
	size_t count = (size_t)canvas->rows * (size_t)canvas->columns;

	for (size_t i = 0; i < count; i++)
		canvas->cells[i] = blank_cell;
}

struct canvas_cell *canvas_at(const struct canvas *canvas, int row, int column)
{
	if (row < 0 || row >= canvas->rows || column < 0 || column >= canvas->columns)
		return NULL;
	return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

/* What is overwritten in half is blank in its other half. */
static void vacate(const struct canvas *canvas, int row, int column)
{
	struct canvas_cell *cell = canvas_at(canvas, row, column);
	struct canvas_cell *left = canvas_at(canvas, row, column - 1);
	struct canvas_cell *right = canvas_at(canvas, row, column + 1);

	if (!cell)
		return;
	if (cell->width == 0 && left)
		*left = blank_cell;
	if (cell->width == 2 && right)
		*right = blank_cell;
}

static void put_character(struct canvas *canvas, int row, int column, const char *bytes, size_t n,
			  int width, enum canvas_style style)
{
	struct canvas_cell *cell = canvas_at(canvas, row, column);
	struct canvas_cell *right = canvas_at(canvas, row, column + 1);

	if (!cell || (width == 2 && !right))
		return;
	vacate(canvas, row, column);
	if (width == 2) {
		vacate(canvas, row, column + 1);
		*right = (struct canvas_cell){.style = (uint8_t)style};
	}
	*cell = (struct canvas_cell){.width = (uint8_t)width, .style = (uint8_t)style};
	memcpy(cell->glyph, bytes, n);
}

/* A combining mark joins the character before it, if there is room. */
static void join_character(const struct canvas *canvas, int row, int column, const char *bytes,
			   size_t n)
{
	struct canvas_cell *cell = canvas_at(canvas, row, column);

	if (cell && cell->width == 0)
		cell = canvas_at(canvas, row, column - 1);
	if (!cell)
		return;
	size_t len = strlen(cell->glyph);
	if (len && len + n < sizeof cell->glyph)
		memcpy(cell->glyph + len, bytes, n);
}

int canvas_put(struct canvas *canvas, int row, int column, const char *text,
	       enum canvas_style style)
{
	int start = column;

	while (*text) {
		size_t n;
		int width = text_character(text, &n);
		if (width > 0)
			put_character(canvas, row, column, text, n, width, style);
		else if (column > start)
			join_character(canvas, row, column - 1, text, n);
		column += width;
		text += n;
	}
	return column - start;
}

bool canvas_is_blank(const struct canvas *canvas, int row, int column, int columns)
{
	for (int i = 0; i < columns; i++) {
		const struct canvas_cell *cell = canvas_at(canvas, row, column + i);
		if (!cell || cell->glyph[0] || cell->width != 1)
			return false;
	}
	return true;
}

const char *canvas_row(const struct canvas *canvas, int row, char *out, size_t out_size)
{
	size_t used = 0;
	size_t solid = 0; /* used, up to the last cell that is not blank */

	for (int column = 0; column < canvas->columns; column++) {
		const struct canvas_cell *cell = canvas_at(canvas, row, column);
		if (!cell || cell->width == 0)
			continue;
		const char *glyph = cell->glyph[0] ? cell->glyph : " ";
		size_t len = strlen(glyph);
		if (used + len >= out_size)
			break;
		memcpy(out + used, glyph, len);
		used += len;
		if (cell->glyph[0] && strcmp(cell->glyph, " ") != 0)
			solid = used;
	}
	if (out_size)
		out[solid] = '\0';
	return out;
}
