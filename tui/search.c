/* SPDX-License-Identifier: MIT */
#include "search.h"

/** How many rows lie between the selected one and ROW in the direction of BY, going round. */
static uint32_t way_to(const struct search *search, uint32_t row, int by)
{
	uint32_t way = by > 0 ? row + search->count - search->from
			      : search->from + search->count - row;
	return way > search->count ? way - search->count : way;
}

bool search_run(const struct search *search, int by, struct search_found *found)
{
	uint32_t best = 0;
	*found = (struct search_found){0};
	for (uint32_t row = 0; row < search->count; row++) {
		if (!search->has(search->context, row, search->needle))
			continue;
		uint32_t way = way_to(search, row, by);
		found->all++;
		if (found->all > 1 && way >= best)
			continue;
		best = way;
		found->row = row;
		found->which = found->all;
	}
	return found->all > 0;
}
