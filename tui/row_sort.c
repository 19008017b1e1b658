/* SPDX-License-Identifier: MIT */
#include "row_sort.h"

#include <string.h>

#define KEY_BYTES 8
#define FEW 24 /* rows that are sorted sooner by putting each where it belongs */

/* The texts that are sorted. */
struct texts {
	row_text *text;
	const void *context;
	bool is_reversed;
};

static void insert_each(struct row_key *rows, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct row_key moved = rows[i];
		size_t at = i;
		for (; at && rows[at - 1].key > moved.key; at--)
			rows[at] = rows[at - 1];
		rows[at] = moved;
	}
}

/* Bits in which the keys differ; none if they are in order already. */
static uint64_t find_differences(const struct row_key *rows, size_t n)
{
	uint64_t differences = 0;
	bool is_sorted = true;

	for (size_t i = 1; i < n; i++) {
		differences |= rows[i].key ^ rows[0].key;
		is_sorted = is_sorted && rows[i - 1].key <= rows[i].key;
	}
	return is_sorted ? 0 : differences;
}

/* Sorts FROM by one byte of the keys into TO. */
static void sort_by_byte(const struct row_key *from, struct row_key *to, size_t n, unsigned shift)
{
	size_t place[256] = {0};
	size_t next = 0;

	for (size_t i = 0; i < n; i++)
		place[from[i].key >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t count = place[i];
		place[i] = next;
		next += count;
	}
	for (size_t i = 0; i < n; i++)
		to[place[from[i].key >> shift & 0xff]++] = from[i];
}

void row_sort_by_key(struct row_key *rows, struct row_key *scratch, size_t n)
{
	struct row_key *from = rows, *to = scratch;

	if (n <= FEW) {
		insert_each(rows, n);
		return;
	}
	uint64_t differences = find_differences(rows, n);
	for (unsigned shift = 0; shift < 64; shift += 8) {
		if (!(differences >> shift & 0xff))
			continue;
		sort_by_byte(from, to, n, shift);
		struct row_key *sorted = to;
		to = from;
		from = sorted;
	}
	if (from != rows)
		memcpy(rows, from, n * sizeof *rows);
}

static uint8_t fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* The eight bytes of TEXT behind OFFSET as a number that sorts as they do; zeros behind its end. */
static uint64_t part_key(struct span text, size_t offset)
{
	uint64_t key = 0;

	text = span_skip(text, offset);
	for (size_t i = 0; i < KEY_BYTES; i++)
		key = key << 8 | (i < text.n ? fold(text.p[i]) : 0);
	return key;
}

/*
 * Gives ROWS, whose texts are the same up to OFFSET, the part behind it as their key; where all
 * have ended, their length, as a NUL behind a text counts as none. False: they have.
 */
static bool set_keys(const struct texts *texts, struct row_key *rows, size_t n, size_t offset)
{
	bool goes_on = false;

	for (size_t i = 0; i < n; i++) {
		struct span text = texts->text(texts->context, rows[i].row);
		goes_on = goes_on || text.n > offset;
		rows[i].key = part_key(text, offset);
	}
	for (size_t i = 0; i < n && !goes_on; i++)
		rows[i].key = texts->text(texts->context, rows[i].row).n;
	for (size_t i = 0; i < n && texts->is_reversed; i++)
		rows[i].key = ~rows[i].key;
	return goes_on;
}

static size_t count_same(const struct row_key *rows, size_t n)
{
	size_t same = 1;

	while (same < n && rows[same].key == rows[0].key)
		same++;
	return same;
}

/* Texts are no longer than LIMIT_TEXT, and so is the depth of this. */
static void sort_from(const struct texts *texts, struct row_key *rows, struct row_key *scratch,
		      size_t n, size_t offset)
{
	bool goes_on = set_keys(texts, rows, n, offset);

	row_sort_by_key(rows, scratch, n);
	for (size_t i = 0, same; goes_on && i < n; i += same) {
		same = count_same(rows + i, n - i);
		if (same > 1)
			sort_from(texts, rows + i, scratch, same, offset + KEY_BYTES);
	}
}

void row_sort_by_text(struct row_key *rows, struct row_key *scratch, size_t n, bool is_reversed,
		      row_text *text, const void *context)
{
	const struct texts texts = {text, context, is_reversed};

	if (n)
		sort_from(&texts, rows, scratch, n, 0);
}
