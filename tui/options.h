/* SPDX-License-Identifier: MIT */
/*
 * options: what the command line asks for.
 *
 *     smtpscope [OPTION]... FILE...
 *     smtpscope [OPTION]... -i IFACE [BPF]...
 *     smtpscope [OPTION]... --demo
 *
 * Strings are borrowed from argv (or, for the filter, owned by the struct). Nothing here opens,
 * prints or exits.
 */
#ifndef SMTPSCOPE_TUI_OPTIONS_H
#define SMTPSCOPE_TUI_OPTIONS_H

#include "delivery.h"
#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

enum run_mode {
	RUN_SCREEN,
	RUN_REPORT_TEXT,
	RUN_REPORT_JSONL,
	RUN_REPORT_DIALOGUE,
	RUN_REPORT_CSV,
	RUN_HELP,
	RUN_VERSION,
};
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum theme_choice { THEME_DARK, THEME_LIGHT, THEME_MONO, THEMES };

struct options {
	enum run_mode mode;
	bool has_mode; /* --report was given: stdout decides nothing */
	char **files;  /* capture files, "-" for standard input; borrowed from argv */
	size_t file_count;
	const char *interface; /* -i, or NULL */
	char *filter;	       /* BPF expression behind -i, or NULL; options_clear() frees it */
	bool is_demo;
	bool is_follow;
	bool is_ascii;
	bool no_mouse;
	enum color_choice color;
	enum theme_choice theme;
	struct delivery_options delivery;
	const char *script; /* --script, or NULL */
	const char *export_folder; /* --eml, or NULL; with it the mode is a report's */
	const char *where; /* --where, or NULL; a filter (filter.h), not read yet */
	unsigned fail_states; /* --fail-on: bit i for delivery_state i; the mode is a report's */
};

/** The text of --help. */
extern const char options_help[];

/**
 * Reads ARGV. False: FAULT has one line for the user (FAULT_USAGE, or FAULT_MEMORY).
 * Undo with options_clear(), in either case.
 */
bool options_parse(struct options *options, int argc, char **argv, struct fault *fault);

void options_clear(struct options *options);

/**
 * A duration as users write it: "90", "90s", "1.5m", "10m", "1h", "250ms". More than nothing,
 * at most a week. False: it is none.
 */
bool duration_parse(const char *text, int64_t *out_ns);

#endif
