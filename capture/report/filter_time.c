/* SPDX-License-Identifier: MIT */
/* Times as filters have them. */
#include "report/filter_value.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define NS_PER_MINUTE (60 * NS_PER_SECOND)
#define FIRST_YEAR 1678 /* nanoseconds since the epoch in 64 bits begin and end near these */
#define LAST_YEAR 2261
#define MOST_DECIMALS 9

/* What is left of the text. */
struct rest {
	const char *p;
};

/* Takes a number of LEAST to MOST digits. */
static bool take_digits(struct rest *rest, int least, int most, int *out)
{
	int n = 0;

	*out = 0;
	for (; n < most && isdigit((unsigned char)rest->p[n]); n++)
		*out = *out * 10 + (rest->p[n] - '0');
	rest->p += n;
	return n >= least;
}

static bool take_character(struct rest *rest, const char *which)
{
	if (!*rest->p || !strchr(which, *rest->p))
		return false;
	rest->p++;
	return true;
}

/* "2026-11-24". False: nothing was taken. */
static bool take_date(struct rest *rest, struct tm *tm)
{
	struct rest ahead = *rest;
	int year, month, day;

	if (!take_digits(&ahead, 4, 4, &year) || !take_character(&ahead, "-") ||
	    !take_digits(&ahead, 2, 2, &month) || !take_character(&ahead, "-") ||
	    !take_digits(&ahead, 2, 2, &day))
		return false;
	*tm = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	struct tm copy = *tm;
	if (timegm(&copy) == -1 || copy.tm_mon != month - 1 || copy.tm_mday != day)
		return false;
	*rest = ahead;
	return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/* "10:02:30.5": nanoseconds since midnight, and how many of them it stands for. */
static bool take_clock(struct rest *rest, int64_t *ns, int64_t *width_ns)
{
	int hour, minute, second = 0;

	if (!take_digits(rest, 1, 2, &hour) || !take_character(rest, ":") ||
	    !take_digits(rest, 2, 2, &minute))
		return false;
	*width_ns = NS_PER_MINUTE;
	if (take_character(rest, ":")) {
		if (!take_digits(rest, 2, 2, &second))
			return false;
		*width_ns = NS_PER_SECOND;
	}
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ns = ((hour * 60 + minute) * INT64_C(60) + second) * NS_PER_SECOND;
	if (*width_ns != NS_PER_SECOND || !take_character(rest, "."))
		return true;
	for (int n = 0, digit; n < MOST_DECIMALS && take_digits(rest, 1, 1, &digit); n++) {
		*width_ns /= 10;
		*ns += digit * *width_ns;
	}
	return *width_ns != NS_PER_SECOND;
}

/* "Z", "+01:00", "-0500", or nothing. */
static bool take_zone(struct rest *rest, struct filter_clock *clock)
{
	int hours, minutes;
	int sign = *rest->p == '-' ? -1 : 1;

	clock->has_zone = take_character(rest, "Zz");
	if (clock->has_zone || !take_character(rest, "+-"))
		return true;
	if (!take_digits(rest, 2, 2, &hours))
		return false;
	(void)take_character(rest, ":");
	if (!take_digits(rest, 2, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	clock->has_zone = true;
	clock->offset_s = sign * (hours * 60 + minutes) * 60;
	return true;
}

/* Midnight of the day DAYS behind TM, and so many seconds into it. */
static int64_t time_of(struct tm tm, int days, int64_t seconds, const struct filter_clock *clock)
{
	tm.tm_mday += days;
	tm.tm_sec = (int)(seconds % 60);
	tm.tm_min = (int)(seconds / 60 % 60);
	tm.tm_hour = (int)(seconds / 3600);
	tm.tm_isdst = -1;
	if (clock->has_zone)
		return (timegm(&tm) - clock->offset_s) * NS_PER_SECOND;
	return mktime(&tm) * NS_PER_SECOND;
}

bool filter_time(const char *text, struct filter_range *out, struct filter_clock *clock)
{
	struct rest rest = {text};
	struct tm tm = {0};
	int64_t ns = 0, width_ns = 0;
	bool has_date = take_date(&rest, &tm);
	bool has_clock = !has_date || take_character(&rest, " Tt");

	*clock = (struct filter_clock){.is_set = !has_date, .quarter = INT64_MIN};
	if ((has_clock && !take_clock(&rest, &ns, &width_ns)) || !take_zone(&rest, clock) ||
	    *rest.p)
		return false;
	*out = (struct filter_range){ns, ns + width_ns - 1};
	if (!has_date)
		return true;
	out->low = time_of(tm, 0, ns / NS_PER_SECOND, clock) + ns % NS_PER_SECOND;
	out->high = (has_clock ? out->low + width_ns : time_of(tm, 1, 0, clock)) - 1;
	return true;
}
