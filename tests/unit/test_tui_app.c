/* SPDX-License-Identifier: MIT */
/*
 * The program between its inputs and its screen: presses go in, a canvas comes out.
 */
#include "app.h"
#include "forged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
	struct source *source;
	struct analysis *analysis;
	struct app app;
	struct canvas canvas;
};

static struct bench *bench_start(const char *path)
{
	static const struct options options = {.delivery.timer_ns = DEFAULT_TIMER_NS};
	const struct analysis_options analysis_options = {.delivery = options.delivery, .seed = 1};
	struct fault fault = {0};
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	bench->source = source_new(NULL);
	assert_true(source_add_file(bench->source, path, &fault));
	bench->analysis = analysis_new(bench->source, &analysis_options);
	assert_non_null(bench->analysis);
	assert_true(app_init(&bench->app, bench->analysis, &options));
	assert_true(canvas_init(&bench->canvas, 24, 80));
	return bench;
}

static void bench_load(struct bench *bench)
{
	while (!bench->app.has_ended)
		app_read(&bench->app, 100);
	app_update(&bench->app, NO_TIME);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
}

static void bench_stop(struct bench *bench)
{
	canvas_free(&bench->canvas);
	app_clear(&bench->app);
	analysis_free(bench->analysis);
	source_free(bench->source);
	free(bench);
}

static void press(struct bench *bench, int key)
{
	app_press(&bench->app, key, 0, 0);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
}

static void type(struct bench *bench, const char *keys)
{
	for (; *keys; keys++)
		press(bench, (unsigned char)*keys);
}

/** Whether TEXT stands on the screen. */
static bool shows(const struct bench *bench, const char *text)
{
	char row[4096];
	for (int i = 0; i < bench->canvas.rows; i++)
		if (strstr(canvas_row(&bench->canvas, i, row, sizeof row), text))
			return true;
	return false;
}

static void test_app_count_before_a_key_repeats_it(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	assert_true(shows(bench, "▸  1"));
	type(bench, "2j");
	assert_true(shows(bench, "▸  3"));
	type(bench, "2G");
	assert_true(shows(bench, "▸  2"));
	bench_stop(bench);
}

static void test_app_marks_stay_with_their_rows_when_others_are_shown_and_sorted(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "2 ");
	assert_true(shows(bench, "*  1"));
	assert_true(shows(bench, "*  2"));
	assert_true(shows(bench, "2 marked"));
	type(bench, ">r"); /* by number, the other way round */
	assert_true(shows(bench, "*  1"));
	type(bench, "&dave");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "◆  2"));
	assert_true(shows(bench, "2 marked"));
	type(bench, " ");
	assert_true(shows(bench, "1 marked"));
	type(bench, "u");
	assert_false(shows(bench, "marked"));
	bench_stop(bench);
}

static void test_app_copies_the_row_and_the_verdict_and_its_command(void **state)
{
	struct bench *bench = bench_start("pcaps/gap-reply.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "y");
	assert_non_null(strstr(bench->app.copied, "alice@msn.example"));
	assert_true(shows(bench, "copied: this row"));
	press(bench, PRESS_ENTER);
	type(bench, "y");
	assert_non_null(strstr(bench->app.copied, "\n\n"));
	assert_true(shows(bench, "copied: the sentence and the verdict"));
	type(bench, "Y");
	assert_string_equal(
		bench->app.copied,
		"tcpdump -i any -s 0 -w server.pcap host 192.0.2.10 and port 25");
	bench_stop(bench);
}

static void test_app_copies_no_command_where_the_verdict_is_certain(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, "Y");
	assert_null(bench->app.copied);
	assert_true(shows(bench, "names no tcpdump line"));
	bench_stop(bench);
}

static void test_app_escape_never_quits_and_q_does_on_the_first_screen(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ESCAPE);
	assert_false(bench->app.is_over);
	press(bench, PRESS_ENTER);
	type(bench, "q");
	assert_false(bench->app.is_over);
	assert_true(shows(bench, "[deliveries]"));
	type(bench, "q");
	assert_true(bench->app.is_over);
	bench_stop(bench);
}

