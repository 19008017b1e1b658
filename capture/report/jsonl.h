/* SPDX-License-Identifier: MIT */
/*
 * jsonl: the objects of the JSON Lines report, each from the records it is about.
 */
#ifndef SMTPSCOPE_REPORT_JSONL_H
#define SMTPSCOPE_REPORT_JSONL_H

#include "delivery.h"
#include "report/json.h"
#include "source.h"
#include "tally.h"
#include "waits.h"
#include "what_if.h"

/** What of a capture is counted for all inputs together; it stands in the first one's line. */
struct capture_counts {
	uint64_t skipped[SKIP_REASONS];
	uint64_t gaps;
};

/** COUNTS may be NULL: nothing was passed over. */
void jsonl_capture(struct json *json, const struct source_input *input, enum vantage vantage,
		   const struct capture_counts *counts);

/** WAITS: those that all its attempts share; NULL: they are not told. */
void jsonl_session(struct json *json, const struct session *session,
		   const struct longest_waits *waits);

/**
 * VERDICTS: one for each recipient, or a single one where the envelope was not seen. WAITS: those
 * before its end of data; NULL: they are not told.
 */
void jsonl_attempt(struct json *json, const struct attempt *attempt,
		   const struct verdict *verdicts, const struct longest_waits *waits);

/** An attempt that was captured in two places, and what both tell of their clocks and its way. */
void jsonl_let_go(struct json *json, const struct let_go *let_go);
void jsonl_twin(struct json *json, const struct views *views);

/** RECIPIENTS: how many its message went to. */
void jsonl_delivery(struct json *json, const struct delivery *delivery, uint32_t recipients);

/** A server or a sender of the tally, and what another timer would have changed. */
void jsonl_server(struct json *json, const struct party *party);
void jsonl_sender(struct json *json, const struct party *party);
void jsonl_what_if(struct json *json, const struct what_if_sums *sums);

/** A member "waits" with the kinds FROM to TO, and one that names those beyond RFC 5321's. */
void jsonl_put_waits(struct json *json, const struct longest_waits *waits, enum wait_kind from,
		     enum wait_kind to);

#endif
