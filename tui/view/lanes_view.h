/* SPDX-License-Identifier: MIT */
/*
 * lanes_view: one delivery over time, between its actions (view_lanes.c), what moves the playhead
 * (lanes_move.c) and its drawing (lanes_screen.c).
 */
#ifndef SMTPSCOPE_TUI_LANES_VIEW_H
#define SMTPSCOPE_TUI_LANES_VIEW_H

#include "app.h"
#include "lanes.h"
#include "list/list.h"

struct lanes_view {
	struct view view;
	struct list *deliveries; /* of the first screen: up and down go through it */
	uint32_t id;		 /* the delivery shown */
	uint32_t attempt; /* its first attempt, by which it is found if it is joined to another */
	uint32_t recipient;
	struct subject subject; /* valid until the next update */
	struct story story;
	uint32_t step;	     /* where the playhead stands, or last stood */
	int64_t playhead_ns; /* between steps; NO_TIME: on the step */
	int64_t start_ns;    /* the window; NO_TIME: everything */
	int64_t end_ns;
	uint32_t first_try; /* the first attempt on the screen */
	bool is_playing;
	uint32_t speed;		  /* index into lanes_speeds */
	int64_t ticked_ns;	  /* the clock at the newest tick while playing */
	struct lanes_scale scale; /* of the newest drawing, for clicks */
	bool has_scale;
	int lanes_row; /* the screen row of the lanes' first row */
};

/** How many seconds of the capture pass in one. */
#define LANES_SPEEDS 7
extern const uint32_t lanes_speeds[LANES_SPEEDS];

/** Where the playhead stands in time; NO_TIME without a story. */
int64_t lanes_view_time(const struct lanes_view *lanes);

/** The verdict, and what to do about it, one thought a line. */
void lanes_view_conclude(const struct lanes_view *lanes, struct prose *out);

/** How many rows all attempts and the whole verdict take on a screen of COLUMNS columns. */
int lanes_view_rows(const struct lanes_view *lanes, int columns);

void lanes_view_draw(struct view *view, struct app *app, struct canvas *canvas);

#endif
