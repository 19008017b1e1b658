/* SPDX-License-Identifier: MIT */
/*
 * text_page: what the parts of the reports for readers are written with.
 */
#ifndef SMTPSCOPE_REPORT_TEXT_PAGE_H
#define SMTPSCOPE_REPORT_TEXT_PAGE_H

#include "report.h"
#include "story.h"

#define TEXT_COLUMNS 98

struct text_page {
	FILE *out;
	struct analysis *analysis;
	const struct ledger *ledger;
	const struct deliveries *deliveries;
	bool ascii_only;
	bool utc;
	bool is_markdown; /* text is not wrapped, but escaped */
};

/** Writes the lines of TEXT, wrapped, each INDENT blanks in. */
void text_wrap(const struct text_page *page, int indent, const char *text);

/** Writes TEXT, wrapped, its first line INDENT blanks in, the others HANGING. */
void text_wrap_hanging(const struct text_page *page, int indent, int hanging, const char *text);

/** A troubled delivery in full: headline, lanes, attempts, verdict, advice. False: no memory. */
bool text_delivery(const struct text_page *page, const struct delivery *delivery);

/** A delivery in one line. */
void text_delivery_line(const struct text_page *page, const struct delivery *delivery);

/** Servers and senders, if one of them is in trouble. */
struct tally;
void text_parties(const struct text_page *page, const struct tally *tally);

/** A table of COUNT other timers. */
struct what_if_sums;
void text_what_if(const struct text_page *page, const struct what_if_sums *sums, size_t count);

/** What was passed over, and how many. */
void text_notes(const struct text_page *page);

#endif
