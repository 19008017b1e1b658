/* SPDX-License-Identifier: MIT */
/*
 * when: times and durations as screens show them, in fixed widths.
 */
#ifndef SMTPSCOPE_TUI_WHEN_H
#define SMTPSCOPE_TUI_WHEN_H

#include <stddef.h>
#include <stdint.h>

enum when_format {
	WHEN_CLOCK, /* local time of day */
	WHEN_START, /* since the first packet */
	WHEN_DELTA, /* since the row before */
	WHEN_UTC,   /* time of day in UTC */
	WHEN_FORMATS,
};

/** "time of day", for a message. */
const char *when_format_name(enum when_format format);

#define WHEN_TEXT 32

/**
 * TIME_NS with DECIMALS (0, 3 or 6) of its second: "10:03:41.218", "+99.218" since ORIGIN_NS,
 * "+0.052" since BEFORE_NS. NO_TIME in any of them gives "". Returns OUT.
 */
const char *when_print(enum when_format format, int64_t time_ns, int64_t origin_ns,
		       int64_t before_ns, int decimals, char out[static WHEN_TEXT]);

/** All characters that stand in times, and in durations as below; in small letters. */
#define WHEN_CHARS "0123456789:.+-z"
#define WAIT_CHARS "0123456789. -msinhd"

/** The day, "2026-11-23", as the format counts days. Returns OUT. */
const char *when_print_day(enum when_format format, int64_t time_ns, char out[static WHEN_TEXT]);

/** A duration in at most six columns: "0.4 ms", "90.1 s", "612 s", "45 min", "7.5 h", "12 d". */
const char *wait_print(int64_t duration_ns, char out[static WHEN_TEXT]);

#endif
