/* SPDX-License-Identifier: MIT */
#include "run/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MOST_WORDS 16

/** Parses WORDS (a NULL ends them) behind a program's name. */
static bool parse(struct options *options, struct fault *fault, const char *const *words)
{
	static char copies[MOST_WORDS][64];
	static char *argv[MOST_WORDS + 1]; /* the options borrow from it */
	int argc = 1;
	argv[0] = copies[0];
	snprintf(copies[0], sizeof copies[0], "smtpscope");
	for (; words[argc - 1]; argc++) {
		snprintf(copies[argc], sizeof copies[argc], "%s", words[argc - 1]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	options_init(options);
	return options_parse(options, argc, argv, fault);
}

#define PARSE(...) parse(&options, &fault, (const char *const[]){__VA_ARGS__, NULL})

static void test_options_file_opens_screen_with_90_seconds(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("a.pcap", "b.pcap"));
	assert_int_equal(options.mode, RUN_SCREEN);
	assert_int_equal(options.file_count, 2);
	assert_string_equal(options.files[1], "b.pcap");
	assert_int_equal(options.delivery.timer_ns, 90 * NS_PER_SECOND);
	options_clear(&options);
}

static void test_options_fail_on_is_a_set_of_states_and_asks_for_a_report(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("--fail-on", "maybe-duplicated,in-doubt", "a.pcap"));
	assert_int_equal(options.mode, RUN_REPORT_TEXT);
	assert_int_equal(options.fail_states, 1u << STATE_DUPLICATED |
						      1u << STATE_MAYBE_DUPLICATED |
						      1u << STATE_IN_DOUBT);
	options_clear(&options);
	assert_true(PARSE("--report", "csv", "--fail-on", "undelivered", "a.pcap"));
	assert_int_equal(options.mode, RUN_REPORT_CSV);
	assert_int_equal(options.fail_states, 1u << STATE_UNDELIVERED);
	options_clear(&options);
	assert_false(PARSE("--fail-on", "delivered", "a.pcap"));
	assert_int_equal(fault.kind, FAULT_USAGE);
	assert_false(PARSE("--fail-on", "duplicated,", "a.pcap"));
	options_clear(&options);
}

static void test_options_what_if_takes_times_and_asks_for_a_report(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_non_null(strstr(options_help, "--what-if"));
	assert_true(PARSE("--what-if", "30,1.5m,10m", "a.pcap"));
	assert_int_equal(options.mode, RUN_REPORT_TEXT);
	assert_int_equal(options.what_if_count, 3);
	assert_int_equal(options.what_if_ns[1], 90 * NS_PER_SECOND);
	options_clear(&options);
	assert_true(PARSE("--report", "jsonl", "--what-if", "90", "a.pcap"));
	assert_int_equal(options.mode, RUN_REPORT_JSONL);
	options_clear(&options);
	assert_false(PARSE("--what-if", "30,,60", "a.pcap"));
	assert_int_equal(fault.kind, FAULT_USAGE);
	assert_false(PARSE("--what-if", "soon", "a.pcap"));
	assert_false(PARSE("--what-if", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "a.pcap"));
	options_clear(&options);
}

static void test_options_where_is_kept_as_it_is(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("--where", "copies > 1", "a.pcap"));
	assert_int_equal(options.mode, RUN_SCREEN);
	assert_string_equal(options.where, "copies > 1");
	options_clear(&options);
}

static void test_options_ring_takes_a_size(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("--ring", "2M", "-"));
	assert_int_equal(options.ring_bytes, 2 << 20);
	options_clear(&options);
	assert_false(PARSE("--ring", "much", "-"));
	assert_string_equal(fault.text,
			    "--ring takes a size such as 512k, 16M or 1G, not 'much'");
	options_clear(&options);
}

static void test_options_keep_copies_where_asked(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("a.pcap"));
	assert_false(options.keeps_copies);
	options_clear(&options);
	assert_true(PARSE("--no-dedupe", "a.pcap"));
	assert_true(options.keeps_copies);
	options_clear(&options);
}

