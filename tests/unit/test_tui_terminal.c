/* SPDX-License-Identifier: MIT */
/*
 * What only a terminal shows: start, keys, resizing, signals, its loss, and its state afterwards.
 */
#include "tui_pty.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE "pcaps/q154083.pcap"
#define ENTER "\r"
#define RIGHT "\033OC"
#define WITHIN_A_SECOND 1000

static const char *const sample[] = {SAMPLE, NULL};

/** Keys that lead to each screen and prompt, and what then stands there. */
static const struct {
	const char *keys;
	const char *shown;
} places[] = {
	{"", "1 duplicated"},
	{"\t", "[sessions]"},
	{"\t\t", "[servers]"},
	{"\t\t\t", "[senders]"},
	{"\t\t\t\t", "[notes]"},
	{"/", "/"},
	{"&", "show only rows with:"},
	{"T", "the sender's timer"},
	{ENTER, "attempt 1 of 3"},
	{ENTER "v", "Verdict"},
	{ENTER "T", "the sender's timer"},
	{ENTER " ", "playing"},
	{ENTER ENTER, "session 1"},
	{ENTER ENTER "/", "/"},
	{ENTER ENTER ENTER, "segment"},
	{ENTER "b", "text, the first"},
	{ENTER "bx", "hexadecimal"},
	{"o", "columns (none: all):"},
	{"?", "In lists"},
};

#define PLACES (sizeof places / sizeof *places)

static void start(struct pty *pty)
{
	pty_start(pty, 24, 80, sample);
	pty_expect(pty, "1 duplicated");
}

static void test_terminal_tells_the_story_step_by_step(void **state)
{
	struct pty pty;
	(void)state;
	start(&pty);
	pty_type(&pty, ENTER);
	pty_expect(&pty, "DUPLICATED, 3 copies");
	pty_type(&pty, "0");
	pty_expect(&pty, "step 1 of");
	pty_expect(&pty, "starts at the end of data");
	for (int i = 0; i < 30 && !pty_shows(&pty, "EXPIRED"); i++) {
		char step[32];
		snprintf(step, sizeof step, "step %d of", i + 2);
		pty_type(&pty, RIGHT);
		pty_expect(&pty, step);
		pty_settle(&pty);
	}
	pty_expect(&pty, "EXPIRED");
	pty_expect(&pty, "gives up");
	pty_type(&pty, "Q");
	assert_int_equal(pty_wait(&pty, WITHIN_A_SECOND), 0);
	pty_stop(&pty);
}

static void test_terminal_quits_with_q_and_never_with_escape(void **state)
{
	struct pty pty;
	(void)state;
	start(&pty);
	pty_type(&pty, ENTER);
	pty_expect(&pty, "attempt 1 of 3");
	pty_type(&pty, "\033");
	pty_expect(&pty, "[deliveries]");
	pty_type(&pty, "\033");
	pty_expect(&pty, "q quits");
	pty_type(&pty, "q");
	assert_int_equal(pty_wait(&pty, WITHIN_A_SECOND), 0);
	assert_true(pty_is_restored(&pty));
	pty_stop(&pty);
}

static void test_terminal_ends_within_a_second_of_a_hang_up_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLACES; i++) {
		struct pty pty;
		start(&pty);
		pty_type(&pty, places[i].keys);
		pty_expect(&pty, places[i].shown);
		pty_hang_up(&pty);
		pty_wait(&pty, WITHIN_A_SECOND);
		pty_stop(&pty);
	}
}

static void end_by(int number)
{
	struct pty pty;
	start(&pty);
	pty_type(&pty, ENTER);
	pty_expect(&pty, "attempt 1 of 3");
	assert_true(pty.has_alternate);
	kill(pty.pid, number);
	int status = pty_wait(&pty, WITHIN_A_SECOND);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), number);
	assert_true(pty_is_restored(&pty));
	pty_stop(&pty);
}

static void test_terminal_is_restored_after_sigterm(void **state)
{
	(void)state;
	end_by(SIGTERM);
}

static void test_terminal_is_restored_after_sigint(void **state)
{
	(void)state;
	end_by(SIGINT);
}