static void test_app_goes_to_the_row_of_a_number(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, ":3");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "▸  3"));
	type(bench, "##2");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "▸  2"));
	type(bench, ":9");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "there is no #9: the last one is 4"));
	type(bench, "&bob");
	press(bench, PRESS_ENTER);
	type(bench, ":2");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "#2 is not among the rows shown: & and Enter show all again"));
	type(bench, ":x");
	assert_true(shows(bench, "not a number"));
	bench_stop(bench);
}

static void test_app_goes_to_the_frame_of_a_number(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, ":64");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "frame 64 "));
	type(bench, ":69");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "frame 69 is no step of its own"));
	press(bench, PRESS_ENTER);
	type(bench, ":66");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "Client, frame 66: DATA"));
	type(bench, "b:64");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, " frame 64 "));
	bench_stop(bench);
}

static void test_app_times_count_from_a_marked_moment_and_no_more(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, ":46");
	press(bench, PRESS_ENTER);
	type(bench, "m");
	assert_true(shows(bench, "times now count from here"));
	type(bench, "l"); /* to the proof of frame 47 */
	assert_true(shows(bench, "── +0.110 ──"));
	type(bench, "0");
	assert_true(shows(bench, "── -90."));
	type(bench, ":46");
	press(bench, PRESS_ENTER);
	type(bench, "m");
	assert_true(shows(bench, "times: time of day"));
	bench_stop(bench);
}

static void test_app_goes_from_long_wait_to_long_wait(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	type(bench, "g}");
	assert_true(shows(bench, "Client, frame 46: FIN"));
	type(bench, "}");
	assert_true(shows(bench, "Server, frame 48: 250"));
	type(bench, "}");
	assert_true(shows(bench, "no wait of 9 s or more after this"));
	type(bench, "{");
	assert_true(shows(bench, "Client, frame 46: FIN"));
	bench_stop(bench);
}

static void test_app_leaves_the_mouse_to_the_terminal_and_takes_it_back(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	assert_true(bench->app.has_mouse);
	press(bench, PRESS_F2);
	assert_false(bench->app.has_mouse);
	assert_true(shows(bench, "F2 takes it back"));
	press(bench, PRESS_F2);
	assert_true(bench->app.has_mouse);
	bench_stop(bench);
}

static void click(struct bench *bench, int row, int column)
{
	app_press(&bench->app, PRESS_CLICK, row, column);
	app_draw(&bench->app, &bench->canvas);
}

static void test_app_clicks_on_titles_names_and_keys(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	click(bench, 2, 28); /* to */
	assert_true(shows(bench, "sorted by: to"));
	click(bench, 2, 28);
	assert_true(shows(bench, "sorted by: to, reversed"));
	click(bench, 1, 75); /* > sessions */
	assert_true(shows(bench, "[sessions] > servers"));
	click(bench, 23, 70); /* ? help */
	assert_true(shows(bench, " Keys"));
	bench_stop(bench);
}

static void test_app_searches_help_and_other_texts(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "?/end of data");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "1 of "));
	char row[4096];
	assert_non_null(strcasestr(canvas_row(&bench->canvas, 1, row, sizeof row), "end of data"));
	type(bench, "N");
	assert_true(shows(bench, " with: end of data"));
	bench_stop(bench);
}

static void test_app_says_on_the_first_screen_that_there_are_warnings(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	const struct fault fault = {FAULT_OPEN, "second.pcap: No such file or directory"};
	(void)state;
	bench_load(bench);
	app_warn(&bench->app, &fault);
	app_draw(&bench->app, &bench->canvas);
	assert_true(shows(bench, "warnings 1"));
	assert_true(shows(bench, "second.pcap: No such file"));
	bench_stop(bench);
}

static void test_app_goes_back_from_the_deliveries_of_a_server(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "&to ~ a");
	press(bench, PRESS_ENTER);
	press(bench, PRESS_TAB);
	press(bench, PRESS_TAB);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "only: server="));
	type(bench, "q");
	assert_true(shows(bench, "[servers]"));
	press(bench, PRESS_BACK_TAB);
	press(bench, PRESS_BACK_TAB);
	assert_true(shows(bench, "only: to ~ a"));
	assert_false(bench->app.is_over);
	type(bench, "q");
	assert_true(bench->app.is_over);
	bench_stop(bench);
}

