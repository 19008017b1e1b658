/* SPDX-License-Identifier: MIT */
#include "report/filter_value.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define MOST_DIGITS 15 /* what a double holds exactly */
#define LARGEST 1e18   /* of nanoseconds, bytes */
#define IPV4_PREFIX_BITS 96
#define ADDRESS_SIZE INET6_ADDRSTRLEN

/* ---- Numbers ------------------------------------------------------------------------------- */

bool filter_number(const char *text, bool has_places, struct filter_range *out)
{
	size_t n = strspn(text, "0123456789");
	int64_t width = 1;

	if (n == 0 || n > MOST_DIGITS)
		return false;
	*out = (struct filter_range){0, 0};
	for (size_t i = 0; i < n; i++)
		out->low = out->low * 10 + (text[i] - '0');
	while (has_places && (text[n] == 'x' || text[n] == 'X') && n < MOST_DIGITS) {
		out->low *= 10;
		width *= 10;
		n++;
	}
	out->high = out->low + width - 1;
	return text[n] == '\0';
}

static int64_t rounded(double number)
{
	return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
}

struct unit {
	const char *name;
	double size;
};

/* A number with one of COUNT UNITS: VALUE, and STEP, what its last digit stands for. */
static bool take_quantity(const char *text, const struct unit *units, size_t count, double *value,
			  double *step)
{
	size_t whole = strspn(text, "0123456789");
	size_t places = 0;

	if (text[whole] == '.')
		places = strspn(text + whole + 1, "0123456789");
	size_t n = whole + (text[whole] == '.') + places;
	if (whole + places == 0 || whole + places > MOST_DIGITS || (n > whole && !places))
		return false;
	double number = 0;
	for (size_t i = 0; i < n; i++)
		if (text[i] != '.')
			number = number * 10 + (text[i] - '0');
	while (text[n] == ' ')
		n++;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(text + n, units[i].name) != 0)
			continue;
		double power = 1;
		while (places--)
			power *= 10;
		*step = units[i].size / power;
		*value = number * units[i].size / power;
		return *value <= LARGEST;
	}
	return false;
}

bool filter_duration(const char *text, struct filter_range *out, int64_t *exact_ns)
{
	static const struct unit units[] = {{"", 1e9},	 {"s", 1e9},	{"ms", 1e6},
					    {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}};
	double value, step;

	if (!take_quantity(text, units, sizeof units / sizeof *units, &value, &step))
		return false;
	*exact_ns = rounded(value);
	*out = (struct filter_range){rounded(value - step / 2), rounded(value + step / 2) - 1};
	return true;
}

bool filter_size(const char *text, struct filter_range *out)
{
	static const struct unit units[] = {{"", 1},	{"b", 1},    {"k", 1e3}, {"kb", 1e3},
					    {"m", 1e6}, {"mb", 1e6}, {"g", 1e9}, {"gb", 1e9}};
	double value, step;

	if (!take_quantity(text, units, sizeof units / sizeof *units, &value, &step))
		return false;
	*out = (struct filter_range){rounded(value), rounded(value + step) - 1};
	if (out->high < out->low)
		out->high = out->low;
	return true;
}

/* ---- Addresses ----------------------------------------------------------------------------- */

bool filter_is_numeric(const char *text)
{
	return text[strspn(text, "0123456789./:")] == '\0';
}

static bool take_small(const char *text, uint32_t most, uint32_t *out)
{
	struct filter_range range;

	if (!filter_number(text, false, &range) || range.low > most)
		return false;
	*out = (uint32_t)range.low;
	return true;
}

/* The address alone, an IPv4 one as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). */
static bool take_address(const char *text, size_t n, struct filter_address *out, bool *is_ipv4)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
	char copy[ADDRESS_SIZE];

	if (n >= sizeof copy)
		return false;
	memcpy(copy, text, n);
	copy[n] = '\0';
	*is_ipv4 = inet_pton(AF_INET, copy, out->bytes + sizeof prefix) == 1;
	if (!*is_ipv4)
		return inet_pton(AF_INET6, copy, out->bytes) == 1;
	memcpy(out->bytes, prefix, sizeof prefix);
	return true;
}

static bool take_port(const char *text, struct filter_address *out)
{
	uint32_t port;

	if (!take_small(text, UINT16_MAX, &port))
		return false;
	out->has_port = true;
	out->port = (uint16_t)port;
	return true;
}

bool filter_address(const char *text, struct filter_address *out)
{
	size_t brackets = text[0] == '[';
	size_t n = strcspn(text, brackets ? "]" : "/");
	const char *colon = strchr(text, ':');
	uint32_t bits = 8 * sizeof out->bytes;
	bool is_ipv4;

	*out = (struct filter_address){.is_set = true};
	if (!brackets && colon && !strchr(colon + 1, ':'))
		n = (size_t)(colon - text);
	if (!take_address(text + brackets, n - brackets, out, &is_ipv4))
		return false;
	const char *rest = text + n;
	if (brackets && *rest++ != ']')
		return false;
	if (*rest == '/') {
		uint32_t base = is_ipv4 ? IPV4_PREFIX_BITS : 0;
		if (!take_small(rest + 1, bits - base, &bits))
			return false;
		bits += base;
	} else if (*rest && (*rest != ':' || !take_port(rest + 1, out))) {
		return false;
	}
	out->bits = (uint8_t)bits;
	return true;
}

bool filter_address_fits(const struct filter_address *address, const struct endpoint *endpoint)
{
	unsigned bytes = address->bits / 8u;
	unsigned rest = address->bits % 8u;

	if (address->has_port && address->port != endpoint->port)
		return false;
	if (memcmp(address->bytes, endpoint->address, bytes) != 0)
		return false;
	return !rest || (address->bytes[bytes] ^ endpoint->address[bytes]) >> (8 - rest) == 0;
}
