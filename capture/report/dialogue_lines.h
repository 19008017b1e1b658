/* SPDX-License-Identifier: MIT */
/*
 * dialogue_lines: the sessions of the dialogue report, whose format stands in report.h.
 */
#ifndef SMTPSCOPE_REPORT_DIALOGUE_LINES_H
#define SMTPSCOPE_REPORT_DIALOGUE_LINES_H

#include "ledger.h"

#include <stdio.h>

struct dialogue_page {
	FILE *out;
	const struct ledger *ledger;
	int64_t origin_ns; /* what times count from */
	bool ascii_only;
	/* where the session stands that is being written */
	const struct attempt *attempt; /* the next one that an event may belong to */
	bool is_encrypted;             /* TLS has begun */
	uint32_t next_close;           /* event: closes before it were written */
};

/** SESSION's line, and one for each of its events. */
void dialogue_write_session(struct dialogue_page *page, const struct session *session);

/** BYTES, made safe. */
void dialogue_write_clean(const struct dialogue_page *page, struct span bytes);

#define DIALOGUE_DATE 80

/** "2024-03-05T10:00:00.000000Z" (RFC 3339), written to OUT; "-" for NO_TIME. */
const char *dialogue_date(int64_t time_ns, char out[static DIALOGUE_DATE]);

#endif
