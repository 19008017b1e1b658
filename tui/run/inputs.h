/* SPDX-License-Identifier: MIT */
/*
 * inputs: the source that the command line asks for, opened.
 */
#ifndef SMTPSCOPE_TUI_INPUTS_H
#define SMTPSCOPE_TUI_INPUTS_H

#include "run/options.h"
#include "source.h"

#define MOST_FAULTS 8

/** What could not be opened. Those beyond MOST_FAULTS are only counted. */
struct input_faults {
	size_t count;
	struct fault list[MOST_FAULTS];
};

/**
 * Opens files, interface or demo. Files that are unusable are left out and noted in FAULTS;
 * NULL: nothing could be opened. Free with source_free().
 */
struct source *inputs_open(const struct options *options, struct input_faults *faults);

/** Whether packets come from standard input. */
bool inputs_take_stdin(const struct options *options);

#endif
