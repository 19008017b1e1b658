/* SPDX-License-Identifier: MIT */
/*
 * Screens and rows, saved: the files that come of pressing s.
 */
#include "app.h"
#include "capture_file.h"
#include "save/save_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <glob.h>

static struct source *source;
static struct analysis *analysis;
static struct app app;
static struct canvas canvas;
static char folder[] = "/tmp/smtpscope-save-XXXXXX";
static char path[100]; /* of the newest file */

/** What is in SOURCE, of which at most so many packets are read. */
static void start_with_packets(uint32_t most)
{
	static const struct options options = {.delivery.timer_ns = DEFAULT_TIMER_NS};
	const struct analysis_options analysis_options = {.delivery = options.delivery, .seed = 1};
	analysis = analysis_new(source, &analysis_options);
	assert_non_null(analysis);
	assert_true(app_init(&app, analysis, &options));
	assert_true(canvas_init(&canvas, 24, 80));
	while (!app.has_ended && most) {
		uint32_t batch = most < 100 ? most : 100;
		app_read(&app, batch);
		most -= batch;
	}
	app_update(&app, NO_TIME);
	app_finish(&app);
	app_draw(&app, &canvas);
}

static void start_with_source(void)
{
	start_with_packets(UINT32_MAX);
}

static void start(const char *capture)
{
	struct fault fault = {0};
	source = source_new(NULL);
	assert_true(source_add_file(source, capture, &fault));
	start_with_source();
}

/** CAPTURE, at most CAPTURE_MAX bytes, as from a pipe, of which a ring of RING_BYTES is kept. */
static void start_from_pipe(const char *capture, size_t ring_bytes)
{
	static uint8_t bytes[CAPTURE_MAX];
	FILE *in = fopen(capture, "r");
	assert_non_null(in);
	size_t n = fread(bytes, 1, sizeof bytes, in);
	fclose(in);
	source = source_new(&(struct source_options){.ring_bytes = ring_bytes});
	capture_add_pipe(source, (struct span){bytes, n});
	start_with_source();
}

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	return mkdtemp(folder) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	canvas_free(&canvas);
	app_clear(&app);
	analysis_free(analysis);
	source_free(source);
	glob_t found = {0};
	char pattern[sizeof folder + 2];
	snprintf(pattern, sizeof pattern, "%s/*", folder);
	(void)glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
	return rmdir(folder); /* fails, as the test then does, where a temporary file is left */
}

static void press(int key)
{
	app_press(&app, key, 0, 0);
	app_finish(&app);
	app_draw(&app, &canvas);
}

static void type(const char *keys)
{
	for (; *keys; keys++)
		press((unsigned char)*keys);
}

/** Answers the question for a name with NAME in the test's folder. */
static void save_as(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	type(path);
	press(PRESS_ENTER);
}

/** NAME is what the file to be looked at is called. */
static void look_at(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
}

static void expect_said(const char *part)
{
	if (!strstr(app.message, part))
		fail_msg("%s is not in: %s", part, app.message);
}

/** The bytes of the newest file, at most so many, NUL-terminated. */
static const char *saved(void)
{
	static char text[1 << 20];
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	text[fread(text, 1, sizeof text - 1, in)] = '\0';
	fclose(in);
	return text;
}

static void expect_saved(const char *part)
{
	if (!strstr(saved(), part))
		fail_msg("%s is not in\n%s", part, saved());
}

static void expect_not_saved(const char *part)
{
	assert_null(strstr(saved(), part));
}

static void test_save_form_is_chosen_by_the_ending(void **state)
{
	(void)state;
	assert_int_equal(save_form_of("a.txt"), SAVE_TEXT);
	assert_int_equal(save_form_of("dir.d/a.SVG"), SAVE_SVG);
	assert_int_equal(save_form_of("a.pcapng"), SAVE_PACKETS);
	assert_int_equal(save_form_of("a"), SAVE_FORMS);
	assert_int_equal(save_form_of("a.pdf"), SAVE_FORMS);
}

static void test_save_lanes_as_text_with_the_whole_verdict(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("lanes.txt");
	expect_saved("#3 client");
	expect_saved("What to do:"); /* the screen of 24 rows has no room for it */
	expect_not_saved("q back");  /* nor do keys belong into a ticket */
}

