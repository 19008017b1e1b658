/* SPDX-License-Identifier: MIT */
#include "filter.h"

#include "text.h"

#include <string.h>

#define INDENT 4
#define COLUMNS (FILTER_PLACE_COLUMNS - INDENT)
#define BEFORE 40 /* columns of the text before the place that are shown at least, if it is long   \
		   */

/* Columns that the first N bytes of TEXT take when they are shown. */
static int columns_of(const char *text, size_t n, bool ascii_only)
{
	char shown[FILTER_PLACE_TEXT];
	struct span bytes = span_take(span_of(text), n);

	return text_clean(bytes, shown, sizeof shown, COLUMNS, ascii_only);
}

/* Where to begin, so that what stands at AT is seen: not inside a character. */
static size_t start_for(const char *text, size_t at)
{
	size_t start = at > BEFORE ? at - BEFORE : 0;

	if (strlen(text) <= COLUMNS)
		return 0;
	while (start < at && ((unsigned char)text[start] & 0xc0) == 0x80)
		start++;
	return start;
}

void filter_show_place(const char *text, const struct filter_fault *fault, bool ascii_only,
		       char out[static FILTER_PLACE_TEXT])
{
	char shown[COLUMNS * 8];
	size_t n = strlen(text);
	size_t at = fault->at < n ? fault->at : n;
	size_t start = start_for(text, at);
	int before = columns_of(text + start, at - start, ascii_only);
	int carets = columns_of(text + at, fault->length, ascii_only);

	if (before + carets > COLUMNS)
		carets = COLUMNS - before;
	text_clean(span_of(text + start), shown, sizeof shown, COLUMNS, ascii_only);
	int used = snprintf(out, FILTER_PLACE_TEXT, "%*s%s\n%*s", INDENT, "", shown,
			    INDENT + before, "");
	for (int i = 0; i < (carets > 1 ? carets : 1) && used < FILTER_PLACE_TEXT - 1; i++)
		out[used++] = '^';
	out[used] = '\0';
}
