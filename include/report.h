/* SPDX-License-Identifier: MIT */
/*
 * report: what is known, written out.
 *
 * Every report is written from an analysis as it stands, so it may also be asked for while a
 * capture runs. Whatever came from the network is made safe first. The caller owns the stream
 * and closes it; a write that fails is FAULT_READ with the system's reason.
 *
 * text: the answer first, for a terminal or a ticket, 100 columns at most: a line of sums, the
 * troubled deliveries one by one, a line for each of the others, servers and senders if one of
 * them is in trouble, and notes on what was passed over. jsonl: one JSON object a line, in the
 * order capture, session, attempt, delivery, server, sender, what-if; fields may be added to it,
 * none renamed.
 *
 * markdown: a page for a ticket. A table of the deliveries in trouble, and of each the headline, the
 * lanes, its attempts, why, and what to do, with commands in blocks of their own. Text from the
 * network is escaped, see text_markdown().
 *
 * dialogue: what was said, session by session, to be read or taken apart line by line:
 *
 *     capture 0 2024-03-05T10:00:00.000000Z mail.pcap
 *
 *     session 0 2024-03-05T10:00:00.000000Z 192.0.2.1:40000 > 198.51.100.1:25 SMTP capture 0
 *              4       0.040210 S: 220 mx.example ESMTP
 *              6       0.080300 C: EHLO client.example
 *              8       0.120911 S: 250-mx.example
 *              8       0.120911 S: 250 8BITMIME
 *             20       0.524012 C* message 0: 1874 bytes
 *             22       0.524840 C* end of message 0
 *
 * The dates are those of the first packet, in UTC. An event's line begins with blanks; its
 * fields are the frame ("-": none), the seconds since the first packet of all captures, who, and
 * behind one blank the text. Frames count in the session's capture; a "+" behind its number says
 * that some are of the ones after it. Who is C, the client, or S, the server, with a mark:
 *
 *     :  a line of a command or a reply
 *     ?  a line that is neither
 *     ~  a line of a reply that never ended
 *     *  a remark of this report
 *
 * A reply has the frame and time of its end on each of its lines. Events stand in the order of
 * the dialogue: what was sent ahead of its turn stands where its turn was, and only closes stand
 * by their time. What is masked is shown as ***. The numbers of messages are those of attempts.
 *
 * csv: a row for each delivery, after a row of the columns' names (RFC 4180; UTF-8). Text stands
 * in quotes; one that a spreadsheet would take for a formula, as it begins with = + - @ tab or
 * CR, has an apostrophe before it. Times are ISO 8601 in UTC, waits are seconds. The columns are
 * described in the manual page; more may be added behind them.
 *
 * With a filter the reports are about the deliveries that fit: text, markdown (in trouble or not) and
 * csv have those only, jsonl those with their attempts and sessions, and all captures; dialogue the sessions in which
 * they were tried.
 */
#ifndef SMTPSCOPE_REPORT_H
#define SMTPSCOPE_REPORT_H

#include "analysis.h"
#include "filter.h"

#include <stdbool.h>
#include <stdio.h>

#define MOST_WHAT_IFS 16

struct report_options {
	bool ascii_only;      /* nothing beyond ASCII in the text report */
	bool utc;             /* times of day in UTC instead of local time */
	uint32_t plain_lines; /* lines for untroubled deliveries in the text report; 0: 40 */
	struct filter *where; /* only deliveries that fit; NULL: all */
	const int64_t *what_if_ns; /* other timers to tell about, in text and jsonl */
	size_t what_if_count; /* at most MOST_WHAT_IFS */
};

enum report_form { REPORT_TEXT, REPORT_MARKDOWN, REPORT_JSONL, REPORT_CSV };

/** Writes all of a report. OPTIONS may be NULL. */
bool report_write(enum report_form form, FILE *out, struct analysis *analysis,
		  const struct report_options *options, struct fault *fault);

/** A report that is written in steps. */
struct report_run;

/**
 * Begins one, of what is known now: until report_end() ANALYSIS is held, see analysis_hold(), though
 * packets may be read. options.where lives as long. NULL: no memory.
 */
struct report_run *report_begin(enum report_form form, FILE *out, struct analysis *analysis,
				const struct report_options *options);

enum report_state { REPORT_GOES_ON, REPORT_DONE, REPORT_FAILED };

/**
 * Writes on: about MOST deliveries, sessions or attempts, of which one in trouble may take a
 * millisecond to tell. FAILED: see FAULT.
 */
enum report_state report_step(struct report_run *run, uint32_t most, struct fault *fault);

/** How much of it is done, 0 to 1. */
double report_share(const struct report_run *run);
void report_end(struct report_run *run);

/** Needs no more memory than what is known takes already. OPTIONS as for report_write(). */
bool report_dialogue(FILE *out, struct analysis *analysis, const struct report_options *options,
		     struct fault *fault);

/**
 * One delivery's line, for printing it again when its revision has grown. One without attempts
 * has become part of another delivery.
 */
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
