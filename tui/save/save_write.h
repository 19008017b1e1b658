/* SPDX-License-Identifier: MIT */
/*
 * save_write: the form that a file's name asks for, and a screen written in one of them.
 */
#ifndef SMTPSCOPE_TUI_SAVE_WRITE_H
#define SMTPSCOPE_TUI_SAVE_WRITE_H

#include "save/save.h"

/** The form of a file called PATH; SAVE_FORMS: its ending is none of them. */
enum save_form save_form_of(const char *path);

/** Writes the screen of the topmost view as text or as a picture. */
bool save_write_screen(struct app *app, enum save_form form, FILE *out, struct fault *fault);

#endif
