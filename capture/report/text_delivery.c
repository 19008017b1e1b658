/* SPDX-License-Identifier: MIT */
#include "report/text_page.h"

#include "compare.h"
#include "lanes.h"
#include "report/scene.h"
#include "text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>

#define LANES_MOST_TRIES 8
#define TABLE_MOST_TRIES 50
#define ROW_BYTES (TEXT_COLUMNS * 16)
#define ADDRESS_COLUMNS 40
#define NAME_SIZE 400
#define CLOCK_COLUMNS 12
#define ENDING_COLUMN 58 /* of the table of attempts */
#define SUBJECT_COLUMNS 60

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

struct subject text_subject(const struct text_page *page, const struct delivery *delivery)
{
	struct subject subject =
		subject_of(page->ledger, page->deliveries, delivery, analysis_now(page->analysis),
			   analysis_is_over(page->analysis));

	subject.ascii_only = page->ascii_only;
	return subject;
}

/* ---- Its title ----------------------------------------------------------------------------- */

static const char *state_title(enum delivery_state state)
{
	static const char *const titles[STATES] = {
		[STATE_DUPLICATED] = "DUPLICATED", [STATE_MAYBE_DUPLICATED] = "MAYBE DUPLICATED",
		[STATE_IN_DOUBT] = "IN DOUBT",	   [STATE_UNDELIVERED] = "UNDELIVERED",
		[STATE_DELIVERED] = "DELIVERED",
	};

	return titles[state];
}

static void add_copies(const struct delivery *delivery, struct prose *out)
{
	if (delivery->copies_min == delivery->copies_max)
		prose_add(out, "%s", plural_words(delivery->copies_min, "copy").s);
	else
		prose_add(out, "%u to %u copies", delivery->copies_min, delivery->copies_max);
}

/* MAIL FROM:<> names nobody; without a MAIL command the sender was not seen. */
static const char *no_sender(const struct subject *subject)
{
	struct scene scene = scene_of(subject, 0);

	return scene.attempt->mail == NO_EVENT ? "(sender not seen)" : "<>";
}

/* An address; what an unseen or an empty one is called. */
static struct words address_of(const struct subject *subject, text_id address, const char *none)
{
	struct words words = text_words(subject, address, ADDRESS_COLUMNS);

	if (!address)
		snprintf(words.s, sizeof words.s, "%s", none);
	return words;
}

static uint64_t size_of(const struct text_page *page, const struct delivery *delivery)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct attempt *attempt =
			ledger_attempt(page->ledger, delivery->tries[i].attempt);
		if (attempt->size > size)
			size = attempt->size;
	}
	return size;
}

static void write_facts(const struct text_page *page, const struct subject *subject)
{
	const struct delivery *delivery = subject->delivery;
	struct prose facts;

	prose_clear(&facts);
	if (delivery->subject)
		prose_add(&facts, "\"%s\", ",
			  text_words(subject, delivery->subject, SUBJECT_COLUMNS).s);
	prose_add(&facts, "%s, %s", size_text(size_of(page, delivery)).s,
		  date_text(delivery->first_ns, page->utc).s);
	if (delivery->message_id)
		prose_add(&facts, ", <%s>",
			  text_words(subject, delivery->message_id, SUBJECT_COLUMNS).s);
	text_wrap(page, 4, facts.text);
	story_way(subject, &facts);
	text_wrap(page, 4, facts.text);
}

static void write_title(const struct text_page *page, const struct subject *subject)
{
	const struct delivery *delivery = subject->delivery;
	struct prose prose;

	prose_clear(&prose);
	prose_add(&prose, "#%u  %s, ", delivery->id + 1, state_title(delivery->state));
	add_copies(delivery, &prose);
	prose_add(&prose, ": %s -> %s", address_of(subject, delivery->sender, no_sender(subject)).s,
		  address_of(subject, delivery->recipient, "(recipient not seen)").s);
	fputc('\n', page->out);
	text_wrap(page, 0, prose.text);
	write_facts(page, subject);
	story_headline(subject, &prose);
	prose.text[0] = (char)toupper((unsigned char)prose.text[0]);
	prose_add(&prose, ".");
	fputc('\n', page->out);
	text_wrap(page, 4, prose.text);
	fputc('\n', page->out);
}

/* ---- Its lanes ----------------------------------------------------------------------------- */

