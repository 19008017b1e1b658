/* SPDX-License-Identifier: MIT */
#include "report/delivery_words.h"

#include "lanes.h"
#include "text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>

#define ADDRESS_COLUMNS 40
#define NAME_SIZE 400
#define SUBJECT_COLUMNS 60

void report_inputs(const struct text_page *page, struct prose *out)
{
	const struct source *source = analysis_source(page->analysis);
	char name[NAME_SIZE];

	for (size_t i = 0; i < source_inputs(source); i++) {
		text_clean(span_of(source_input(source, i)->name), name, sizeof name, INT_MAX,
			   page->ascii_only);
		prose_add(out, "%s%s", i ? ", " : "", name);
	}
}

struct subject text_subject(const struct text_page *page, const struct delivery *delivery)
{
	struct subject subject =
		subject_of(page->ledger, page->deliveries, delivery, analysis_now(page->analysis),
			   analysis_is_over(page->analysis));

	subject.ascii_only = page->ascii_only;
	subject.source = analysis_source(page->analysis);
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

struct words copies_words(const struct delivery *delivery)
{
	struct words words = plural_words(delivery->copies_max, "copy");

	if (delivery->copies_min != delivery->copies_max)
		snprintf(words.s, sizeof words.s, "%u to %u copies", delivery->copies_min,
			 delivery->copies_max);
	return words;
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

struct words sender_words(const struct subject *subject)
{
	return address_of(subject, subject->delivery->sender, no_sender(subject));
}

struct words recipient_words(const struct subject *subject, const char *not_seen)
{
	return address_of(subject, subject->delivery->recipient, not_seen);
}

void delivery_title(const struct subject *subject, struct prose *out)
{
	const struct delivery *delivery = subject->delivery;

	prose_add(out, "%s, %s: %s -> %s", state_title(delivery->state), copies_words(delivery).s,
		  sender_words(subject).s, recipient_words(subject, "(recipient not seen)").s);
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

void delivery_facts(const struct text_page *page, const struct subject *subject,
		    struct prose *out)
{
	const struct delivery *delivery = subject->delivery;
	struct prose way;

	if (delivery->subject)
		prose_add(out, "\"%s\", ",
			  text_words(subject, delivery->subject, SUBJECT_COLUMNS).s);
	prose_add(out, "%s, %s", size_text(size_of(page, delivery)).s,
		  date_text(delivery->first_ns, page->utc).s);
	if (delivery->message_id)
		prose_add(out, ", <%s>",
			  text_words(subject, delivery->message_id, SUBJECT_COLUMNS).s);
	story_way(subject, &way);
	if (!way.used)
		return;
	prose_break(out);
	prose_add(out, "%s", way.text);
}

void delivery_headline(const struct subject *subject, struct prose *out)
{
	story_headline(subject, out);
	out->text[0] = (char)toupper((unsigned char)out->text[0]);
	prose_add(out, ".");
}

/* ---- Its lanes ----------------------------------------------------------------------------- */

bool delivery_lanes(const struct subject *subject, int columns, struct canvas *canvas,
		    uint32_t *shown)
{
	const struct lanes_options options = {
		.start_ns = NO_TIME,
		.end_ns = NO_TIME,
		.fold = true,
		.step = NO_STEP,
		.playhead_ns = NO_TIME,
	};
	uint32_t tries = subject->delivery->try_count;
	struct story story = {0};
	struct lanes_scale scale = {0};

	*canvas = (struct canvas){0};
	*shown = tries < LANES_MOST_TRIES ? tries : LANES_MOST_TRIES;
	bool is_fine = canvas_init(canvas, LANES_HEADER_ROWS + LANES_ROWS_PER_TRY * (int)*shown,
				   columns) &&
		       story_tell(subject, &story) &&
		       lanes_draw(subject, &story, &options, canvas, &scale);
	lanes_scale_free(&scale);
	story_free(&story);
	if (!is_fine)
		canvas_free(canvas);
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

void try_frames(const struct text_page *page, const struct scene *scene, struct prose *out)
{
	const struct source *source = analysis_source(page->analysis);
	char name[NAME_SIZE];
	struct prose frames;

	prose_clear(&frames);
	add_frames(scene, &frames);
	if (!frames.used)
		return;
	prose_add(out, "frames");
	if (source_inputs(source) > 1) {
		text_clean(span_of(source_input(source, scene->session->file)->name), name,
			   sizeof name, INT_MAX, page->ascii_only);
		prose_add(out, " of %s", name);
	}
	prose_add(out, ":%s", frames.text);
}

void try_reply(const struct scene *scene, struct prose *out)
{
	const struct event *reply = scene_event(scene, scene->reply);

	if (!reply)
		reply = scene_event(scene, scene->attempt->refusal);
	if (!reply)
		reply = scene_event(scene, scene->attempt->reply_part);
	if (reply)
		prose_add(out, "%s: %s%s", frame_words(scene, reply).s,
			  reply_words(scene, reply).s,
			  reply->kind == EVENT_REPLY_PART ? ", without its end"
			  : reply->kind == EVENT_LINE     ? ", which is no reply"
							  : "");
}