static void test_terminal_is_restored_after_a_crash(void **state)
{
	(void)state;
	end_by(SIGSEGV);
	end_by(SIGABRT);
}

static void test_terminal_stops_by_ctrl_z_and_comes_back_by_fg(void **state)
{
	struct pty pty;
	char command[600];
	(void)state;
	pty_start_shell(&pty, 24, 80);
	snprintf(command, sizeof command, "%s %s\r", pty_program(), SAMPLE);
	pty_type(&pty, command);
	pty_expect(&pty, "1 duplicated");
	pty_type(&pty, ENTER);
	pty_expect(&pty, "attempt 1 of 3");
	assert_true(pty.has_alternate);
	pty_type(&pty, "\032"); /* ^Z */
	pty_expect(&pty, "Stopped");
	pty_settle(&pty);
	assert_false(pty.has_alternate);
	pty_resize(&pty, 30, 100);
	pty_type(&pty, "fg\r");
	pty_expect(&pty, "attempt 1 of 3");
	assert_true(pty.has_alternate);
	pty_type(&pty, "Q");
	pty_expect_gone(&pty, "attempt 1 of 3");
	pty_settle(&pty);
	pty_type(&pty, "exit\r");
	assert_int_equal(pty_wait(&pty, WITHIN_A_SECOND), 0);
	pty_stop(&pty);
}

static void test_terminal_survives_any_size(void **state)
{
	static const int sizes[][2] = {{1, 1},	 {2, 3},   {10, 40},  {9, 40},	{24, 39},
				       {60, 12}, {5, 200}, {50, 200}, {1, 300}, {24, 80}};
	(void)state;
	for (size_t place = 0; place < PLACES; place++) {
		struct pty pty;
		start(&pty);
		pty_type(&pty, places[place].keys);
		pty_expect(&pty, places[place].shown);
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			pty_resize(&pty, sizes[i][0], sizes[i][1]);
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			pty_resize(&pty, sizes[i][0], sizes[i][1]);
			pty_settle(&pty);
		}
		pty_expect(&pty, places[place].shown);
		pty_type(&pty, "\033");
		pty_type(&pty, "Q");
		pty_stop(&pty);
	}
}

static void test_terminal_says_that_it_is_too_small(void **state)
{
	struct pty pty;
	(void)state;
	start(&pty);
	pty_resize(&pty, 8, 60);
	pty_expect(&pty, "40x10 needed");
	pty_resize(&pty, 24, 80);
	pty_expect(&pty, "1 duplicated");
	pty_stop(&pty);
}

static void test_terminal_gets_nothing_while_idle(void **state)
{
	struct pty pty;
	(void)state;
	start(&pty);
	pty_type(&pty, ENTER);
	pty_expect(&pty, "? help");
	pty_settle(&pty);
	assert_int_equal(pty_written_within(&pty, 2500), 0);
	pty_stop(&pty);
}

static void test_terminal_takes_a_burst_of_pasted_text(void **state)
{
	struct pty pty;
	char burst[20000];
	(void)state;
	memset(burst, 'x', sizeof burst - 1);
	burst[sizeof burst - 1] = '\0';
	start(&pty);
	pty_type(&pty, "/");
	pty_type(&pty, burst);
	pty_type(&pty, ENTER);
	pty_expect(&pty, "not found: xxxx");
	pty_stop(&pty);
}

static void test_terminal_mouse_selects_and_opens(void **state)
{
	static const char *const arguments[] = {"pcaps/fan-out.pcap", NULL};
	struct pty pty;
	(void)state;
	pty_start(&pty, 24, 80, arguments);
	pty_expect(&pty, "▸  1");
	pty_type(&pty, "\033[<0;10;6M\033[<0;10;6m"); /* a click on the third row */
	pty_expect(&pty, "▸  3");
	pty_type(&pty, "\033[<64;10;6M"); /* the wheel */
	pty_expect(&pty, "▸  2");
	pty_type(&pty, "\033[<0;10;5M\033[<0;10;5m"); /* a click on the selected row opens it */
	pty_expect(&pty, "attempt 1 of 1");
	pty_stop(&pty);
}

