/* SPDX-License-Identifier: MIT */
/*
 * Wide, combining and astral characters in what the network sent: on every screen, at every
 * width, each takes the columns it takes, and columns of lists never run into each other.
 */
#include "app.h"
#include "list/columns.h"
#include "play_capture.h"
#include "text.h"
#include "view/lists_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NARROWEST 40
#define WIDEST 300

struct bench {
	struct played played;
	struct app app;
};

/** A delivery with SUBJECT, and one more without any wide character. */
static void bench_start(struct bench *bench, const char *subject)
{
	static const struct options options = {.delivery.timer_ns = DEFAULT_TIMER_NS};
	struct play play;
	char message[512];
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	snprintf(message, sizeof message, "Subject: %s\r\nMessage-ID: <1@x>\r\n\r\ntext\r\n.\r\n",
		 subject);
	play_say(&play, SIDE_CLIENT, message);
	play_say(&play, SIDE_SERVER, "250 kept\r\n");
	play_envelope(&play, "c@x", "d@y");
	play_message(&play, "2@x", "plain");
	play_say(&play, SIDE_SERVER, "250 kept too\r\n");
	played_read(&bench->played, &play, 0);
	assert_true(app_init(&bench->app, bench->played.analysis, &options));
	bench->app.has_ended = true;
	app_update(&bench->app, NO_TIME);
	app_finish(&bench->app);
}

static void bench_stop(struct bench *bench)
{
	app_clear(&bench->app);
	played_end(&bench->played);
}

/** Every character is as wide as its cells, and no row is wider than the screen. */
static void expect_whole(const struct canvas *canvas)
{
	for (int row = 0; row < canvas->rows; row++) {
		char text[WIDEST * 14 + 1];
		int column = 0;
		while (column < canvas->columns) {
			const struct canvas_cell *cell = canvas_at(canvas, row, column);
			if (cell->glyph[0])
				assert_int_equal(text_columns(cell->glyph), cell->width);
			column += cell->width ? cell->width : 1;
		}
		assert_int_equal(column, canvas->columns);
		canvas_row(canvas, row, text, sizeof text);
		assert_true(text_columns(text) <= canvas->columns);
	}
}

/** Between each two columns of the list there is a blank, on every row. */
static void expect_gaps(const struct bench *bench, const struct canvas *canvas)
{
	const struct lists_view *lists = (const struct lists_view *)bench->app.views[0];
	const struct list *list = &lists->lists[lists->shown];
	struct column columns[MOST_COLUMNS];
	int widths[MOST_COLUMNS];
	size_t count = list_columns(list, columns);
	columns_fit(columns, count, canvas->columns - 1, widths);
	int at = 1;
	for (size_t i = 0; i < count; i++) {
		if (!widths[i])
			continue;
		at += widths[i];
		for (int row = LISTS_HEADER_ROWS - 1; row < LISTS_HEADER_ROWS + 2; row++)
			assert_true(canvas_is_blank(canvas, row, at, 1) || at >= canvas->columns);
		at++;
	}
}

static const char *const subjects[] = {
	"quarterly figures, and what the office thinks of them",
	"四半期の売上報告書をお送りしますのでご確認ください",
	"\xf0\x9f\x93\x88\xf0\x9f\x93\x89 figures \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
	"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84te\xcc\x81 a\xcc\x8a\xcc\x8a\xcc\x8a",
	"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xaetxt.exe",
	"=?utf-8?q?=E5=9B=9B=E5=8D=8A=E6=9C=9F?= =?utf-8?b?8J+TiA==?=",
	"\x1b]0;pwn\x07\x9b\xff\xfe",
};

static void test_widths_of_lists_hold_from_40_to_300_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		struct bench bench = {0};
		bench_start(&bench, subjects[i]);
		for (int list = 0; list < LISTS; list++) {
			for (int columns = NARROWEST; columns <= WIDEST; columns++) {
				struct canvas canvas;
				assert_true(canvas_init(&canvas, 24, columns));
				app_draw(&bench.app, &canvas);
				expect_whole(&canvas);
				expect_gaps(&bench, &canvas);
				canvas_free(&canvas);
			}
			app_press(&bench.app, PRESS_TAB, 0, 0);
			app_finish(&bench.app);
		}
		bench_stop(&bench);
	}
}

static void test_widths_hold_on_screens_of_a_delivery(void **state)
{
	static const int walks[][3] = {
		{PRESS_ENTER}, {PRESS_ENTER, 'v'}, {PRESS_ENTER, 'b'}, {PRESS_ENTER, PRESS_ENTER},
		{PRESS_ENTER, 'b', 'L'}, {PRESS_ENTER, 'b', 'x'},
	};
	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		for (size_t w = 0; w < sizeof walks / sizeof *walks; w++) {
			struct bench bench = {0};
			bench_start(&bench, subjects[i]);
			for (int k = 0; k < 3 && walks[w][k]; k++) {
				struct canvas canvas;
				app_press(&bench.app, walks[w][k], 0, 0);
				app_finish(&bench.app);
				assert_true(canvas_init(&canvas, 24, 80));
				app_draw(&bench.app, &canvas);
				canvas_free(&canvas);
			}
			for (int columns = NARROWEST; columns <= WIDEST; columns += 13) {
				struct canvas canvas;
				assert_true(canvas_init(&canvas, 24, columns));
				app_draw(&bench.app, &canvas);
				expect_whole(&canvas);
				canvas_free(&canvas);
			}
			bench_stop(&bench);
		}
	}
}

/** Whether TEXT stands on the screen. */
static bool shows(struct bench *bench, const char *text)
{
	struct canvas canvas;
	char row[WIDEST * 14 + 1];
	bool is_there = false;
	assert_true(canvas_init(&canvas, 24, 160));
	app_draw(&bench->app, &canvas);
	for (int i = 0; i < canvas.rows; i++)
		is_there = is_there || strstr(canvas_row(&canvas, i, row, sizeof row), text);
	canvas_free(&canvas);
	return is_there;
}

static void test_widths_show_words_beyond_ascii_as_they_are(void **state)
{
	struct bench bench = {0};
	(void)state;
	bench_start(&bench, subjects[1]);
	assert_true(shows(&bench, "四半期の売上"));
	bench_stop(&bench);
	bench_start(&bench, subjects[5]);
	assert_true(shows(&bench, "四半期\xf0\x9f\x93\x88"));
	bench_stop(&bench);
}

static void test_widths_show_hostile_characters_by_their_names(void **state)
{
	struct bench bench = {0};
	(void)state;
	bench_start(&bench, subjects[4]);
	assert_true(shows(&bench, "<U+202E>txt.exe"));
	bench_stop(&bench);
	bench_start(&bench, subjects[6]);
	assert_true(shows(&bench, "\\x1b]0;pwn\\x07"));
	bench_stop(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths_of_lists_hold_from_40_to_300_columns),
		cmocka_unit_test(test_widths_hold_on_screens_of_a_delivery),
		cmocka_unit_test(test_widths_show_words_beyond_ascii_as_they_are),
		cmocka_unit_test(test_widths_show_hostile_characters_by_their_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
