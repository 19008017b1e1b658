/* SPDX-License-Identifier: MIT */
/* Lanes: what they look like, and what holds at every width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lanes.h"
#include "ledger_fixture.h"
#include "text.h"

#include <regex.h>

#define ROW_SIZE 4096
#define MOST_ROWS 40

typedef void maker(struct fixture *fixture);

static maker *const makers[] = {
	fixture_q154083,       fixture_reply_lost, fixture_server_closes,
	fixture_still_waiting, fixture_greylist,   fixture_fifty,
};
#define MAKERS (sizeof makers / sizeof makers[0])

static struct fixture fixture;
static struct subject subject;
static struct story story;
static struct canvas canvas;
static struct lanes_scale scale;
static struct lanes_options options;

static void begin(maker *make)
{
	make(&fixture);
	subject = fixture_subject(&fixture);
	assert_true(story_tell(&subject, &story));
	options = (struct lanes_options){
		.start_ns = NO_TIME,
		.end_ns = NO_TIME,
		.fold = true,
		.step = NO_STEP,
		.playhead_ns = NO_TIME,
	};
}

static void draw(int rows, int columns)
{
	canvas_free(&canvas);
	lanes_scale_free(&scale);
	assert_true(canvas_init(&canvas, rows, columns));
	assert_true(lanes_draw(&subject, &story, &options, &canvas, &scale));
}

static int teardown(void **state)
{
	(void)state;
	lanes_scale_free(&scale);
	canvas_free(&canvas);
	story_free(&story);
	fixture_free(&fixture);
	return 0;
}

static void assert_rows(const char *const *rows, size_t count)
{
	char row[ROW_SIZE];

	for (size_t i = 0; i < count; i++)
		assert_string_equal(canvas_row(&canvas, (int)i, row, sizeof row), rows[i]);
}

/* Draws every story at every width, and with the playhead on every few steps. */
static void at_every_width(void (*check)(void))
{
	for (size_t k = 0; k < MAKERS; k++) {
		begin(makers[k]);
		for (int columns = 40; columns <= 300; columns += 13) {
			for (int is_ascii = 0; is_ascii < 2; is_ascii++) {
				subject.ascii_only = is_ascii;
				options.fold = columns % 2;
				options.step = (uint32_t)columns % (story.count + 1);
				options.first_try =
					options.step < story.count ? story.steps[options.step].
				try:
					0;
				draw(12, columns);
				check();
			}
		}
		teardown(NULL);
	}
	begin(makers[0]); /* for the teardown */
}

/* ---- Looks ------------------------------------------------------------------------------- */

static void test_lanes_q154083_at_80_columns(void **state)
{
	static const char *const rows[] = {
		"          0 s            60 s             120 s    180 s                238 s",
		"          ┼══════──────────┼──────────══════┼────────┼──────────══════════┼",
		"#1 client ╺DATA━━●┄┄┄┄┄┄┄┄┄┄┄┄┄┄✖ 90 s, gave up",
		"   server        ╵ TCP ACK        ◁ 250 too late, at 100 s",
		"#2 client                   resent ╰╺━DATA━━●┄┄┄┄┄┄┄┄┄┄┄┄┄✖ 90 s, gave up",
		"   server                                   ╵ TCP ACK       ◁ 250 too late",
		"#3 client                                              resent ╰╺DATA━━●┄✔",
		"   server                                                     TCP ACK ╵ ╰ 250",
	};

	(void)state;
	begin(fixture_q154083);
	draw(8, 80);
	assert_rows(rows, 8);
}

static void test_lanes_q154083_in_ascii(void **state)
{
	static const char *const rows[] = {
		"          0 s            60 s             120 s    180 s                238 s",
		"          +======----------+----------======+--------+----------==========+",
		"#1 client [DATA==*..............X 90 s, gave up",
		"   server        ' TCP ACK        < 250 too late, at 100 s",
		"#2 client                   resent `[=DATA==*.............X 90 s, gave up",
		"   server                                   ' TCP ACK       < 250 too late",
		"#3 client                                              resent `[DATA==*.v",
		"   server                                                     TCP ACK ' ` 250",
	};

	(void)state;
	begin(fixture_q154083);
	subject.ascii_only = true;
	draw(8, 80);
	assert_rows(rows, 8);
}

