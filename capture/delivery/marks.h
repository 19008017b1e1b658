/* SPDX-License-Identifier: MIT */
/*
 * marks: which of a number of records have been seen, a bit each.
 *
 * An attempt belongs to a delivery for each of its recipients; who counts attempts by going
 * through deliveries marks those that are counted.
 */
#ifndef SMTPSCOPE_MARKS_H
#define SMTPSCOPE_MARKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct marks {
	uint64_t *words;
};

/** COUNT records, none marked. False: no memory. */
static inline bool marks_init(struct marks *marks, uint32_t count)
{
	marks->words = calloc((size_t)count / 64 + 1, sizeof *marks->words);
	return marks->words != NULL;
}

static inline void marks_free(struct marks *marks)
{
	free(marks->words);
	marks->words = NULL;
}

/** Marks record INDEX. False: it was marked already. */
static inline bool marks_set(struct marks *marks, uint32_t index)
{
	uint64_t bit = UINT64_C(1) << (index % 64);
	bool is_new = !(marks->words[index / 64] & bit);

	marks->words[index / 64] |= bit;
	return is_new;
}

#endif
