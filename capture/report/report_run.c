/* SPDX-License-Identifier: MIT */
#include "report/report_ops.h"

#include <errno.h>
#include <stdlib.h>

struct report_run {
	const struct report_ops *ops;
	struct analysis *analysis;
	void *writer;
	FILE *out;
	struct report_options options;
};

static const struct report_ops *ops_of(enum report_form form)
{
	switch (form) {
	case REPORT_TEXT:
		return &report_text_ops;
	case REPORT_MARKDOWN:
		return &report_markdown_ops;
	case REPORT_JSONL:
		return &report_jsonl_ops;
	case REPORT_CSV:
		break;
	}
	return &report_csv_ops;
}

struct report_run *report_begin(enum report_form form, FILE *out, struct analysis *analysis,
				const struct report_options *options)
{
	struct report_run *run = calloc(1, sizeof *run);

	if (!run)
		return NULL;
	run->ops = ops_of(form);
	run->out = out;
	if (options)
		run->options = *options;
	run->writer = run->ops->begin(out, analysis, &run->options);
	if (run->writer) {
		run->analysis = analysis;
		analysis_hold(analysis, HELD_DELIVERIES);
		return run;
	}
	free(run);
	return NULL;
}

static enum report_state fail_to_write(struct fault *fault)
{
	fault_set(fault, FAULT_READ, "the report could not be written: %s", strerror(errno));
	return REPORT_FAILED;
}

enum report_state report_step(struct report_run *run, uint32_t most, struct fault *fault)
{
	enum report_state state = run->ops->step(run->writer, most);

	switch (state) {
	case REPORT_GOES_ON:
		return ferror(run->out) ? fail_to_write(fault) : state;
	case REPORT_DONE:
		return fflush(run->out) != 0 || ferror(run->out) ? fail_to_write(fault) : state;
	case REPORT_FAILED:
		break;
	}
	fault_set(fault, FAULT_MEMORY, "no memory for the report");
	return REPORT_FAILED;
}

double report_share(const struct report_run *run)
{
	return run->ops->share(run->writer);
}

void report_end(struct report_run *run)
{
	if (!run)
		return;
	run->ops->end(run->writer);
	analysis_release(run->analysis, HELD_DELIVERIES);
	free(run);
}

bool report_write(enum report_form form, FILE *out, struct analysis *analysis,
		  const struct report_options *options, struct fault *fault)
{
	struct report_run *run = report_begin(form, out, analysis, options);
	enum report_state state = REPORT_GOES_ON;

	if (!run)
		return fault_set(fault, FAULT_MEMORY, "no memory for the report");
	while (state == REPORT_GOES_ON)
		state = report_step(run, UINT32_MAX, fault);
	report_end(run);
	return state == REPORT_DONE;
}
