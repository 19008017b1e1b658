/* SPDX-License-Identifier: MIT */
/* The screen while sessions are let go: what the user looks at stays where it is. */
#include "app.h"
#include "capture_file.h"
#include "forged.h"
#include "view/lists_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MAILS 60u
#define LINE 160
#define READ_PACKETS 900 /* of some 1 300: more is to come */
#define AT_CLIENT 0

struct bench {
	char path[CAPTURE_PATH];
	struct source *source;
	struct analysis *analysis;
	struct app app;
	struct canvas canvas;
};

/** Mails from user0 to user59, one a second, all confirmed at once. */
static void write_capture(char path[static CAPTURE_PATH])
{
	char text[MAILS * LINE];
	size_t used = (size_t)snprintf(text, sizeof text,
				       "scenario \"many\"\nstart 1996-11-04 10:00:00 UTC\n"
				       "client relay 192.0.2.1 name relay.example\n"
				       "server mx 198.51.100.1 name mx.example\n");
	for (unsigned i = 0; i < MAILS; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
					 "message m%u 20 B from user%u@a.example to r%u@b.example\n"
					 "session relay -> mx at %u s\n\tdeliver m%u\n",
					 i, i, i, i, i);
	struct forged forged = forged_play(text, AT_CLIENT, 0);
	capture_write((struct span){forged.pcap, forged.pcap_len}, path);
	forged_free(&forged);
}

static int start(void **state)
{
	static const struct options options = {.delivery.timer_ns = DEFAULT_TIMER_NS};
	const struct analysis_options analysis_options = {.delivery = options.delivery, .seed = 1};
	struct fault fault = {0};
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	write_capture(bench->path);
	bench->source = source_new(NULL);
	assert_true(source_add_file(bench->source, bench->path, &fault));
	bench->analysis = analysis_new(bench->source, &analysis_options);
	assert_non_null(bench->analysis);
	assert_true(app_init(&bench->app, bench->analysis, &options));
	assert_true(canvas_init(&bench->canvas, 14, 120));
	assert_int_equal(app_read(&bench->app, READ_PACKETS), SOURCE_PACKET);
	app_update(&bench->app, NO_TIME);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
	*state = bench;
	return 0;
}

static int stop(void **state)
{
	struct bench *bench = *state;
	canvas_free(&bench->canvas);
	app_clear(&bench->app);
	analysis_free(bench->analysis);
	source_free(bench->source);
	unlink(bench->path);
	free(bench);
	return 0;
}

static void type(struct bench *bench, const char *keys)
{
	for (; *keys; keys++)
		app_press(&bench->app, *keys == '\n' ? PRESS_ENTER : *keys, 0, 0);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
}

/** Lets nearly all go, and reads on. */
static void let_go(struct bench *bench)
{
	assert_true(analysis_let_go(bench->analysis, 0.01));
	assert_true(deliveries_let_go(bench->app.model.deliveries)->sessions > 20);
	app_read(&bench->app, 10);
	app_update(&bench->app, NO_TIME);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
}

static void expect_shown(const struct bench *bench, const char *text)
{
	char row[4096];
	for (int i = 0; i < bench->canvas.rows; i++)
		if (strstr(canvas_row(&bench->canvas, i, row, sizeof row), text))
			return;
	for (int i = 0; i < bench->canvas.rows; i++)
		print_error("%s\n", canvas_row(&bench->canvas, i, row, sizeof row));
	fail_msg("no row shows \"%s\"", text);
}

static void test_shift_keeps_the_selected_row_and_its_number(void **state)
{
	struct bench *bench = *state;
	type(bench, "30j");
	let_go(bench);
	expect_shown(bench, "\u25b8 31 10:00:30  user30@a.example");
}

static void test_shift_keeps_the_delivery_on_the_screen(void **state)
{
	struct bench *bench = *state;
	type(bench, "20j\n");
	let_go(bench);
	expect_shown(bench, "user20@a.example -> r20@b.example");
	type(bench, "$");
	expect_shown(bench, "attempt 1 of 1");
	type(bench, "q");
	expect_shown(bench, "\u25b8 21 ");
}

static void test_shift_keeps_the_session_on_the_screen(void **state)
{
	struct bench *bench = *state;
	type(bench, "20j\n\n");
	let_go(bench);
	expect_shown(bench, "session 21 ");
	type(bench, "g");
	for (int i = 0; i < 6; i++)
		type(bench, "j");
	expect_shown(bench, "MAIL FROM:<user20@a.example>");
}

static void test_shift_keeps_what_is_marked(void **state)
{
	struct bench *bench = *state;
	const struct lists_view *lists = (struct lists_view *)app_top(&bench->app);
	type(bench, "3j  G");
	let_go(bench);
	assert_int_equal(lists->lists[LIST_DELIVERIES].marks.count, 2);
	type(bench, "g");
	expect_shown(bench, "*  4 10:00:03  user3@a.example");
	expect_shown(bench, "*  5 10:00:04  user4@a.example");
}

static void test_shift_goes_by_number_to_what_is_left(void **state)
{
	struct bench *bench = *state;
	type(bench, "10j G");
	let_go(bench);
	type(bench, "g:11\n");
	expect_shown(bench, "\u25c6 11 10:00:10  user10@a.example"); /* selected, and marked */
	type(bench, ":2\n");
	expect_shown(bench, "#2 is not among the rows shown");
}

static void test_shift_knows_the_last_number(void **state)
{
	struct bench *bench = *state;
	let_go(bench);
	type(bench, ":100\n");
	expect_shown(bench, "there is no #100: the last one is 39");
}

static void test_shift_says_how_much_was_let_go(void **state)
{
	struct bench *bench = *state;
	let_go(bench);
	expect_shown(bench, "let go ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shift_keeps_the_selected_row_and_its_number,
						start, stop),
		cmocka_unit_test_setup_teardown(test_shift_keeps_the_delivery_on_the_screen, start,
						stop),
		cmocka_unit_test_setup_teardown(test_shift_keeps_the_session_on_the_screen, start,
						stop),
		cmocka_unit_test_setup_teardown(test_shift_keeps_what_is_marked, start, stop),
		cmocka_unit_test_setup_teardown(test_shift_goes_by_number_to_what_is_left, start,
						stop),
		cmocka_unit_test_setup_teardown(test_shift_knows_the_last_number, start, stop),
		cmocka_unit_test_setup_teardown(test_shift_says_how_much_was_let_go, start, stop),
	};
	return cmocka_run_group_tests_name("shift", tests, NULL, NULL);
}
