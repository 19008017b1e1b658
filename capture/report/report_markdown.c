/* SPDX-License-Identifier: MIT */
#include "report/report_ops.h"

#include "compare.h"
#include "report/delivery_words.h"
#include "report/entries.h"
#include "report/markdown.h"
#include "text.h"

#include <limits.h>
#include <stdlib.h>

#define LANES_COLUMNS 94
#define SUBJECT_COLUMNS 60
#define WHERE_COLUMNS 200 /* of a filter that are repeated */

enum phase { PHASE_COLLECT, PHASE_TABLE, PHASE_DELIVERIES, PHASE_REST };

struct markdown_report {
	struct text_page page;
	const struct report_options *options;
	struct entries entries;
	enum phase phase;
	uint32_t next;	/* the entry to be written */
	uint32_t count; /* of those that are told about */
};

/* ---- The beginning ------------------------------------------------------------------------- */

static void write_beginning(const struct markdown_report *report)
{
	static const char *const columns[] = {"delivery", "state",   "copies",	"from",
					      "to",	  "subject", "began", "attempts",
					      "longest wait"};
	const struct text_page *page = &report->page;
	struct filter *where = report->options->where;
	struct prose prose;
	char text[WHERE_COLUMNS * 4];

	prose_clear(&prose);
	prose_add(&prose, "%s %s", plural_words(report->count, "delivery").s,
		  where ? "told about" : "in trouble");
	markdown_line(page, "# ", prose.text);
	prose_clear(&prose);
	report_inputs(page, &prose);
	prose_add(&prose, ": ");
	entries_tell(&report->entries, ledger_session_count(page->ledger), where != NULL, &prose);
	prose_add(&prose, ". The sender's timer is taken to be %s.",
		  duration_short_text(deliveries_timer(page->deliveries)).s);
	if (where) {
		text_clean(span_of(filter_text(where)), text, sizeof text, WHERE_COLUMNS,
			   page->ascii_only);
		prose_add(&prose, " Only deliveries that fit: %s", text);
	}
	fputc('\n', page->out);
	markdown_line(page, "", prose.text);
	fputc('\n', page->out);
	if (report->count)
		markdown_columns(page, columns, sizeof columns / sizeof *columns);
}

static void write_row(const struct text_page *page, const struct delivery *delivery)
{
	struct subject subject = text_subject(page, delivery);
	char number[16];

	snprintf(number, sizeof number, "%u", delivery->number + 1);
	markdown_cell(page, number);
	markdown_cell(page, state_name(delivery->state));
	markdown_cell(page, copies_words(delivery).s);
	markdown_cell(page, sender_words(&subject).s);
	markdown_cell(page, recipient_words(&subject, "(recipient not seen)").s);
	markdown_cell(page, text_words(&subject, delivery->subject, SUBJECT_COLUMNS).s);
	markdown_cell(page, date_text(delivery->first_ns, page->utc).s);
	snprintf(number, sizeof number, "%u", delivery->try_count);
	markdown_cell(page, number);
	markdown_cell(page,
		      delivery->longest_wait_ns ? duration_text(delivery->longest_wait_ns).s : "none");
	markdown_end_row(page);
}

/* ---- One delivery -------------------------------------------------------------------------- */

static void write_title(const struct text_page *page, const struct subject *subject)
{
	struct prose prose;

	prose_clear(&prose);
	prose_add(&prose, "Delivery %u: ", subject->delivery->number + 1);
	delivery_title(subject, &prose);
	fputc('\n', page->out);
	markdown_line(page, "## ", prose.text);
	delivery_headline(subject, &prose);
	fputc('\n', page->out);
	markdown_line(page, "", prose.text);
	prose_clear(&prose);
	delivery_facts(page, subject, &prose);
	fputc('\n', page->out);
	markdown_list(page, prose.text);
}

static void write_try(const struct text_page *page, const struct subject *subject, uint32_t try)
{
	struct scene scene = scene_of(subject, try);
	struct prose prose;
	char number[16];

	snprintf(number, sizeof number, "%u", try + 1);
	markdown_cell(page, number);
	markdown_cell(page, relation_name(scene.item->relation));
	markdown_cell(page, clock_text(scene_start(&scene), page->utc).s);
	markdown_cell(page, server_words(scene.session).s);
	markdown_cell(page, scene.verdict->has_waited ? duration_text(scene.verdict->waited_ns).s
						      : "none");
	story_ending(subject, try, &prose);
	markdown_cell(page, prose.text);
	prose_clear(&prose);
	try_reply(&scene, &prose);
	markdown_cell(page, prose.used ? prose.text : "none");
	prose_clear(&prose);
	try_frames(page, &scene, &prose);
	markdown_cell(page, prose.used ? prose.text : "none");
	markdown_end_row(page);
}