static void test_lanes_idle_time_between_retries_is_folded(void **state)
{
	static const char *const rows[] = {
		"          0 s             301 s          10 min 2 s                  10 min 3 s",
		"          ┼──══════≈≈≈≈≈≈≈≈≈┼──══════≈≈≈≈≈≈≈≈≈┼─────────────────────────══┼",
		"#1 client ╺━━MAIL━━✗   ≈                 ≈",
		"   server          ╰ 450 refused         ≈",
		"#2 client            retry ╰╺━━MAIL━━✗   ≈",
		"   server              ≈             ╰ 450 refused",
		"#3 client              ≈               retry ╰╺━━━DATA━━━━━━━━━━━━━━●┄┄┄✔",
		"   server              ≈                 ≈                  TCP ACK ╵   ╰ 250",
	};

	(void)state;
	begin(fixture_greylist);
	draw(8, 80);
	assert_rows(rows, 8);
}

static void test_lanes_lost_reply_is_drawn_where_it_was_last_seen(void **state)
{
	char row[ROW_SIZE];

	(void)state;
	begin(fixture_reply_lost);
	draw(6, 100);
	canvas_row(&canvas, 3, row, sizeof row);
	assert_non_null(strstr(row, "╳ 250 lost, last seen at 8 s"));
	assert_string_equal(
		canvas_at(&canvas, 3, lanes_column_of(&scale, fixture_time(8.5)))->glyph, "╳");
}

static void test_lanes_wait_beyond_the_timer_looks_different(void **state)
{
	int timer;
	int end;

	(void)state;
	begin(fixture_q154083);
	subject.timer_ns = 45 * NS_PER_SECOND;
	draw(8, 120);
	timer = lanes_column_of(&scale, fixture_time(45.5));
	end = lanes_column_of(&scale, fixture_time(90.552));
	assert_int_equal(canvas_at(&canvas, 2, timer - 1)->style, STYLE_WAITING);
	assert_string_equal(canvas_at(&canvas, 2, timer)->glyph, "!");
	assert_int_equal(canvas_at(&canvas, 2, end - 1)->style, STYLE_EXPIRED);
}

static void test_lanes_gap_has_its_mark(void **state)
{
	(void)state;
	begin(fixture_still_waiting);
	fixture_event(&fixture, 20, EVENT_GAP, EVENT_FROM_SERVER, GAP_CAPTURE, NULL);
	story_free(&story);
	assert_true(story_tell(&subject, &story));
	draw(4, 120);
	assert_string_equal(canvas_at(&canvas, 3, lanes_column_of(&scale, fixture_time(20)))->glyph,
			    "░");
}

/* ---- At every width ---------------------------------------------------------------------- */

static void check_width(void)
{
	char row[ROW_SIZE];

	for (int i = 0; i < canvas.rows; i++)
		assert_true(text_columns(canvas_row(&canvas, i, row, sizeof row)) <=
			    canvas.columns);
}

static void test_lanes_no_row_is_wider_than_the_canvas(void **state)
{
	(void)state;
	at_every_width(check_width);
}

static regex_t whole_label;

/* What was blank when labels were placed: the playhead and the folds are drawn over that. */
static bool is_apart(int row, int column)
{
	const struct canvas_cell *cell = canvas_at(&canvas, row, column);

	return !cell || column < scale.gutter || cell->style == STYLE_NONE ||
	       cell->style == STYLE_PLAYHEAD || cell->style == STYLE_FOLD;
}

/* A run of label cells is one whole label, so none was written over, or beside, anything. */
static void check_labels(void)
{
	for (int i = LANES_HEADER_ROWS; i < canvas.rows; i++) {
		char label[ROW_SIZE] = "";
		size_t used = 0;
		for (int column = 0; column <= canvas.columns; column++) {
			const struct canvas_cell *cell = canvas_at(&canvas, i, column);
			if (cell && cell->is_word) {
				label[used++] = cell->glyph[0];
				continue;
			}
			label[used] = '\0';
			if (used && (regexec(&whole_label, label, 0, NULL, 0) != 0 ||
				     !is_apart(i, column) || !is_apart(i, column - (int)used - 1)))
				fail_msg("%d columns: \"%s\"", canvas.columns, label);
			used = 0;
		}
	}
}

