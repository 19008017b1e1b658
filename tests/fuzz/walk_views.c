/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "fuzz.h"
#include "lanes.h"
#include "story.h"
#include "text.h"
#include "view/bytes.h"
#include "view/ladder.h"
#include "view/ladder_run.h"

#define DELIVERIES_MAX 4 /* of an analysis that are drawn */
#define SESSIONS_MAX 4   /* whose bytes are read again */
#define RUNS_MAX 32      /* events of one session that are opened */
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

static void walk_rows(struct bytes *bytes, const struct wire_contents *contents,
		      const struct session *session)
{
	bytes_make(bytes, contents, session);
	for (uint32_t i = 0; i < bytes->count; i++) {
		char text[BYTES_ROW_TEXT];
		const struct bytes_row *row = &bytes->rows[i];
		bool has_bytes = row->kind <= BYTES_DUMP;
		assert(!has_bytes || row->at + row->length <= contents->bytes[row->side].n);
		assert(!has_bytes || row->masked <= row->length);
		bytes_text(bytes, contents, i, i & 1, text);
		expect_shown(text, false, i & 1);
		expect_shown(bytes_mark(row), false, true);
	}
	if (bytes->count)
		assert(bytes_row_of(bytes, UINT32_MAX) < bytes->count);
}

static void walk_runs(const struct wire_contents *contents, const struct session *session)
{
	struct ladder_run run = {.event = NO_EVENT};

	for (uint32_t i = 0; i < session->event_count && i < RUNS_MAX; i++) {
		struct prose prose;
		assert(ladder_run_make(&run, contents, session, i));
		for (uint32_t k = 0; k < run.count; k++) {
			struct ladder_row row;
			ladder_run_row(&run, contents, k, &row);
			expect_shown(row.label, false, true);
			prose_clear(&prose);
			ladder_run_explain(&run, contents, k, &prose);
			expect_prose(&prose, true);
		}
		prose_clear(&prose);
		ladder_run_sum(&run, contents, &prose);
		expect_prose(&prose, true);
	}
	ladder_run_clear(&run);
}

/* Read again, a session's bytes come to an end, and can be shown. */
static void walk_bytes(struct analysis *analysis, const struct session *session, uint32_t which)
{
	const struct wire_options options = {
		.event = session->event_count ? which % session->event_count : NO_EVENT,
		.body_bytes = which & 1 ? 100 : 0,
	};
	struct wire *wire = wire_new(analysis, session, &options);
	struct bytes bytes = {.shows_secrets = (which & 2) != 0};
	uint64_t most = analysis_packets(analysis) + source_inputs(analysis_source(analysis));

	assert(wire);
	for (uint64_t batches = 0; wire_read(wire, 1 + which % 7); batches++)
		assert(batches <= most);
	(void)wire_share(wire);
	struct wire_contents contents = wire_contents(wire);
	walk_rows(&bytes, &contents, session);
	bytes.is_hex = true;
	walk_rows(&bytes, &contents, session);
	walk_runs(&contents, session);
	bytes_clear(&bytes);
	wire_free(wire);
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
	for (uint32_t i = 0; i < ledger_session_count(ledger) && i < SESSIONS_MAX; i++)
		walk_bytes(analysis, ledger_session(ledger, i), which + i);
	for (uint32_t i = 0; i < count && i < DELIVERIES_MAX; i++)
		if (delivery_get(deliveries, i)->try_count)
			walk_delivery(analysis, delivery_get(deliveries, i), which + i);
}
