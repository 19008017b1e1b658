/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "lex_inner.h"

/* A pcap file counts seconds in 32 bits, until 2106. */
#define LAST_SECOND INT64_C(4102444800)

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit duration_units[] = {
	{"ns", 1},	 {"us", NS_PER_US},	 {"ms", NS_PER_MS},
	{"s", NS_PER_S}, {"min", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"B", 1},      {"bytes", 1},	{"kB", 1000}, {"KB", 1000},
	{"KiB", 1024}, {"MB", 1000000}, {NULL, 0},
};

/* Reads digits of at most 18 places, and the fraction in millionths. */
static bool take_decimal(struct lex *lex, uint64_t *whole, uint64_t *millionths, const char **unit)
{
	const char *at = lex->next.text, *end = at + lex->next.len;
	uint64_t scale = 100000;
	unsigned digits = 0;

	*whole = *millionths = 0;
	for (; at < end && *at >= '0' && *at <= '9'; at++, digits++) {
		if (digits == 18)
			return false;
		*whole = *whole * 10 + (uint64_t)(*at - '0');
	}
	if (!digits)
		return false;
	if (at < end && *at == '.') {
		for (at++; at < end && *at >= '0' && *at <= '9'; at++, scale /= 10)
			*millionths += (uint64_t)(*at - '0') * scale;
	}
	*unit = at;
	return true;
}

bool lex_number(struct lex *lex, const char *what, uint64_t min, uint64_t max, uint64_t *number)
{
	uint64_t whole, millionths;
	const char *unit;

	if (lex->error || lex->next.kind != TOKEN_WORD ||
	    !take_decimal(lex, &whole, &millionths, &unit) ||
	    unit != lex->next.text + lex->next.len || millionths || whole < min || whole > max)
		return lex_fail(lex, what);
	*number = whole;
	lex_advance(lex);
	return true;
}

static const struct unit *find_unit(const struct unit *units, const char *text, size_t len)
{
	for (; units->name; units++) {
		if (strlen(units->name) == len && memcmp(units->name, text, len) == 0)
			return units;
	}
	return NULL;
}

/* A number and its unit, in one word or two. */
static bool take_measure(struct lex *lex, const struct unit *units, const char *what,
			 uint64_t *value)
{
	const struct unit *unit;
	uint64_t whole, millionths, factor;
	const char *suffix;
	size_t len;

	if (lex->error || lex->next.kind != TOKEN_WORD ||
	    !take_decimal(lex, &whole, &millionths, &suffix))
		return lex_fail(lex, what);
	len = (size_t)(lex->next.text + lex->next.len - suffix);
	if (!len) {
		lex_advance(lex);
		suffix = lex->next.text;
		len = lex->next.kind == TOKEN_WORD ? lex->next.len : 0;
	}
	if (len && suffix[len - 1] == ',')
		len--;
	unit = find_unit(units, suffix, len);
	if (!unit)
		return lex_fail(lex, what);
	factor = (uint64_t)unit->factor;
	if (whole > (uint64_t)INT64_MAX / factor / 2)
		return lex_fail_back(lex, "a smaller number");
	*value = whole * factor + millionths * factor / 1000000;
	lex_advance(lex);
	return true;
}

bool lex_duration(struct lex *lex, int64_t *duration_ns)
{
	uint64_t value;

	if (!take_measure(lex, duration_units, "a duration such as \"90 s\"", &value))
		return false;
	*duration_ns = (int64_t)value;
	return true;
}

bool lex_size(struct lex *lex, uint64_t *size)
{
	return take_measure(lex, size_units, "a size such as \"27 kB\"", size);
}

bool lex_moment(struct lex *lex, int64_t *moment_ns)
{
	static const char what[] = "a moment such as \"1996-11-04 10:02:11 UTC\"";
	char *date, *clock, *fraction;
	struct tm tm = {0};
	const char *rest;
	int64_t seconds, ns = 0;
	int64_t place = NS_PER_S / 10;

	if (!lex_word(lex, what, &date))
		return false;
	rest = strptime(date, "%Y-%m-%d", &tm);
	if (!rest || *rest)
		return lex_fail_back(lex, what);
	if (!lex_word(lex, what, &clock))
		return false;
	fraction = strptime(clock, "%H:%M:%S", &tm);
	if (!fraction || (*fraction && *fraction != '.'))
		return lex_fail_back(lex, what);
	for (fraction += *fraction == '.'; *fraction >= '0' && *fraction <= '9';
	     fraction++, place /= 10)
		ns += place * (*fraction - '0');
	if (*fraction)
		return lex_fail_back(lex, what);
	seconds = (int64_t)timegm(&tm);
	if (seconds < 0 || seconds > LAST_SECOND)
		return lex_fail_back(lex, "a moment from 1970 to 2100");
	*moment_ns = seconds * NS_PER_S + ns;
	return lex_expect(lex, "UTC");
}
