/* SPDX-License-Identifier: MIT */
#include "report/lanes_axis.h"

#include "report/lanes_glyphs.h"
#include "timetext.h"

#include <string.h>

#define LABEL_ROW 0
#define RULER_ROW 1
#define COLUMNS_PER_TICK 8
#define LABEL_DISTANCE 2
#define ROW_SIZE 4096

static int piece_column(const struct lanes_scale *scale, uint32_t i)
{
	return scale->gutter + (int)(scale->pieces[i].column + 0.5);
}

static void draw_ruler(struct canvas *canvas, const struct lanes_scale *scale, bool ascii_only)
{
	for (uint32_t i = 0; i + 1 < scale->count; i++) {
		const struct lanes_piece *piece = &scale->pieces[i];
		enum lanes_glyph glyph = piece->is_folded      ? GLYPH_FOLD
					 : piece->is_stretched ? GLYPH_STRETCHED
							       : GLYPH_RULER;
		enum canvas_style style = piece->is_folded ? STYLE_FOLD : STYLE_AXIS;
		int end = piece_column(scale, i + 1);
		for (int column = piece_column(scale, i); column <= end; column++)
			canvas_put(canvas, RULER_ROW, column, lanes_glyph(glyph, ascii_only),
				   style);
	}
}

/* Two blanks at least on either side, so that two labels never read as one. */
static bool has_room(const struct canvas *canvas, const struct lanes_scale *scale, int column,
		     int columns)
{
	int from =
		column - LABEL_DISTANCE > scale->gutter ? column - LABEL_DISTANCE : scale->gutter;
	int to = column + columns + LABEL_DISTANCE;

	if (to > canvas->columns)
		to = canvas->columns;
	return column >= scale->gutter && canvas_is_blank(canvas, LABEL_ROW, from, to - from);
}

/* Whether LABEL stands in the row already: rounded, two times may read alike. */
static bool is_said(const struct canvas *canvas, const char *label)
{
	char row[ROW_SIZE];
	size_t length = strlen(label);
	const char *found = canvas_row(canvas, LABEL_ROW, row, sizeof row);

	while ((found = strstr(found, label))) {
		bool begins = found == row || found[-1] == ' ';
		/* Two blanks or the end divide labels, one blank a number and its unit. */
		if (begins && (found[length] == '\0' || strncmp(found + length, "  ", 2) == 0))
			return true;
		found++;
	}
	return false;
}

/* A label over its tick, moved inwards at the edges; nothing if there is no room for it. */
static void put_tick(struct canvas *canvas, const struct lanes_scale *scale, int64_t time_ns,
		     int64_t origin_ns, bool ascii_only)
{
	struct time_text label = duration_short_text(time_ns - origin_ns);
	int length = (int)strlen(label.s);
	int tick = lanes_column_of(scale, time_ns);
	int column = tick - length / 2;

	if (column + length > canvas->columns)
		column = canvas->columns - length;
	if (column < scale->gutter)
		column = scale->gutter;
	if (!has_room(canvas, scale, column, length) || is_said(canvas, label.s))
		return;
	canvas_put(canvas, LABEL_ROW, column, label.s, STYLE_AXIS);
	canvas_put(canvas, RULER_ROW, tick, lanes_glyph(GLYPH_TICK, ascii_only), STYLE_AXIS);
}

/* Whether a label tells SINCE_NS to the full. */
static bool is_told_exactly(int64_t since_ns)
{
	int64_t unit = NS_PER_MS;

	if (since_ns >= 48 * 3600 * NS_PER_SECOND)
		unit = 3600 * NS_PER_SECOND;
	else if (since_ns >= 3600 * NS_PER_SECOND)
		unit = 60 * NS_PER_SECOND;
	else if (since_ns >= 10 * NS_PER_SECOND)
		unit = NS_PER_SECOND;
	else if (since_ns >= NS_PER_SECOND)
		unit = NS_PER_SECOND / 10;
	return since_ns % unit == 0;
}

/* The smallest round step whose ticks stand far enough apart; 0 if there is none. */
static int64_t choose_step(double pace)
{
	static const int64_t steps_ms[] = {
		1,	  2,	    5,	       10,	  20,	     50,      100,     200,
		500,	  1000,	    2000,      5000,	  10000,     15000,   30000,   60000,
		120000,	  300000,   600000,    900000,	  1800000,   3600000, 7200000, 21600000,
		43200000, 86400000, 172800000, 432000000, 864000000,
	};

	for (size_t i = 0; i < sizeof steps_ms / sizeof steps_ms[0]; i++)
		if ((double)(steps_ms[i] * NS_PER_MS) * pace >= COLUMNS_PER_TICK)
			return steps_ms[i] * NS_PER_MS;
	return 0;
}

/* The round times of every piece that is not folded. */
static void put_round_ticks(struct canvas *canvas, const struct lanes_scale *scale,
			    int64_t origin_ns, bool ascii_only)
{
	int64_t step_ns = choose_step(scale->pace);

	if (!step_ns)
		return;
	for (uint32_t i = 0; i + 1 < scale->count; i++) {
		if (scale->pieces[i].is_folded)
			continue;
		int64_t since_ns = scale->pieces[i].start_ns - origin_ns;
		int64_t steps = since_ns / step_ns + (since_ns % step_ns > 0);
		int64_t tick_ns = origin_ns + steps * step_ns;
		for (; tick_ns < scale->pieces[i + 1].start_ns; tick_ns += step_ns)
			if (is_told_exactly(tick_ns - origin_ns))
				put_tick(canvas, scale, tick_ns, origin_ns, ascii_only);
	}
}

void lanes_axis_draw(struct canvas *canvas, const struct lanes_scale *scale, int64_t origin_ns,
		     bool ascii_only)
{
	draw_ruler(canvas, scale, ascii_only);
	put_tick(canvas, scale, scale->start_ns, origin_ns, ascii_only);
	for (uint32_t i = 1; i < scale->count; i++)
		if (scale->pieces[i - 1].is_folded)
			put_tick(canvas, scale, scale->pieces[i].start_ns, origin_ns, ascii_only);
	put_round_ticks(canvas, scale, origin_ns, ascii_only);
	put_tick(canvas, scale, scale->end_ns, origin_ns, ascii_only);
}

void lanes_axis_draw_folds(struct canvas *canvas, const struct lanes_scale *scale, bool ascii_only)
{
	for (uint32_t i = 0; i + 1 < scale->count; i++) {
		if (!scale->pieces[i].is_folded)
			continue;
		int column = (piece_column(scale, i) + piece_column(scale, i + 1)) / 2;
		for (int row = scale->first_row; lanes_try_at(scale, row) != UINT32_MAX; row++)
			if (canvas_is_blank(canvas, row, column, 1))
				canvas_put(canvas, row, column, lanes_glyph(GLYPH_FOLD, ascii_only),
					   STYLE_FOLD);
	}
}
