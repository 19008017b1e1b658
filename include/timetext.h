/* SPDX-License-Identifier: MIT */
/*
 * timetext: times, durations, numbers and sizes as a reader wants them.
 *
 * Every function returns its text by value, so that it can stand in the arguments of a printf:
 * printf("after %s", duration_text(waited_ns).s). All of it is plain ASCII.
 *
 * A duration has its unit: "0.2 ms", "350 ms", "90.0 s", "28 min 03 s", "2 h 05 min", "3 d 4 h".
 * Below ten minutes it stays in seconds, because timers are told in seconds.
 */
#ifndef SMTPSCOPE_TIMETEXT_H
#define SMTPSCOPE_TIMETEXT_H

#include "mark.h"

#include <stdbool.h>
#include <stdint.h>

struct time_text {
	char s[40];
};

/** "90.0 s"; a negative one gets a "-". */
struct time_text duration_text(int64_t ns);

/** As short as it can be said: "90 s", "1.5 s", "10 min", "0.2 ms"; for axes and labels. */
struct time_text duration_short_text(int64_t ns);

/** "+90.052 s": the distance between two steps. */
struct time_text delta_text(int64_t ns);

/** "10:03:41.218" in local time, or in UTC. */
struct time_text clock_text(int64_t time_ns, bool utc);

/** "1998-07-02 10:03:41 +0200" in local time, or in UTC with a "Z". */
struct time_text date_text(int64_t time_ns, bool utc);

/** "27 212": groups of three, as numbers of bytes and packets are told. */
struct time_text number_text(uint64_t number);

/** "27 kB", "1.4 MB", "812 bytes"; 1 kB is 1000 bytes. */
struct time_text size_text(uint64_t bytes);

/** "once", "twice", "3 times". */
struct time_text times_text(uint32_t times);

#endif
