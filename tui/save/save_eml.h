/* SPDX-License-Identifier: MIT */
/*
 * save_eml: the messages of rows, read again from the capture, each as a file of its own.
 *
 * One message goes to the file that was named. Of several each goes beside that, with the number
 * of its attempt as screens show it: to-bob.eml becomes to-bob-A1.eml and to-bob-A2.eml; where
 * they are of several deliveries or sessions, with those numbers too: monday-D7-A1.eml,
 * monday-S12-A1.eml. An attempt for several recipients is one file. Where not all of a message
 * was seen, ".part" stands behind the name, as with --eml. An attempt that was captured in two
 * places is read where all of it was seen.
 *
 * What is chosen, and what becomes of it, is said: how many, which part, what was encrypted,
 * what ended before its message, what the ring has no more.
 */
#ifndef SMTPSCOPE_TUI_SAVE_EML_H
#define SMTPSCOPE_TUI_SAVE_EML_H

#include "fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAVE_EML_MOST 10000 /* messages at once; --eml writes any number */

struct app;
struct save_eml;

/**
 * Chooses the messages of the rows that are to be saved, for files called after the path that is
 * to be saved to. NULL: FAULT says why there is none, or what is wrong with the path.
 */
struct save_eml *save_eml_new(const struct app *app, struct fault *fault);

/** What is being written leaves nothing; files that are whole stay. */
void save_eml_free(struct save_eml *eml);

/** How many files there will be, */
uint32_t save_eml_files(const struct save_eml *eml);

/** how many of them there are already, and in NAME the first of those. */
uint32_t save_eml_existing(const struct save_eml *eml, char *name, size_t size);

/** Begins to write. False: see FAULT. */
bool save_eml_start(struct save_eml *eml, bool may_overwrite, struct fault *fault);
bool save_eml_has_started(const struct save_eml *eml);

enum save_eml_state { SAVE_EML_GOES_ON, SAVE_EML_DONE, SAVE_EML_FAILED };

/** Reads on for a moment. */
enum save_eml_state save_eml_step(struct save_eml *eml, struct fault *fault);

/** How far it is, 0 to 100. */
int save_eml_progress(const struct save_eml *eml);

/** How many files were written so far. */
uint32_t save_eml_written(const struct save_eml *eml);

/** What was written, in a line for the user. */
void save_eml_tell(const struct save_eml *eml, char *out, size_t size);

#endif