static void test_terminal_clipboard_is_written_to_when_asked_and_only_then(void **state)
{
	struct pty pty;
	(void)state;
	start(&pty);
	pty.forbidden = "\033]52;c;";
	pty_type(&pty, ENTER);
	pty_expect(&pty, "? help");
	pty_settle(&pty);
	assert_false(pty.wrote_forbidden);
	pty_type(&pty, "y");
	pty_expect(&pty, "copied: the sentence and the verdict");
	assert_true(pty.wrote_forbidden);
	pty_settle(&pty);
	assert_int_equal(pty_written_within(&pty, 300), 0);
	pty_stop(&pty);
}

static void test_terminal_without_a_clipboard_gets_none(void **state)
{
	static const char *const environment[] = {"TERM=vt100", NULL};
	static const char *const arguments[] = {SAMPLE, NULL};
	struct pty pty;
	(void)state;
	pty_start_in(&pty, 24, 80, environment, arguments);
	pty.forbidden = "\033]52;c;";
	pty_expect(&pty, "1 duplicated");
	pty_type(&pty, "y");
	pty_expect(&pty, "not copied");
	assert_false(pty.wrote_forbidden);
	pty_stop(&pty);
}

static void test_terminal_gets_no_colour_where_none_is_wanted(void **state)
{
	static const char *const arguments[] = {SAMPLE, "--color", "never", NULL};
	struct pty pty;
	(void)state;
	pty_start(&pty, 24, 80, arguments);
	pty.forbidden = "\033[38";
	pty_expect(&pty, "1 duplicated");
	pty_type(&pty, ENTER);
	pty_expect(&pty, "EXPIRED");
	assert_false(pty.wrote_forbidden);
	pty_stop(&pty);
}

/** Terminals without their extra colours, and what must not be sent to each. */
static const struct {
	const char *environment[4];
	const char *forbidden;
} terminals[] = {
	{{"TERM=vt100", NULL}, "\033[31m"},
	/* There ncurses loads libgpm for the mouse, which leaves 10 bytes behind. */
	{{"TERM=linux", "ASAN_OPTIONS=detect_leaks=0", NULL}, "\033[38;5"},
	{{"TERM=xterm", NULL}, "\033[38;5"},
	{{"TERM=screen", NULL}, "\033[38;5"},
	{{"TERM=tmux", NULL}, "\033[38;5"},
	{{"TERM=xterm-256color", "NO_COLOR=1", NULL}, "\033[38;5"},
};

static void test_terminal_of_any_kind_tells_the_story_in_its_colours(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++) {
		struct pty pty;
		pty_start_in(&pty, 24, 80, terminals[i].environment, sample);
		pty.forbidden = terminals[i].forbidden;
		pty_expect(&pty, "1 duplicated");
		pty_type(&pty, ENTER);
		pty_expect(&pty, "DUPLICATED, 3 copies");
		pty_expect(&pty, "EXPIRED");
		pty_type(&pty, "b");
		pty_expect(&pty, "text, the first");
		if (pty.wrote_forbidden)
			fail_msg("%s", terminals[i].environment[0]);
		pty_type(&pty, "Q");
		assert_int_equal(pty_wait(&pty, WITHIN_A_SECOND), 0);
		pty_stop(&pty);
	}
}

static void test_terminal_that_shows_no_utf8_gets_ascii(void **state)
{
	static const char *const plain[] = {"LC_ALL=C", "TERM=vt100", NULL};
	struct pty pty;
	(void)state;
	pty_start_in(&pty, 24, 80, plain, sample);
	pty.forbidden = "\xe2";
	pty_expect(&pty, "1 duplicated");
	pty_type(&pty, ENTER);
	pty_expect(&pty, "EXPIRED");
	assert_false(pty.wrote_forbidden);
	pty_stop(&pty);
}