static void test_options_take_a_vantage_for_each_file(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("--vantage", "client,server", "a.pcap", "b.pcap", "c.pcap"));
	assert_int_equal(options.delivery.of_file_count, 2);
	assert_int_equal(options.delivery.of_file[0], VANTAGE_CLIENT);
	assert_int_equal(options.delivery.of_file[1], VANTAGE_SERVER);
	assert_int_equal(options.delivery.vantage, VANTAGE_UNKNOWN);
	options_clear(&options);
	assert_false(PARSE("--vantage", "client,nowhere", "a.pcap"));
	assert_non_null(strstr(fault.text, "not 'nowhere'"));
	options_clear(&options);
}

static void test_options_come_before_and_after_files(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("a.pcap", "--report", "jsonl", "--vantage", "server", "--ascii"));
	assert_int_equal(options.mode, RUN_REPORT_JSONL);
	assert_int_equal(options.delivery.vantage, VANTAGE_SERVER);
	assert_true(options.is_ascii);
	assert_int_equal(options.file_count, 1);
	options_clear(&options);
	assert_true(PARSE("--report", "dialogue", "a.pcap"));
	assert_int_equal(options.mode, RUN_REPORT_DIALOGUE);
	options_clear(&options);
}

static void test_options_eml_comes_with_a_report(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("--eml", "out", "a.pcap"));
	assert_string_equal(options.export_folder, "out");
	assert_int_equal(options.mode, RUN_REPORT_TEXT);
	options_clear(&options);
	assert_true(PARSE("--report", "jsonl", "--eml", "out", "a.pcap"));
	assert_int_equal(options.mode, RUN_REPORT_JSONL);
	options_clear(&options);
}

static void test_options_join_words_behind_interface_to_filter(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("-i", "eth0", "host", "192.0.2.1", "and", "port", "25"));
	assert_string_equal(options.interface, "eth0");
	assert_string_equal(options.filter, "host 192.0.2.1 and port 25");
	assert_int_equal(options.file_count, 0);
	options_clear(&options);
}

static void test_options_write_keeps_what_cannot_be_read_again(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_true(PARSE("-i", "eth0", "-w", "mail.pcapng", "port", "25"));
	assert_string_equal(options.log, "mail.pcapng");
	options_clear(&options);
	assert_true(PARSE("--write", "mail.pcapng", "-"));
	assert_string_equal(options.log, "mail.pcapng");
	assert_false(PARSE("-w", "mail.pcapng", "a.pcap"));
	assert_non_null(strstr(fault.text, "--slice"));
	assert_false(PARSE("-w", "-", "-i", "eth0"));
	options_clear(&options);
}

static void test_options_name_what_is_wrong(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_false(PARSE("--bogus", "a.pcap"));
	assert_int_equal(fault.kind, FAULT_USAGE);
	assert_non_null(strstr(fault.text, "--bogus"));
	assert_false(PARSE("-x"));
	assert_non_null(strstr(fault.text, "-x"));
	assert_false(PARSE("--theme", "pink", "a.pcap"));
	assert_non_null(strstr(fault.text, "dark, light, mono or high-contrast"));
	assert_false(PARSE("a.pcap", "--timer"));
	assert_non_null(strstr(fault.text, "--timer"));
	assert_false(PARSE("--timer", "soon", "a.pcap"));
	assert_non_null(strstr(fault.text, "soon"));
}

static void test_options_need_exactly_one_kind_of_input(void **state)
{
	struct options options;
	struct fault fault = {0};
	(void)state;
	assert_false(PARSE("--ascii"));
	assert_false(PARSE("--demo", "a.pcap"));
	assert_false(PARSE("-i", "eth0", "--demo"));
	assert_false(PARSE("-", "-"));
	assert_true(PARSE("--demo"));
	options_clear(&options);
}

/** The whole of the file at PATH. */
static const char *read_text(const char *path)
{
	static char text[1 << 16];
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	text[fread(text, 1, sizeof text - 1, in)] = '\0';
	fclose(in);
	return text;
}

