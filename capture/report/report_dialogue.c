/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "chosen.h"
#include "report/dialogue_lines.h"

#include <errno.h>

/* The first packet of all inputs. */
static int64_t origin_of(const struct source *source)
{
	int64_t origin_ns = NO_TIME;

	for (size_t i = 0; i < source_inputs(source); i++) {
		const struct source_input *input = source_input(source, i);
		if (input->packets && (origin_ns == NO_TIME || input->first_ns < origin_ns))
			origin_ns = input->first_ns;
	}
	return origin_ns == NO_TIME ? 0 : origin_ns;
}

static void write_captures(const struct dialogue_page *page, const struct source *source)
{
	char date[DIALOGUE_DATE];

	for (size_t i = 0; i < source_inputs(source); i++) {
		const struct source_input *input = source_input(source, i);
		fprintf(page->out, "capture %zu %s ", i,
			dialogue_date(input->packets ? input->first_ns : NO_TIME, date));
		dialogue_write_clean(page, span_of(input->name));
		fputc('\n', page->out);
	}
}

bool report_dialogue(FILE *out, struct analysis *analysis, const struct report_options *options,
		     struct fault *fault)
{
	const struct source *source = analysis_source(analysis);
	struct dialogue_page page = {
		.out = out,
		.ledger = analysis_ledger(analysis),
		.ascii_only = options && options->ascii_only,
		.origin_ns = origin_of(source),
	};
	struct chosen chosen;

	if (!chosen_make(&chosen, analysis, options ? options->where : NULL))
		return fault_set(fault, FAULT_MEMORY, "no memory for the report");
	write_captures(&page, source);
	for (uint32_t i = 0; i < ledger_session_count(page.ledger); i++)
		if (chosen_session(&chosen, i))
			dialogue_write_session(&page, ledger_session(page.ledger, i));
	chosen_free(&chosen);
	if (fflush(out) != 0 || ferror(out))
		return fault_set(fault, FAULT_READ, "the report could not be written: %s",
				 strerror(errno));
	return true;
}
