/* SPDX-License-Identifier: MIT */
/*
 * headless: reports instead of screens.
 */
#ifndef SMTPSCOPE_TUI_HEADLESS_H
#define SMTPSCOPE_TUI_HEADLESS_H

#include "analysis.h"
#include "export.h"
#include "options.h"

/**
 * Reads all of ANALYSIS, on an interface until SIGINT or SIGTERM, and writes the report that
 * OPTIONS ask for to standard output; warnings go to standard error. Live, a delivery's JSON Line
 * comes whenever it changes, and the whole report, with what the deliveries name, at the end.
 * EXPORT takes the messages of ANALYSIS, or is NULL; it is finished, and how many it wrote is said.
 * Returns the exit status: 1 without mail or where writing failed, else 0.
 */
int headless_run(struct analysis *analysis, const struct options *options, struct export *export);

/** "smtpscope: TEXT" on standard error, made safe for a terminal. */
void headless_complain(const char *text);

#endif
