/* SPDX-License-Identifier: MIT */
/*
 * save_rows: the rows that are to be saved, as a report or as a table.
 */
#ifndef SMTPSCOPE_TUI_SAVE_ROWS_H
#define SMTPSCOPE_TUI_SAVE_ROWS_H

#include "fault.h"
#include "report.h"
#include "save/save.h"

#include <stdio.h>

/** Takes down which rows are to be saved. False: no memory. Free with save_rows_free(). */
bool save_rows_take(const struct app *app, struct save_rows *rows);
void save_rows_free(struct save_rows *rows);

/** Begins the report on these deliveries that FORM asks for, to the file that is being saved. */
bool save_rows_report(struct app *app, enum save_form form, struct fault *fault);

/** Begins a table whose columns are divided by tabs, and writes MOST further rows. False: that was
 * all. */
void save_rows_begin_table(struct app *app);
bool save_rows_step_table(struct app *app, uint32_t most);

#endif
