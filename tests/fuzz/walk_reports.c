/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "fuzz.h"
#include "report.h"
#include "text.h"

#include <stdlib.h>
#include <yajl/yajl_parse.h>

#define TEXT_COLUMNS 100 /* of the text report, see report.h */

static void expect_json(const char *text, size_t n)
{
	yajl_handle json = yajl_alloc(NULL, NULL, NULL);

	assert(json);
	yajl_config(json, yajl_allow_multiple_values, 1);
	assert(yajl_parse(json, (const unsigned char *)text, n) == yajl_status_ok);
	assert(yajl_complete_parse(json) == yajl_status_ok);
	yajl_free(json);
}

static void expect_text(char *text)
{
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		expect_shown(line, false, false);
		assert(text_columns(line) <= TEXT_COLUMNS);
	}
}

void walk_jsonl(struct analysis *analysis)
{
	struct fault fault = {0};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert(out && report_jsonl(out, analysis, NULL, &fault) && fclose(out) == 0);
	expect_json(text, n);
	free(text);
}

void walk_text(struct analysis *analysis)
{
	static const struct report_options options = {.utc = true, .plain_lines = 5};
	struct fault fault = {0};
	char *text = NULL;
	char no_mail[NO_MAIL_TEXT];
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert(out && report_text(out, analysis, &options, &fault) && fclose(out) == 0);
	expect_text(text);
	free(text);
	if (report_no_mail(analysis, no_mail))
		expect_shown(no_mail, false, false);
}
