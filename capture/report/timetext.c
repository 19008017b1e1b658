/* SPDX-License-Identifier: MIT */
#include "timetext.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY 86400
#define STAYS_IN_SECONDS 600
#define STAYS_IN_HOURS 48

/* NS without its sign, and the sign as a text. Safe for the smallest number too. */
static uint64_t magnitude(int64_t ns, const char **sign)
{
	*sign = ns < 0 ? "-" : "";
	return ns < 0 ? (uint64_t)0 - (uint64_t)ns : (uint64_t)ns;
}

static uint64_t rounded(uint64_t ns, int64_t unit)
{
	return (ns + (uint64_t)unit / 2) / (uint64_t)unit;
}

static struct time_text below_a_second(uint64_t ns, const char *sign)
{
	struct time_text text;
	uint64_t tenths = rounded(ns, NS_PER_MS / 10);

	if (ns > 0 && tenths == 0)
		snprintf(text.s, sizeof text.s, "under 0.1 ms");
	else if (tenths < 100)
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 ".%" PRIu64 " ms", sign, tenths / 10,
			 tenths % 10);
	else
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " ms", sign, rounded(ns, NS_PER_MS));
	return text;
}

struct time_text duration_text(int64_t ns)
{
	struct time_text text;
	const char *sign;
	uint64_t size = magnitude(ns, &sign);
	uint64_t seconds = rounded(size, NS_PER_SECOND);

	if (rounded(size, NS_PER_MS) < 1000)
		return below_a_second(size, sign);
	if (seconds < STAYS_IN_SECONDS) {
		uint64_t tenths = rounded(size, NS_PER_SECOND / 10);
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 ".%" PRIu64 " s", sign, tenths / 10,
			 tenths % 10);
	} else if (seconds < SECONDS_PER_HOUR) {
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " min %02" PRIu64 " s", sign,
			 seconds / SECONDS_PER_MINUTE, seconds % SECONDS_PER_MINUTE);
	} else if (seconds < STAYS_IN_HOURS * SECONDS_PER_HOUR) {
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " h %02" PRIu64 " min", sign,
			 seconds / SECONDS_PER_HOUR,
			 seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
	} else {
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " d %" PRIu64 " h", sign,
			 seconds / SECONDS_PER_DAY, seconds % SECONDS_PER_DAY / SECONDS_PER_HOUR);
	}
	return text;
}

/* "2 h 5 min", or "2 h" where the smaller unit is nought. */
static struct time_text two_units(const char *sign, uint64_t big, const char *big_unit,
				  uint64_t small, const char *small_unit)
{
	struct time_text text;

	if (small)
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " %s %" PRIu64 " %s", sign, big,
			 big_unit, small, small_unit);
	else
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " %s", sign, big, big_unit);
	return text;
}

struct time_text duration_short_text(int64_t ns)
{
	struct time_text text;
	const char *sign;
	uint64_t size = magnitude(ns, &sign);
	uint64_t seconds = rounded(size, NS_PER_SECOND);
	uint64_t tenths = rounded(size, NS_PER_SECOND / 10);

	if (ns == 0)
		snprintf(text.s, sizeof text.s, "0 s");
	else if (rounded(size, NS_PER_MS) < 1000)
		return below_a_second(size, sign);
	else if (tenths < 100 && tenths % 10)
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 ".%" PRIu64 " s", sign, tenths / 10,
			 tenths % 10);
	else if (seconds < STAYS_IN_SECONDS)
		snprintf(text.s, sizeof text.s, "%s%" PRIu64 " s", sign, seconds);
	else if (seconds < SECONDS_PER_HOUR)
		return two_units(sign, seconds / SECONDS_PER_MINUTE, "min",
				 seconds % SECONDS_PER_MINUTE, "s");
	else if (seconds < STAYS_IN_HOURS * SECONDS_PER_HOUR)
		return two_units(sign, seconds / SECONDS_PER_HOUR, "h",
				 seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE, "min");
	else
		return two_units(sign, seconds / SECONDS_PER_DAY, "d",
				 seconds % SECONDS_PER_DAY / SECONDS_PER_HOUR, "h");
	return text;
}

struct time_text delta_text(int64_t ns)
{
	struct time_text text;
	const char *sign;
	uint64_t ms = rounded(magnitude(ns, &sign), NS_PER_MS);

	snprintf(text.s, sizeof text.s, "%s%" PRIu64 ".%03" PRIu64 " s", ns < 0 ? sign : "+",
		 ms / 1000, ms % 1000);
	return text;
}

/* Seconds since the epoch and the nanoseconds after, for times before it too. */
static struct tm broken_down(int64_t time_ns, bool utc, int64_t *rest_ns)
{
	struct tm tm = {.tm_mday = 1};
	int64_t rest = time_ns % NS_PER_SECOND;
	time_t seconds = (time_t)(time_ns / NS_PER_SECOND);

	if (rest < 0) {
		rest += NS_PER_SECOND;
		seconds--;
	}
	*rest_ns = rest;
	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	return tm;
}

struct time_text clock_text(int64_t time_ns, bool utc)
{
	struct time_text text;
	int64_t rest_ns;
	struct tm tm = broken_down(time_ns, utc, &rest_ns);
	size_t len = strftime(text.s, sizeof text.s, "%H:%M:%S", &tm);

	snprintf(text.s + len, sizeof text.s - len, ".%03d", (int)(rest_ns / NS_PER_MS));
	return text;
}

struct time_text date_text(int64_t time_ns, bool utc)
{
	struct time_text text;
	int64_t rest_ns;
	struct tm tm = broken_down(time_ns, utc, &rest_ns);

	if (!strftime(text.s, sizeof text.s, utc ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%S %z",
		      &tm))
		text.s[0] = '\0';
	return text;
}

struct time_text number_text(uint64_t number)
{
	struct time_text text;
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, number);
	size_t used = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			text.s[used++] = ' ';
		text.s[used++] = digits[i];
	}
	text.s[used] = '\0';
	return text;
}

struct time_text size_text(uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	struct time_text text;
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < unit) {
		snprintf(text.s, sizeof text.s, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
		return text;
	}
	while (i + 1 < sizeof units / sizeof units[0] && bytes / 1000 >= unit) {
		unit *= 1000;
		i++;
	}
	uint64_t whole = bytes / unit;
	uint64_t tenth = bytes % unit / (unit / 10);
	if (whole < 10 && tenth)
		snprintf(text.s, sizeof text.s, "%" PRIu64 ".%" PRIu64 " %s", whole, tenth,
			 units[i]);
	else
		snprintf(text.s, sizeof text.s, "%" PRIu64 " %s", whole, units[i]);
	return text;
}

struct time_text times_text(uint32_t times)
{
	struct time_text text;

	if (times == 1)
		snprintf(text.s, sizeof text.s, "once");
	else if (times == 2)
		snprintf(text.s, sizeof text.s, "twice");
	else
		snprintf(text.s, sizeof text.s, "%" PRIu32 " times", times);
	return text;
}
