/* SPDX-License-Identifier: MIT */
#include "report/one_line.h"

#include "text.h"

#include <limits.h>

const char *one_line(struct span bytes, char out[static ONE_LINE_SIZE])
{
	uint8_t line[LIMIT_TEXT];

	bytes = span_take(bytes, LIMIT_TEXT);
	for (size_t i = 0; i < bytes.n; i++)
		line[i] = bytes.p[i] == '\n' ? ' ' : bytes.p[i];
	text_clean((struct span){line, bytes.n}, out, ONE_LINE_SIZE, INT_MAX, false);
	return out;
}
