/* SPDX-License-Identifier: MIT */
/*
 * one_line: a text of the ledger as it is shown in a line: safe, the lines of a reply side by side.
 */
#ifndef SMTPSCOPE_REPORT_ONE_LINE_H
#define SMTPSCOPE_REPORT_ONE_LINE_H

#include "bounds.h"
#include "span.h"

/** Room for any text: a byte becomes \x9b at worst. */
#define ONE_LINE_SIZE (LIMIT_TEXT * 4 + 8)

/** Writes the first LIMIT_TEXT bytes of BYTES; returns OUT. */
const char *one_line(struct span bytes, char out[static ONE_LINE_SIZE]);

#endif
