/* SPDX-License-Identifier: MIT */
/*
 * headless: reports instead of screens.
 */
#ifndef SMTPSCOPE_TUI_HEADLESS_H
#define SMTPSCOPE_TUI_HEADLESS_H

#include "analysis.h"
#include "export.h"
#include "filter.h"
#include "packet_log.h"
#include "run/options.h"

/** What a report is accompanied by. */
struct headless_extras {
	struct export *export; /* takes the messages of the analysis; NULL: nobody does */
	int slice_fd;	       /* where --slice goes, or -1 */
};

/** The exit status of a report with a delivery that --fail-on names. */
#define STATUS_FOUND 3

/**
 * Reads all of ANALYSIS, on an interface until SIGINT or SIGTERM, and writes the report that
 * OPTIONS ask for to standard output; warnings go to standard error. Live, a delivery's JSON Line
 * comes whenever it changes, and the whole report, with what the deliveries name, at the end.
 * What EXTRAS ask for is finished, and how much it wrote is said.
 * All are about what fits WHERE, or all with NULL (the slice: what is troubled); a delivery that was
 * printed once is printed again when it changes, though it may not fit any more.
 * Returns the exit status: 1 without mail or where writing failed, else 3 where a delivery that
 * fits is in one of the states to fail on, else 0.
 */
int headless_run(struct analysis *analysis, const struct options *options, struct filter *where,
		 const struct headless_extras *extras);

/** "smtpscope: TEXT" on standard error, made safe for a terminal. */
void headless_complain(const char *text);

/** How many packets are in the file of -w, on standard error. */
void headless_tell_log(const struct packet_log *log);

/** Why TEXT is no filter, and below that where. */
void headless_complain_of_filter(const char *text, const struct filter_fault *fault,
				 bool ascii_only);

#endif
