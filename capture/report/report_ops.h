/* SPDX-License-Identifier: MIT */
/*
 * report_ops: what each form of report does for report_run.c, which drives them.
 */
#ifndef SMTPSCOPE_REPORT_OPS_H
#define SMTPSCOPE_REPORT_OPS_H

#include "report.h"

struct report_ops {
	/* A writer to OUT; OPTIONS are there, and outlive it. NULL: no memory. */
	void *(*begin)(FILE *out, struct analysis *analysis, const struct report_options *options);
	/* Writes on: about MOST deliveries, sessions or attempts. REPORT_FAILED: no memory. */
	enum report_state (*step)(void *writer, uint32_t most);
	double (*share)(const void *writer);
	void (*end)(void *writer);
};

extern const struct report_ops report_text_ops;
extern const struct report_ops report_markdown_ops;
extern const struct report_ops report_jsonl_ops;
extern const struct report_ops report_csv_ops;

#endif