static void test_app_ladder_shows_the_session_as_the_other_capture_has_it(void **state)
{
	char text[8192] = "";
	struct fault fault;
	(void)state;
	FILE *scenario = fopen("pcaps/q154083.scn", "r");
	assert_non_null(scenario);
	assert_true(fread(text, 1, sizeof text - 1, scenario) > 0);
	fclose(scenario);
	struct forged forged = forged_play(text, 100, 0);
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	const struct span at_server = {forged.pcap, forged.pcap_len};
	assert_true(source_add_memory(bench->source, "server.pcap", at_server, &fault));
	bench_load(bench);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, " q154083.pcap"));
	assert_true(shows(bench, "FIN: closes. It will send nothing more."));
	press(bench, PRESS_TAB);
	assert_true(shows(bench, " server.pcap"));
	press(bench, PRESS_TAB);
	assert_true(shows(bench, " q154083.pcap"));
	bench_stop(bench);
	forged_free(&forged);
}

static void test_app_ladder_says_that_no_other_capture_has_the_session(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_TAB);
	assert_true(shows(bench, "no other capture has this session"));
	bench_stop(bench);
}

static void press_on(struct app *app, int key)
{
	app_press(app, key, 0, 0);
}

static void test_app_asks_before_what_a_pipe_brought_is_lost(void **state)
{
	static const struct options options = {.delivery.timer_ns = DEFAULT_TIMER_NS};
	const struct analysis_options analysis_options = {.seed = 1};
	uint8_t bytes[20000];
	struct app app;
	int ends[2];
	(void)state;
	FILE *capture = fopen("pcaps/q154083.pcap", "rb");
	assert_int_equal(fread(bytes, 1, sizeof bytes, capture), sizeof bytes);
	fclose(capture);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(write(ends[1], bytes, sizeof bytes), (ssize_t)sizeof bytes);
	struct source *source = source_new(NULL);
	assert_true(source_add_file(source, "-", NULL));
	struct analysis *analysis = analysis_new(source, &analysis_options);
	assert_true(app_init(&app, analysis, &options));
	while (app_read(&app, 100) == SOURCE_PACKET)
		;
	press_on(&app, 'q');
	assert_false(app.is_over);
	assert_non_null(strstr(app.message, "standard input are kept nowhere"));
	press_on(&app, 'j'); /* anything else takes it back */
	press_on(&app, 'q');
	assert_false(app.is_over);
	press_on(&app, 'q');
	assert_true(app.is_over);
	app_clear(&app);
	analysis_free(analysis);
	source_free(source);
	close(ends[0]);
	close(ends[1]);
}

static void test_app_prompt_takes_keys_that_mean_something_on_the_screen(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "/Qq?");
	assert_false(bench->app.is_over);
	assert_true(shows(bench, "/Qq?"));
	press(bench, PRESS_ESCAPE);
	assert_false(bench->app.is_over);
	assert_false(shows(bench, "/Qq?"));
	bench_stop(bench);
}

static void test_app_first_screen_tells_why_nothing_came_back(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	assert_true(shows(bench, "── DUPLICATED, 3 copies ──"));
	assert_true(shows(bench, "twice the 250 came 10 s after the sender had given up"));
	assert_true(shows(bench, "250 too late, at 100 s"));
	bench_stop(bench);
}

static void test_app_filter_that_is_none_is_asked_for_again_and_points_at_the_place(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "&to ~ dave or cause=slow");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "there is no such cause; there are: none capture-gap"));
	assert_true(shows(bench, "                                        vvvv"));
	assert_true(shows(bench, "show only rows with: to ~ dave or cause=slow"));
	assert_int_equal(app_cursor_column(&bench->app, &bench->canvas), 40);
	type(bench, "n");
	assert_false(shows(bench, "there is no such cause"));
	press(bench, PRESS_END);
	press(bench, PRESS_CTRL('W'));
	type(bench, "id=0");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "2 of 4 deliveries with: to ~ dave or id=0"));
	bench_stop(bench);
}

