/* SPDX-License-Identifier: MIT */
/*
 * search: the next row that holds a text, and which of how many it is. No curses in here.
 */
#ifndef SMTPSCOPE_TUI_SEARCH_H
#define SMTPSCOPE_TUI_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

struct search {
	uint32_t count; /* rows there are */
	uint32_t from;	/* the selected one */
	const char *needle;
	bool (*has)(const void *context, uint32_t row, const char *needle);
	const void *context;
};

struct search_found {
	uint32_t row;
	uint32_t which; /* "3 of 17" */
	uint32_t all;
};

/**
 * The next row behind the selected one (BY 1) or before it (BY -1) that has the text, going round
 * at the ends. False: no row has it.
 */
bool search_run(const struct search *search, int by, struct search_found *found);

#endif
