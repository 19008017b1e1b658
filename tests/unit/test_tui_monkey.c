/* SPDX-License-Identifier: MIT */
/*
 * A monkey at the keys: random presses, pastes, sizes, clicks and times, seeded and so repeatable, on
 * sample captures that are still being read. Whatever it does, every screen must be whole: only
 * printable characters, each as wide as its cells. Now and then sessions are let go, as if memory were
 * short. SMTPSCOPE_MONKEY_STEPS makes it go on longer.
 *
 * It saves files too, in a folder of its own: names that lead out of it are mended before Enter. What
 * must be left in the end is whole files, and what it was not to touch.
 */
#include "app.h"

#include "terminal/screen.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEPS 2500

#define PRECIOUS "not for monkeys"

struct monkey {
	char home[PATH_MAX];
	char folder[40];
	uint64_t seed;
	struct source *source;
	struct analysis *analysis;
	struct app app;
	struct canvas canvas;
	int64_t clock_ns;
	uint32_t most_packets; /* that are read at once: the capture lasts for some, or most steps */
};

static uint32_t roll(struct monkey *monkey, uint32_t sides)
{
	monkey->seed = monkey->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(monkey->seed >> 33) % sides;
}

/* ---- Its folder --------------------------------------------------------------------------- */

static void put_file(const char *name, const char *text)
{
	FILE *out = fopen(name, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/** With a folder, and a link to a file, under names that it may hit on. */
static void enter_folder(struct monkey *monkey)
{
	assert_non_null(getcwd(monkey->home, sizeof monkey->home));
	snprintf(monkey->folder, sizeof monkey->folder, "/tmp/smtpscope-monkey-XXXXXX");
	assert_non_null(mkdtemp(monkey->folder));
	assert_int_equal(chdir(monkey->folder), 0);
	put_file("precious", PRECIOUS);
	assert_int_equal(symlink("precious", "2.txt"), 0);
	assert_int_equal(mkdir("2.csv", 0700), 0);
}

static void expect_precious(void)
{
	char text[40] = "";
	FILE *in = fopen("precious", "r");
	struct stat status;
	assert_non_null(in);
	assert_non_null(fgets(text, sizeof text, in));
	fclose(in);
	assert_string_equal(text, PRECIOUS);
	assert_int_equal(lstat("2.txt", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
}

/** Removes what was saved; nothing half-written is left of it. */
static void leave_folder(struct monkey *monkey)
{
	expect_precious();
	assert_int_equal(rmdir("2.csv"), 0);
	DIR *folder = opendir(".");
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (entry->d_name[0] == '.')
			fail_msg("%s is left", entry->d_name);
		assert_int_equal(unlink(entry->d_name), 0);
	}
	closedir(folder);
	assert_int_equal(chdir(monkey->home), 0);
	assert_int_equal(rmdir(monkey->folder), 0);
}

/* ---- Itself ------------------------------------------------------------------------------- */

static void start(struct monkey *monkey, const char *path, uint64_t seed)
{
	static const struct options options = {.delivery.timer_ns = DEFAULT_TIMER_NS};
	const struct analysis_options analysis_options = {.delivery = options.delivery, .seed = 1};
	struct fault fault = {0};
	char capture[PATH_MAX];
	memset(monkey, 0, sizeof *monkey);
	assert_non_null(realpath(path, capture));
	enter_folder(monkey);
	monkey->seed = seed;
	monkey->most_packets = roll(monkey, 2) ? 40 : 2;
	monkey->source = source_new(NULL);
	assert_non_null(monkey->source);
	assert_true(source_add_file(monkey->source, capture, &fault));
	monkey->analysis = analysis_new(monkey->source, &analysis_options);
	assert_non_null(monkey->analysis);
	assert_true(app_init(&monkey->app, monkey->analysis, &options));
	assert_true(canvas_init(&monkey->canvas, 24, 80));
}

static void stop(struct monkey *monkey)
{
	canvas_free(&monkey->canvas);
	app_clear(&monkey->app);
	analysis_free(monkey->analysis);
	source_free(monkey->source);
	leave_folder(monkey);
}

static void resize(struct monkey *monkey)
{
	bool is_odd = roll(monkey, 4) == 0;
	int rows = is_odd ? 1 + (int)roll(monkey, 12) : 10 + (int)roll(monkey, 50);
	int columns = is_odd ? 1 + (int)roll(monkey, 45) : 40 + (int)roll(monkey, 180);
	canvas_free(&monkey->canvas);
	assert_true(canvas_init(&monkey->canvas, rows, columns));
}

/** Often a name that can be saved to; of any other what would lead out of the folder is taken. */
static void mend_name(struct monkey *monkey)
{
	static const char *const endings[] = {"txt", "md", "svg", "jsonl", "csv", "pcap", "eml"};
	struct prompt *prompt = &monkey->app.prompt;
	char name[20];
	if (roll(monkey, 4)) {
		snprintf(name, sizeof name, "%u.%s", roll(monkey, 4),
			 endings[roll(monkey, sizeof endings / sizeof *endings)]);
		prompt_start(prompt, name);
	}
	for (char *c = prompt->text; *c; c++)
		if (*c == '/')
			*c = '_';
}

/** A press that leaves no files elsewhere. */
static void touch(struct monkey *monkey, int key, int row, int column)
{
	const struct app *app = &monkey->app;
	if (app->asked == ACTION_SAVE && app->save.question == SAVE_NAME && key == PRESS_ENTER)
		mend_name(monkey);
	app_press(&monkey->app, key, row, column);
}

static void press(struct monkey *monkey)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	int key;
	if (roll(monkey, 4) == 0) {
		key = 1 + (int)roll(monkey, 400);
	} else {
		const struct binding *binding = &bindings[roll(monkey, (uint32_t)count)];
		key = binding->presses[roll(monkey, BINDING_PRESSES)];
	}
	if (roll(monkey, 8) == 0)
		key = PRESS_CLICK;
	if (key != PRESS_NONE)
		touch(monkey, key, (int)roll(monkey, (uint32_t)monkey->canvas.rows),
		      (int)roll(monkey, (uint32_t)monkey->canvas.columns));
	monkey->app.is_over = false;
}

/** A burst of text at once, as from the clipboard: it lands in prompts and on screens alike. */
static void paste(struct monkey *monkey)
{
	static const char *const texts[] = {
		"state=duplicated and waited>90s", "when, to, why", "\xe5\x9b\x9b", "250 ", "b x+-/q\r",
		"(((((((((((((((", "10m\r", "99999999999999999999",
		"s\r", "sa\r\r", "\ry\r",
	};
	const char *text = texts[roll(monkey, sizeof texts / sizeof *texts)];
	for (uint32_t times = 1 + roll(monkey, 20); times; times--)
		for (const char *c = text; *c && !monkey->app.is_over; c++)
			touch(monkey, (unsigned char)*c, 0, 0);
	monkey->app.is_over = false;
}

/** Goes on with what takes longer, not always to its end. */
static void work(struct monkey *monkey)
{
	if (roll(monkey, 3) == 0)
		app_refresh(&monkey->app);
	for (uint32_t steps = roll(monkey, 6); steps; steps--)
		app_work(&monkey->app);
}

static void check(const struct monkey *monkey)
{
	for (int row = 0; row < monkey->canvas.rows; row++) {
		int column = 0;
		while (column < monkey->canvas.columns) {
			const struct canvas_cell *cell = canvas_at(&monkey->canvas, row, column);
			assert_true(cell->style < SCREEN_STYLES);
			for (const char *c = cell->glyph; *c; c++)
				assert_true((unsigned char)*c >= ' ' && *c != 127);
			if (cell->glyph[0])
				assert_int_equal(text_columns(cell->glyph), cell->width);
			column += cell->width ? cell->width : 1;
		}
	}
}

static void play(const char *path, uint64_t seed)
{
	struct monkey monkey;
	const char *wanted = getenv("SMTPSCOPE_MONKEY_STEPS");
	long steps = wanted ? strtol(wanted, NULL, 10) : STEPS;
	start(&monkey, path, seed);
	for (long i = 0; i < steps; i++) {
		if (roll(&monkey, 20) == 0)
			resize(&monkey);
		if (roll(&monkey, 10) == 0 && !monkey.app.has_ended)
			app_read(&monkey.app, 1 + roll(&monkey, monkey.most_packets));
		if (roll(&monkey, 15) == 0)
			(void)analysis_let_go(monkey.analysis, roll(&monkey, 100) / 100.0);
		if (roll(&monkey, 10) == 0)
			app_update(&monkey.app, NO_TIME);
		monkey.clock_ns += (int64_t)roll(&monkey, 2000) * NS_PER_MS;
		app_tick(&monkey.app, monkey.clock_ns);
		if (roll(&monkey, 50) == 0)
			paste(&monkey);
		else
			press(&monkey);
		work(&monkey);
		app_draw(&monkey.app, &monkey.canvas);
		app_cursor_column(&monkey.app, &monkey.canvas);
		check(&monkey);
	}
	stop(&monkey);
}

static void test_monkey_on_a_slow_server(void **state)
{
	(void)state;
	play("pcaps/q154083.pcap", 1);
}

static void test_monkey_on_a_noisy_line(void **state)
{
	(void)state;
	play("pcaps/noisy-line.pcap", 2);
}

static void test_monkey_on_many_deliveries(void **state)
{
	(void)state;
	play("pcaps/fan-out.pcap", 3);
}

static void test_monkey_on_gaps(void **state)
{
	(void)state;
	play("pcaps/gap-reply.pcap", 4);
}

static void test_monkey_on_a_message_that_still_waits(void **state)
{
	(void)state;
	play("pcaps/still-waiting.pcap", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_monkey_on_a_slow_server),
		cmocka_unit_test(test_monkey_on_a_noisy_line),
		cmocka_unit_test(test_monkey_on_many_deliveries),
		cmocka_unit_test(test_monkey_on_gaps),
		cmocka_unit_test(test_monkey_on_a_message_that_still_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
