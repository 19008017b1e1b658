/* SPDX-License-Identifier: MIT */
/*
 * lanes: a delivery drawn over time, two rows an attempt, on a canvas.
 *
 *              0 s        30 s       60 s       90 s        118 s
 *              ├══════════┼──────────┼──────────┼───────────┼─────
 *   #1 client  ╺MAIL━DATA━●┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄✖ 90 s, gave up
 *      server             ╵ TCP ACK                 ◁ 250 too late, at 100 s
 *   #2 client                                         resent ╰╺MAIL━DATA━●┄┄
 *
 * Time runs to the right and to scale, with two exceptions that the ruler shows: stretches where
 * the dialogue would shrink to nothing are stretched (═), and idle ones between attempts may be
 * folded (≈). The map between time and columns stays monotonic: struct lanes_scale.
 *
 * A mark always stands where its time is. A label is drawn only where it overlaps nothing drawn
 * before it, most important first; one blank column divides it from its neighbours.
 */
#ifndef SMTPSCOPE_LANES_H
#define SMTPSCOPE_LANES_H

#include "canvas.h"
#include "story.h"

/** A stretch of time and where it lies: from the left edge of column `column` on. */
struct lanes_piece {
	int64_t start_ns;
	double column;      /* 0 is the first column after the gutter */
	bool is_folded;
	bool is_stretched;
};

/** The map between time and columns. */
struct lanes_scale {
	int gutter;             /* columns at the left that name the lanes */
	int columns;            /* columns for time, after the gutter */
	int64_t start_ns;
	int64_t end_ns;
	double pace;            /* columns for a nanosecond where nothing is stretched */
	uint32_t count;         /* pieces; the last one is the end */
	struct lanes_piece *pieces;
	uint32_t first_try;     /* the attempts shown */
	uint32_t try_count;
	int first_row;          /* the row of the first one's client lane */
};

struct lanes_options {
	uint32_t first_try;     /* the first attempt shown */
	int64_t start_ns;       /* the time window; NO_TIME: that of the attempts shown */
	int64_t end_ns;
	bool fold;              /* fold idle stretches between attempts */
	uint32_t step;          /* where the playhead stands: NO_STEP for none */
	int64_t playhead_ns;    /* while playing; NO_TIME: at the step */
};

/** Rows above the first attempt: the labels of the axis and its ruler. */
#define LANES_HEADER_ROWS 2
#define LANES_ROWS_PER_TRY 2

/** How many attempts fit on ROWS rows; at least 1. */
uint32_t lanes_tries_shown(int rows);

/**
 * Draws SUBJECT's STORY onto CANVAS, which is cleared first, and gives the scale that was used,
 * to be freed with lanes_scale_free(). False: no memory.
 */
bool lanes_draw(const struct subject *subject, const struct story *story,
		const struct lanes_options *options, struct canvas *canvas,
		struct lanes_scale *scale);
void lanes_scale_free(struct lanes_scale *scale);

/** The column of the canvas for TIME_NS, and the time at one. Outside of the window: its edges. */
int lanes_column_of(const struct lanes_scale *scale, int64_t time_ns);
int64_t lanes_time_at(const struct lanes_scale *scale, int column);

/** The attempt whose lanes ROW belongs to; UINT32_MAX if none. */
uint32_t lanes_try_at(const struct lanes_scale *scale, int row);

/** The first attempt to show, so that TRY is visible among ROWS rows and FIRST moves least. */
uint32_t lanes_scroll_to(uint32_t first, uint32_t try, uint32_t try_count, int rows);

/**
 * The window START..END zoomed by FACTOR (2.0: twice as near) around AROUND_NS, or moved by
 * SHARE of its width; both stay inside the delivery's own time.
 */
void lanes_zoom(const struct subject *subject, int64_t *start_ns, int64_t *end_ns, double factor,
		int64_t around_ns);
void lanes_pan(const struct subject *subject, int64_t *start_ns, int64_t *end_ns, double share);

/** One line of the legend. */
struct lanes_legend {
	const char *glyph;
	enum canvas_style style;
	const char *meaning;
};

/** The marks and what they mean; COUNT gets how many. */
const struct lanes_legend *lanes_legend(bool ascii_only, size_t *count);

#endif