static void test_app_filter_that_is_refused_leaves_the_list_as_it_was(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "&dave");
	press(bench, PRESS_ENTER);
	type(bench, "&(");
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ESCAPE);
	assert_true(shows(bench, "only: dave"));
	assert_false(shows(bench, "erin@"));
	bench_stop(bench);
}

static void test_app_prompt_moves_along_where_it_is_too_long(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "&0123456789012345678901234567890123456789012345678901234567890123456789 end");
	assert_true(shows(bench, "show only rows with: "));
	assert_true(shows(bench, "6789 end"));
	assert_int_equal(app_cursor_column(&bench->app, &bench->canvas), 78);
	press(bench, PRESS_HOME);
	assert_true(shows(bench, "show only rows with: 0123456789"));
	bench_stop(bench);
}

static void test_app_empty_filter_shows_all_again(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "&nothing like it");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "no row fits the filter"));
	type(bench, "&");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "▸  1"));
	bench_stop(bench);
}

static void test_app_help_opens_over_a_text_but_not_over_itself(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, "v?");
	assert_true(shows(bench, " Keys"));
	type(bench, "?q");
	assert_true(shows(bench, " Verdict"));
	type(bench, "?");
	assert_true(shows(bench, " Keys"));
	bench_stop(bench);
}

static void test_app_help_explains_every_word_of_the_column_why(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	canvas_free(&bench->canvas);
	assert_true(canvas_init(&bench->canvas, 200, 80));
	type(bench, "?");
	for (int cause = CAUSE_NONE + 1; cause < CAUSES; cause++)
		if (!shows(bench, cause_name((enum cause)cause)))
			fail_msg("not explained: %s", cause_name((enum cause)cause));
	bench_stop(bench);
}

static void test_app_ladder_of_a_moment_without_a_packet_opens_at_the_one_before(void **state)
{
	struct bench *bench = bench_start("pcaps/still-waiting.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "15 of 15"));
	bench_stop(bench);
}

static void test_app_shows_deliveries_while_the_rest_is_read(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
	assert_true(shows(bench, "reading..."));
	app_read(&bench->app, 60); /* the first attempt and its late reply */
	app_update(&bench->app, NO_TIME);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "attempt 1 of 1"));
	bench_load(bench);
	assert_true(shows(bench, "of 3"));
	assert_true(shows(bench, "DUPLICATED, 3 copies"));
	bench_stop(bench);
}

static void test_app_story_follows_a_change_of_the_timer(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "EXPIRED"));
	press(bench, 'T');
	press(bench, PRESS_CTRL('U'));
	type(bench, "600");
	press(bench, PRESS_ENTER);
	assert_false(shows(bench, "EXPIRED"));
	assert_true(shows(bench, "with 10 min attempt 1 would have been confirmed"));
	press(bench, 'T');
	press(bench, PRESS_CTRL('U'));
	type(bench, "soon");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "not a time; say 90, 90s or 10m"));
	assert_true(shows(bench, "(90, 90s, 10m): soon"));
	press(bench, PRESS_CTRL('U'));
	type(bench, "90");
	press(bench, PRESS_ENTER);
	assert_false(shows(bench, "not a time"));
	assert_int_equal(bench->app.asked, ACTION_NONE);
	bench_stop(bench);
}

static void test_app_prompt_offers_what_was_answered_before(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "&to ~ dave");
	press(bench, PRESS_ENTER);
	type(bench, "/bob");
	press(bench, PRESS_ENTER);
	type(bench, "&");
	press(bench, PRESS_UP);
	assert_true(shows(bench, "(Enter: all) to ~ dave"));
	press(bench, PRESS_DOWN);
	assert_false(shows(bench, "(Enter: all) to ~ dave"));
	bench_stop(bench);
}

static void test_app_plays_by_the_clock_and_stops_when_left(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	app_tick(&bench->app, NS_PER_SECOND);
	press(bench, PRESS_ENTER);
	type(bench, "0 ");
	assert_true(bench->app.is_moving);
	assert_true(shows(bench, "playing 10x"));
	app_tick(&bench->app, 4 * NS_PER_SECOND); /* 30 seconds of the capture */
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
	assert_true(shows(bench, "29.5 / 90 s"));
	app_tick(&bench->app, 4 * NS_PER_SECOND);
	app_finish(&bench->app);
	app_draw(&bench->app, &bench->canvas);
	assert_true(shows(bench, "29.5 / 90 s"));
	press(bench, '?');
	assert_false(bench->app.is_moving);
	type(bench, "q");
	assert_false(shows(bench, "playing"));
	bench_stop(bench);
}