static void test_save_lanes_as_a_picture(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	assert_string_equal(app.prompt.text, "smtpscope-1-lanes.svg");
	save_as("lanes.svg");
	expect_saved("<svg xmlns");
	expect_saved("gave up");
	assert_non_null(strstr(app.message, "saved to"));
}

static void test_save_marked_deliveries_as_csv(void **state)
{
	(void)state;
	start("pcaps/fan-out.pcap");
	type("j 2G");
	press(PRESS_UP);
	type(" s"); /* numbers 2 and 1 */
	assert_string_equal(app.prompt.text, "m");
	press(PRESS_ENTER);
	save_as("marked.csv");
	expect_saved("bob@one.example");
	expect_saved("dave@two.example");
	expect_not_saved("erin@three.example");
}

static void test_save_filtered_deliveries_as_json_lines(void **state)
{
	(void)state;
	start("pcaps/fan-out.pcap");
	type("&erin");
	press(PRESS_ENTER);
	type("s");
	assert_string_equal(app.prompt.text, "f");
	press(PRESS_ENTER);
	save_as("filtered.jsonl");
	expect_saved("\"type\":\"delivery\"");
	expect_saved("erin@three.example");
	assert_null(strstr(saved(), "\"id\":0,\"state\""));
}

static void test_save_this_delivery_as_the_text_report(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	type("s");
	press(PRESS_ENTER);
	assert_string_equal(app.prompt.text, "smtpscope-deliveries-1.txt");
	save_as("one.txt");
	expect_saved("DUPLICATED, 3 copies");
}

static void test_save_packets_as_a_capture(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	type("s");
	press(PRESS_ENTER);
	save_as("one.pcap");
	assert_false(save_is_busy(&app));
	assert_memory_equal(saved(), "\x0a\x0d\x0d\x0a", 4); /* pcapng: it has nanoseconds */
}

static void test_save_this_delivery_as_a_page_of_markdown(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("ticket.md");
	expect_saved("# 1 delivery told about\n");
	expect_saved("\n## Delivery 1: DUPLICATED, 3 copies: alice@msn.example -> ");
}

static void test_save_rows_of_other_lists_as_a_table(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_TAB);
	type("sa");
	press(PRESS_ENTER);
	save_as("sessions.txt");
	expect_saved("192.0.2.10");
	int lines = 0;
	for (const char *c = saved(); *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 4); /* titles, and three sessions */
}

static void test_save_asks_before_it_overwrites(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("lanes.svg");
	type("vs");
	save_as("lanes.svg");
	assert_int_equal(app.asked, ACTION_SAVE);
	press(PRESS_ENTER); /* no is what is offered */
	assert_string_equal(app.message, "not saved");
	expect_saved("gave up");
	type("s");
	save_as("lanes.svg");
	type("y");
	press(PRESS_ENTER);
	expect_saved("Verdict");
}

