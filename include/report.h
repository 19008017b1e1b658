/* SPDX-License-Identifier: MIT */
/*
 * report: what is known, written out.
 *
 * Both reports are written from an analysis as it stands, so they may also be asked for while a
 * capture runs. Whatever came from the network is made safe first. The caller owns the stream
 * and closes it; a write that fails is FAULT_READ with the system's reason.
 *
 * text: the answer first, for a terminal or a ticket, 100 columns at most: a line of sums, the
 * troubled deliveries one by one, a line for each of the others, and notes on what was passed
 * over. jsonl: one JSON object a line, in the order capture, session, attempt, delivery; fields
 * may be added to it, none renamed.
 */
#ifndef SMTPSCOPE_REPORT_H
#define SMTPSCOPE_REPORT_H

#include "analysis.h"

#include <stdbool.h>
#include <stdio.h>

struct report_options {
	bool ascii_only;      /* nothing beyond ASCII in the text report */
	bool utc;             /* times of day in UTC instead of local time */
	uint32_t plain_lines; /* lines for untroubled deliveries in the text report; 0: 40 */
};

/** OPTIONS may be NULL. */
bool report_text(FILE *out, struct analysis *analysis, const struct report_options *options,
		 struct fault *fault);

bool report_jsonl(FILE *out, struct analysis *analysis, struct fault *fault);

/** One delivery's line, for printing it again when its revision has grown. */
bool report_jsonl_delivery(FILE *out, struct analysis *analysis, const struct delivery *delivery,
			   struct fault *fault);

/** Length of the longest report_no_mail() line with its NUL. */
#define NO_MAIL_TEXT 400

/**
 * For a capture without mail: one line of what was seen instead, as "no mail: 1 204 packets, 3
 * TCP connections, none of them SMTP; 88 packets are not IP". False: there is mail.
 */
bool report_no_mail(struct analysis *analysis, char out[static NO_MAIL_TEXT]);

#endif
