/* SPDX-License-Identifier: MIT */
/*
 * Sessions that are let go, and what is kept. The properties are looked for in random mail traffic
 * with random trouble:
 *   - where everything is kept, moving it at random moments changes nothing of what is said;
 *   - where some is let go, what is kept is told as if nothing had been, and what is kept and what
 *     was let go add up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis.h"
#include "forged.h"
#include "random_scenario.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_CLIENT = 0, AT_SERVER = 100 };
#define MOST_LINES 4096
#define STEP_PACKETS 12 /* at most, between two looks */

/* ---- A capture, read with pauses ------------------------------------------------------------ */

struct reading {
	struct source *source;
	struct analysis *analysis;
	char *report;
	size_t report_n;
	char *lines[MOST_LINES]; /* of the report, sorted */
	size_t count;
};

static struct source *open_captures(const struct forged *first, const struct forged *second)
{
	const struct forged *all[] = {first, second};
	struct source *source = source_new(NULL);
	struct fault fault;

	assert_non_null(source);
	for (int i = 0; i < 2; i++) {
		if (all[i] && all[i]->frame_count)
			assert_true(source_add_memory(
				source, i ? "second" : "first",
				(struct span){all[i]->pcap, all[i]->pcap_len}, &fault));
	}
	return source;
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void take_report(struct reading *reading)
{
	FILE *out = open_memstream(&reading->report, &reading->report_n);

	assert_non_null(out);
	assert_true(report_write(REPORT_JSONL, out, reading->analysis, NULL, NULL));
	fclose(out);
	char *rest = reading->report, *line;
	while ((line = strsep(&rest, "\n")) && *line) {
		assert_true(reading->count < MOST_LINES);
		reading->lines[reading->count++] = line;
	}
	qsort(reading->lines, reading->count, sizeof *reading->lines, compare_lines);
}

/* Reads all; after some packets, as SEED says, all is brought up to date, and down to SHARE of the
 * memory; a negative SHARE: only brought up to date, at the same moments. */
static struct reading read_all(const struct forged *first, const struct forged *second,
			       uint64_t seed, double share)
{
	const struct analysis_options options = {.seed = 1, .delivery = {.seed = 1}};
	struct reading reading = {.source = open_captures(first, second)};
	enum source_state state;
	struct fault fault;

	reading.analysis = analysis_new(reading.source, &options);
	assert_non_null(reading.analysis);
	do {
		state = analysis_read(reading.analysis, 1 + random_below(&seed, STEP_PACKETS),
				      &fault);
		assert_true(analysis_update(reading.analysis, NO_TIME));
		if (state == SOURCE_PACKET && share >= 0)
			assert_true(analysis_let_go(reading.analysis, share));
	} while (state != SOURCE_END);
	/* All is judged once more, so that it does not matter when it was last. */
	deliveries_set_timer(analysis_deliveries(reading.analysis), DEFAULT_TIMER_NS);
	take_report(&reading);
	return reading;
}

static void close_reading(struct reading *reading)
{
	analysis_free(reading->analysis);
	source_free(reading->source);
	free(reading->report);
}

/* ---- What is said --------------------------------------------------------------------------- */

static bool is_of(const char *line, const char *type)
{
	char begin[40];

	snprintf(begin, sizeof begin, "{\"type\":\"%s\"", type);
	return strncmp(line, begin, strlen(begin)) == 0;
}

/*
 * What a line says that is to be the same. What tells when a delivery was brought up to date is
 * not: its revision, and the newest packet of its session by then.
 */
static struct span said(const char *line)
{
	const char *from = line, *until = line + strlen(line);

