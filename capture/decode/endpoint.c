/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool is_ipv4(const struct endpoint *endpoint)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(endpoint->address, prefix, sizeof prefix) == 0;
}

const char *endpoint_format_address(const struct endpoint *endpoint, char out[static ENDPOINT_TEXT])
{
	const char *text;

	if (is_ipv4(endpoint))
		text = inet_ntop(AF_INET, endpoint->address + 12, out, ENDPOINT_TEXT);
	else
		text = inet_ntop(AF_INET6, endpoint->address, out, ENDPOINT_TEXT);
	if (!text)
		out[0] = '\0';
	return out;
}

const char *endpoint_format(const struct endpoint *endpoint, char out[static ENDPOINT_TEXT])
{
	char address[ENDPOINT_TEXT];

	(void)snprintf(out, ENDPOINT_TEXT, is_ipv4(endpoint) ? "%.47s:%u" : "[%.45s]:%u",
		       endpoint_format_address(endpoint, address), endpoint->port);
	return out;
}
