/* SPDX-License-Identifier: MIT */
/*
 * search: the next row that holds a text, and which of how many it is. No curses in here.
 */
#ifndef SMTPSCOPE_TUI_SEARCH_H
#define SMTPSCOPE_TUI_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

struct search_found {
	uint32_t row;
	uint32_t which; /* "3 of 17" */
	uint32_t all;
};

struct search {
	uint32_t count; /* rows there are */
	uint32_t from;	/* the selected one */
	const char *needle;
	bool (*has)(const void *context, uint32_t row, const char *needle);
	const void *context;
	bool is_backward;	   /* the search's business from here on */
	uint32_t looked;	   /* rows that were looked at */
	struct search_found found; /* so far; with a row that has the text, `row` is the next one */
};

/**
 * Begins to look for the next row behind the selected one (BY 1) or before it (BY -1) that has
 * the text, going round at the ends.
 */
void search_begin(struct search *search, int by);

/** Looks at MOST further rows. False: all were looked at. */
bool search_step(struct search *search, uint32_t most);

/** Looks at all of them at once. False: no row has it. */
bool search_run(struct search *search, int by, struct search_found *found);

#endif