static bool write_lanes(const struct text_page *page, const struct subject *subject)
{
	const struct lanes_options options = {
		.start_ns = NO_TIME,
		.end_ns = NO_TIME,
		.fold = true,
		.step = NO_STEP,
		.playhead_ns = NO_TIME,
	};
	uint32_t tries = subject->delivery->try_count;
	uint32_t shown = tries < LANES_MOST_TRIES ? tries : LANES_MOST_TRIES;
	int rows = LANES_HEADER_ROWS + LANES_ROWS_PER_TRY * (int)shown;
	struct canvas canvas = {0};
	struct story story = {0};
	struct lanes_scale scale = {0};
	bool is_fine = canvas_init(&canvas, rows, TEXT_COLUMNS - 4) &&
		       story_tell(subject, &story) &&
		       lanes_draw(subject, &story, &options, &canvas, &scale);

	for (int row = 0; is_fine && row < rows; row++) {
		char text[ROW_BYTES];
		fprintf(page->out, "    %s\n", canvas_row(&canvas, row, text, sizeof text));
	}
	if (is_fine && shown < tries)
		fprintf(page->out, "    (attempts 1 to %u of %u)\n", shown, tries);
	lanes_scale_free(&scale);
	story_free(&story);
	canvas_free(&canvas);
	return is_fine;
}

/* ---- Its attempts -------------------------------------------------------------------------- */

/* The frames to look up elsewhere, in the order in which they came. */
static void add_frames(const struct scene *scene, struct prose *out)
{
	const struct attempt *a = scene->attempt;
	const struct {
		uint32_t event;
		const char *what;
	} frames[] = {
		{a->data, "DATA"},
		{a->eod, "end"},
		{a->eod_acked, "TCP ACK"},
		{a->client_left, "client left"},
		{a->server_left, "server left"},
		{scene->reply, "reply"},
		{a->refusal, "refusal"},
		{a->silent_after, "silence"},
		{a->hole, "loss"},
	};
	uint32_t last = 0; /* the event told last: they are numbered in the order of the packets */
	bool is_first = true;

	for (;;) {
		size_t next = SIZE_MAX;
		for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
			if (frames[i].event != NO_EVENT && (is_first || frames[i].event > last) &&
			    (next == SIZE_MAX || frames[i].event < frames[next].event))
				next = i;
		if (next == SIZE_MAX)
			return;
		prose_add(out, "%s %s %u", is_first ? "" : ",", frames[next].what,
			  scene_event(scene, frames[next].event)->frame);
		last = frames[next].event;
		is_first = false;
	}
}

/* "resend, frames: DATA 15, end 40"; of several captures it names the one. */
static void write_frames(const struct text_page *page, const struct scene *scene)
{
	const struct source *source = analysis_source(page->analysis);
	char name[NAME_SIZE];
	struct prose frames;
	struct prose line;

	prose_clear(&frames);
	add_frames(scene, &frames);
	if (!frames.used)
		return;
	prose_clear(&line);
	if (scene->item->relation != RELATION_FIRST)
		prose_add(&line, "%s, ", relation_name(scene->item->relation));
	prose_add(&line, "frames");
	if (source_inputs(source) > 1) {
		text_clean(span_of(source_input(source, scene->session->file)->name), name,
			   sizeof name, INT_MAX, page->ascii_only);
		prose_add(&line, " of %s", name);
	}
	prose_add(&line, ":%s", frames.text);
	text_wrap(page, 8, line.text);
}

static void write_try(const struct text_page *page, const struct subject *subject, uint32_t try)
{
	struct scene scene = scene_of(subject, try);
	const struct event *reply = scene_event(&scene, scene.reply);
	struct time_text waited = {"-"};
	struct prose ending;
	struct prose prose;

	if (!reply)
		reply = scene_event(&scene, scene.attempt->refusal);
	if (!reply)
		reply = scene_event(&scene, scene.attempt->reply_part);
	if (scene.verdict->has_waited)
		waited = duration_text(scene.verdict->waited_ns);
	story_ending(subject, try, &ending);
	prose_clear(&prose);
	prose_add(&prose, "%-3u %-12s  %-21s  %-11s  %s", try + 1,
		  clock_text(scene_start(&scene), page->utc).s, server_words(scene.session).s,
		  waited.s, ending.text);
	text_wrap_hanging(page, 4, ENDING_COLUMN, prose.text);
	if (reply) {
		prose_clear(&prose);
		prose_add(&prose, "%s: %s%s", frame_words(&scene, reply).s,
			  reply_words(&scene, reply).s,
			  reply->kind == EVENT_REPLY_PART ? ", without its end" : "");
		text_wrap(page, 8, prose.text);
	}
	write_frames(page, &scene);
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
		  address_of(&subject, delivery->sender, no_sender(&subject)).s,
		  address_of(&subject, delivery->recipient, "(not seen)").s, headline.text,
		  way.used ? ", " : "", way.text);
	text_wrap_hanging(page, 4, 4 + CLOCK_COLUMNS + 2, line.text);
}
