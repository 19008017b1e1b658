/* SPDX-License-Identifier: MIT */
#include "compare.h"
#include "view/page.h"
#include "view/views.h"

#include <stdio.h>
#include <string.h>

#define INDENT 2

static void add_part(struct page *page, const struct subject *subject, uint32_t a, uint32_t b,
		     enum compare_part part)
{
	struct prose prose;
	const char *text = prose.text;
	compare_tell(subject, a, b, part, &prose);
	page_add(page, SCREEN_TEXT, 0, "");
	page_add(page, SCREEN_HEADING, 0, compare_part_name(part));
	while (*text) {
		char line[PROSE_SIZE + INDENT];
		size_t n = strcspn(text, "\n");
		snprintf(line, sizeof line, "%*s%.*s", INDENT, "", (int)n, text);
		page_add(page, SCREEN_TEXT, INDENT, line);
		text += n + (text[n] == '\n');
	}
}

struct view *compare_view_open(const struct subject *subject, uint32_t a, uint32_t b)
{
	struct prose all;
	char title[80];
	snprintf(title, sizeof title, "Attempts %u and %u compared", a + 1, b + 1);
	struct page *page = page_new(title);
	if (!page)
		return NULL;
	compare_headline(subject, &all);
	page_add(page, SCREEN_STRONG, 0, all.text);
	for (int part = 0; part < COMPARE_PARTS; part++)
		add_part(page, subject, a, b, (enum compare_part)part);
	return &page->view;
}