static void test_app_steps_back_undo_steps_forward(void **state)
{
	struct bench *bench = bench_start("pcaps/noisy-line.pcap");
	char before[24][4096];
	char after[4096];
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, "0");
	for (int i = 0; i < 24; i++)
		canvas_row(&bench->canvas, i, before[i], sizeof before[i]);
	for (int i = 0; i < 25; i++)
		press(bench, PRESS_RIGHT);
	for (int i = 0; i < 25; i++)
		press(bench, PRESS_LEFT);
	for (int i = 0; i < 24; i++)
		assert_string_equal(canvas_row(&bench->canvas, i, after, sizeof after), before[i]);
	bench_stop(bench);
}

static void test_app_ladder_opens_at_the_event_of_the_playhead(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "Client, frame 46: FIN"));
	type(bench, "/queued");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "Server, frame 48: 250"));
	bench_stop(bench);
}

static void test_app_columns_are_chosen_by_name(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	bench_load(bench);
	press(bench, 'o');
	assert_true(shows(bench, "try, copies, waited, why, state, day, message id"));
	type(bench, "copies, to");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "copies to"));
	assert_false(shows(bench, "waited"));
	assert_true(shows(bench, "columns-deliveries = ... in the settings"));
	type(bench, "onothing");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "deliveries have no column 'nothing'"));
	bench_stop(bench);
}

static void test_app_follows_the_newest_delivery(void **state)
{
	struct bench *bench = bench_start("pcaps/fan-out.pcap");
	(void)state;
	app_read(&bench->app, 40);
	app_update(&bench->app, NO_TIME);
	press(bench, 'F');
	assert_true(shows(bench, "FOLLOWING"));
	bench_load(bench);
	assert_true(shows(bench, "▸  4"));
	type(bench, "k");
	assert_false(shows(bench, "FOLLOWING"));
	type(bench, "G");
	assert_true(shows(bench, "FOLLOWING"));
	bench_stop(bench);
}

static void test_app_goes_from_a_line_to_its_frame_in_the_ladder_and_back(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, "b/rcpt");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "frame 13 ──"));
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "Client, frame 13: RCPT"));
	type(bench, "jb");
	assert_true(shows(bench, "frame 14 ──"));
	type(bench, "q");
	assert_true(shows(bench, "step "));
	bench_stop(bench);
}

static void test_app_every_screen_says_that_it_is_held(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "p");
	assert_true(shows(bench, "HELD"));
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "HELD"));
	type(bench, "bp");
	assert_false(shows(bench, "HELD"));
	bench_stop(bench);
}

static void test_app_pans_a_list_to_columns_without_room(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	assert_false(shows(bench, "message id"));
	type(bench, "10lL");
	assert_true(shows(bench, "those are the last columns"));
	assert_true(shows(bench, "# message id"));
	type(bench, "20H");
	assert_true(shows(bench, "from"));
	bench_stop(bench);
}

static void test_app_searches_the_sentences_of_a_delivery(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	type(bench, "0/gives up");
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "1 of 2 with: gives up"));
	assert_true(shows(bench, "frame 46"));
	type(bench, "n");
	assert_true(shows(bench, "2 of 2 with: gives up"));
	bench_stop(bench);
}

static void test_app_shows_the_bytes_of_a_row(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	type(bench, "b");
	assert_true(shows(bench, "▸     4 S: 220 mx.example.net ESMTP"));
	type(bench, "q\t\tb");
	assert_true(shows(bench, "no session belongs to this row"));
	bench_stop(bench);
}

static void test_app_goes_from_the_ladder_to_the_bytes_and_back(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	bench_load(bench);
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	type(bench, "b/queued as");
	press(bench, PRESS_ENTER);
	press(bench, PRESS_ENTER);
	assert_true(shows(bench, "Server, frame 48: 250"));
	assert_int_equal(bench->app.view_count, 3);
	bench_stop(bench);
}

