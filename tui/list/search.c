/* SPDX-License-Identifier: MIT */
#include "list/search.h"

void search_begin(struct search *search, int by)
{
	search->is_backward = by < 0;
	search->looked = 0;
	search->found = (struct search_found){0};
}

/** The row that is looked at after LOOKED others; the selected one comes last. */
static uint32_t row_after(const struct search *search, uint32_t looked)
{
	uint64_t way = search->is_backward ? search->count - 1 - looked : looked + UINT64_C(1);
	return (uint32_t)((search->from + way) % search->count);
}

bool search_step(struct search *search, uint32_t most)
{
	struct search_found *found = &search->found;
	for (; most && search->looked < search->count; most--) {
		uint32_t row = row_after(search, search->looked++);
		if (!search->has(search->context, row, search->needle))
			continue;
		if (!found->all++)
			found->row = row;
		found->which += row <= found->row;
	}
	return search->looked < search->count;
}

bool search_run(struct search *search, int by, struct search_found *found)
{
	search_begin(search, by);
	search_step(search, UINT32_MAX);
	*found = search->found;
	return found->all > 0;
}