static void write_tries(const struct text_page *page, const struct subject *subject)
{
	static const char *const columns[] = {"attempt", "what",	 "began", "server",
					      "waited",	 "how it ended", "reply", "frames"};
	uint32_t count = subject->delivery->try_count;
	uint32_t shown = count < TABLE_MOST_TRIES ? count : TABLE_MOST_TRIES;

	fputc('\n', page->out);
	markdown_columns(page, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < shown; i++)
		write_try(page, subject, i);
	if (shown < count)
		fprintf(page->out, "\nand %s\n", plural_words(count - shown, "attempt").s);
}

static bool write_lanes(const struct text_page *page, const struct subject *subject)
{
	uint32_t shown;
	struct canvas canvas;

	if (!delivery_lanes(subject, LANES_COLUMNS, &canvas, &shown))
		return false;
	fputc('\n', page->out);
	markdown_canvas(page, &canvas);
	canvas_free(&canvas);
	if (shown < subject->delivery->try_count)
		fprintf(page->out, "\n(attempts 1 to %u of %u)\n", shown,
			subject->delivery->try_count);
	return true;
}

static bool write_delivery(const struct text_page *page, const struct delivery *delivery)
{
	struct subject subject = text_subject(page, delivery);
	struct prose prose;

	write_title(page, &subject);
	if (!write_lanes(page, &subject))
		return false;
	write_tries(page, &subject);
	story_verdict(&subject, &prose);
	fprintf(page->out, "\n### Why\n\n");
	markdown_list(page, prose.text);
	compare_headline(&subject, &prose);
	if (prose.used)
		markdown_list(page, prose.text);
	story_advice(&subject, &prose);
	if (prose.used) {
		fprintf(page->out, "\n### What to do\n\n");
		markdown_list(page, prose.text);
	}
	return true;
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void *begin(FILE *out, struct analysis *analysis, const struct report_options *options)
{
	struct markdown_report *report = calloc(1, sizeof *report);

	if (!report)
		return NULL;
	report->page = (struct text_page){
		.out = out,
		.analysis = analysis,
		.ledger = analysis_ledger(analysis),
		.deliveries = analysis_deliveries(analysis),
		.ascii_only = options->ascii_only,
		.utc = options->utc,
		.is_markdown = true,
	};
	report->options = options;
	if (entries_begin(&report->entries, report->page.deliveries))
		return report;
	free(report);
	return NULL;
}

static void end(void *writer)
{
	struct markdown_report *report = writer;

	entries_free(&report->entries);
	free(report);
}

/* False: no memory. */
static bool write_entries(struct markdown_report *report, uint32_t most)
{
	for (uint32_t i = 0; i < most && report->next < report->count; i++) {
		const struct delivery *delivery =
			report->entries.list[report->next++].delivery;
		if (report->phase == PHASE_TABLE)
			write_row(&report->page, delivery);
		else if (!write_delivery(&report->page, delivery))
			return false;
	}
	if (report->next < report->count)
		return true;
	report->phase = report->phase == PHASE_TABLE ? PHASE_DELIVERIES : PHASE_REST;
	report->next = 0;
	return true;
}

static enum report_state step(void *writer, uint32_t most)
{
	struct markdown_report *report = writer;
	const struct text_page *page = &report->page;
	struct entries *entries = &report->entries;

	switch (report->phase) {
	case PHASE_COLLECT:
		if (entries_take(entries, page->ledger, page->deliveries, report->options->where,
				 most))
			return REPORT_GOES_ON;
		report->count = report->options->where ? entries->count : entries->trouble;
		write_beginning(report);
		report->phase = PHASE_TABLE;
		return REPORT_GOES_ON;
	case PHASE_TABLE:
	case PHASE_DELIVERIES:
		return write_entries(report, most) ? REPORT_GOES_ON : REPORT_FAILED;
	case PHASE_REST:
		break;
	}
	text_notes(page);
	return REPORT_DONE;
}

static double share(const void *writer)
{
	const struct markdown_report *report = writer;
	double done = report->next;

	if (report->phase > PHASE_TABLE)
		done += report->count;
	if (report->phase == PHASE_REST)
		done += report->count;
	return entries_share(&report->entries, done, 2.0 * report->count + 1);
}

const struct report_ops report_markdown_ops = {begin, step, share, end};
