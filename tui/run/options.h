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
#include "report.h"
#include "view/when.h"

#include <stdbool.h>
#include <stddef.h>

enum run_mode {
	RUN_SCREEN,
	RUN_REPORT_TEXT,
	RUN_REPORT_JSONL,
	RUN_REPORT_DIALOGUE,
	RUN_REPORT_CSV,
	RUN_REPORT_MARKDOWN,
	RUN_SLICE_ONLY, /* to standard output */
	RUN_HELP,
	RUN_VERSION,
	RUN_DUMP_CONFIG,
};
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum theme_choice { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_CONTRAST, THEMES };

#define OPTION_TEXT 200
#define MOST_LISTS 5
#define MOST_SETTINGS 24
#define DEFAULT_RING_BYTES ((size_t)16 << 20)
#define MEMORY_HALF SIZE_MAX /* half of the machine's */

/** How a list looks at first; "": as it is by itself. */
struct list_look {
	char columns[OPTION_TEXT]; /* their names, "when, from" */
	char sort[32];		   /* the name of one, "-waited" */
};

struct options {
	enum run_mode mode;
	bool has_mode; /* --report was given: stdout decides nothing */
	char **files;  /* capture files, "-" for standard input; borrowed from argv */
	size_t file_count;
	const char *interface; /* -i, or NULL */
	char *filter;	       /* BPF expression behind -i, or NULL; options_clear() frees it */
	bool is_demo;
	bool is_follow;
	bool keeps_copies;
	bool is_ascii;
	bool no_mouse;
	enum color_choice color;
	enum theme_choice theme;
	struct delivery_options delivery;
	enum when_format when;
	size_t ring_bytes;
	size_t memory_bytes; /* --memory; MEMORY_HALF, or 0 for no bound */
	struct host_names *host_names; /* NULL: none; options_clear() frees it */
	struct list_look lists[MOST_LISTS]; /* in the order of rows_kinds */
	uint32_t origins[MOST_SETTINGS];    /* of each setting; the business of settings.c */
	const char *log; /* -w, or NULL */
	const char *script; /* --script, or NULL */
	const char *export_folder; /* --eml, or NULL; with it the mode is a report's */
	const char *slice; /* --slice, or NULL; with it the mode is a report's, or RUN_SLICE_ONLY */
	bool redacts;
	bool shows_secrets;
	const char *where; /* --where, or NULL; a filter (filter.h), not read yet */
	int64_t what_if_ns[MOST_WHAT_IFS]; /* --what-if; with it the mode is a report's */
	size_t what_if_count;
	unsigned fail_states; /* --fail-on: bit i for delivery_state i; the mode is a report's */
};

/** The text of --help. */
extern const char options_help[];

/** Everything as it is without settings and arguments. */
void options_init(struct options *options);

/**
 * Reads ARGV into OPTIONS, which were initialised. False: FAULT has one line for the user
 * (FAULT_USAGE, or FAULT_MEMORY). Undo with options_clear(), in either case.
 */
bool options_parse(struct options *options, int argc, char **argv, struct fault *fault);

void options_clear(struct options *options);

/**
 * Index of WORD in the COUNT WORDS; or -1, and FAULT says what CALLED takes ("--report").
 */
int option_pick(const char *called, const char *word, const char *const *words, int count,
		struct fault *fault);

/**
 * A duration as users write it: "90", "90s", "1.5m", "10m", "1h", "250ms". More than nothing,
 * at most a week. False: it is none.
 */
bool duration_parse(const char *text, int64_t *out_ns);

#endif
