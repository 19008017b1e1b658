/* SPDX-License-Identifier: MIT */
#include "svg.h"

#include <errno.h>
#include <string.h>

/* A cell in pixels. A monospaced character is 0.6 of its font's size wide in most fonts. */
#define CELL_WIDTH 9
#define CELL_HEIGHT 18
#define FONT_SIZE 15
#define BASELINE 14
#define MARGIN 9

static const char font[] = "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace";

struct writer {
	FILE *out;
	const struct canvas *canvas;
	const struct svg_theme *theme;
};

/* ---- Colours ------------------------------------------------------------------------------- */

uint32_t svg_color(uint8_t color)
{
	static const uint32_t first[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const uint8_t levels[6] = {0, 95, 135, 175, 215, 255};
	unsigned cube = color - 16u;

	if (color < 16)
		return first[color];
	if (color >= 232)
		return (8u + 10u * (color - 232u)) * 0x010101u;
	return (uint32_t)levels[cube / 36] << 16 | (uint32_t)levels[cube / 6 % 6] << 8 |
	       levels[cube % 6];
}

static struct svg_look look_of(const struct writer *writer, const struct canvas_cell *cell)
{
	struct svg_look look = writer->theme->look(writer->theme->context, cell->style);

	look.is_reversed = look.is_reversed != (cell->is_current || cell->is_playhead);
	return look;
}

static uint32_t ink_of(const struct writer *writer, const struct svg_look *look)
{
	return look->color == SVG_OWN ? writer->theme->foreground
				      : svg_color((uint8_t)look->color);
}

/* ---- Runs of cells ------------------------------------------------------------------------- */

static bool is_blank(const struct canvas_cell *cell)
{
	return !cell->glyph[0] || strcmp(cell->glyph, " ") == 0;
}

static bool looks_same(const struct svg_look *a, const struct svg_look *b)
{
	return a->color == b->color && a->is_bold == b->is_bold && a->is_dim == b->is_dim &&
	       a->is_underlined == b->is_underlined && a->is_reversed == b->is_reversed;
}

/* How many columns from COLUMN on are drawn at once: a wide character stands alone, as fonts
 * seldom make it as wide as two others. */
static int run_columns(const struct writer *writer, int row, int column)
{
	const struct canvas_cell *first = canvas_at(writer->canvas, row, column);
	struct svg_look look = look_of(writer, first);
	int columns = 1;

	if (first->width == 2)
		return 2;
	for (; column + columns < writer->canvas->columns; columns++) {
		const struct canvas_cell *cell = canvas_at(writer->canvas, row, column + columns);
		struct svg_look other = look_of(writer, cell);
		if (cell->width == 2 || !looks_same(&look, &other))
			break;
	}
	return columns;
}

static void write_glyph(FILE *out, const char *glyph)
{
	for (const char *c = glyph; *c; c++) {
		if (*c == '&')
			fputs("&amp;", out);
		else if (*c == '<')
			fputs("&lt;", out);
		else if (*c == '>')
			fputs("&gt;", out);
		else
			fputc(*c, out);
	}
}

static void write_text(const struct writer *writer, int row, int column, int columns,
		       const struct svg_look *look)
{
	FILE *out = writer->out;
	uint32_t ink = look->is_reversed ? writer->theme->background : ink_of(writer, look);

	fprintf(out,
		"<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" "
		"fill=\"#%06x\"%s%s%s>",
		MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT + BASELINE,
		columns * CELL_WIDTH, ink, look->is_bold ? " font-weight=\"bold\"" : "",
		look->is_dim ? " fill-opacity=\"0.7\"" : "",
		look->is_underlined ? " text-decoration=\"underline\"" : "");
	for (int i = 0; i < columns; i++) {
		const struct canvas_cell *cell = canvas_at(writer->canvas, row, column + i);
		if (cell->width)
			write_glyph(out, cell->glyph[0] ? cell->glyph : " ");
	}
	fputs("</text>\n", out);
}

static void write_run(const struct writer *writer, int row, int column, int columns)
{
	struct svg_look look = look_of(writer, canvas_at(writer->canvas, row, column));
	int end = column + columns;

	if (look.is_reversed)
		fprintf(writer->out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
			MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT,
			columns * CELL_WIDTH, CELL_HEIGHT, ink_of(writer, &look));
	while (column < end && is_blank(canvas_at(writer->canvas, row, column)))
		column++;
	while (end > column + 1 && is_blank(canvas_at(writer->canvas, row, end - 1)) &&
	       canvas_at(writer->canvas, row, end - 1)->width)
		end--;
	if (column < end)
		write_text(writer, row, column, end - column, &look);
}

static void write_head(const struct writer *writer)
{
	int width = writer->canvas->columns * CELL_WIDTH + 2 * MARGIN;
	int height = writer->canvas->rows * CELL_HEIGHT + 2 * MARGIN;

	fprintf(writer->out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\">\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n"
		"<g font-family=\"%s\" font-size=\"%d\" xml:space=\"preserve\">\n",
		width, height, width, height, width, height, writer->theme->background, font,
		FONT_SIZE);
}

bool svg_write(FILE *out, const struct canvas *canvas, const struct svg_theme *theme,
	       struct fault *fault)
{
	const struct writer writer = {out, canvas, theme};

	write_head(&writer);
	for (int row = 0; row < canvas->rows; row++) {
		int columns;
		for (int column = 0; column < canvas->columns; column += columns) {
			columns = run_columns(&writer, row, column);
			write_run(&writer, row, column, columns);
		}
	}
	fputs("</g>\n</svg>\n", out);
	if (fflush(out) || ferror(out))
		return fault_set(fault, FAULT_READ, "the picture was not written: %s",
				 strerror(errno));
	return true;
}
