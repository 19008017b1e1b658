/* SPDX-License-Identifier: MIT */
#include "list/row_sort.h"

#include <string.h>

#define KEY_BYTES 8
#define FEW 24 /* rows that are sorted sooner by putting each where it belongs */

/* ---- Keys ---------------------------------------------------------------------------------- */

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

static void set_part_key(struct row_sort *sort, struct row_key *row)
{
	struct span text = sort->text(sort->context, row->row);
	uint64_t key = part_key(text, sort->offset);

	sort->goes_on |= text.n > sort->offset;
	row->key = sort->is_reversed ? ~key : key;
}

/* A NUL behind a text counts as none in its keys: where all have ended, their length tells. */
static void set_length_key(const struct row_sort *sort, struct row_key *row)
{
	uint64_t key = sort->text(sort->context, row->row).n;

	row->key = sort->is_reversed ? ~key : key;
}

/* ---- Rows that are alike so far ------------------------------------------------------------ */

static void begin_group(struct row_sort *sort, size_t begin, size_t end)
{
	sort->begin = begin;
	sort->end = end;
	sort->at = 0;
	sort->phase = sort->text ? ROW_SORT_KEYS : ROW_SORT_LOOK;
	sort->from = sort->rows + begin;
	sort->to = sort->scratch;
	sort->differences = 0;
	sort->is_sorted = true;
	sort->goes_on = false;
}

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

/* Marks the row AT of the group if it is alike none before it, or none at all. */
static void mark(struct row_sort *sort, size_t at)
{
	struct row_key *row = sort->rows + sort->begin + at;

	row->is_first = !at || !sort->goes_on || row->key != row[-1].key;
	sort->has_alike |= !row->is_first;
}

/* All phases at once. */
static void sort_few(struct row_sort *sort)
{
	struct row_key *rows = sort->rows + sort->begin;
	size_t n = sort->end - sort->begin;

	for (size_t i = 0; sort->text && i < n; i++)
		set_part_key(sort, &rows[i]);
	for (size_t i = 0; sort->text && !sort->goes_on && i < n; i++)
		set_length_key(sort, &rows[i]);
	insert_each(rows, n);
	for (size_t i = 0; sort->text && i < n; i++)
		mark(sort, i);
}

static void look_at(struct row_sort *sort, size_t i)
{
	const struct row_key *rows = sort->from;

	sort->differences |= rows[i].key ^ rows[0].key;
	sort->is_sorted = sort->is_sorted && (!i || rows[i - 1].key <= rows[i].key);
}

/* The work of this phase on the row AT of the group. */
static inline void do_row(struct row_sort *sort, size_t at)
{
	switch (sort->phase) {
	case ROW_SORT_KEYS:
		set_part_key(sort, &sort->from[at]);
		break;
	case ROW_SORT_LENGTHS:
		set_length_key(sort, &sort->from[at]);
		break;
	case ROW_SORT_LOOK:
		look_at(sort, at);
		break;
	case ROW_SORT_COUNT:
		sort->place[sort->from[at].key >> sort->shift & 0xff]++;
		break;
	case ROW_SORT_PLACE:
		sort->to[sort->place[sort->from[at].key >> sort->shift & 0xff]++] = sort->from[at];
		break;
	case ROW_SORT_BACK:
		sort->to[at] = sort->from[at];
		break;
	case ROW_SORT_MARK:
		mark(sort, at);
		break;
	}
}

/* From how many rows have each value to where the first of them goes. */
static void add_up(size_t place[static 256])
{
	size_t next = 0;

	for (size_t i = 0; i < 256; i++) {
		size_t count = place[i];
		place[i] = next;
		next += count;
	}
}

/* What follows when the rows are in order by the bytes up to SHIFT. */
static enum row_sort_phase next_byte(struct row_sort *sort, unsigned shift)
{
	while (shift < 64 && !(sort->differences >> shift & 0xff))
		shift += 8;
	sort->shift = shift;
	if (shift < 64) {
		memset(sort->place, 0, sizeof sort->place);
		return ROW_SORT_COUNT;
	}
	return sort->from == sort->rows + sort->begin ? ROW_SORT_MARK : ROW_SORT_BACK;
}

static void swap_sides(struct row_sort *sort)
{
	struct row_key *placed = sort->to;

	sort->to = sort->from;
	sort->from = placed;
}