static void test_save_is_private_and_says_why_it_failed(void **state)
{
	struct stat status;
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("none/lanes.svg");
	assert_non_null(strstr(app.message, "not saved: No such file or directory"));
	type("s");
	save_as("lanes.svg");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_save_refuses_an_unknown_ending(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("lanes.pdf");
	assert_non_null(strstr(app.message, "the ending must be one of: txt md svg jsonl csv pcap eml"));
	assert_int_equal(access(path, F_OK), -1);
}

static void test_save_whole_screen_leaves_the_view_where_it_was(void **state)
{
	struct canvas before;
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("bG");
	for (int i = 0; app.is_moving && i < 100; i++)
		app_tick(&app, i);
	type("k");
	assert_true(canvas_init(&before, 24, 80));
	app_draw(&app, &before);
	type("s");
	save_as("bytes.txt");
	app.message[0] = '\0';
	app_finish(&app);
	app_draw(&app, &canvas);
	assert_memory_equal(before.cells, canvas.cells, 24 * 80 * sizeof *before.cells);
	canvas_free(&before);
	expect_saved("MAIL FROM");
}

static void test_save_messages_of_a_delivery_each_as_a_file(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("angry.eml");
	expect_said("3 messages saved to ");
	expect_said("angry-A1.eml ... angry-A3.eml");
	for (int i = 1; i <= 3; i++) {
		char name[32];
		snprintf(name, sizeof name, "angry-A%d.eml", i);
		look_at(name);
		expect_saved("Subject: quarterly figures\r\n");
		assert_int_equal(strlen(saved()), 27000); /* stuffing and dot are out */
	}
	look_at("angry.eml");
	assert_int_equal(access(path, F_OK), -1);
}

static void test_save_one_message_under_its_very_name(void **state)
{
	struct stat status;
	(void)state;
	start("pcaps/clean.pcap");
	press(PRESS_ENTER);
	press(PRESS_ENTER);
	type("bs");
	save_as("one.EML");
	look_at("one.eml");
	expect_said("saved to ");
	expect_saved("Subject:");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_save_messages_of_several_deliveries_with_their_numbers(void **state)
{
	(void)state;
	start("pcaps/fan-out.pcap");
	type("sa");
	press(PRESS_ENTER);
	save_as("all.eml");
	expect_said("messages saved to ");
	look_at("all-D1-A1.eml");
	expect_saved("Subject:");
	type("sa");
	press(PRESS_ENTER);
	save_as("all.eml");
	assert_int_equal(app.asked, ACTION_SAVE);
	assert_non_null(strstr(app.question, "all-D1-A1.eml exists, and others: overwrite?"));
	press(PRESS_ESCAPE);
}

static void test_save_messages_of_a_session_with_its_number(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_TAB);
	type("sa");
	press(PRESS_ENTER);
	save_as("x.eml");
	look_at("x-S3-A1.eml");
	expect_saved("Subject: quarterly figures\r\n");
}

static void test_save_message_that_was_cut_off_as_a_part(void **state)
{
	(void)state;
	start("pcaps/still-sending.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("cut.eml");
	expect_said("cut.eml.part: not all of the message was captured");
	look_at("cut.eml");
	assert_int_equal(access(path, F_OK), -1);
	look_at("cut.eml.part");
	expect_saved("Subject:");
	type("s");
	save_as("cut.eml");
	assert_non_null(strstr(app.question, "cut.eml.part exists: overwrite?"));
	type("y");
	press(PRESS_ENTER);
	app_tick(&app, 1);
	expect_said("cut.eml.part: not all");
}

static void test_save_message_says_that_it_is_encrypted(void **state)
{
	(void)state;
	start("pcaps/tls-slow.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("secret.eml");
	expect_said("not saved: all messages are encrypted (TLS)");
}

static void test_save_message_says_which_attempts_had_none(void **state)
{
	(void)state;
	start("pcaps/greylist.pcap");
	press(PRESS_ENTER);
	type("s");
	save_as("refused.eml");
	expect_said("refused.eml; 2 ended before a message");
}

static void test_save_message_says_that_the_ring_let_it_go(void **state)
{
	(void)state;
	start_from_pipe("pcaps/q154083.pcap", 40000);
	press(PRESS_ENTER);
	type("s");
	save_as("gone.eml");
	expect_said("2 cannot be read any more");
	look_at("gone-A1.eml");
	assert_int_equal(access(path, F_OK), -1);
}

static void test_save_messages_refuses_rows_that_have_none(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_BACK_TAB);
	type("sa");
	press(PRESS_ENTER);
	save_as("notes.eml");
	expect_said("not saved: messages are saved of deliveries and sessions");
}

static void test_save_packets_of_a_session_from_its_ladder(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	press(PRESS_ENTER);
	type("s");
	save_as("session.pcap");
	assert_memory_equal(saved(), "\x0a\x0d\x0d\x0a", 4);
}

/** The file at PATH is what it was, and Esc ends the writing without leaving the list. */
static void expect_cancelled(void)
{
	assert_true(save_is_busy(&app));
	press(PRESS_ESCAPE);
	assert_false(save_is_busy(&app));
	expect_said("cancelled");
	assert_string_equal(saved(), "old");
}

/** Goes on to write over a file that is there: STEPS steps of it. */
static void begin_over(const char *name, int steps)
{
	FILE *out;
	look_at(name);
	out = fopen(path, "w");
	fputs("old", out);
	fclose(out);
	type("sa");
	press(PRESS_ENTER);
	type(path);
	press(PRESS_ENTER);
	type("y");
	app_press(&app, PRESS_ENTER, 0, 0);
	while (steps--)
		app_work(&app);
}

static void test_save_is_cancelled_by_escape_and_leaves_the_old_file(void **state)
{
	(void)state;
	static const char *const names[] = {"old.pcap", "old.txt", "old.md", "old.jsonl",
					    "old.csv"};
	start("pcaps/fan-out.pcap");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (int steps = 0; steps < 2; steps++) {
			begin_over(names[i], steps);
			if (steps && !save_is_busy(&app))
				continue; /* it takes one step */
			expect_cancelled();
		}
	press(PRESS_TAB);
	begin_over("sessions.txt", 0);
	expect_cancelled();
}

static void test_save_messages_is_cancelled_by_escape(void **state)
{
	(void)state;
	start("pcaps/q154083.pcap");
	press(PRESS_ENTER);
	type("s");
	look_at("old.eml");
	type(path);
	app_press(&app, PRESS_ENTER, 0, 0);
	assert_true(save_is_busy(&app));
	press(PRESS_ESCAPE); /* leaves the lanes only if pressed again */
	assert_false(save_is_busy(&app));
	expect_said("cancelled: ");
	assert_int_equal(app.view_count, 2);
}

static void test_save_report_is_of_the_deliveries_that_there_were(void **state)
{
	struct fault fault = {0};
	(void)state;
	source = source_new(NULL);
	assert_true(source_add_file(source, "pcaps/q154083.pcap", &fault));
	assert_true(source_add_file(source, "pcaps/greylist.pcap", &fault));
	start_with_packets(150);
	uint32_t there = deliveries_count(app.model.deliveries);
	type("sa");
	press(PRESS_ENTER);
	look_at("early.csv");
	type(path);
	app_press(&app, PRESS_ENTER, 0, 0);
	while (!app.has_ended)
		app_read(&app, 100);
	app_update(&app, NO_TIME);
	assert_int_equal(deliveries_count(app.model.deliveries), there);
	app_press(&app, 'T', 0, 0);
	expect_said("is still being written"); /* a timer would change what is told */
	app_finish(&app);
	assert_true(deliveries_count(app.model.deliveries) > there);
	expect_saved("bob@example.net");
	expect_not_saved("grey");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_save_form_is_chosen_by_the_ending),
		TEST(test_save_lanes_as_text_with_the_whole_verdict),
		TEST(test_save_lanes_as_a_picture),
		TEST(test_save_marked_deliveries_as_csv),
		TEST(test_save_filtered_deliveries_as_json_lines),
		TEST(test_save_this_delivery_as_the_text_report),
		TEST(test_save_this_delivery_as_a_page_of_markdown),
		TEST(test_save_packets_as_a_capture),
		TEST(test_save_rows_of_other_lists_as_a_table),
		TEST(test_save_asks_before_it_overwrites),
		TEST(test_save_is_private_and_says_why_it_failed),
		TEST(test_save_refuses_an_unknown_ending),
		TEST(test_save_whole_screen_leaves_the_view_where_it_was),
		TEST(test_save_messages_of_a_delivery_each_as_a_file),
		TEST(test_save_one_message_under_its_very_name),
		TEST(test_save_messages_of_several_deliveries_with_their_numbers),
		TEST(test_save_messages_of_a_session_with_its_number),
		TEST(test_save_message_that_was_cut_off_as_a_part),
		TEST(test_save_message_says_that_it_is_encrypted),
		TEST(test_save_message_says_which_attempts_had_none),
		TEST(test_save_message_says_that_the_ring_let_it_go),
		TEST(test_save_messages_refuses_rows_that_have_none),
		TEST(test_save_packets_of_a_session_from_its_ladder),
		TEST(test_save_messages_is_cancelled_by_escape),
		TEST(test_save_report_is_of_the_deliveries_that_there_were),
		TEST(test_save_is_cancelled_by_escape_and_leaves_the_old_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
