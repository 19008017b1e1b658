/* SPDX-License-Identifier: MIT */
/*
 * record_time: the time of a record, in nanoseconds.
 */
#ifndef SMTPSCOPE_SOURCE_RECORD_TIME_H
#define SMTPSCOPE_SOURCE_RECORD_TIME_H

#include "mark.h"

/** Seconds are the capture's claim: they are kept inside what an int64_t of nanoseconds holds. */
static inline int64_t record_time_ns(int64_t seconds, int64_t ns)
{
	const int64_t last = INT64_MAX / NS_PER_SECOND / 2;

	if (seconds > last)
		seconds = last;
	if (seconds < 0)
		seconds = 0;
	return seconds * NS_PER_SECOND + ns;
}

#endif
