/* SPDX-License-Identifier: MIT */
/*
 * save_run: what save.c has asked for, written: at once, or step by step.
 */
#ifndef SMTPSCOPE_TUI_SAVE_RUN_H
#define SMTPSCOPE_TUI_SAVE_RUN_H

#include "save/save_write.h"

/** Has the ids of rows stay as they are, until save_clear(). */
void save_run_hold(struct app *app);

/** Begins to write what was asked for; where that takes no steps, it is written then. */
void save_run_begin(struct app *app, enum save_form form, bool may_overwrite);

/** Says why it failed, and whose rights it would have taken where root's were given up. */
void save_run_complain(struct app *app, const struct fault *fault);

#endif
