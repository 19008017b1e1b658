/* SPDX-License-Identifier: MIT */
/*
 * settings: what a user wants every time, in $XDG_CONFIG_HOME/smtpscope/config.
 *
 *     # lines like this one are comments
 *     timer = 10m
 *     theme = light
 *     columns-deliveries = when, from, to, copies, why
 *     sort-deliveries = -waited
 *
 * One table has every setting with its name, its words and how it is printed; options of the
 * command line that set the same go through it, and win. An unknown name, a bad value or a line
 * that is none are errors with file and line. The file is only ever read: `--dump-config` prints
 * all settings with their values and where each came from, as a file that can be read again.
 */
#ifndef SMTPSCOPE_TUI_SETTINGS_H
#define SMTPSCOPE_TUI_SETTINGS_H

#include "run/options.h"

#include <stdio.h>

/** Longest line of the file, as the library reads it. */
#define SETTINGS_LINE 198

/** Sets all of OPTIONS that are settings to what they are without a file. */
void settings_default(struct options *options);

/**
 * Sets NAME to VALUE, as the command line asked. CALLED is what the user knows it by, "--theme".
 * False: FAULT says what it takes.
 */
bool settings_set(struct options *options, const char *name, const char *called, const char *value,
		  struct fault *fault);

/**
 * The path of the file into OUT: $XDG_CONFIG_HOME/smtpscope/config if that is absolute, else
 * ~/.config/smtpscope/config. False: there is no home, or the path is too long.
 */
bool settings_path(char *out, size_t size);

/** Reads the file PATH; one that does not exist is as good as empty. False: FAULT says why. */
bool settings_read_file(struct options *options, const char *path, struct fault *fault);

/** Reads TEXT (NUL-terminated) as the content of the file PATH. False: FAULT says where and why. */
bool settings_read_text(struct options *options, const char *path, const char *text,
			struct fault *fault);

/** Writes all settings to OUT; PATH is that of the file they were read from. */
void settings_dump(const struct options *options, const char *path, FILE *out);

#endif