static void test_app_bytes_grow_while_the_rest_is_read(void **state)
{
	struct bench *bench = bench_start("pcaps/q154083.pcap");
	(void)state;
	app_read(&bench->app, 18); /* in the middle of the first message */
	app_update(&bench->app, NO_TIME);
	press(bench, PRESS_TAB);
	press(bench, PRESS_ENTER);
	type(bench, "bG");
	assert_true(shows(bench, "frame 18 ──"));
	bench_load(bench);
	type(bench, "G");
	assert_true(shows(bench, "S: 250 2.0.0 Ok: queued as 58163CD305"));
	bench_stop(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_app_count_before_a_key_repeats_it),
		cmocka_unit_test(
			test_app_marks_stay_with_their_rows_when_others_are_shown_and_sorted),
		cmocka_unit_test(test_app_copies_the_row_and_the_verdict_and_its_command),
		cmocka_unit_test(test_app_copies_no_command_where_the_verdict_is_certain),
		cmocka_unit_test(test_app_escape_never_quits_and_q_does_on_the_first_screen),
		cmocka_unit_test(test_app_goes_to_the_row_of_a_number),
		cmocka_unit_test(test_app_goes_to_the_frame_of_a_number),
		cmocka_unit_test(test_app_times_count_from_a_marked_moment_and_no_more),
		cmocka_unit_test(test_app_goes_from_long_wait_to_long_wait),
		cmocka_unit_test(test_app_leaves_the_mouse_to_the_terminal_and_takes_it_back),
		cmocka_unit_test(test_app_clicks_on_titles_names_and_keys),
		cmocka_unit_test(test_app_searches_help_and_other_texts),
		cmocka_unit_test(test_app_says_on_the_first_screen_that_there_are_warnings),
		cmocka_unit_test(test_app_goes_back_from_the_deliveries_of_a_server),
		cmocka_unit_test(test_app_ladder_shows_the_session_as_the_other_capture_has_it),
		cmocka_unit_test(test_app_ladder_says_that_no_other_capture_has_the_session),
		cmocka_unit_test(test_app_asks_before_what_a_pipe_brought_is_lost),
		cmocka_unit_test(test_app_prompt_takes_keys_that_mean_something_on_the_screen),
		cmocka_unit_test(test_app_first_screen_tells_why_nothing_came_back),
		cmocka_unit_test(
			test_app_filter_that_is_none_is_asked_for_again_and_points_at_the_place),
		cmocka_unit_test(test_app_filter_that_is_refused_leaves_the_list_as_it_was),
		cmocka_unit_test(test_app_prompt_moves_along_where_it_is_too_long),
		cmocka_unit_test(test_app_empty_filter_shows_all_again),
		cmocka_unit_test(test_app_help_opens_over_a_text_but_not_over_itself),
		cmocka_unit_test(test_app_help_explains_every_word_of_the_column_why),
		cmocka_unit_test(
			test_app_ladder_of_a_moment_without_a_packet_opens_at_the_one_before),
		cmocka_unit_test(test_app_shows_deliveries_while_the_rest_is_read),
		cmocka_unit_test(test_app_story_follows_a_change_of_the_timer),
		cmocka_unit_test(test_app_prompt_offers_what_was_answered_before),
		cmocka_unit_test(test_app_plays_by_the_clock_and_stops_when_left),
		cmocka_unit_test(test_app_steps_back_undo_steps_forward),
		cmocka_unit_test(test_app_every_screen_says_that_it_is_held),
		cmocka_unit_test(test_app_pans_a_list_to_columns_without_room),
		cmocka_unit_test(test_app_searches_the_sentences_of_a_delivery),
		cmocka_unit_test(test_app_columns_are_chosen_by_name),
		cmocka_unit_test(test_app_follows_the_newest_delivery),
		cmocka_unit_test(test_app_goes_from_a_line_to_its_frame_in_the_ladder_and_back),
		cmocka_unit_test(test_app_shows_the_bytes_of_a_row),
		cmocka_unit_test(test_app_goes_from_the_ladder_to_the_bytes_and_back),
		cmocka_unit_test(test_app_bytes_grow_while_the_rest_is_read),
		cmocka_unit_test(test_app_ladder_opens_at_the_event_of_the_playhead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
