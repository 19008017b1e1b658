/* SPDX-License-Identifier: MIT */
#include "list/columns.h"

/** What COLUMNS ask for at least, one column between each two. */
static int least_width(const struct column *columns, size_t count, const int *widths)
{
	int sum = -1;
	for (size_t i = 0; i < count; i++)
		if (widths[i])
			sum += columns[i].width + 1;
	return sum;
}

/** What COLUMNS would like: halfway to their most, but for extra ones. */
static int comfortable_width(const struct column *columns, size_t count, const int *widths)
{
	int sum = -1;
	for (size_t i = 0; i < count; i++) {
		bool is_extra = columns[i].priority >= EXTRA_COLUMN;
		if (widths[i])
			sum += (is_extra ? columns[i].width
					 : (columns[i].width + columns[i].most) / 2) +
			       1;
	}
	return sum;
}

static bool has_extra(const struct column *columns, size_t count, const int *widths)
{
	for (size_t i = 0; i < count; i++)
		if (widths[i] && columns[i].priority >= EXTRA_COLUMN)
			return true;
	return false;
}

static void drop_one(const struct column *columns, size_t count, int *widths)
{
	size_t last = count;
	for (size_t i = 0; i < count; i++)
		if (widths[i] && columns[i].priority &&
		    (last == count || columns[i].priority >= columns[last].priority))
			last = i;
	if (last < count)
		widths[last] = 0;
}

static bool can_drop(const struct column *columns, size_t count, const int *widths)
{
	for (size_t i = 0; i < count; i++)
		if (widths[i] && columns[i].priority)
			return true;
	return false;
}

/** Gives LEFT columns one by one to texts (or to numbers); returns what is still left. */
static int grow(const struct column *columns, size_t count, int *widths, int left, bool is_right)
{
	bool has_grown = true;
	while (left > 0 && has_grown) {
		has_grown = false;
		for (size_t i = 0; i < count && left > 0; i++) {
			if (!widths[i] || widths[i] >= columns[i].most ||
			    columns[i].is_right != is_right)
				continue;
			widths[i]++;
			left--;
			has_grown = true;
		}
	}
	return left;
}

void columns_fit(const struct column *columns, size_t count, int width,
		 int widths[static MOST_COLUMNS])
{
	for (size_t i = 0; i < count; i++)
		widths[i] = columns[i].width;
	while (least_width(columns, count, widths) > width && can_drop(columns, count, widths))
		drop_one(columns, count, widths);
	while (comfortable_width(columns, count, widths) > width &&
	       has_extra(columns, count, widths))
		drop_one(columns, count, widths);
	int left = width - least_width(columns, count, widths);
	left = grow(columns, count, widths, left, false);
	grow(columns, count, widths, left, true);
}
