/* SPDX-License-Identifier: MIT */
/*
 * page: a view of text that scrolls. Help and verdicts are pages.
 *
 * A page is built line by line before it is opened; what is too long for the screen is wrapped
 * when it is drawn.
 */
#ifndef SMTPSCOPE_TUI_PAGE_H
#define SMTPSCOPE_TUI_PAGE_H

#include "terminal/screen.h"
#include "view/view.h"

#include <stdint.h>

struct page_line {
	char *text; /* owned, may be long */
	enum screen_style style;
	int label_columns; /* so many columns at its start stand out, as keys do in help */
	int row;	   /* its first one after wrapping, when it was drawn last */
};

struct page {
	struct view view;
	char title[128];
	struct page_line *lines;
	size_t count;
	size_t room;
	int top;  /* the first row shown, of the rows after wrapping */
	int rows; /* rows after wrapping, when it was drawn last */
	int height;
	uint32_t found; /* the line that was found last */
};

/** An empty page; NULL: no memory. Closing its view frees it. */
struct page *page_new(const char *title);

/** Adds a line. Without memory it is left out. */
void page_add(struct page *page, enum screen_style style, int label_columns, const char *text);

#endif
