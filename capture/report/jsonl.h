/* SPDX-License-Identifier: MIT */
/*
 * jsonl: the objects of the JSON Lines report, each from the records it is about.
 */
#ifndef SMTPSCOPE_REPORT_JSONL_H
#define SMTPSCOPE_REPORT_JSONL_H

#include "delivery.h"
#include "report/json.h"
#include "source.h"

/** What of a capture is counted for all inputs together; it stands in the first one's line. */
struct capture_counts {
	uint64_t skipped[SKIP_REASONS];
	uint64_t gaps;
};

/** COUNTS may be NULL: nothing was passed over. */
void jsonl_capture(struct json *json, const struct source_input *input, enum vantage vantage,
		   const struct capture_counts *counts);

void jsonl_session(struct json *json, const struct session *session);

/** VERDICTS: one for each recipient, or a single one where the envelope was not seen. */
void jsonl_attempt(struct json *json, const struct attempt *attempt,
		   const struct verdict *verdicts);

/** An attempt that was captured in two places, and what both tell of their clocks and its way. */
void jsonl_twin(struct json *json, const struct views *views);

/** RECIPIENTS: how many its message went to. */
void jsonl_delivery(struct json *json, const struct delivery *delivery, uint32_t recipients);

#endif
