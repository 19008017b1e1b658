/* SPDX-License-Identifier: MIT */
#include "hex.h"

#include <assert.h>
#include <ctype.h>

static uint8_t digit_value(char digit)
{
	assert(isxdigit((unsigned char)digit));
	if (digit <= '9')
		return (uint8_t)(digit - '0');
	return (uint8_t)((digit | 0x20) - 'a' + 10);
}

void hex_add(struct hex *hex, const char *digits)
{
	for (; *digits; digits++) {
		if (*digits == ' ')
			continue;
		assert(hex->n < HEX_MAX);
		hex->bytes[hex->n++] =
			(uint8_t)(digit_value(digits[0]) << 4 | digit_value(digits[1]));
		digits++;
	}
}

struct span hex_span(const struct hex *hex)
{
	return (struct span){hex->bytes, hex->n};
}
