/* SPDX-License-Identifier: MIT */
/*
 * filter_regex: regular expressions (POSIX extended, of the C library) that cannot hurt.
 *
 * The C library's time is linear in a text for each place where a match may begin, as long as
 * there are no back-references: those are refused. Repetitions are written out when an expression
 * is read, so what they add to it is bounded (LIMIT_REGEX), and so is the depth of parentheses.
 * The library keeps every state that it meets in texts for ever. How many there can be grows with
 * the pieces that fit more than one character; they are bounded too (LIMIT_REGEX_WIDE), and the
 * more of them an expression has, the sooner it is read anew.
 */
#ifndef SMTPSCOPE_REPORT_FILTER_REGEX_H
#define SMTPSCOPE_REPORT_FILTER_REGEX_H

#include "span.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

/* Reading bytes is twice as fast as reading characters, and the same where all are ASCII. */
struct filter_regex {
	const char *text; /* borrowed; NULL: nothing was compiled */
	bool has_ascii;	  /* the expression itself is ASCII, and `ascii` is set */
	regex_t ascii;	  /* for texts of ASCII alone */
	regex_t wide;	  /* for all others, in the characters of the locale */
	uint32_t uses;
	uint32_t most_uses; /* before it is read anew */
};

#define FILTER_REGEX_REASON 120

/** Reads TEXT, which must outlive OUT. False: REASON says why not, and AT where. */
bool filter_regex_compile(struct filter_regex *out, const char *text, size_t *at,
			  char reason[static FILTER_REGEX_REASON]);
void filter_regex_free(struct filter_regex *regex);

/** Whether something in TEXT, which is as it is shown, fits. */
bool filter_regex_fits(struct filter_regex *regex, struct span text, bool is_ascii);

#endif