static void test_lanes_labels_never_overlap(void **state)
{
	static const char pattern[] =
		"^(([0-9.]+ m?s, )?(gave up|waiting)|[0-9.]+ m?s|waiting, for 45 s so far|"
		"250 (too late|lost)|250 (too late, at|lost, last seen at|after) [0-9.]+ m?s|250|"
		"450( refused)?|TCP ACK|ACK|resent|retry|again|closed|server left, at [0-9]+ "
		"s|left|"
		"sent again by TCP|TCP)$";

	(void)state;
	assert_int_equal(regcomp(&whole_label, pattern, REG_EXTENDED | REG_NOSUB), 0);
	at_every_width(check_labels);
	regfree(&whole_label);
}

static regex_t whole_axis;

static void check_axis(void)
{
	char row[ROW_SIZE];

	canvas_row(&canvas, 0, row, sizeof row);
	if (regexec(&whole_axis, row, 0, NULL, 0) != 0)
		fail_msg("%d columns: \"%s\"", canvas.columns, row);
}

static void test_lanes_times_on_the_axis_stand_apart(void **state)
{
	static const char pattern[] = "^ *([0-9.]+ (ms|s|min|h|d)( [0-9]+ (s|min|h))?(  +|$))+$";

	(void)state;
	assert_int_equal(regcomp(&whole_axis, pattern, REG_EXTENDED | REG_NOSUB), 0);
	at_every_width(check_axis);
	regfree(&whole_axis);
}

static void check_playhead(void)
{
	int column;

	if (options.step >= story.count)
		return;
	column = lanes_column_of(&scale, story.steps[options.step].mark.time_ns);
	for (int i = LANES_HEADER_ROWS - 1; i < LANES_HEADER_ROWS + 2 * (int)scale.try_count; i++)
		assert_true(canvas_at(&canvas, i, column)->is_playhead);
}

static void test_lanes_playhead_stands_in_every_lane(void **state)
{
	(void)state;
	at_every_width(check_playhead);
}

static void check_ends_of_data(void)
{
	for (uint32_t i = 0; i < scale.try_count; i++) {
		const struct try *try = &fixture.tries[scale.first_try + i];
		const struct attempt *attempt = ledger_attempt(fixture.ledger, try->attempt);
		const struct event *eod = attempt_event(fixture.ledger, attempt, attempt->eod);
		int row = scale.first_row + 2 * (int)i;
		if (eod)
			assert_int_equal(
				canvas_at(&canvas, row, lanes_column_of(&scale, eod->time_ns))
					->style,
				STYLE_EOD);
	}
}

static void test_lanes_every_end_of_data_is_seen(void **state)
{
	(void)state;
	at_every_width(check_ends_of_data);
}

static void check_map(void)
{
	int before = scale.gutter;

	for (int column = scale.gutter; column < canvas.columns; column++) {
		int64_t time_ns = lanes_time_at(&scale, column);
		int there = lanes_column_of(&scale, time_ns);
		assert_true(there >= before);
		assert_true(abs(there - column) <= 1 || time_ns == scale.end_ns);
		before = there;
	}
}

static void test_lanes_time_and_columns_map_both_ways(void **state)
{
	(void)state;
	at_every_width(check_map);
}

static void test_lanes_tiny_canvases_are_survived(void **state)
{
	(void)state;
	for (size_t k = 0; k < MAKERS; k++) {
		begin(makers[k]);
		for (int columns = 1; columns < 40; columns++)
			for (int rows = 1; rows < 6; rows++)
				draw(rows, columns);
		teardown(NULL);
	}
	begin(makers[0]);
}

/* ---- The window -------------------------------------------------------------------------- */

static void test_lanes_zoom_keeps_the_time_under_the_cursor(void **state)
{
	int64_t start = fixture_time(0);
	int64_t end = fixture_time(200);

	(void)state;
	begin(fixture_q154083);
	lanes_zoom(&subject, &start, &end, 2, fixture_time(90));
	assert_int_equal(start, fixture_time(45));
	assert_int_equal(end, fixture_time(145));
}

