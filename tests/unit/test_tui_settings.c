/* SPDX-License-Identifier: MIT */
/* Settings: what a file may say, what it may not, and who wins. */
#include "run/settings.h"

#include "host_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct options options;
static struct fault fault;

static bool read_text(const char *text)
{
	fault = (struct fault){0};
	options_init(&options);
	return settings_read_text(&options, "config", text, &fault);
}

/** Expects TEXT to be refused, with this message. */
static void refuse(const char *text, const char *message)
{
	assert_false(read_text(text));
	assert_string_equal(fault.text, message);
}

static void test_settings_are_names_and_values_with_comments(void **state)
{
	(void)state;
	assert_true(read_text("# mine\n"
			      "timer = 10m\n"
			      "\n"
			      "   theme=light\r\n"
			      "; another comment\n"
			      "time = utc\n"
			      "ring = 64M"));
	assert_int_equal(options.delivery.timer_ns, 600 * NS_PER_SECOND);
	assert_int_equal(options.theme, THEME_LIGHT);
	assert_int_equal(options.when, WHEN_UTC);
	assert_int_equal(options.ring_bytes, 64 << 20);
}

static void test_settings_unknown_name_is_an_error_with_its_line(void **state)
{
	(void)state;
	refuse("timer = 90s\n\ntimeout = 5\n",
	       "config:3: there is no setting 'timeout' (--dump-config shows all)");
}

static void test_settings_bad_value_is_an_error_that_lists_the_words(void **state)
{
	(void)state;
	refuse("theme = blue\n",
	       "config:1: theme takes dark, light, mono or high-contrast, not 'blue'");
	refuse("mouse =\n", "config:1: mouse takes yes or no, not ''");
	refuse("# c\ntimer = soon\n",
	       "config:2: timer takes a time such as 90, 90s or 10m, not 'soon'");
	refuse("ring = 16 M\n", "config:1: ring takes a size such as 512k, 16M or 1G, not '16 M'");
	refuse("memory = much\n",
	       "config:1: memory takes a size such as 256M or 4G, half or unlimited, not 'much'");
	refuse("ring = 99999999999G\n",
	       "config:1: ring takes a size such as 512k, 16M or 1G, not '99999999999G'");
}

static void test_settings_first_error_is_told(void **state)
{
	(void)state;
	refuse("theme = dark\nnonsense\ntheme = blue\n",
	       "config:2: a line is a name, =, and a value; or a comment with # before it");
	refuse("[colours]\n", "config:1: there are no sections: a line is a name, =, and a value");
}

static void test_settings_line_too_long_is_no_two_settings(void **state)
{
	char text[400];
	(void)state;
	memset(text, ' ', sizeof text);
	memcpy(text, "theme = dark", 12);
	memcpy(text + 200, "timer = 1h\n", 12);
	refuse(text, "config:1: this line is too long");
}

static void test_settings_indented_line_is_a_setting_of_its_own(void **state)
{
	(void)state;
	assert_true(read_text("theme = light\n\ttimer = 5m\n"));
	assert_int_equal(options.theme, THEME_LIGHT);
	assert_int_equal(options.delivery.timer_ns, 300 * NS_PER_SECOND);
}

static void test_settings_of_lists_are_checked_against_their_columns(void **state)
{
	(void)state;
	assert_true(read_text("columns-deliveries = #, message id, Why\n"
			      "sort-deliveries = -waited\n"
			      "sort-sessions = closed by\n"));
	assert_string_equal(options.lists[0].columns, "#, message id, Why");
	assert_string_equal(options.lists[0].sort, "-waited");
	assert_string_equal(options.lists[1].sort, "closed by");
	refuse("sort-notes = size\n",
	       "config:1: sort-notes: notes have no column 'size': there are note, value, meaning");
	refuse("columns-notes = value, , sizes\n",
	       "config:1: columns-notes: notes have no column 'sizes': there are note, value, "
	       "meaning");
}

static void test_settings_command_line_wins(void **state)
{
	static char name[] = "smtpscope", option[] = "--timer", value[] = "30", file[] = "a.pcap";
	char *words[] = {name, option, value, file, NULL};
	(void)state;
	assert_true(read_text("timer = 10m\ntheme = mono\n"));
	assert_true(options_parse(&options, 4, words, &fault));
	assert_int_equal(options.delivery.timer_ns, 30 * NS_PER_SECOND);
	assert_int_equal(options.theme, THEME_MONO);
	options_clear(&options);
}

/** All of what settings_dump() writes; the caller frees it. */
static char *dump(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	settings_dump(&options, "config", out);
	fclose(out);
	return text;
}

