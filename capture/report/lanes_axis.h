/* SPDX-License-Identifier: MIT */
/*
 * lanes_axis: the labels of time and the ruler under them, and the seams of folded time.
 */
#ifndef SMTPSCOPE_REPORT_LANES_AXIS_H
#define SMTPSCOPE_REPORT_LANES_AXIS_H

#include "lanes.h"

/** Draws rows 0 and 1 of CANVAS; times are told from ORIGIN_NS on. */
void lanes_axis_draw(struct canvas *canvas, const struct lanes_scale *scale, int64_t origin_ns,
		     bool ascii_only);

/** Draws the folds into the lanes, where they are blank. */
void lanes_axis_draw_folds(struct canvas *canvas, const struct lanes_scale *scale,
			   bool ascii_only);

#endif
