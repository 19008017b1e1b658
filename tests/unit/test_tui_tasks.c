/* SPDX-License-Identifier: MIT */
/*
 * Lists of so many rows that work on them takes several steps, between which keys are pressed.
 */
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

#define MAILS 2500u
#define LINE 160
#define AT_CLIENT 0

struct bench {
	char path[CAPTURE_PATH];
	struct source *source;
	struct analysis *analysis;
	struct app app;
	struct canvas canvas;
};

/** Mail n of user0 to user2499 goes to reader 2499 - n, so that each order differs. */
static void write_capture(char path[static CAPTURE_PATH])
{
	size_t size = (MAILS + 1) * LINE * 2, used = 0;
	char *text = malloc(size);
	assert_non_null(text);
	used += (size_t)snprintf(text, size,
				 "scenario \"many\"\nstart 1996-11-04 10:00:00 UTC\ndelay 1 ms\n"
				 "client relay 192.0.2.1 name relay.example\n"
				 "server mx 198.51.100.1 name mx.example\n");
	for (unsigned i = 0; i < MAILS; i++)
		used += (size_t)snprintf(text + used, size - used,
					 "message m%u 20 B from user%u@a.example to reader%u@b.example\n"
					 "session relay -> mx at %u.%03u s\n\tdeliver m%u\n",
					 i, i, MAILS - 1 - i, i / 50, i % 50 * 20, i);
	struct forged forged = forged_play(text, AT_CLIENT, 0);
	capture_write((struct span){forged.pcap, forged.pcap_len}, path);
	forged_free(&forged);
	free(text);
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
	assert_true(canvas_init(&bench->canvas, 24, 120));
	while (!bench->app.has_ended)
		app_read(&bench->app, 1000);
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
	app_draw(&bench->app, &bench->canvas);
}

/** Does STEPS of what is under way, which must not end with that. */
static void work(struct bench *bench, int steps)
{
	while (steps--)
		app_work(&bench->app);
	assert_true(app_is_busy(&bench->app));
	app_draw(&bench->app, &bench->canvas);
}

static void finish(struct bench *bench)
{
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
}

static void pass_ms(struct bench *bench, int ms)
{
	app_tick(&bench->app, bench->app.clock_ns + ms * NS_PER_MS);
	app_draw(&bench->app, &bench->canvas);
}

static bool shows(const struct bench *bench, const char *text)
{
	char row[4096];
	for (int i = 0; i < bench->canvas.rows; i++)
		if (strstr(canvas_row(&bench->canvas, i, row, sizeof row), text))
			return true;
	return false;
}

static struct list *shown(const struct bench *bench)
{
	return lists_view_shown((struct lists_view *)app_top(&bench->app));
}

static uint32_t first_row(const struct bench *bench)
{
	return shown(bench)->order[0];
}

/** Sorts by the column "to", as far as it goes without a step. */
static void begin_to_sort(struct bench *bench)
{
	type(bench, ">>>>");
	assert_string_equal(list_order_name(shown(bench)), "to");
}

static void test_tasks_show_numbers_of_many_digits_whole(void **state)
{
	struct bench *bench = *state;
	canvas_free(&bench->canvas);
	assert_true(canvas_init(&bench->canvas, 24, 50));
	type(bench, ":2500\n");
	finish(bench);
	assert_true(shows(bench, "\u25b82500 "));
}

static void test_tasks_answer_keys_before_a_sort_ends(void **state)
{
	struct bench *bench = *state;
	begin_to_sort(bench);
	work(bench, 3);
	type(bench, "jj");
	assert_int_equal(list_selected(shown(bench)), 2);
	assert_int_equal(first_row(bench), 0);
	work(bench, 1);
	finish(bench);
	assert_int_equal(first_row(bench), MAILS - 1); /* it went to reader0 */
	assert_int_equal(list_selected(shown(bench)), 2);
}

static void test_tasks_esc_leaves_the_old_order(void **state)
{
	struct bench *bench = *state;
	begin_to_sort(bench);
	work(bench, 3);
	app_press(&bench->app, PRESS_ESCAPE, 0, 0);
	finish(bench);
	assert_int_equal(first_row(bench), 0);
	assert_string_equal(list_order_name(shown(bench)), "trouble first");
	assert_true(shows(bench, "stopped sorting: all is as before"));
}

static void test_tasks_esc_leaves_the_old_filter(void **state)
{
	struct bench *bench = *state;
	type(bench, "&user1\n");
	finish(bench);
	uint32_t count = shown(bench)->count;
	assert_true(count > 1000 && count < MAILS);
	type(bench, "&to=reader7@b.example\n");
	work(bench, 2);
	app_press(&bench->app, PRESS_ESCAPE, 0, 0);
	finish(bench);
	assert_int_equal(shown(bench)->count, count);
	assert_true(shows(bench, "only: user1"));
}

static void test_tasks_tell_of_a_sort_that_takes_longer_than_a_moment(void **state)
{
	struct bench *bench = *state;
	begin_to_sort(bench);
	work(bench, 2);
	pass_ms(bench, 50);
	assert_false(shows(bench, "sorting"));
	pass_ms(bench, 60);
	assert_true(shows(bench, "sorting "));
	finish(bench);
	assert_false(shows(bench, "sorting"));
}

