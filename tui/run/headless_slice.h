/* SPDX-License-Identifier: MIT */
/*
 * headless_slice: --slice, the packets of deliveries written beside a report.
 */
#ifndef SMTPSCOPE_TUI_HEADLESS_SLICE_H
#define SMTPSCOPE_TUI_HEADLESS_SLICE_H

#include "analysis.h"
#include "filter.h"
#include "run/options.h"

/**
 * Writes to FD what OPTIONS ask for of ANALYSIS, which was read and judged: the deliveries that fit
 * WHERE or, with NULL, those that are troubled. Says on standard error what the slice holds.
 * Where there is none of them it is a capture without packets. False: FAULT says why.
 */
bool headless_slice(struct analysis *analysis, const struct options *options,
		    struct filter *where, int fd, struct fault *fault);

#endif
