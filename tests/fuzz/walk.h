/* SPDX-License-Identifier: MIT */
/*
 * walk: reads what views and reports read of an analysis, and asserts what must hold.
 */
#ifndef SMTPSCOPE_FUZZ_WALK_H
#define SMTPSCOPE_FUZZ_WALK_H

#include "analysis.h"

/** Sessions, events and attempts: indices and kinds. */
void walk_ledger(struct analysis *analysis);

/** Deliveries: tries in order of time, verdicts, sums of copies. */
void walk_deliveries(struct analysis *analysis);

/** Stories and verdicts in words, ladders, and lanes in a size that WHICH picks. */
void walk_views(struct analysis *analysis, uint32_t which);

/** The report as JSON parses. */
void walk_jsonl(struct analysis *analysis);

/** The report as CSV has rows of one length, and no formulas. */
void walk_csv(struct analysis *analysis);

/** The report as text may be shown, and keeps its width. */
void walk_text(struct analysis *analysis);
void walk_markdown(struct analysis *analysis);

#endif
