/* SPDX-License-Identifier: MIT */
#include "report/delivery_words.h"

#include "compare.h"

#include <stdio.h>

#define ROW_BYTES (TEXT_COLUMNS * 16)
#define CLOCK_COLUMNS 12
#define ENDING_COLUMN 58 /* of the table of attempts */

void text_wrap(const struct text_page *page, int indent, const char *text)
{
	struct span line;

	while ((line = prose_next_line(&text, TEXT_COLUMNS - indent)).p)
		fprintf(page->out, "%*s%.*s\n", indent, "", (int)line.n, (const char *)line.p);
}

void text_wrap_hanging(const struct text_page *page, int indent, int hanging, const char *text)
{
	struct span line = prose_next_line(&text, TEXT_COLUMNS - indent);

	if (line.p)
		fprintf(page->out, "%*s%.*s\n", indent, "", (int)line.n, (const char *)line.p);
	text_wrap(page, hanging, text);
}

/* ---- Its title ----------------------------------------------------------------------------- */

static void write_title(const struct text_page *page, const struct subject *subject)
{
	struct prose prose;

	prose_clear(&prose);
	prose_add(&prose, "#%u  ", subject->delivery->number + 1);
	delivery_title(subject, &prose);
	fputc('\n', page->out);
	text_wrap(page, 0, prose.text);
	prose_clear(&prose);
	delivery_facts(page, subject, &prose);
	text_wrap(page, 4, prose.text);
	delivery_headline(subject, &prose);
	fputc('\n', page->out);
	text_wrap(page, 4, prose.text);
	fputc('\n', page->out);
}

/* ---- Its lanes ----------------------------------------------------------------------------- */

static bool write_lanes(const struct text_page *page, const struct subject *subject)
{
	uint32_t tries = subject->delivery->try_count, shown;
	struct canvas canvas;

	if (!delivery_lanes(subject, TEXT_COLUMNS - 4, &canvas, &shown))
		return false;
	for (int row = 0; row < canvas.rows; row++) {
		char text[ROW_BYTES];
		fprintf(page->out, "    %s\n", canvas_row(&canvas, row, text, sizeof text));
	}
	if (shown < tries)
		fprintf(page->out, "    (attempts 1 to %u of %u)\n", shown, tries);
	canvas_free(&canvas);
	return true;
}

/* ---- Its attempts -------------------------------------------------------------------------- */

static void write_try(const struct text_page *page, const struct subject *subject, uint32_t try)
{
	struct scene scene = scene_of(subject, try);
	struct time_text waited = {"-"};
	struct prose ending;
	struct prose prose;

	if (scene.verdict->has_waited)
		waited = duration_text(scene.verdict->waited_ns);
	story_ending(subject, try, &ending);
	prose_clear(&prose);
	prose_add(&prose, "%-3u %-12s  %-21s  %-11s  %s", try + 1,
		  clock_text(scene_start(&scene), page->utc).s, server_words(scene.session).s,
		  waited.s, ending.text);
	text_wrap_hanging(page, 4, ENDING_COLUMN, prose.text);
	prose_clear(&prose);
	try_reply(&scene, &prose);
	text_wrap(page, 8, prose.text);
	prose_clear(&prose);
	if (scene.item->relation != RELATION_FIRST)
		prose_add(&prose, "%s, ", relation_name(scene.item->relation));
	size_t used = prose.used;
	try_frames(page, &scene, &prose);
	if (prose.used > used)
		text_wrap(page, 8, prose.text);
}

static void write_tries(const struct text_page *page, const struct subject *subject)
{
	uint32_t count = subject->delivery->try_count;
	uint32_t shown = count < TABLE_MOST_TRIES ? count : TABLE_MOST_TRIES;
	struct prose compared;

	fprintf(page->out, "\n    %-3s %-12s  %-21s  %-11s  %s\n", "#", "began", "server", "waited",
		"how it ended");
	for (uint32_t i = 0; i < shown; i++)
		write_try(page, subject, i);
	if (shown < count)
		fprintf(page->out, "    and %s\n", plural_words(count - shown, "attempt").s);
	compare_headline(subject, &compared);
	if (compared.used) {
		fputc('\n', page->out);
		text_wrap(page, 4, compared.text);
	}
}

bool text_delivery(const struct text_page *page, const struct delivery *delivery)
{
	struct subject subject = text_subject(page, delivery);
	struct prose prose;

	write_title(page, &subject);
	if (!write_lanes(page, &subject))
		return false;
	write_tries(page, &subject);
	story_verdict(&subject, &prose);
	fputc('\n', page->out);
	text_wrap(page, 4, prose.text);
	story_advice(&subject, &prose);
	if (prose.used) {
		fprintf(page->out, "\n    What to do\n");
		text_wrap(page, 4, prose.text);
	}
	return true;
}

void text_delivery_line(const struct text_page *page, const struct delivery *delivery)
{
	struct subject subject = text_subject(page, delivery);
	struct prose headline;
	struct prose line;
	struct prose way;

	story_headline(&subject, &headline);
	story_way_short(&subject, &way);
	prose_clear(&line);
	prose_add(&line, "%-12s  %s -> %s  %s%s%s", clock_text(delivery->first_ns, page->utc).s,
		  sender_words(&subject).s,
		  recipient_words(&subject, "(not seen)").s, headline.text,
		  way.used ? ", " : "", way.text);
	text_wrap_hanging(page, 4, 4 + CLOCK_COLUMNS + 2, line.text);
}
