/* SPDX-License-Identifier: MIT */
/*
 * filter_complete: what may come next in a filter that is being written, for a prompt's help and
 * its Tab key.
 *
 *     ""             all fields            "wai"       waited, then ">"
 *     "state="       all states            "state=d"   duplicated, delivered
 *     "waited>"      none, but an example: waited>90s
 */
#ifndef SMTPSCOPE_FILTER_COMPLETE_H
#define SMTPSCOPE_FILTER_COMPLETE_H

#include <stddef.h>

#define FILTER_MOST_NAMES 32

struct filter_completion {
	size_t start; /* where the name begins that is being written; the text's end: none is */
	size_t count;
	const char *names[FILTER_MOST_NAMES]; /* that begin as it does; they live for ever */
	const char *behind;  /* what follows names[0], if it is the only one: an operator or "" */
	const char *example; /* where a value belongs that no list has; NULL: elsewhere */
};

/** Completes TEXT at its end. */
struct filter_completion filter_complete(const char *text);

#endif
