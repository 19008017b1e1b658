/* SPDX-License-Identifier: MIT */
#include "report/markdown.h"

#include "text.h"

#define ROW_BYTES (TEXT_COLUMNS * 16)
#define FENCE_LEAST 3

static void put(const struct text_page *page, const char *text)
{
	char escaped[PROSE_SIZE * 6 + 1];

	fputs(text_markdown(text, escaped, sizeof escaped), page->out);
}

void markdown_line(const struct text_page *page, const char *mark, const char *text)
{
	fputs(mark, page->out);
	put(page, text);
	fputc('\n', page->out);
}

/* A command holds no text from the network, and so no fence. */
static void put_item(const struct text_page *page, struct span line)
{
	struct span command = story_command(line);
	char text[PROSE_SIZE];

	if (!command.p) {
		snprintf(text, sizeof text, "%.*s", (int)line.n, (const char *)line.p);
		markdown_line(page, "- ", text);
		return;
	}
	snprintf(text, sizeof text, "%.*s", (int)(command.p - line.p) - 1, (const char *)line.p);
	markdown_line(page, "- ", text);
	fprintf(page->out, "\n  ```sh\n  %.*s\n  ```\n\n", (int)command.n,
		(const char *)command.p);
}

void markdown_list(const struct text_page *page, const char *text)
{
	while (*text) {
		struct span line = {(const uint8_t *)text, strcspn(text, "\n")};
		put_item(page, line);
		text += line.n;
		text += *text == '\n';
	}
}

void markdown_cell(const struct text_page *page, const char *text)
{
	fputs("| ", page->out);
	put(page, text);
	fputc(' ', page->out);
}

void markdown_end_row(const struct text_page *page)
{
	fputs("|\n", page->out);
}

void markdown_columns(const struct text_page *page, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		markdown_cell(page, names[i]);
	markdown_end_row(page);
	for (size_t i = 0; i < count; i++)
		fputs("| --- ", page->out);
	markdown_end_row(page);
}

static int longest_run(const char *text, char c)
{
	int longest = 0, run = 0;

	for (; *text; text++) {
		run = *text == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void put_fence(const struct text_page *page, int length, const char *info)
{
	for (int i = 0; i < length; i++)
		fputc('`', page->out);
	fprintf(page->out, "%s\n", info);
}

void markdown_canvas(const struct text_page *page, const struct canvas *canvas)
{
	char text[ROW_BYTES];
	int length = FENCE_LEAST;

	for (int row = 0; row < canvas->rows; row++) {
		int run = longest_run(canvas_row(canvas, row, text, sizeof text), '`');
		length = run >= length ? run + 1 : length;
	}
	put_fence(page, length, "text");
	for (int row = 0; row < canvas->rows; row++)
		fprintf(page->out, "%s\n", canvas_row(canvas, row, text, sizeof text));
	put_fence(page, length, "");
}
