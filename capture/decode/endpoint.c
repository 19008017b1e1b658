/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool is_ipv4(const struct endpoint *endpoint)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(endpoint->address, prefix, sizeof prefix) == 0;
}

/* Writes NUMBER in decimal; returns the place behind it. As lists show many addresses, this is
 * no printf. */
static char *put_number(char *out, unsigned number)
{
	char digits[8];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n)
		*out++ = digits[--n];
	return out;
}

static char *put_ipv4(char *out, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*out++ = '.';
		out = put_number(out, bytes[i]);
	}
	*out = '\0';
	return out;
}

const char *endpoint_format_address(const struct endpoint *endpoint, char out[static ENDPOINT_TEXT])
{
	if (is_ipv4(endpoint))
		(void)put_ipv4(out, endpoint->address + 12);
	else if (!inet_ntop(AF_INET6, endpoint->address, out, ENDPOINT_TEXT))
		out[0] = '\0';
	return out;
}

const char *endpoint_format(const struct endpoint *endpoint, char out[static ENDPOINT_TEXT])
{
	char address[ENDPOINT_TEXT];

	if (is_ipv4(endpoint)) {
		char *end = put_ipv4(out, endpoint->address + 12);
		*end++ = ':';
		*put_number(end, endpoint->port) = '\0';
	} else {
		(void)snprintf(out, ENDPOINT_TEXT, "[%.45s]:%u",
			       endpoint_format_address(endpoint, address), endpoint->port);
	}
	return out;
}
