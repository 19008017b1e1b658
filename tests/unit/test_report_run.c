/* SPDX-License-Identifier: MIT */
/* Reports in steps: the same bytes as at once, however large the steps are. */
#include "report.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const enum report_form forms[] = {REPORT_TEXT, REPORT_MARKDOWN, REPORT_JSONL,
					   REPORT_CSV};

#define FORMS (sizeof forms / sizeof *forms)

static char *write_at_once(enum report_form form, struct analysis *analysis,
			   const struct report_options *options)
{
	char *text;
	size_t size;
	struct fault fault = {0};
	FILE *out = open_memstream(&text, &size);
	assert_true(report_write(form, out, analysis, options, &fault));
	fclose(out);
	return text;
}

static char *write_in_steps(enum report_form form, struct analysis *analysis,
			    const struct report_options *options, uint32_t most)
{
	char *text;
	size_t size;
	struct fault fault = {0};
	enum report_state state = REPORT_GOES_ON;
	FILE *out = open_memstream(&text, &size);
	struct report_run *run = report_begin(form, out, analysis, options);
	assert_non_null(run);
	for (double last = 0; state == REPORT_GOES_ON; last = report_share(run)) {
		state = report_step(run, most, &fault);
		assert_true(report_share(run) >= last && report_share(run) <= 1);
	}
	assert_int_equal(state, REPORT_DONE);
	report_end(run);
	fclose(out);
	return text;
}

static void compare(const char *name, const struct report_options *options)
{
	struct sample sample = sample_read(name);
	for (size_t i = 0; i < FORMS; i++) {
		char *whole = write_at_once(forms[i], sample.analysis, options);
		assert_true(strlen(whole) > 100);
		for (uint32_t most = 1; most <= 4; most++) {
			char *steps = write_in_steps(forms[i], sample.analysis, options, most);
			assert_string_equal(steps, whole);
			free(steps);
		}
		free(whole);
	}
	sample_close(&sample);
}

static void test_report_run_writes_the_same_in_steps(void **state)
{
	(void)state;
	compare("q154083", NULL);
	compare("fan-out", NULL);
	compare("lmtp-partial", NULL);
}

static void test_report_run_writes_the_same_of_what_fits_a_filter(void **state)
{
	struct filter_fault fault;
	const int64_t timers[] = {30 * NS_PER_SECOND, 600 * NS_PER_SECOND};
	struct report_options options = {
		.plain_lines = 2, .what_if_ns = timers, .what_if_count = 2};
	(void)state;
	options.where = filter_parse("copies>=1", &fault);
	assert_non_null(options.where);
	compare("fan-out", &options);
	compare("timers", &options);
	filter_free(options.where);
}

static void test_report_run_may_be_given_up(void **state)
{
	struct sample sample = sample_read("q154083");
	struct fault fault = {0};
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		char *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);
		struct report_run *run = report_begin(forms[i], out, sample.analysis, NULL);
		if (forms[i] != REPORT_CSV)
			assert_int_equal(report_step(run, 1, &fault), REPORT_GOES_ON);
		report_end(run);
		fclose(out);
		free(text);
	}
	sample_close(&sample);
}

static void test_report_run_stops_where_it_cannot_write(void **state)
{
	struct sample sample = sample_read("fan-out");
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		struct fault fault = {0};
		FILE *full = fopen("/dev/full", "w");
		struct report_run *run = report_begin(forms[i], full, sample.analysis, NULL);
		enum report_state report_state = REPORT_GOES_ON;
		while (report_state == REPORT_GOES_ON) {
			report_state = report_step(run, 1, &fault);
			fflush(full);
		}
		assert_int_equal(report_state, REPORT_FAILED);
		assert_int_equal(fault.kind, FAULT_READ);
		report_end(run);
		fclose(full);
	}
	sample_close(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_run_writes_the_same_in_steps),
		cmocka_unit_test(test_report_run_writes_the_same_of_what_fits_a_filter),
		cmocka_unit_test(test_report_run_may_be_given_up),
		cmocka_unit_test(test_report_run_stops_where_it_cannot_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
