/* SPDX-License-Identifier: MIT */
#include "list/needle.h"

#include <stdio.h>
#include <string.h>

static uint8_t fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

void needle_set(struct needle *needle, const struct rows_kind *kind, const char *text)
{
	*needle = (struct needle){.kind = kind};
	snprintf(needle->text, sizeof needle->text, "%s", text);
	needle->n = strlen(needle->text);
	for (size_t i = 0; i < needle->n; i++)
		needle->text[i] = (char)fold((uint8_t)needle->text[i]);
	for (size_t i = 0; i < kind->column_count; i++) {
		const char *chars = kind->hints ? kind->hints[i].chars : NULL;
		needle->may_be_in[i] = !chars || strspn(needle->text, chars) == needle->n;
	}
}

/** Whether nothing in TEXT needs to be made safe, or cut to fit a cell. */
static bool is_shown_as_it_is(struct span text)
{
	bool is_plain = text.n > 0 && text.n < CELL_TEXT;
	for (size_t i = 0; is_plain && i < text.n; i++)
		is_plain = text.p[i] >= ' ' && text.p[i] <= '~';
	return is_plain;
}

static bool has_here(const struct needle *needle, const uint8_t *text)
{
	size_t i = 0;
	while (i < needle->n && fold(text[i]) == (uint8_t)needle->text[i])
		i++;
	return i == needle->n;
}

static bool text_has(const struct needle *needle, struct span text)
{
	for (size_t i = 0; i + needle->n <= text.n; i++)
		if (has_here(needle, text.p + i))
			return true;
	return false;
}

static bool cell_has(const struct needle *needle, const struct model *model, uint32_t row,
		     size_t column)
{
	const struct cell_hint *hint = needle->kind->hints ? &needle->kind->hints[column] : NULL;
	struct cell_text cell;
	if (hint && hint->shown) {
		struct span text = hint->shown(model, row);
		if (is_shown_as_it_is(text))
			return text_has(needle, text);
	}
	needle->kind->columns[column].print(model, row, &cell);
	return text_has(needle, span_of(cell.text));
}

bool needle_is_in(const struct needle *needle, const struct model *model, uint32_t row)
{
	for (size_t i = 0; i < needle->kind->column_count; i++)
		if (needle->may_be_in[i] && cell_has(needle, model, row, i))
			return true;
	return false;
}
