/* SPDX-License-Identifier: MIT */
#include "lanes.h"

#include "report/lanes_axis.h"
#include "report/lanes_glyphs.h"
#include "report/lanes_pen.h"
#include "report/lanes_scale.h"

#include <inttypes.h>
#include <stdio.h>

#define NARROW_CANVAS 60 /* columns, below which "client" becomes "C" */
#define GUTTER_SIZE 32

static int digits_of(uint32_t number)
{
	int digits = 1;

	while (number >= 10) {
		number /= 10;
		digits++;
	}
	return digits;
}

/* "#12 client ", and below it "    server "; its width in columns. */
static int gutter_text(const struct canvas *canvas, uint32_t last_try, uint32_t try, bool is_server,
		       char out[GUTTER_SIZE])
{
	bool is_narrow = canvas->columns < NARROW_CANVAS;
	int digits = digits_of(last_try);
	const char *side = is_server ? is_narrow ? "S" : "server" : is_narrow ? "C" : "client";

	if (is_server)
		return snprintf(out, GUTTER_SIZE, "%*s %s ", digits + 1, "", side);
	return snprintf(out, GUTTER_SIZE, "#%-*" PRIu32 " %s ", digits, try, side);
}

static bool prepare_scale(struct lanes_scale *scale, const struct subject *subject,
			  const struct lanes_options *options, const struct canvas *canvas)
{
	uint32_t count = subject->delivery->try_count;
	uint32_t shown = lanes_tries_shown(canvas->rows);
	char gutter[GUTTER_SIZE];

	*scale = (struct lanes_scale){.first_row = LANES_HEADER_ROWS};
	scale->first_try = options->first_try < count ? options->first_try : 0;
	scale->try_count = count - scale->first_try < shown ? count - scale->first_try : shown;
	scale->gutter = gutter_text(canvas, scale->first_try + scale->try_count, 0, false, gutter);
	if (scale->gutter >= canvas->columns)
		scale->gutter = 0;
	scale->columns = canvas->columns - scale->gutter;
	return lanes_scale_make(scale, subject, options);
}

static struct pen pen_for(struct canvas *canvas, const struct lanes_scale *scale,
			  const struct subject *subject, const struct story *story, uint32_t index)
{
	int row = scale->first_row + LANES_ROWS_PER_TRY * (int)index;

	return (struct pen){
		.canvas = canvas,
		.scale = scale,
		.story = story,
		.scene = scene_of(subject, scale->first_try + index),
		.ascii_only = subject->ascii_only,
		.client_row = row,
		.server_row = row + 1,
	};
}

static void draw_gutter(const struct pen *pen)
{
	uint32_t last_try = pen->scale->first_try + pen->scale->try_count;
	char text[GUTTER_SIZE];

	if (!pen->scale->gutter)
		return;
	gutter_text(pen->canvas, last_try, pen->scene.try + 1, false, text);
	canvas_put(pen->canvas, pen->client_row, 0, text, STYLE_GUTTER);
	gutter_text(pen->canvas, last_try, 0, true, text);
	canvas_put(pen->canvas, pen->server_row, 0, text, STYLE_GUTTER);
}

/* ---- The playhead -------------------------------------------------------------------------- */

static void draw_playhead(struct canvas *canvas, const struct lanes_scale *scale, int64_t time_ns,
			  bool ascii_only)
{
	int column = lanes_column_of(scale, time_ns);

	int end = scale->first_row + LANES_ROWS_PER_TRY * (int)scale->try_count;
	for (int row = LANES_HEADER_ROWS - 1; row < end; row++) {
		struct canvas_cell *cell = canvas_at(canvas, row, column);
		if (!cell)
			continue;
		if (canvas_is_blank(canvas, row, column, 1))
			canvas_put(canvas, row, column, lanes_glyph(GLYPH_PLAYHEAD, ascii_only),
				   STYLE_PLAYHEAD);
		cell->is_playhead = true;
	}
}

static void mark_current(const struct canvas *canvas, const struct lanes_scale *scale,
			 const struct step *step)
{
	if (step->try < scale->first_try || step->try >= scale->first_try + scale->try_count ||
	    !lanes_scale_shows(scale, step->mark.time_ns))
		return;
	int row = scale->first_row + LANES_ROWS_PER_TRY * (int)(step->try - scale->first_try) +
		  step->is_server;
	struct canvas_cell *cell =
		canvas_at(canvas, row, lanes_column_of(scale, step->mark.time_ns));
	if (cell)
		cell->is_current = true;
}

static void draw_where(struct canvas *canvas, const struct lanes_scale *scale,
		       const struct story *story, const struct lanes_options *options,
		       bool ascii_only)
{
	const struct step *step =
		options->step < story->count ? &story->steps[options->step] : NULL;

	if (options->playhead_ns != NO_TIME)
		draw_playhead(canvas, scale, options->playhead_ns, ascii_only);
	else if (step)
		draw_playhead(canvas, scale, step->mark.time_ns, ascii_only);
	if (step)
		mark_current(canvas, scale, step);
}

bool lanes_draw(const struct subject *subject, const struct story *story,
		const struct lanes_options *options, struct canvas *canvas,
		struct lanes_scale *scale)
{
	canvas_clear(canvas);
	if (!subject->delivery->try_count) {
		*scale = (struct lanes_scale){0};
		return true;
	}
	if (!prepare_scale(scale, subject, options, canvas))
		return false;
	for (uint32_t i = 0; i < scale->try_count; i++) {
		struct pen pen = pen_for(canvas, scale, subject, story, i);
		draw_gutter(&pen);
		lanes_draw_marks(&pen);
		lanes_draw_main_labels(&pen);
		lanes_draw_repeats(&pen);
		lanes_draw_other_labels(&pen);
	}
	struct scene first = scene_of(subject, 0);
	lanes_axis_draw(canvas, scale, scene_start(&first), subject->ascii_only);
	lanes_axis_draw_folds(canvas, scale, subject->ascii_only);
	draw_where(canvas, scale, story, options, subject->ascii_only);
	return true;
}
