/* SPDX-License-Identifier: MIT */
#include "list/marks.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct marks *marks, uint32_t row)
{
	size_t room = (size_t)row + row / 2 + 64;
	if (row < marks->room)
		return true;
	if (room > UINT32_MAX)
		room = UINT32_MAX;
	uint8_t *grown = realloc(marks->is_marked, room);
	if (!grown)
		return false;
	memset(grown + marks->room, 0, room - marks->room);
	marks->is_marked = grown;
	marks->room = (uint32_t)room;
	return true;
}

bool marks_set(struct marks *marks, uint32_t row, bool wanted)
{
	if (marks_has(marks, row) == wanted)
		return true;
	if (!make_room(marks, row))
		return false;
	marks->is_marked[row] = wanted;
	marks->count = wanted ? marks->count + 1 : marks->count - 1;
	return true;
}

void marks_clear(struct marks *marks)
{
	free(marks->is_marked);
	*marks = (struct marks){0};
}
