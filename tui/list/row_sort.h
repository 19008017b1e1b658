/* SPDX-License-Identifier: MIT */
/*
 * row_sort: a million rows in order, in steps between which keys are answered.
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
	uint32_t is_first; /* the sort's business: of rows that are alike so far */
};

/** The key of a number, so that keys sort as the numbers do. */
static inline uint64_t row_key_of(int64_t number)
{
	return (uint64_t)number ^ (UINT64_C(1) << 63);
}

/** Gives the text of a row, for as long as the sort lasts. */
typedef struct span row_text(const void *context, uint32_t row);

/** What is done to rows that are alike so far, one after the other. */
enum row_sort_phase {
	ROW_SORT_KEYS,	  /* set the keys to the next bytes of the texts, */
	ROW_SORT_LENGTHS, /* or to their lengths where all of them have ended */
	ROW_SORT_LOOK,	  /* find the bytes in which keys differ; for each of them */
	ROW_SORT_COUNT,	  /* count how many rows have which value of it, */
	ROW_SORT_PLACE,	  /* and place them by it */
	ROW_SORT_BACK,	  /* copy them back, if they ended up in the scratch */
	ROW_SORT_MARK,	  /* mark those that are alike with these bytes, too */
};

/** A sort that is under way. */
struct row_sort {
	struct row_key *rows;
	struct row_key *scratch;
	size_t n;
	row_text *text; /* NULL: by the keys as they are */
	const void *context;
	bool is_reversed;	   /* by texts */
	size_t offset;		   /* bytes of the texts that rows were sorted by before */
	size_t begin, end;	   /* rows that are alike in those, and are sorted now */
	enum row_sort_phase phase;
	size_t at;		   /* the row from `begin` on that is next in this phase */
	struct row_key *from, *to; /* of these rows */
	uint64_t differences;
	unsigned shift; /* to the byte of the keys that they are sorted by */
	size_t place[256];
	bool is_sorted;
	bool goes_on;	/* one of the texts does, behind these bytes */
	bool has_alike; /* rows of this round need another one */
};

/** Begins to sort the N ROWS by their keys. SCRATCH has room for as many. */
void row_sort_begin(struct row_sort *sort, struct row_key *rows, struct row_key *scratch,
		    size_t n);

/** The same, by texts whatever the case of their ASCII letters; sets the keys. */
void row_sort_begin_texts(struct row_sort *sort, struct row_key *rows, struct row_key *scratch,
			  size_t n, bool is_reversed, row_text *text, const void *context);

/** Goes on, with as much work as MOST rows make that are looked at once. False: all is sorted. */
bool row_sort_step(struct row_sort *sort, size_t most);

/** About how much is done, 0 to 1. */
double row_sort_share(const struct row_sort *sort);

#endif
