/* SPDX-License-Identifier: MIT */
/*
 * lanes_scale: how time becomes columns (struct lanes_scale in include/lanes.h).
 *
 * The moments that matter (an attempt begins, asks for DATA, ends its message, is answered,
 * left) cut the window into pieces. Each piece gets columns in proportion to its time; what has
 * to stay readable gets a least number of columns; idle pieces may be folded to a fixed one. The
 * proportion is the largest with which all of it fits.
 */
#ifndef SMTPSCOPE_REPORT_LANES_SCALE_H
#define SMTPSCOPE_REPORT_LANES_SCALE_H

#include "lanes.h"

/** Fills SCALE, whose gutter, columns, first_try and try_count are set. False: no memory. */
bool lanes_scale_make(struct lanes_scale *scale, const struct subject *subject,
		      const struct lanes_options *options);

/** Whether TIME_NS is inside the window. */
bool lanes_scale_shows(const struct lanes_scale *scale, int64_t time_ns);

#endif