static void test_lanes_zooming_all_the_way_out_shows_the_whole(void **state)
{
	int64_t start = fixture_time(50);
	int64_t end = fixture_time(100);

	(void)state;
	begin(fixture_q154083);
	lanes_zoom(&subject, &start, &end, 0.01, fixture_time(70));
	assert_int_equal(start, NO_TIME);
	assert_int_equal(end, NO_TIME);
}

static void test_lanes_pan_stops_at_the_ends(void **state)
{
	int64_t start = fixture_time(10);
	int64_t end = fixture_time(60);

	(void)state;
	begin(fixture_q154083);
	lanes_pan(&subject, &start, &end, -3);
	assert_int_equal(start, fixture_time(0));
	assert_int_equal(end, fixture_time(50));
}

static void test_lanes_marks_outside_the_window_are_not_drawn(void **state)
{
	(void)state;
	begin(fixture_q154083);
	options.start_ns = fixture_time(50);
	options.end_ns = fixture_time(80);
	draw(8, 80);
	for (int column = scale.gutter; column < 80; column++)
		assert_int_not_equal(canvas_at(&canvas, 2, column)->style, STYLE_EOD);
	assert_int_equal(canvas_at(&canvas, 2, scale.gutter)->style, STYLE_WAITING);
}

static void test_lanes_scroll_only_as_far_as_needed(void **state)
{
	(void)state;
	begin(fixture_fifty);
	assert_int_equal(lanes_tries_shown(12), 5);
	assert_int_equal(lanes_scroll_to(0, 4, 50, 12), 0);
	assert_int_equal(lanes_scroll_to(0, 5, 50, 12), 1);
	assert_int_equal(lanes_scroll_to(10, 3, 50, 12), 3);
	assert_int_equal(lanes_scroll_to(0, 49, 50, 12), 45);
	assert_int_equal(lanes_scroll_to(7, 2, 3, 12), 0);
}

static void test_lanes_rows_belong_to_attempts(void **state)
{
	(void)state;
	begin(fixture_fifty);
	options.first_try = 10;
	draw(12, 80);
	assert_int_equal(lanes_try_at(&scale, 1), UINT32_MAX);
	assert_int_equal(lanes_try_at(&scale, 2), 10);
	assert_int_equal(lanes_try_at(&scale, 5), 11);
}

static void test_lanes_legend_explains_every_mark(void **state)
{
	size_t count;
	const struct lanes_legend *legend = lanes_legend(true, &count);

	(void)state;
	begin(fixture_q154083);
	assert_true(count > 20);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(strlen(legend[i].glyph), 1);
		assert_true(*legend[i].meaning);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lanes_q154083_at_80_columns),
		TEST(test_lanes_q154083_in_ascii),
		TEST(test_lanes_idle_time_between_retries_is_folded),
		TEST(test_lanes_lost_reply_is_drawn_where_it_was_last_seen),
		TEST(test_lanes_wait_beyond_the_timer_looks_different),
		TEST(test_lanes_gap_has_its_mark),
		TEST(test_lanes_no_row_is_wider_than_the_canvas),
		TEST(test_lanes_labels_never_overlap),
		TEST(test_lanes_times_on_the_axis_stand_apart),
		TEST(test_lanes_playhead_stands_in_every_lane),
		TEST(test_lanes_every_end_of_data_is_seen),
		TEST(test_lanes_time_and_columns_map_both_ways),
		TEST(test_lanes_tiny_canvases_are_survived),
		TEST(test_lanes_zoom_keeps_the_time_under_the_cursor),
		TEST(test_lanes_zooming_all_the_way_out_shows_the_whole),
		TEST(test_lanes_pan_stops_at_the_ends),
		TEST(test_lanes_marks_outside_the_window_are_not_drawn),
		TEST(test_lanes_scroll_only_as_far_as_needed),
		TEST(test_lanes_rows_belong_to_attempts),
		TEST(test_lanes_legend_explains_every_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
