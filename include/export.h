/* SPDX-License-Identifier: MIT */
/*
 * export: messages written to files while they go by.
 *
 * A message is written as it was received: unstuffed or de-chunked, every line end as it came,
 * the final one in, the dot out. Its file is SESSION-ATTEMPT.eml in the folder, by the numbers
 * that the reports use, unless it is given names; with ".part" behind where not all of it was seen.
 * No name comes from the network. It appears under its name when it is complete, and without leave
 * no file is ever overwritten: until then it is called .SESSION-ATTEMPT.PID.tmp.
 *
 * Messages are not kept in memory, and at most LIMIT_EXPORT_FILES are open at once: of more the
 * one that was written to longest ago is closed, and opened again for its next bytes. A message
 * that cannot be written is given up, the others go on; the first fault is kept.
 */
#ifndef SMTPSCOPE_EXPORT_H
#define SMTPSCOPE_EXPORT_H

#include "dialogue.h"
#include "fault.h"

struct export;

#define EXPORT_NAME 256 /* of a file in the folder, with its NUL */

/** Other names for files than SESSION-ATTEMPT.eml. */
struct export_names {
	/** The name of the file of the attempt with NUMBER, where all of it was seen. */
	void (*name)(const void *context, uint32_t number, char out[static EXPORT_NAME]);
	const void *context; /* lives as long as the export */
	bool may_overwrite;
};

struct export_counts {
	uint32_t whole;   /* messages written in full */
	uint32_t partial; /* .part */
	uint32_t failed;  /* given up */
};

/** Writes to FOLDER, which is made if it is not there. NULL: see FAULT. */
struct export *export_new(const char *folder, struct fault *fault);

/** Gives files these NAMES. Only before the first message. */
void export_name(struct export *export, const struct export_names *names);

/**
 * Keeps only messages of attempts whose NUMBER IS_WANTED says yes to: it is asked when EXPORT is
 * finished, because before that nobody knows what becomes of an attempt. Until then all are there
 * under their temporary names. CONTEXT lives until then.
 */
void export_choose(struct export *export, bool (*is_wanted)(const void *context, uint32_t number),
		   const void *context);

/** Gives up what has not ended, or waits to be chosen: nothing is left of it. */
void export_drop(struct export *export);

/** Frees EXPORT, after the analysis that gives it messages. What has not ended is .part. */
void export_free(struct export *export);

/** The sink to give to analysis_new(); it lives as long as EXPORT. */
const struct message_sink *export_sink(const struct export *export);

/**
 * No message goes on: those that have not ended become .part, later bytes are passed over.
 * False: some could not be written; FAULT has the first reason, with the file.
 */
bool export_finish(struct export *export, struct fault *fault);

struct export_counts export_counts(const struct export *export);

#endif
