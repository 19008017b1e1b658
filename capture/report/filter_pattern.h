/* SPDX-License-Identifier: MIT */
/*
 * filter_pattern: what a text is compared with. Texts are taken as they are shown (text.h),
 * whatever their case.
 */
#ifndef SMTPSCOPE_REPORT_FILTER_PATTERN_H
#define SMTPSCOPE_REPORT_FILTER_PATTERN_H

#include "ledger.h"
#include "report/filter_regex.h"

/** What is known of numbered things, so that each is looked at once. All zero: of none. */
struct filter_memo {
	uint8_t *known; /* enum filter_known, by number */
	uint32_t room;
};

enum filter_known { KNOWN_NOT, KNOWN_NO, KNOWN_YES };

static inline enum filter_known filter_memo_get(const struct filter_memo *memo, uint32_t number)
{
	return number < memo->room ? (enum filter_known)memo->known[number] : KNOWN_NOT;
}

/** Without memory it is not remembered. */
void filter_memo_set(struct filter_memo *memo, uint32_t number, bool fits);

enum filter_pattern_kind {
	PATTERN_EQUAL, /* the whole text */
	PATTERN_HOLDS, /* the text has it in it */
	PATTERN_REGEX,
};

struct filter_pattern {
	enum filter_pattern_kind kind;
	char *text; /* of a regular expression as it was written, of others in small letters */
	size_t length;
	struct filter_regex regex;
	struct filter_memo texts; /* by text_id */
};

/**
 * What KIND makes of TEXT; an expression without operators is a PATTERN_HOLDS. False: REASON
 * says why not, and AT where. Free OUT in either case.
 */
bool filter_pattern_make(struct filter_pattern *out, enum filter_pattern_kind kind,
			 const char *text, size_t *at, char reason[static FILTER_REGEX_REASON]);
void filter_pattern_free(struct filter_pattern *pattern);

/** Whether BYTES, as they come from the network, fit. */
bool filter_pattern_fits(struct filter_pattern *pattern, struct span bytes);

/** The same of a text of LEDGER, remembered. ID is not 0. */
bool filter_pattern_fits_text(struct filter_pattern *pattern, const struct ledger *ledger,
			      text_id id);

#endif
