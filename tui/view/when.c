/* SPDX-License-Identifier: MIT */
#include "view/when.h"

#include "ledger.h"

#include <stdio.h>
#include <time.h>

const char *when_format_name(enum when_format format)
{
	switch (format) {
	case WHEN_CLOCK:
		return "time of day";
	case WHEN_START:
		return "since the first packet";
	case WHEN_DELTA:
		return "since the row before";
	case WHEN_UTC:
		return "time of day, UTC";
	case WHEN_FORMATS:
		break;
	}
	return "";
}

/** Seconds since the epoch, rounded down, and the nanoseconds left. */
static time_t split(int64_t time_ns, int64_t *rest_ns)
{
	int64_t seconds = time_ns / NS_PER_SECOND;
	*rest_ns = time_ns % NS_PER_SECOND;
	if (*rest_ns < 0) {
		*rest_ns += NS_PER_SECOND;
		seconds--;
	}
	return (time_t)seconds;
}

static void print_clock(enum when_format format, int64_t time_ns, int decimals, char *out)
{
	int64_t rest;
	time_t seconds = split(time_ns, &rest);
	struct tm tm;
	if (!(format == WHEN_UTC ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm))) {
		out[0] = '\0';
		return;
	}
	size_t used = strftime(out, WHEN_TEXT, "%H:%M:%S", &tm);
	if (decimals == 3)
		used += (size_t)snprintf(out + used, WHEN_TEXT - used, ".%03d",
					 (int)(rest / NS_PER_MS));
	else if (decimals == 6)
		used += (size_t)snprintf(out + used, WHEN_TEXT - used, ".%06d", (int)(rest / 1000));
	if (format == WHEN_UTC)
		snprintf(out + used, WHEN_TEXT - used, "Z");
}

const char *when_print(enum when_format format, int64_t time_ns, int64_t origin_ns,
		       int64_t before_ns, int decimals, char out[static WHEN_TEXT])
{
	out[0] = '\0';
	int64_t from = format == WHEN_DELTA ? before_ns : origin_ns;
	if (time_ns == NO_TIME)
		return out;
	if (format == WHEN_CLOCK || format == WHEN_UTC)
		print_clock(format, time_ns, decimals, out);
	else if (from != NO_TIME)
		snprintf(out, WHEN_TEXT, "%+.*f", decimals, (double)(time_ns - from) / 1e9);
	return out;
}

const char *when_print_day(enum when_format format, int64_t time_ns, char out[static WHEN_TEXT])
{
	int64_t rest;
	struct tm tm;
	out[0] = '\0';
	if (time_ns == NO_TIME)
		return out;
	time_t seconds = split(time_ns, &rest);
	if (format == WHEN_UTC ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm))
		strftime(out, WHEN_TEXT, "%Y-%m-%d", &tm);
	return out;
}

const char *wait_print(int64_t duration_ns, char out[static WHEN_TEXT])
{
	double s = (double)duration_ns / 1e9;
	if (s < 0.00995)
		snprintf(out, WHEN_TEXT, "%.1f ms", s * 1e3);
	else if (s < 0.0995)
		snprintf(out, WHEN_TEXT, "%.0f ms", s * 1e3);
	else if (s < 99.95)
		snprintf(out, WHEN_TEXT, "%.1f s", s);
	else if (s < 999.5)
		snprintf(out, WHEN_TEXT, "%.0f s", s);
	else if (s < 99.5 * 60)
		snprintf(out, WHEN_TEXT, "%.0f min", s / 60);
	else if (s < 99.95 * 3600)
		snprintf(out, WHEN_TEXT, "%.1f h", s / 3600);
	else
		snprintf(out, WHEN_TEXT, "%.0f d", s / 86400);
	return out;
}