static void test_terminal_settings_are_read_at_the_start(void **state)
{
	static char folder[] = "/tmp/smtpscope-config-XXXXXX";
	char variable[64];
	char path[64];
	const char *const environment[] = {variable, NULL};
	struct pty pty;
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(variable, sizeof variable, "XDG_CONFIG_HOME=%s", folder);
	snprintf(path, sizeof path, "%s/smtpscope", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/smtpscope/config", folder);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs("timer = 600s\ncolumns-deliveries = copies, subject\n", out);
	fclose(out);
	pty_start_in(&pty, 24, 80, environment, sample);
	pty_expect(&pty, "timer 10 min");
	pty_expect(&pty, "copies subject");
	pty_stop(&pty);
	unlink(path);
	snprintf(path, sizeof path, "%s/smtpscope", folder);
	rmdir(path);
	rmdir(folder);
}

/** Replaces every FROM in BYTES with as many bytes of TO. */
static size_t replace(char *bytes, size_t n, const char *from, const char *to)
{
	size_t count = 0;
	char *at = bytes;
	assert_int_equal(strlen(from), strlen(to));
	while ((at = memmem(at, n - (size_t)(at - bytes), from, strlen(from)))) {
		memcpy(at, to, strlen(to));
		count++;
	}
	return count;
}

/** The sample with a subject and a queue id that would set the window's title. */
static void write_hostile(const char *path)
{
	static char bytes[1 << 20];
	FILE *in = fopen(SAMPLE, "rb");
	assert_non_null(in);
	size_t n = fread(bytes, 1, sizeof bytes, in);
	fclose(in);
	assert_true(replace(bytes, n, "quarterly figures", "\033]0;pwn\007\033[2J\233\15\177xx") >
		    0);
	assert_true(replace(bytes, n, "Ok: queued", "\033]0;pwn\007 x") > 0);
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(out);
}

static void test_terminal_never_gets_raw_bytes_of_the_network(void **state)
{
	static const char *const walks[] = {"", ENTER, ENTER "v", ENTER "$", ENTER ENTER "G",
					    ENTER "b/Subject\r"};
	char path[] = "/tmp/smtpscope-hostile-XXXXXX";
	int fd = mkstemp(path);
	const char *const arguments[] = {path, NULL};
	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_hostile(path);
	for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
		struct pty pty;
		pty_start(&pty, 50, 200, arguments);
		pty.forbidden = "\033]0;pwn";
		pty_expect(&pty, "1 duplicated");
		pty_type(&pty, walks[i]);
		pty_expect(&pty, "\\x1b]0;pwn");
		assert_false(pty.wrote_forbidden);
		pty_stop(&pty);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminal_tells_the_story_step_by_step),
		cmocka_unit_test(test_terminal_quits_with_q_and_never_with_escape),
		cmocka_unit_test(test_terminal_ends_within_a_second_of_a_hang_up_everywhere),
		cmocka_unit_test(test_terminal_is_restored_after_sigterm),
		cmocka_unit_test(test_terminal_is_restored_after_sigint),
		cmocka_unit_test(test_terminal_is_restored_after_a_crash),
		cmocka_unit_test(test_terminal_stops_by_ctrl_z_and_comes_back_by_fg),
		cmocka_unit_test(test_terminal_survives_any_size),
		cmocka_unit_test(test_terminal_says_that_it_is_too_small),
		cmocka_unit_test(test_terminal_gets_nothing_while_idle),
		cmocka_unit_test(test_terminal_takes_a_burst_of_pasted_text),
		cmocka_unit_test(test_terminal_mouse_selects_and_opens),
		cmocka_unit_test(test_terminal_clipboard_is_written_to_when_asked_and_only_then),
		cmocka_unit_test(test_terminal_without_a_clipboard_gets_none),
		cmocka_unit_test(test_terminal_gets_no_colour_where_none_is_wanted),
		cmocka_unit_test(test_terminal_of_any_kind_tells_the_story_in_its_colours),
		cmocka_unit_test(test_terminal_that_shows_no_utf8_gets_ascii),
		cmocka_unit_test(test_terminal_settings_are_read_at_the_start),
		cmocka_unit_test(test_terminal_never_gets_raw_bytes_of_the_network),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
