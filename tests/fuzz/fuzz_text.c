/* SPDX-License-Identifier: MIT */
/*
 * text_clean(): whatever comes in, what goes out may be shown and takes the columns it says.
 * The first three bytes of an input are the size of the buffer, the columns, and ASCII or not.
 */
#include "fuzz.h"

#include "canvas.h"
#include "prose.h"
#include "text.h"

#include <limits.h>
#include <stdlib.h>

#define ROOM 256 /* bytes of text, more than any size asked for */

static bool is_plain(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] < 0x20 || bytes.p[i] >= 0x7f)
			return false;
	return true;
}

/* Lines of a clean text are no wider than asked, and lose nothing but blanks. */
static void expect_lines(const char *text, int columns)
{
	const char *rest = text;
	size_t bytes = 0;

	for (;;) {
		char line[ROOM];
		struct span part = prose_next_line(&rest, columns);
		if (!part.p)
			break;
		assert(part.n < sizeof line);
		memcpy(line, part.p, part.n);
		line[part.n] = '\0';
		expect_shown(line, false, false);
		assert(text_columns(line) <= columns);
		for (size_t i = 0; i < part.n; i++)
			bytes += part.p[i] != ' ';
	}
	for (const char *p = text; *p; p++)
		bytes -= *p != ' ';
	assert(bytes == 0);
}

/* Drawn on a canvas, a row is no wider than the canvas. */
static void expect_row(const char *text, int columns)
{
	struct canvas canvas;
	char row[ROOM * 4];

	if (!canvas_init(&canvas, 1, columns))
		return;
	(void)canvas_put(&canvas, 0, columns / 2, text, STYLE_LABEL);
	(void)canvas_put(&canvas, 0, -1, text, STYLE_LABEL);
	canvas_row(&canvas, 0, row, sizeof row);
	expect_shown(row, false, false);
	assert(text_columns(row) <= columns);
	canvas_free(&canvas);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;
	size_t out_size = data[0];
	int max_columns = data[1] == 0xff ? INT_MAX : data[1];
	bool ascii_only = data[2] & 1;
	struct span in = {data + 3, size - 3};

	char *out = malloc(out_size + 1);
	if (!out)
		return 0;
	int columns = text_clean(in, out, out_size, max_columns, ascii_only);
	assert(columns >= 0 && columns <= max_columns);
	if (out_size) {
		assert(strlen(out) < out_size);
		expect_shown(out, false, ascii_only);
		assert(text_columns(out) == columns);
		if (is_plain(in) && in.n < out_size && in.n <= (size_t)max_columns)
			assert(strlen(out) == in.n && memcmp(out, in.p, in.n) == 0);
		expect_lines(out, 2 + (data[2] >> 1));
		expect_row(out, 1 + (data[2] >> 1));
	}
	free(out);
	return 0;
}
