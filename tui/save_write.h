/* SPDX-License-Identifier: MIT */
/*
 * save_write: a screen or rows, written in the form that a file's name asks for.
 */
#ifndef SMTPSCOPE_TUI_SAVE_WRITE_H
#define SMTPSCOPE_TUI_SAVE_WRITE_H

#include "save.h"

enum save_form {
	SAVE_TEXT, SAVE_SVG, SAVE_MARKDOWN, SAVE_JSONL, SAVE_CSV, SAVE_PACKETS, SAVE_MESSAGES, SAVE_FORMS
};

/** The form of a file called PATH; SAVE_FORMS: its ending is none of them. */
enum save_form save_form_of(const char *path);

/** Writes the screen of the topmost view as text or as a picture. */
bool save_write_screen(struct app *app, enum save_form form, FILE *out, struct fault *fault);

/** Writes the rows that are to be saved as text, JSON Lines or CSV. */
bool save_write_rows(struct app *app, enum save_form form, FILE *out, struct fault *fault);

/** Whether ROW is to be saved. */
bool save_has_row(const struct save *save, uint32_t row);

/** The rows in the order of the list: row INDEX from 0; NO_ROW behind the last. */
uint32_t save_row_at(const struct app *app, uint32_t index);

#endif
