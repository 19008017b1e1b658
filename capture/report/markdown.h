/* SPDX-License-Identifier: MIT */
/*
 * markdown: what a page of Markdown is put together from. All text is clean, and escaped here.
 */
#ifndef SMTPSCOPE_REPORT_MARKDOWN_H
#define SMTPSCOPE_REPORT_MARKDOWN_H

#include "canvas.h"
#include "report/text_page.h"

/** A line of TEXT behind MARK ("- ", "## ", ""), which is Markdown already. */
void markdown_line(const struct text_page *page, const char *mark, const char *text);

/** Each line of TEXT as an item of a list; a command to be run stands in a block of its own. */
void markdown_list(const struct text_page *page, const char *text);

/** A cell of a table's row: the row begins with the first one and ends with markdown_end_row(). */
void markdown_cell(const struct text_page *page, const char *text);
void markdown_end_row(const struct text_page *page);

/** The names of COUNT columns, each of which is text. */
void markdown_columns(const struct text_page *page, const char *const *names, size_t count);

/** CANVAS as a fenced block. */
void markdown_canvas(const struct text_page *page, const struct canvas *canvas);

#endif