static void test_tasks_go_on_with_the_column_wished_last(void **state)
{
	struct bench *bench = *state;
	begin_to_sort(bench);
	work(bench, 3);
	type(bench, "r");
	finish(bench);
	assert_int_equal(first_row(bench), MAILS - 1 - 9); /* it went to reader9@ */
}

static void test_tasks_select_what_is_found_before_all_rows_were_looked_at(void **state)
{
	struct bench *bench = *state;
	type(bench, "/reader2480@\n");
	work(bench, 1);
	assert_int_equal(list_selected(shown(bench)), 19);
	pass_ms(bench, 110);
	assert_true(shows(bench, "searching 1 024 of 2 500"));
	finish(bench);
	assert_true(shows(bench, "1 of 1 with: reader2480@"));
}

static void test_tasks_leave_the_selection_that_was_moved_during_a_search(void **state)
{
	struct bench *bench = *state;
	type(bench, "/reader3@\n");
	work(bench, 1);
	type(bench, "j");
	finish(bench);
	assert_int_equal(list_selected(shown(bench)), 1);
	assert_true(shows(bench, "1 of 1 with: reader3@"));
}

static void test_tasks_esc_stops_a_search(void **state)
{
	struct bench *bench = *state;
	type(bench, "/reader3@\n");
	work(bench, 1);
	app_press(&bench->app, PRESS_ESCAPE, 0, 0);
	finish(bench);
	assert_int_equal(list_selected(shown(bench)), 0);
	assert_true(shows(bench, "stopped: none so far with: reader3@"));
}

static void test_tasks_search_when_the_rows_are_in_their_order(void **state)
{
	struct bench *bench = *state;
	begin_to_sort(bench);
	work(bench, 1);
	type(bench, "/user2498@\n");
	work(bench, 1);
	finish(bench);
	assert_int_equal(first_row(bench), MAILS - 1);
	assert_int_equal(list_selected(shown(bench)), 2498);
	assert_true(shows(bench, "1 of 1 with: user2498@"));
}

static void test_tasks_esc_goes_back_to_the_list_before_one_that_is_counted(void **state)
{
	struct bench *bench = *state;
	type(bench, "\t\t");
	work(bench, 1);
	pass_ms(bench, 110);
	assert_true(shows(bench, "counting"));
	app_press(&bench->app, PRESS_ESCAPE, 0, 0);
	finish(bench);
	assert_true(shows(bench, "[deliveries]"));
	type(bench, "\t\t");
	finish(bench);
	assert_true(shows(bench, "[servers]"));
	assert_int_equal(shown(bench)->count, 1);
}

static void test_tasks_go_on_while_another_screen_is_shown(void **state)
{
	struct bench *bench = *state;
	begin_to_sort(bench);
	work(bench, 3);
	type(bench, "\n");
	finish(bench);
	app_press(&bench->app, PRESS_ESCAPE, 0, 0);
	assert_int_equal(first_row(bench), MAILS - 1);
}

/** A timer so short that everybody answered too late. */
static void begin_to_judge(struct bench *bench)
{
	type(bench, "T\177\1771ms\n");
	work(bench, 2);
}

static void test_tasks_judge_by_another_timer_while_keys_are_answered(void **state)
{
	struct bench *bench = *state;
	begin_to_judge(bench);
	type(bench, "j");
	assert_int_equal(list_selected(shown(bench)), 1);
	pass_ms(bench, 110);
	assert_true(shows(bench, "judging 20 %"));
	finish(bench);
	assert_true(shows(bench, "the sender's timer is now taken to be 1.0 ms"));
	assert_true(delivery_get(bench->app.model.deliveries, MAILS - 1)->tries[0].verdict.timer_expired);
}

static void test_tasks_esc_keeps_the_timer(void **state)
{
	struct bench *bench = *state;
	begin_to_judge(bench);
	app_press(&bench->app, PRESS_ESCAPE, 0, 0);
	finish(bench);
	assert_true(shows(bench, "timer 90 s"));
	assert_true(shows(bench, "still taken to be 90.0 s"));
	for (uint32_t i = 0; i < MAILS; i++)
		assert_false(delivery_get(bench->app.model.deliveries, i)->tries[0].verdict.timer_expired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_MANY(test) cmocka_unit_test_setup_teardown(test, start, stop)
		WITH_MANY(test_tasks_show_numbers_of_many_digits_whole),
		WITH_MANY(test_tasks_answer_keys_before_a_sort_ends),
		WITH_MANY(test_tasks_esc_leaves_the_old_order),
		WITH_MANY(test_tasks_esc_leaves_the_old_filter),
		WITH_MANY(test_tasks_tell_of_a_sort_that_takes_longer_than_a_moment),
		WITH_MANY(test_tasks_go_on_with_the_column_wished_last),
		WITH_MANY(test_tasks_select_what_is_found_before_all_rows_were_looked_at),
		WITH_MANY(test_tasks_leave_the_selection_that_was_moved_during_a_search),
		WITH_MANY(test_tasks_esc_stops_a_search),
		WITH_MANY(test_tasks_search_when_the_rows_are_in_their_order),
		WITH_MANY(test_tasks_esc_goes_back_to_the_list_before_one_that_is_counted),
		WITH_MANY(test_tasks_judge_by_another_timer_while_keys_are_answered),
		WITH_MANY(test_tasks_esc_keeps_the_timer),
		WITH_MANY(test_tasks_go_on_while_another_screen_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
