/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "fuzz.h"
#include "ladder.h"
#include "lanes.h"
#include "story.h"
#include "text.h"

#define DELIVERIES_MAX 4 /* of an analysis that are drawn */
#define ROW_SIZE 2048

static const struct size {
	int rows, columns;
} sizes[] = {{24, 80}, {3, 20}, {1, 1}, {8, 250}, {12, 40}};
#define SIZES (sizeof sizes / sizeof sizes[0])

static void walk_lanes(const struct subject *subject, const struct story *story, size_t which)
{
	struct lanes_options options = {
		.first_try = story->count ? story->steps[story->count / 2].try : 0,
		.start_ns = NO_TIME,
		.end_ns = NO_TIME,
		.fold = which & 1,
		.step = story->count ? (uint32_t)which % story->count : NO_STEP,
		.playhead_ns = NO_TIME,
	};
	struct canvas canvas;
	struct lanes_scale scale;
	char row[ROW_SIZE];

	if (!canvas_init(&canvas, sizes[which].rows, sizes[which].columns))
		return;
	assert(lanes_draw(subject, story, &options, &canvas, &scale));
	for (int i = 0; i < canvas.rows; i++) {
		canvas_row(&canvas, i, row, sizeof row);
		expect_shown(row, false, subject->ascii_only);
		assert(text_columns(row) <= canvas.columns);
		(void)lanes_try_at(&scale, i);
	}
	for (int column = scale.gutter; column + 1 < canvas.columns; column++)
		assert(lanes_time_at(&scale, column) <= lanes_time_at(&scale, column + 1));
	lanes_scale_free(&scale);
	canvas_free(&canvas);
}

static void expect_prose(const struct prose *prose, bool ascii_only)
{
	assert(prose->used < PROSE_SIZE && !prose->text[prose->used]);
	expect_shown(prose->text, true, ascii_only);
}

static void walk_words(const struct subject *subject, const struct story *story)
{
	struct prose prose;

	story_headline(subject, &prose);
	expect_prose(&prose, subject->ascii_only);
	assert(prose.used && !strchr(prose.text, '\n'));
	story_verdict(subject, &prose);
	expect_prose(&prose, subject->ascii_only);
	assert(prose.used);
	story_advice(subject, &prose);
	expect_prose(&prose, subject->ascii_only);
	for (uint32_t i = 0; i < subject->delivery->try_count; i++) {
		struct wait_gauge gauge;
		story_ending(subject, i, &prose);
		expect_prose(&prose, subject->ascii_only);
		(void)story_gauge(subject, i, subject->now_ns, &gauge);
	}
	for (uint32_t i = 0; i < story->count; i++) {
		const struct step *step = &story->steps[i];
		assert(step->kind < STEPS && step->try < subject->delivery->try_count);
		assert(i == 0 || step[-1].mark.time_ns <= step->mark.time_ns);
		story_sentence(subject, story, i, &prose);
		expect_prose(&prose, subject->ascii_only);
		assert(prose.used);
		uint32_t next = story_trouble_from(story, i, 1);
		assert(next == NO_STEP || (next > i && next < story->count));
	}
	assert(!story->count || story_opening(story) < story->count);
}

static void walk_ladder(const struct ledger *ledger, const struct session *session)
{
	for (uint32_t i = 0; i < session->event_count; i++) {
		struct ladder_row row;
		struct prose prose;
		bool ascii_only = i & 1;
		ladder_row_at(ledger, session, i, ascii_only, &row);
		expect_shown(row.label, false, ascii_only);
		prose_clear(&prose);
		ladder_explain(ledger, session, i, ascii_only, &prose);
		expect_prose(&prose, ascii_only);
	}
}

static void walk_delivery(struct analysis *analysis, const struct delivery *delivery,
			  uint32_t which)
{
	struct subject subject =
		subject_of(analysis_ledger(analysis), analysis_deliveries(analysis), delivery,
			   analysis_now(analysis), analysis_is_over(analysis));
	struct story story;

	subject.ascii_only = which & 1;
	assert(story_tell(&subject, &story));
	walk_words(&subject, &story);
	walk_lanes(&subject, &story, which % SIZES);
	story_free(&story);
}

void walk_views(struct analysis *analysis, uint32_t which)
{
	const struct ledger *ledger = analysis_ledger(analysis);
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	uint32_t count = deliveries_count(deliveries);

	for (uint32_t i = 0; i < ledger_session_count(ledger); i++)
		walk_ladder(ledger, ledger_session(ledger, i));
	for (uint32_t i = 0; i < count && i < DELIVERIES_MAX; i++)
		if (delivery_get(deliveries, i)->try_count)
			walk_delivery(analysis, delivery_get(deliveries, i), which + i);
}