static void test_settings_dump_says_where_each_came_from(void **state)
{
	(void)state;
	assert_true(read_text("\ntheme = light\n"));
	assert_true(settings_set(&options, "timer", "--timer", "2m", &fault));
	char *text = dump();
	assert_non_null(strstr(text, "(line 2)\ntheme = light\n"));
	assert_non_null(strstr(text, "(command line)\ntimer = 120s\n"));
	assert_non_null(strstr(text, "(default)\nmouse = yes\n"));
	free(text);
}

static void test_settings_dump_can_be_read_again(void **state)
{
	(void)state;
	assert_true(read_text("theme = high-contrast\nmouse = no\nascii = yes\ntimer = 0.25s\n"
			      "columns-sessions = server, client\nring = 1536k\nvantage = server\n"));
	char *first = dump();
	assert_true(read_text(first));
	assert_int_equal(options.theme, THEME_CONTRAST);
	assert_true(options.no_mouse);
	assert_true(options.is_ascii);
	assert_int_equal(options.ring_bytes, 1536 << 10);
	assert_int_equal(options.delivery.vantage, VANTAGE_SERVER);
	assert_int_equal(options.delivery.timer_ns, NS_PER_SECOND / 4);
	assert_string_equal(options.lists[1].columns, "server, client");
	free(first);
}

static void test_settings_name_hosts_as_often_as_wanted(void **state)
{
	(void)state;
	assert_true(read_text("name = 192.0.2.0/24 Outlook pool\nname=192.0.2.7\tmx 7\n"));
	assert_string_equal(host_names_text(options.host_names, 0), "192.0.2.0/24 Outlook pool");
	char *first = dump();
	options_clear(&options);
	assert_true(read_text(first));
	assert_string_equal(host_names_text(options.host_names, 1), "192.0.2.7\tmx 7");
	assert_null(host_names_text(options.host_names, 2));
	free(first);
	options_clear(&options);
	refuse("timer = 90s\nname = mx.example.net the mx\n",
	       "config:2: a host is named by its address and the name, such as 192.0.2.0/24 "
	       "Outlook pool; 'mx.example.net' is no address");
	options_clear(&options);
}

static void test_settings_path_is_the_users_own(void **state)
{
	char path[64];
	(void)state;
	setenv("HOME", "/home/x", 1);
	unsetenv("XDG_CONFIG_HOME");
	assert_true(settings_path(path, sizeof path));
	assert_string_equal(path, "/home/x/.config/smtpscope/config");
	setenv("XDG_CONFIG_HOME", "relative", 1); /* to be ignored, as its specification asks */
	assert_true(settings_path(path, sizeof path));
	assert_string_equal(path, "/home/x/.config/smtpscope/config");
	setenv("XDG_CONFIG_HOME", "/etc/x", 1);
	assert_true(settings_path(path, sizeof path));
	assert_string_equal(path, "/etc/x/smtpscope/config");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	assert_false(settings_path(path, sizeof path));
}

static void test_settings_file_may_be_missing_but_not_be_a_folder(void **state)
{
	char folder[] = "/tmp/test_settings.XXXXXX";
	char path[64];
	(void)state;
	options_init(&options);
	fault = (struct fault){0};
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/none", folder);
	assert_true(settings_read_file(&options, path, &fault));
	assert_false(settings_read_file(&options, folder, &fault));
	assert_non_null(strstr(fault.text, folder));
	rmdir(folder);
}

static void test_settings_memory_is_a_size_or_a_word(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
	} cases[] = {
		{"256M", (size_t)256 << 20}, {"half", MEMORY_HALF}, {"unlimited", 0}, {"0", 0},
	};
	(void)state;
	options_init(&options);
	assert_true(options.memory_bytes == MEMORY_HALF);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(settings_set(&options, "memory", "--memory", cases[i].text, &fault));
		assert_true(options.memory_bytes == cases[i].bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings_are_names_and_values_with_comments),
		cmocka_unit_test(test_settings_unknown_name_is_an_error_with_its_line),
		cmocka_unit_test(test_settings_bad_value_is_an_error_that_lists_the_words),
		cmocka_unit_test(test_settings_first_error_is_told),
		cmocka_unit_test(test_settings_line_too_long_is_no_two_settings),
		cmocka_unit_test(test_settings_indented_line_is_a_setting_of_its_own),
		cmocka_unit_test(test_settings_of_lists_are_checked_against_their_columns),
		cmocka_unit_test(test_settings_command_line_wins),
		cmocka_unit_test(test_settings_dump_says_where_each_came_from),
		cmocka_unit_test(test_settings_dump_can_be_read_again),
		cmocka_unit_test(test_settings_name_hosts_as_often_as_wanted),
		cmocka_unit_test(test_settings_path_is_the_users_own),
		cmocka_unit_test(test_settings_memory_is_a_size_or_a_word),
		cmocka_unit_test(test_settings_file_may_be_missing_but_not_be_a_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
