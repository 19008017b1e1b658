/* SPDX-License-Identifier: MIT */
/*
 * marks: the rows of a list that the user picked, by their ids.
 *
 * They stay with their rows, whatever is sorted or filtered. Begin with zeros.
 */
#ifndef SMTPSCOPE_TUI_MARKS_H
#define SMTPSCOPE_TUI_MARKS_H

#include <stdbool.h>
#include <stdint.h>

struct marks {
	uint8_t *is_marked; /* by id */
	uint32_t room;
	uint32_t count; /* of those marked */
};

static inline bool marks_has(const struct marks *marks, uint32_t row)
{
	return row < marks->room && marks->is_marked[row];
}

/** Marks ROW, or takes its mark away. False: no memory. */
bool marks_set(struct marks *marks, uint32_t row, bool wanted);

/** Takes all marks away, and their memory. */
void marks_clear(struct marks *marks);

#endif