/** The next "--name" in TEXT, which is moved behind it, into NAME; NULL: there is none any more. */
static const char *next_name(const char **text, char name[static 32])
{
	const char *start = strstr(*text, "--");
	size_t n = 2;
	if (!start)
		return NULL;
	while ((start[n] >= 'a' && start[n] <= 'z') || (start[n] == '-' && start[n - 1] != '-'))
		n++;
	*text = start + n;
	snprintf(name, 32, "%.*s", (int)n, start);
	return n > 2 ? name : next_name(text, name);
}

/** Every option that the help names stands in the file at PATH, where \- may stand for -. */
static void expect_all_in(const char *path)
{
	static char file[1 << 16];
	const char *help = options_help;
	char name[32];
	size_t used = 0;
	for (const char *c = read_text(path); *c; c++)
		if (*c != '\\')
			file[used++] = *c;
	file[used] = '\0';
	while (next_name(&help, name))
		if (!strstr(file, name))
			fail_msg("%s lacks %s", path, name);
}

static void test_options_all_stand_in_manual_and_completions(void **state)
{
	(void)state;
	expect_all_in("tui/smtpscope.1");
	expect_all_in("tui/completion.bash");
	expect_all_in("tui/completion.zsh");
}

static void test_options_completed_are_all_in_the_help(void **state)
{
	static const char *const paths[] = {"tui/completion.bash", "tui/completion.zsh"};
	char name[32];
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const char *text = read_text(paths[i]);
		while (next_name(&text, name))
			if (!strstr(options_help, name))
				fail_msg("%s: there is no %s", paths[i], name);
	}
}

static void test_duration_reads_units(void **state)
{
	int64_t ns;
	(void)state;
	assert_true(duration_parse("90", &ns));
	assert_int_equal(ns, 90 * NS_PER_SECOND);
	assert_true(duration_parse("90s", &ns));
	assert_int_equal(ns, 90 * NS_PER_SECOND);
	assert_true(duration_parse("10m", &ns));
	assert_int_equal(ns, 600 * NS_PER_SECOND);
	assert_true(duration_parse("1.5h", &ns));
	assert_int_equal(ns, 5400 * NS_PER_SECOND);
	assert_true(duration_parse("250ms", &ns));
	assert_int_equal(ns, 250 * NS_PER_MS);
}

static void test_duration_refuses_nonsense(void **state)
{
	int64_t ns;
	(void)state;
	assert_false(duration_parse("", &ns));
	assert_false(duration_parse("0", &ns));
	assert_false(duration_parse("-5", &ns));
	assert_false(duration_parse("1e5", &ns));
	assert_false(duration_parse("0x10", &ns));
	assert_false(duration_parse("90 parsecs", &ns));
	assert_false(duration_parse("inf", &ns));
	assert_false(duration_parse("nan", &ns));
	assert_false(duration_parse("99999999999999999999", &ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_file_opens_screen_with_90_seconds),
		cmocka_unit_test(test_options_ring_takes_a_size),
		cmocka_unit_test(test_options_keep_copies_where_asked),
		cmocka_unit_test(test_options_take_a_vantage_for_each_file),
		cmocka_unit_test(test_options_come_before_and_after_files),
		cmocka_unit_test(test_options_fail_on_is_a_set_of_states_and_asks_for_a_report),
		cmocka_unit_test(test_options_what_if_takes_times_and_asks_for_a_report),
		cmocka_unit_test(test_options_where_is_kept_as_it_is),
		cmocka_unit_test(test_options_eml_comes_with_a_report),
		cmocka_unit_test(test_options_join_words_behind_interface_to_filter),
		cmocka_unit_test(test_options_write_keeps_what_cannot_be_read_again),
		cmocka_unit_test(test_options_name_what_is_wrong),
		cmocka_unit_test(test_options_need_exactly_one_kind_of_input),
		cmocka_unit_test(test_options_all_stand_in_manual_and_completions),
		cmocka_unit_test(test_options_completed_are_all_in_the_help),
		cmocka_unit_test(test_duration_reads_units),
		cmocka_unit_test(test_duration_refuses_nonsense),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
