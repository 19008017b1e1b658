/* SPDX-License-Identifier: MIT */
#include "list/rows.h"

#include "list/details.h"
#include "list/notes.h"
#include "text.h"

static const struct note *at(const struct model *model, uint32_t row)
{
	return &model->notes->items[row];
}

static uint32_t count_rows(const struct model *model)
{
	return model->notes->count;
}

static int64_t rank(const struct model *model, uint32_t row)
{
	(void)model;
	return row;
}

static enum screen_style style(const struct model *model, uint32_t row)
{
	return at(model, row)->is_loss ? SCREEN_WARNING : SCREEN_TEXT;
}

static void print_what(const struct model *model, uint32_t row, struct cell_text *out)
{
	text_safe(at(model, row)->what, out->text, sizeof out->text);
}

static void print_value(const struct model *model, uint32_t row, struct cell_text *out)
{
	text_safe(at(model, row)->value, out->text, sizeof out->text);
}

static void print_meaning(const struct model *model, uint32_t row, struct cell_text *out)
{
	text_safe(at(model, row)->meaning, out->text, sizeof out->text);
}

static const struct column columns[] = {
	{"note", 22, 24, 0, false, print_what, rank, NULL},
	{"value", 9, 14, 0, true, print_value, rank, NULL},
	{"meaning", 20, 200, 0, false, print_meaning, rank, NULL},
};

const struct rows_kind rows_notes = {
	.name = "notes",
	.order = "as they come",
	.empty = "nothing to note",
	.columns = columns,
	.column_count = sizeof columns / sizeof *columns,
	.count = count_rows,
	.rank = rank,
	.style = style,
	.tell = details_note,
};
