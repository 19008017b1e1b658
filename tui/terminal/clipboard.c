/* SPDX-License-Identifier: MIT */
#include "terminal/clipboard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char start[] = "\033]52;c;";

/** Three bytes, of which N are there, as four characters (RFC 4648 4). */
static void encode(const unsigned char *in, size_t n, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = (uint32_t)in[0] << 16 | (n > 1 ? (uint32_t)in[1] << 8 : 0) |
			(n > 2 ? in[2] : 0u);
	out[0] = digits[bits >> 18];
	out[1] = digits[bits >> 12 & 63];
	out[2] = n > 1 ? digits[bits >> 6 & 63] : '=';
	out[3] = n > 2 ? digits[bits & 63] : '=';
}

char *clipboard_encode(const char *text, size_t *length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t n = strnlen(text, CLIPBOARD_MOST + 1);
	size_t used = sizeof start - 1;
	if (n > CLIPBOARD_MOST)
		for (n = CLIPBOARD_MOST; n && (bytes[n] & 0xc0) == 0x80; n--)
			;
	char *out = malloc(used + (n + 2) / 3 * 4 + 2);
	if (!out)
		return NULL;
	memcpy(out, start, used);
	for (size_t i = 0; i < n; i += 3, used += 4)
		encode(bytes + i, n - i, out + used);
	out[used++] = '\a';
	out[used] = '\0';
	*length = used;
	return out;
}

bool clipboard_is_known_to(const char *type)
{
	static const char *const without[] = {"linux", "vt1", "vt2", "vt52", "ansi", "dumb", "cons25"};
	for (size_t i = 0; type && i < sizeof without / sizeof *without; i++)
		if (strncmp(type, without[i], strlen(without[i])) == 0)
			return false;
	return type != NULL;
}
