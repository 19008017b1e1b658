/* SPDX-License-Identifier: MIT */
/*
 * columns: a list's table of columns, and how they share the width of a screen.
 */
#ifndef SMTPSCOPE_TUI_COLUMNS_H
#define SMTPSCOPE_TUI_COLUMNS_H

#include "model.h"
#include "terminal/screen.h"

#define MOST_COLUMNS 12
#define CELL_TEXT 256

/** What one cell of a list shows: safe for the terminal. */
struct cell_text {
	char text[CELL_TEXT];
};

#define EXTRA_COLUMN 5

struct column {
	const char *name; /* its title, and what messages call it */
	uint8_t width;	  /* columns on the screen, at least */
	uint8_t most;	  /* at most: what is left over goes to those that may grow */
	uint8_t priority; /* 0 is always there; the highest number goes first where room is short;
			     from EXTRA_COLUMN on only where the others have room to spare */
	bool is_right;	  /* numbers stand at the right */
	void (*print)(const struct model *model, uint32_t row, struct cell_text *out);
	/* What it sorts by: a number, or else the bytes of a text. */
	int64_t (*number)(const struct model *model, uint32_t row);
	struct span (*text)(const struct model *model, uint32_t row);
};

/** The widths that COUNT COLUMNS get within WIDTH, one column between them; 0: not shown. */
void columns_fit(const struct column *columns, size_t count, int width,
		 int widths[static MOST_COLUMNS]);

#endif