/* All rows of the group went through a phase: to the next one. False: that was the last. */
static bool end_phase(struct row_sort *sort)
{
	sort->at = 0;
	switch (sort->phase) {
	case ROW_SORT_KEYS:
		sort->phase = sort->goes_on ? ROW_SORT_LOOK : ROW_SORT_LENGTHS;
		break;
	case ROW_SORT_LENGTHS:
		sort->phase = ROW_SORT_LOOK;
		break;
	case ROW_SORT_LOOK:
		sort->differences = sort->is_sorted ? 0 : sort->differences;
		sort->phase = next_byte(sort, 0);
		break;
	case ROW_SORT_COUNT:
		add_up(sort->place);
		sort->phase = ROW_SORT_PLACE;
		break;
	case ROW_SORT_PLACE:
		swap_sides(sort);
		sort->phase = next_byte(sort, sort->shift + 8);
		break;
	case ROW_SORT_BACK:
		sort->phase = ROW_SORT_MARK;
		break;
	case ROW_SORT_MARK:
		return false;
	}
	return true;
}

/* ---- Rounds -------------------------------------------------------------------------------- */

void row_sort_begin(struct row_sort *sort, struct row_key *rows, struct row_key *scratch,
		    size_t n)
{
	*sort = (struct row_sort){.rows = rows, .scratch = scratch, .n = n};
	begin_group(sort, 0, n);
}

void row_sort_begin_texts(struct row_sort *sort, struct row_key *rows, struct row_key *scratch,
			  size_t n, bool is_reversed, row_text *text, const void *context)
{
	*sort = (struct row_sort){.rows = rows, .scratch = scratch, .n = n, .text = text,
				  .context = context, .is_reversed = is_reversed};
	begin_group(sort, 0, n);
}

/* Takes LEFT rows at the most for the way to the next rows that are alike. False: none is left. */
static bool next_group(struct row_sort *sort, size_t *left)
{
	size_t begin = sort->end, end;

	if (!sort->text)
		return false;
	for (; begin < sort->n && *left; begin = end) {
		for (end = begin + 1; end < sort->n && !sort->rows[end].is_first;)
			end++;
		*left -= *left < end - begin ? *left : end - begin;
		if (end - begin > 1) {
			begin_group(sort, begin, end);
			return true;
		}
	}
	begin_group(sort, begin, begin);
	if (begin < sort->n)
		return true;
	/* Texts are no longer than LIMIT_TEXT: so many rounds there are at the most. */
	bool has_alike = sort->has_alike;
	sort->has_alike = false;
	sort->offset += KEY_BYTES;
	begin_group(sort, 0, 0);
	return has_alike;
}

bool row_sort_step(struct row_sort *sort, size_t most)
{
	for (size_t left = most; left;) {
		size_t n = sort->end - sort->begin;
		if (n <= FEW) {
			sort_few(sort);
			left -= left < n ? left : n;
			if (!next_group(sort, &left))
				return false;
			continue;
		}
		size_t until = n - sort->at < left ? n : sort->at + left;
		left -= until - sort->at;
		for (; sort->at < until; sort->at++)
			do_row(sort, sort->at);
		if (sort->at == n && !end_phase(sort) && !next_group(sort, &left))
			return false;
	}
	return true;
}

/* How far the rows that are sorted now are; at first all bytes of their keys may differ. */
static double group_share(const struct row_sort *sort)
{
	size_t n = sort->end - sort->begin;
	unsigned bytes = 0, bytes_done = 0;
	double done = sort->phase;

	for (unsigned shift = 0; shift < 64; shift += 8) {
		bool is_different = sort->differences >> shift & 0xff;
		bytes += is_different;
		bytes_done += is_different && shift < sort->shift;
	}
	if (sort->phase <= ROW_SORT_LOOK)
		bytes = KEY_BYTES;
	else if (sort->phase <= ROW_SORT_PLACE)
		done += 2 * bytes_done;
	else
		done += 2.0 * bytes - 2;
	return n ? (done + (double)sort->at / (double)n) / (2 * bytes + 5) : 0;
}

double row_sort_share(const struct row_sort *sort)
{
	double n = (double)(sort->n ? sort->n : 1), left = 1;
	double row = (double)sort->begin +
		     group_share(sort) * (double)(sort->end - sort->begin);

	/* How many rounds there will be nobody knows: each counts half of the one before. */
	for (size_t i = 0; i < sort->offset; i += KEY_BYTES)
		left /= 2;
	return 1 - left + left / 2 * (sort->text ? row / n : 2 * row / n);
}
