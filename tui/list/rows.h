/* SPDX-License-Identifier: MIT */
/*
 * rows: the kinds of rows that lists show, each with its table of columns.
 */
#ifndef SMTPSCOPE_TUI_ROWS_H
#define SMTPSCOPE_TUI_ROWS_H

#include "list/list.h"

/** Row n is delivery n; troubled ones first. */
extern const struct rows_kind rows_deliveries;

/** Row n is session n, in the order of their start. */
extern const struct rows_kind rows_sessions;

/** Row n is note n: inputs, what was passed over, gaps, limits that were reached. */
extern const struct rows_kind rows_notes;

/** Row n is server n, or sender n, of the model's tally; troubled ones first. */
extern const struct rows_kind rows_servers;
extern const struct rows_kind rows_senders;

/** All of them, in the order in which Tab goes through them. */
#define ROWS_KINDS 5
extern const struct rows_kind *const rows_kinds[ROWS_KINDS];

#endif
