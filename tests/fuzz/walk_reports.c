/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "fuzz.h"
#include "report.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
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

/* No HTML comes of it: every < is escaped, but in the lanes, which lie in a fence. */
static void expect_markdown(char *text)
{
	bool is_fenced = false;

	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		expect_shown(line, false, false);
		if (strncmp(line, "```", 3) == 0)
			is_fenced = !is_fenced;
		for (char *at = line; !is_fenced && (at = strchr(at, '<')); at++)
			assert(at > line && at[-1] == '\\');
	}
	assert(!is_fenced);
}

void walk_markdown(struct analysis *analysis)
{
	struct fault fault = {0};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert(out && report_write(REPORT_MARKDOWN, out, analysis, NULL, &fault) &&
	       fclose(out) == 0);
	expect_markdown(text);
	free(text);
}

void walk_jsonl(struct analysis *analysis)
{
	struct fault fault = {0};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert(out && report_write(REPORT_JSONL, out, analysis, NULL, &fault) && fclose(out) == 0);
	expect_json(text, n);
	free(text);
}

/* Behind the cell at P: in quotes, which are doubled within (RFC 4180 2), or without any. */
static char *cell_end(char *p)
{
	if (*p != '"') {
		size_t n = strcspn(p, ",\r\n\"");
		assert(p[n] != '"');
		return p + n;
	}
	assert(!strchr("=+-@\t\r", p[1]));
	for (p++; *p != '"' || p[1] == '"'; p++) {
		assert(*p);
		p += *p == '"';
	}
	return p + 1;
}

/* Every row has as many cells as the first. */
static void expect_csv(char *text)
{
	size_t columns = 0;

	for (char *p = text; *p;) {
		size_t cells = 1;
		char *row = p;
		for (p = cell_end(p); *p == ','; p = cell_end(p + 1))
			cells++;
		assert(p[0] == '\r' && p[1] == '\n');
		columns = columns ? columns : cells;
		assert(cells == columns);
		*p = '\0';
		expect_shown(row, false, false);
		p += 2;
	}
	assert(columns);
}

void walk_csv(struct analysis *analysis)
{
	struct filter_fault why;
	struct fault fault = {0};
	struct report_options options = {.where = filter_parse("state!=delivered or a", &why)};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert(options.where);
	assert(out && report_write(REPORT_CSV, out, analysis, &options, &fault) && fclose(out) == 0);
	expect_csv(text);
	filter_free(options.where);
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

	assert(out && report_write(REPORT_TEXT, out, analysis, &options, &fault) && fclose(out) == 0);
	expect_text(text);
	free(text);
	if (report_no_mail(analysis, no_mail))
		expect_shown(no_mail, false, false);
}
