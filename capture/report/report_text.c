/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "chosen.h"
#include "report/delivery_words.h"
#include "report/entries.h"
#include "report/report_ops.h"
#include "report/scene.h"
#include "report/text_page.h"
#include "tally.h"
#include "text.h"
#include "what_if.h"

#include <limits.h>
#include <stdlib.h>

#define PLAIN_LINES 40
#define WHERE_COLUMNS 200 /* of a filter that are repeated */

/* ---- The line of sums ---------------------------------------------------------------------- */

static void add_filter(const struct text_page *page, struct filter *where, struct prose *out)
{
	char text[WHERE_COLUMNS * 4];

	text_clean(span_of(filter_text(where)), text, sizeof text, WHERE_COLUMNS, page->ascii_only);
	prose_add(out, "Only deliveries that fit: %s", text);
	prose_break(out);
}

/* Servers and senders below are counted with them; nothing else of them is known any more. */
static void write_let_go(const struct text_page *page)
{
	const struct let_go *let_go = deliveries_let_go(page->deliveries);
	struct prose prose;

	if (!let_go->sessions)
		return;
	prose_clear(&prose);
	prose_add(&prose, "Let go before, for want of memory (--memory): %s with %s",
		  plural_words(let_go->sessions, "session").s,
		  plural_words(let_go->deliveries, "delivery").s);
	if (let_go->troubled)
		prose_add(&prose, ", %s of them in trouble", number_text(let_go->troubled).s);
	prose_add(&prose, ". They are not told of here.");
	text_wrap(page, 0, prose.text);
}

static void write_sums(const struct text_page *page, const struct entries *entries,
		       struct filter *where)
{
	struct prose prose;

	prose_clear(&prose);
	report_inputs(page, &prose);
	prose_break(&prose);
	if (where)
		add_filter(page, where, &prose);
	entries_tell(entries, ledger_session_count(page->ledger), where != NULL, &prose);
	prose_add(&prose, ". The sender's timer is taken to be %s.",
		  duration_short_text(deliveries_timer(page->deliveries)).s);
	text_wrap(page, 0, prose.text);
	write_let_go(page);
}

/* ---- One by one ---------------------------------------------------------------------------- */

enum phase { PHASE_COLLECT, PHASE_DELIVERIES, PHASE_COUNT, PHASE_REST };

struct text_report {
	struct text_page page;
	const struct report_options *options;
	struct entries entries;
	enum phase phase;
	uint32_t next; /* the entry to be written */
	uint32_t most_plain;
	struct chosen_by by; /* what the tally counts */
	struct tally *tally;
};

/* An entry without trouble is a line; beyond so many of them they are only counted. */
static void write_plain(struct text_report *report, uint32_t index)
{
	const struct entries *entries = &report->entries;
	uint32_t place = index - entries->trouble;

	if (place == 0)
		fprintf(report->page.out, "\n%s\n",
			entries->trouble ? "Other deliveries" : "Deliveries");
	if (place < report->most_plain) {
		text_delivery_line(&report->page, entries->list[index].delivery);
		return;
	}
	fprintf(report->page.out, "    and %s more\n", number_text(entries->count - index).s);
	report->next = entries->count;
}

/* False: no memory. */
static bool write_entries(struct text_report *report, uint32_t most)
{
	for (uint32_t i = 0; i < most && report->next < report->entries.count; i++) {
		uint32_t index = report->next++;
		const struct entry *entry = &report->entries.list[index];
		if (!entry->is_trouble)
			write_plain(report, index);
		else if (!text_delivery(&report->page, entry->delivery))
			return false;
	}
	if (report->next == report->entries.count)
		report->phase = PHASE_COUNT;
	return true;
}

/* Counts servers and senders. False: no memory. */
static bool count_parties(struct text_report *report, uint32_t most)
{
	const struct text_page *page = &report->page;

	if (!report->tally) {
		report->tally = tally_new();
		report->by = (struct chosen_by){report->options->where, page->ledger};
		return report->tally && tally_begin(report->tally, page->ledger, page->deliveries,
						    chosen_choice(&report->by));
	}
	if (tally_step(report->tally, most))
		return true;
	report->phase = PHASE_REST;
	return tally_is_whole(report->tally);
}

/* ---- Over all of them ---------------------------------------------------------------------- */

static void write_what_if(const struct text_page *page, const struct report_options *options,
			  struct delivery_choice choice)
{
	struct what_if_sums sums[MOST_WHAT_IFS];
	size_t count = options->what_if_count;

	for (size_t i = 0; i < count; i++)
		sums[i] = what_if_sum(page->ledger, page->deliveries, choice,
				      options->what_if_ns[i]);
	text_what_if(page, sums, count);
}

static void write_rest(struct text_report *report)
{
	text_parties(&report->page, report->tally);
	write_what_if(&report->page, report->options, chosen_choice(&report->by));
	text_notes(&report->page);
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void *begin(FILE *out, struct analysis *analysis, const struct report_options *options)
{
	struct text_report *report = calloc(1, sizeof *report);

	if (!report)
		return NULL;
	report->page = (struct text_page){
		.out = out,
		.analysis = analysis,
		.ledger = analysis_ledger(analysis),
		.deliveries = analysis_deliveries(analysis),
		.ascii_only = options->ascii_only,
		.utc = options->utc,
	};
	report->options = options;
	report->most_plain = options->plain_lines ? options->plain_lines : PLAIN_LINES;
	if (entries_begin(&report->entries, report->page.deliveries))
		return report;
	free(report);
	return NULL;
}

static void end(void *writer)
{
	struct text_report *report = writer;

	tally_free(report->tally);
	entries_free(&report->entries);
	free(report);
}

static enum report_state step(void *writer, uint32_t most)
{
	struct text_report *report = writer;
	const struct text_page *page = &report->page;
	struct filter *where = report->options->where;

	switch (report->phase) {
	case PHASE_COLLECT:
		if (entries_take(&report->entries, page->ledger, page->deliveries, where, most))
			return REPORT_GOES_ON;
		write_sums(page, &report->entries, where);
		report->phase = PHASE_DELIVERIES;
		return REPORT_GOES_ON;
	case PHASE_DELIVERIES:
		return write_entries(report, most) ? REPORT_GOES_ON : REPORT_FAILED;
	case PHASE_COUNT:
		return count_parties(report, most) ? REPORT_GOES_ON : REPORT_FAILED;
	case PHASE_REST:
		break;
	}
	write_rest(report);
	return REPORT_DONE;
}

static double share(const void *writer)
{
	const struct text_report *report = writer;
	const struct entries *entries = &report->entries;

	double counted = report->tally ? tally_share(report->tally) : 0;

	return entries_share(entries, 4 * report->next + entries->count * counted,
			     5.0 * entries->count + 1);
}

const struct report_ops report_text_ops = {begin, step, share, end};
