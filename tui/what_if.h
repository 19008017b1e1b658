/* SPDX-License-Identifier: MIT */
/*
 * what_if: what another timer would have changed.
 *
 * Known only as far as replies were seen: an attempt whose reply came within the timer would
 * have been confirmed, and nothing sent again after it. Where a reply was never seen nobody can
 * know, and that is what is said.
 */
#ifndef SMTPSCOPE_TUI_WHAT_IF_H
#define SMTPSCOPE_TUI_WHAT_IF_H

#include "story.h"

/**
 * Adds a line for SUBJECT's timer to OUT: "with 10 min attempt 1 would have been confirmed after
 * 100.1 s: 1 copy".
 */
void what_if(const struct subject *subject, struct prose *out);

#endif