	if (is_of(line, "delivery")) {
		from = strstr(line, "\"message_id\":");
		until = strstr(line, "\"last\":");
	}
	return (struct span){(const uint8_t *)from, (size_t)(until - from)};
}

static bool is_same(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

/* The number of a record; 0 if it has none. */
static unsigned long number_of(const char *line)
{
	const char *id = strstr(line, "\"id\":");

	return id ? strtoul(id + strlen("\"id\":"), NULL, 10) : 0;
}

/* IS_NUMBERED: it has the same number. Deliveries of two captures are numbered again in the end. */
static bool has_line(const struct reading *reading, const char *line, bool is_numbered)
{
	for (size_t i = 0; i < reading->count; i++)
		if (is_same(said(reading->lines[i]), said(line)) &&
		    (!is_numbered || number_of(reading->lines[i]) == number_of(line)))
			return true;
	return false;
}

/* A delivery's recipient and attempts, as its line names them; empty for other lines. */
static struct span tries_of(const char *line)
{
	const char *from = is_of(line, "delivery") ? strstr(line, "\"recipient\":") : NULL;

	if (!from)
		return (struct span){NULL, 0};
	return (struct span){(const uint8_t *)from, (size_t)(strstr(line, "\"joined\":") - from)};
}

/* Whether a delivery in READING has exactly these. */
static bool has_tries(const struct reading *reading, struct span tries)
{
	for (size_t i = 0; i < reading->count; i++)
		if (is_same(tries_of(reading->lines[i]), tries))
			return true;
	return false;
}

static uint32_t count_deliveries(struct analysis *analysis)
{
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	uint32_t count = 0;

	for (int i = 0; i < STATES; i++)
		count += deliveries_in_state(deliveries, (enum delivery_state)i);
	return count;
}

/* ---- Everything is kept --------------------------------------------------------------------- */

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *wish = getenv(name);
	return wish ? strtoull(wish, NULL, 10) : otherwise;
}

static void expect_same(const struct forged *first, const struct forged *second, uint64_t seed)
{
	struct reading plain = read_all(first, second, seed, -1);
	struct reading moved = read_all(first, second, seed, 1);

	for (size_t i = 0; i < plain.count; i++)
		if (!has_line(&moved, plain.lines[i], !second))
			fail_msg("seed %llu: not said when moved: %s", (unsigned long long)seed,
				 plain.lines[i]);
	for (size_t i = 0; i < moved.count; i++)
		if (!has_line(&plain, moved.lines[i], !second))
			fail_msg("seed %llu: said only when moved: %s", (unsigned long long)seed,
				 moved.lines[i]);
	assert_int_equal(deliveries_let_go(analysis_deliveries(moved.analysis))->sessions, 0);
	close_reading(&plain);
	close_reading(&moved);
}

static void test_let_go_of_nothing_changes_nothing(void **state)
{
	uint64_t first = number_from("SEED", 1), cases = number_from("CASES", 60);

	(void)state;
	for (uint64_t seed = first; seed < first + cases; seed++) {
		struct random_scenario scenario = random_scenario(seed, true);
		struct forged client = forged_play(scenario.text, AT_CLIENT, 0);
		expect_same(&client, NULL, seed);
		forged_free(&client);
		free(scenario.text);
	}
}

static void test_let_go_of_nothing_changes_nothing_of_two_captures(void **state)
{
	uint64_t first = number_from("SEED", 1), cases = number_from("CASES", 60);

	(void)state;
	for (uint64_t seed = first; seed < first + cases; seed++) {
		/* Behind a NAT it makes a difference which of the two was met first. */
		struct random_scenario scenario = random_scenario(seed, false);
		struct forged client = forged_play(scenario.text, AT_CLIENT, 0);
		struct forged server = forged_play(scenario.text, AT_SERVER, 0);
		expect_same(&client, &server, seed);
		forged_free(&client);
		forged_free(&server);
		free(scenario.text);
	}
}

/* ---- Some is let go ------------------------------------------------------------------------- */

struct sums {
	unsigned kept;   /* deliveries that were told as if nothing had been let go */
	unsigned let_go;
	unsigned anew;   /* those of a try whose first one had been let go */
	unsigned whole;  /* readings in which something was let go, and nothing begun anew */
};

/* How many deliveries began anew, because what they belonged to had been let go. */
static unsigned count_anew(const struct reading *plain, const struct reading *some)
{
	const struct let_go *let_go = deliveries_let_go(analysis_deliveries(some->analysis));
	uint64_t all = count_deliveries(some->analysis) + let_go->deliveries;

	assert_true(all >= count_deliveries(plain->analysis));
	return (unsigned)(all - count_deliveries(plain->analysis));
}

/* Each delivery that is kept is told as in PLAIN, unless an earlier try of it was let go. */
static void expect_as_in(const struct reading *plain, const struct reading *some, uint64_t seed,
			 struct sums *sums)
{
	const struct let_go *let_go = deliveries_let_go(analysis_deliveries(some->analysis));
	unsigned anew = count_anew(plain, some);

	for (size_t i = 0; i < some->count; i++) {
		const char *line = some->lines[i];
		struct span tries = tries_of(line);
		bool is_dialogue = is_of(line, "session") || (!anew && is_of(line, "attempt"));
		if (!is_dialogue && (!tries.n || (anew && !has_tries(plain, tries))))
			continue;
		if (!has_line(plain, line, is_dialogue || !anew))
			fail_msg("seed %llu: told otherwise: %s", (unsigned long long)seed, line);
		sums->kept += tries.n > 0;
	}
	for (size_t i = 0; !anew && i < plain->count; i++)
		if ((is_of(plain->lines[i], "server") || is_of(plain->lines[i], "sender")) &&
		    !has_line(some, plain->lines[i], true))
			fail_msg("seed %llu: does not add up: %s", (unsigned long long)seed,
				 plain->lines[i]);
	sums->whole += !anew && let_go->deliveries;
	sums->anew += anew;
	sums->let_go += (unsigned)let_go->deliveries;
}

static void test_let_go_keeps_the_rest_as_it_was(void **state)
{
	uint64_t first = number_from("SEED", 1), cases = number_from("CASES", 60);
	struct sums sums = {0};

	(void)state;
	for (uint64_t seed = first; seed < first + cases; seed++) {
		struct random_scenario scenario = random_scenario(seed, true);
		struct forged client = forged_play(scenario.text, AT_CLIENT, 0);
		for (int tenths = 0; tenths < 10; tenths += 3) {
			struct reading plain = read_all(&client, NULL, seed, -1);
			struct reading some = read_all(&client, NULL, seed, tenths / 10.0);
			expect_as_in(&plain, &some, seed, &sums);
			close_reading(&plain);
			close_reading(&some);
		}
		forged_free(&client);
		free(scenario.text);
	}
	print_message("%u kept, %u let go, %u begun anew, %u readings whole\n", sums.kept,
		      sums.let_go, sums.anew, sums.whole);
	assert_true(sums.kept > 0 && sums.whole > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_let_go_of_nothing_changes_nothing),
		cmocka_unit_test(test_let_go_of_nothing_changes_nothing_of_two_captures),
		cmocka_unit_test(test_let_go_keeps_the_rest_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
