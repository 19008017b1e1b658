/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "chosen.h"
#include "report/scene.h"
#include "report/text_page.h"
#include "tally.h"
#include "text.h"
#include "what_if.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define PLAIN_LINES 40
#define NAME_SIZE 400
#define WHERE_COLUMNS 200 /* of a filter that are repeated */

/* A delivery, and where it stands: trouble first, then by time. */
struct entry {
	const struct delivery *delivery;
	bool is_trouble;
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left;
	const struct entry *b = right;

	if (a->is_trouble != b->is_trouble)
		return a->is_trouble ? -1 : 1;
	if (a->is_trouble && a->delivery->state != b->delivery->state)
		return a->delivery->state < b->delivery->state ? -1 : 1;
	if (a->delivery->first_ns != b->delivery->first_ns)
		return a->delivery->first_ns < b->delivery->first_ns ? -1 : 1;
	return a->delivery->id < b->delivery->id ? -1 : a->delivery->id > b->delivery->id;
}

/* What is told about. */
struct entries {
	struct entry *list;
	uint32_t count; /* those that fit: trouble first, then by time */
	uint32_t in_state[STATES];
	uint32_t all; /* those that do not fit too */
};

/* Those whose attempts went over to another delivery are none. False: no memory. */
static bool collect_entries(const struct text_page *page, struct filter *where, struct entries *out)
{
	uint32_t ids = deliveries_count(page->deliveries);

	*out = (struct entries){.list = calloc(ids ? ids : 1, sizeof *out->list)};
	if (!out->list)
		return false;
	for (uint32_t i = 0; i < ids; i++) {
		const struct delivery *delivery = delivery_get(page->deliveries, i);
		if (!delivery->try_count)
			continue;
		out->all++;
		if (!filter_matches(where, page->ledger, delivery))
			continue;
		out->in_state[delivery->state]++;
		out->list[out->count++] = (struct entry){delivery, delivery_is_troubled(delivery)};
	}
	qsort(out->list, out->count, sizeof *out->list, compare_entries);
	return true;
}

/* ---- The line of sums ---------------------------------------------------------------------- */

static void add_inputs(const struct text_page *page, struct prose *out)
{
	const struct source *source = analysis_source(page->analysis);
	char name[NAME_SIZE];

	for (size_t i = 0; i < source_inputs(source); i++) {
		text_clean(span_of(source_input(source, i)->name), name, sizeof name, INT_MAX,
			   page->ascii_only);
		prose_add(out, "%s%s", i ? ", " : "", name);
	}
}

static void add_states(const struct entries *entries, struct prose *out)
{
	static const char *const words[STATES] = {
		[STATE_DUPLICATED] = "duplicated",    [STATE_MAYBE_DUPLICATED] = "maybe duplicated",
		[STATE_IN_DOUBT] = "in doubt",	      [STATE_UNDELIVERED] = "undelivered",
		[STATE_DELIVERED] = "delivered once",
	};
	bool is_first = true;

	for (int i = 0; i < STATES; i++) {
		uint32_t count = entries->in_state[i];
		if (!count)
			continue;
		prose_add(out, "%s%s %s", is_first ? ": " : ", ", number_text(count).s, words[i]);
		is_first = false;
	}
}

static void add_filter(const struct text_page *page, struct filter *where, struct prose *out)
{
	char text[WHERE_COLUMNS * 4];

	text_clean(span_of(filter_text(where)), text, sizeof text, WHERE_COLUMNS, page->ascii_only);
	prose_add(out, "Only deliveries that fit: %s", text);
	prose_break(out);
}

static void write_sums(const struct text_page *page, const struct entries *entries,
		       struct filter *where)
{
	struct prose prose;

	prose_clear(&prose);
	add_inputs(page, &prose);
	prose_break(&prose);
	if (where) {
		add_filter(page, where, &prose);
		prose_add(&prose, "%s of ", number_text(entries->count).s);
	}
	prose_add(&prose, "%s in %s", plural_words(entries->all, "delivery").s,
		  plural_words(ledger_session_count(page->ledger), "session").s);
	add_states(entries, &prose);
	prose_add(&prose, ". The sender's timer is taken to be %s.",
		  duration_short_text(deliveries_timer(page->deliveries)).s);
	text_wrap(page, 0, prose.text);
}

/* ---- The others ---------------------------------------------------------------------------- */

static void write_plain(const struct text_page *page, const struct entry *entries, uint32_t count,
			uint32_t most, bool is_all)
{
	if (!count)
		return;
	fprintf(page->out, "\n%s\n", is_all ? "Deliveries" : "Other deliveries");
	for (uint32_t i = 0; i < count && i < most; i++)
		text_delivery_line(page, entries[i].delivery);
	if (count > most)
		fprintf(page->out, "    and %s more\n", number_text(count - most).s);
}

/* ---- Over all of them ---------------------------------------------------------------------- */

static bool write_parties(const struct text_page *page, struct delivery_choice choice)
{
	struct tally *tally = tally_new();
	bool is_fine = tally && tally_collect(tally, page->ledger, page->deliveries, choice);

	if (is_fine)
		text_parties(page, tally);
	tally_free(tally);
	return is_fine;
}

static void write_what_if(const struct text_page *page, const struct report_options *options,
			  struct delivery_choice choice)
{
	struct what_if_sums sums[MOST_WHAT_IFS];
	size_t count = options ? options->what_if_count : 0;

	for (size_t i = 0; i < count; i++)
		sums[i] = what_if_sum(page->ledger, page->deliveries, choice,
				      options->what_if_ns[i]);
	text_what_if(page, sums, count);
}

static bool write_all(const struct text_page *page, const struct report_options *options,
		      const struct entries *entries)
{
	uint32_t most = options && options->plain_lines ? options->plain_lines : PLAIN_LINES;
	struct chosen_by by = {options ? options->where : NULL, page->ledger};
	const struct entry *list = entries->list;
	uint32_t i = 0;

	write_sums(page, entries, by.where);
	for (; i < entries->count && list[i].is_trouble; i++)
		if (!text_delivery(page, list[i].delivery))
			return false;
	write_plain(page, list + i, entries->count - i, most, i == 0);
	if (!write_parties(page, chosen_choice(&by)))
		return false;
	write_what_if(page, options, chosen_choice(&by));
	text_notes(page);
	return true;
}

bool report_text(FILE *out, struct analysis *analysis, const struct report_options *options,
		 struct fault *fault)
{
	const struct text_page page = {
		.out = out,
		.analysis = analysis,
		.ledger = analysis_ledger(analysis),
		.deliveries = analysis_deliveries(analysis),
		.ascii_only = options && options->ascii_only,
		.utc = options && options->utc,
	};
	struct entries entries;
	bool is_fine = collect_entries(&page, options ? options->where : NULL, &entries) &&
		       write_all(&page, options, &entries);

	free(entries.list);
	if (!is_fine)
		return fault_set(fault, FAULT_MEMORY, "no memory for the report");
	if (fflush(out) != 0 || ferror(out))
		return fault_set(fault, FAULT_READ, "the report could not be written: %s",
				 strerror(errno));
	return true;
}
