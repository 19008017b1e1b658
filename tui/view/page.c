/* SPDX-License-Identifier: MIT */
#include "view/page.h"

#include "app.h"
#include "prose.h"
#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void page_add(struct page *page, enum screen_style style, int label_columns, const char *text)
{
	if (page->count == page->room) {
		size_t room = page->room * 2 + 32;
		struct page_line *lines = realloc(page->lines, room * sizeof *lines);
		if (!lines)
			return;
		page->lines = lines;
		page->room = room;
	}
	char *copy = strdup(text);
	if (copy)
		page->lines[page->count++] = (struct page_line){copy, style, label_columns, 0};
}

/** Draws one line wrapped, from screen row ROW on; rows off the list's area are only counted. */
static int draw_line(const struct page *page, const struct page_line *line, struct canvas *canvas,
		     int row, bool ascii_only)
{
	const char *rest = line->text;
	int indent = 1;
	int used = 0;
	if (!*rest)
		return 1;
	for (;;) {
		struct span part = prose_next_line(
			&rest, screen_prose_columns(canvas->columns - 2 - indent));
		char text[1024];
		if (!part.p)
			return used;
		if (row + used > 0 && row + used <= page->height) {
			snprintf(text, sizeof text, "%.*s", (int)part.n, (const char *)part.p);
			screen_text(canvas, row + used, indent, canvas->columns - 1 - indent, text,
				    ascii_only, line->style);
			if (!used)
				screen_paint(canvas, row, indent, line->label_columns,
					     SCREEN_STRONG);
		}
		used++;
		indent = 1 + line->label_columns;
	}
}

static void draw(struct view *view, struct app *app, struct canvas *canvas)
{
	struct page *page = (struct page *)view;
	bool ascii = app->model.is_ascii;
	page->height = canvas->rows - 2;
	int most = page->rows > page->height ? page->rows - page->height : 0;
	if (page->top > most)
		page->top = most;
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	screen_text(canvas, 0, 1, canvas->columns - 2, page->title, ascii, SCREEN_TITLE);
	int row = 1 - page->top;
	for (size_t i = 0; i < page->count; i++) {
		page->lines[i].row = row - 1 + page->top;
		row += draw_line(page, &page->lines[i], canvas, row, ascii);
	}
	page->rows = row - 1 + page->top;
	if (page->rows - page->top > page->height)
		screen_text_right(canvas, 0, 0, canvas->columns - 1, "more below", ascii,
				  SCREEN_TITLE);
}

/** The whole text, a line a line. */
static void copy(const struct page *page, struct app *app)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	for (size_t i = 0; out && i < page->count; i++)
		fprintf(out, "%s\n", page->lines[i].text);
	if (out && fclose(out) == 0)
		app_copy(app, "this page", text);
	else
		app_say(app, "not copied: no memory");
	free(text);
}

static bool has_needle(const void *context, uint32_t line, const char *needle)
{
	const struct page *page = context;
	return strcasestr(page->lines[line].text, needle) != NULL;
}

/** Scrolls to the next line with what is searched for. */
static void search(struct page *page, struct app *app, int by)
{
	struct search search = {.count = (uint32_t)page->count,
				.from = page->found,
				.has = has_needle,
				.context = page};
	if (app_search(app, &search, by, &page->found))
		page->top = page->lines[page->found].row;
}

static void answer(struct view *view, struct app *app, enum action asked, const char *text)
{
	if (asked != ACTION_SEARCH)
		return;
	snprintf(app->needle, sizeof app->needle, "%s", text);
	search((struct page *)view, app, 1);
}

static bool act(struct view *view, struct app *app, enum action action, uint32_t count)
{
	struct page *page = (struct page *)view;
	int times = count ? (int)count : 1;
	int most = page->rows - page->height;
	if (action == ACTION_COPY)
		copy(page, app);
	else if (action == ACTION_SEARCH)
		app_ask(app, action, "/", "");
	else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
		search(page, app, action == ACTION_SEARCH_NEXT ? 1 : -1);
	else if (action == ACTION_UP || action == ACTION_DOWN)
		page->top += action == ACTION_UP ? -times : times;
	else if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
		page->top += action == ACTION_PAGE_UP ? -page->height : page->height;
	else if (action == ACTION_HALF_UP || action == ACTION_HALF_DOWN)
		page->top += (action == ACTION_HALF_UP ? -page->height : page->height) / 2;
	else if (action == ACTION_FIRST)
		page->top = 0;
	else if (action == ACTION_LAST)
		page->top = most;
	else
		return false;
	if (page->top > most)
		page->top = most;
	if (page->top < 0)
		page->top = 0;
	return true;
}

static void close_page(struct view *view)
{
	struct page *page = (struct page *)view;
	for (size_t i = 0; i < page->count; i++)
		free(page->lines[i].text);
	free(page->lines);
	free(page);
}

/** Named after the first word of its title. */
static void offer(struct view *view, struct app *app, struct save_offer *out)
{
	const struct page *page = (const struct page *)view;
	size_t n = 0;
	(void)app;
	for (; n + 1 < sizeof out->name && isalnum((unsigned char)page->title[n]); n++)
		out->name[n] = (char)tolower((unsigned char)page->title[n]);
	out->name[n] = '\0';
	out->is_screen = true;
	out->ending = "txt";
	out->rows = page->rows < SAVE_MOST_ROWS ? page->rows + 2 : SAVE_MOST_ROWS;
}

static void draw_whole(struct view *view, struct app *app, struct canvas *canvas)
{
	struct page *page = (struct page *)view;
	int top = page->top;
	draw(view, app, canvas);
	page->top = top;
}

static const struct view_ops page_ops = {
	.context = IN_TEXT,
	.draw = draw,
	.act = act,
	.answer = answer,
	.offer = offer,
	.draw_whole = draw_whole,
	.close = close_page,
};

struct page *page_new(const char *title)
{
	struct page *page = calloc(1, sizeof *page);
	if (!page)
		return NULL;
	page->view.ops = &page_ops;
	snprintf(page->title, sizeof page->title, "%s", title);
	return page;
}
