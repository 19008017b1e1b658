/* SPDX-License-Identifier: MIT */
/*
 * needle: a text that rows are searched for, in all of their columns, whatever its case.
 *
 * What is searched is what the cells show. To print a million rows for that would take seconds:
 * so a kind of rows may say of a column what its cells can hold at all, or which bytes they show
 * if nothing in them needs to be made safe.
 */
#ifndef SMTPSCOPE_TUI_NEEDLE_H
#define SMTPSCOPE_TUI_NEEDLE_H

#include "list/columns.h"
#include "list/rows_kind.h"

#define NEEDLE_SIZE 256

struct needle {
	const struct rows_kind *kind;
	char text[NEEDLE_SIZE]; /* ASCII letters are small ones */
	size_t n;
	bool may_be_in[MOST_COLUMNS]; /* of the kind's columns */
};

/** TEXT, to be searched for in rows of KIND. */
void needle_set(struct needle *needle, const struct rows_kind *kind, const char *text);

/** Whether any column of ROW, shown or not, has it. */
bool needle_is_in(const struct needle *needle, const struct model *model, uint32_t row);

#endif
