/* SPDX-License-Identifier: MIT */
/*
 * notes: what a user must know to trust the other screens.
 *
 * The inputs with where they were taken, what was passed over and why, bytes that the capture
 * lacks, packets that the kernel dropped, limits that were reached, warnings of the sources.
 */
#ifndef SMTPSCOPE_TUI_NOTES_H
#define SMTPSCOPE_TUI_NOTES_H

#include "fault.h"
#include "model.h"

#define MOST_NOTES 128
#define MOST_WARNINGS 32

struct note {
	char what[64];
	char value[32];
	char meaning[256];
	bool is_loss; /* something is missing, or went wrong */
};

struct notes {
	uint32_t count;
	struct note items[MOST_NOTES];
	uint32_t warning_count; /* those beyond MOST_WARNINGS are only counted */
	struct fault warnings[MOST_WARNINGS];
};

/** Keeps a warning for good. */
void notes_warn(struct notes *notes, const struct fault *fault);

/** Collects all notes anew. */
void notes_collect(struct notes *notes, const struct model *model);

/** Packets that kernel and interfaces dropped, over all inputs. */
uint64_t notes_dropped(const struct model *model);

#endif
