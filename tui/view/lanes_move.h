/* SPDX-License-Identifier: MIT */
/*
 * lanes_move: where the playhead of the lanes goes, by steps, by searching and by playing, and which
 * stretch of time is shown around it.
 */
#ifndef SMTPSCOPE_TUI_LANES_MOVE_H
#define SMTPSCOPE_TUI_LANES_MOVE_H

#include "view/lanes_view.h"

/** To STEP, if there is such a one. Playing stops. */
void lanes_go_to(struct lanes_view *lanes, struct app *app, uint32_t step);

/** BY steps on, or back; at the ends that is said. */
void lanes_step_by(struct lanes_view *lanes, struct app *app, int64_t by);

/** To the first step of the attempt BY further on, or back. */
void lanes_go_to_attempt(struct lanes_view *lanes, struct app *app, int by);

/** To the next step that is trouble, or the one before. */
void lanes_go_to_trouble(struct lanes_view *lanes, struct app *app, int by);

/** To the step that FRAME made, or to the one before it. */
void lanes_go_to_frame(struct lanes_view *lanes, struct app *app, uint32_t frame);

/** To the next step, or the one before, whose sentence has what is searched for. */
void lanes_search(struct lanes_view *lanes, struct app *app, int by);

/** Shows FACTOR times less of the time, around the playhead; below 1: more. */
void lanes_zoom_in(struct lanes_view *lanes, double factor);

/** Moves the stretch that is shown by SHARE of itself, to the right; negative: to the left. */
void lanes_pan_by(struct lanes_view *lanes, double share);

/** Plays, or stops it. */
void lanes_play(struct lanes_view *lanes, struct app *app);
void lanes_stop_playing(struct lanes_view *lanes, struct app *app);

/** As a view's operation: the playhead runs while it plays. */
bool lanes_tick(struct view *view, struct app *app, int64_t clock_ns);

/** Plays faster, or slower. */
void lanes_change_speed(struct lanes_view *lanes, struct app *app, int by);

#endif
