/* SPDX-License-Identifier: MIT */
/*
 * row_sort: a million rows in order, between two frames.
 *
 * Rows are sorted by numbers, or by texts that are turned into numbers eight bytes at a time: by
 * counting, a byte of the number after the other, so that the time grows with the rows and hardly
 * with their order. Rows that are equal stay in the order they came in.
 */
#ifndef SMTPSCOPE_TUI_ROW_SORT_H
#define SMTPSCOPE_TUI_ROW_SORT_H

#include "span.h"

#include <stdbool.h>
#include <stdint.h>

struct row_key {
	uint64_t key;
	uint32_t row;
};

/** The key of a number, so that keys sort as the numbers do. */
static inline uint64_t row_key_of(int64_t number)
{
	return (uint64_t)number ^ (UINT64_C(1) << 63);
}

/** Sorts the N ROWS by their keys. SCRATCH has room for as many. */
void row_sort_by_key(struct row_key *rows, struct row_key *scratch, size_t n);

/** Gives the text of a row, for as long as the sort lasts. */
typedef struct span row_text(const void *context, uint32_t row);

/** As row_sort_by_key(), by texts whatever the case of their ASCII letters; sets the keys. */
void row_sort_by_text(struct row_key *rows, struct row_key *scratch, size_t n, bool is_reversed,
		      row_text *text, const void *context);

#endif
