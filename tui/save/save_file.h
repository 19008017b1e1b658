/* SPDX-License-Identifier: MIT */
/*
 * save_file: a file that appears under its name when it is whole.
 *
 * Until then it is .smtpscope-XXXXXX in the same folder, which nobody else may read: it holds
 * somebody's mail. Without leave to overwrite no file is ever replaced, not even one that came
 * into being meanwhile.
 */
#ifndef SMTPSCOPE_TUI_SAVE_FILE_H
#define SMTPSCOPE_TUI_SAVE_FILE_H

#include "fault.h"

#include <stdbool.h>
#include <stdio.h>

#define SAVE_PATH 256
#define SAVE_TEMPORARY (SAVE_PATH + 32)

struct save_file {
	FILE *out; /* NULL: none is open */
	bool may_overwrite;
	char path[SAVE_PATH];
	char temporary[SAVE_TEMPORARY];
};

/** Whether there is something at PATH. */
bool save_file_exists(const char *path);

/** Opens FILE, to become PATH. False: see FAULT. */
bool save_file_open(struct save_file *file, const char *path, bool may_overwrite,
		    struct fault *fault);

/** Gives it its name. False: see FAULT, and nothing is left of it. */
bool save_file_finish(struct save_file *file, struct fault *fault);

/** Leaves nothing of it; without effect if none is open. */
void save_file_drop(struct save_file *file);

#endif
