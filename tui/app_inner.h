/* SPDX-License-Identifier: MIT */
/*
 * app_inner: what the parts of the application offer each other: its state (app.c), presses
 * (app_press.c), the line in which texts are typed (app_prompt.c), and its drawing (app_draw.c).
 */
#ifndef SMTPSCOPE_TUI_APP_INNER_H
#define SMTPSCOPE_TUI_APP_INNER_H

#include "app.h"

/** Cancels the newest task that can be. False: there is none. */
bool app_cancel_task(struct app *app);

/** Asks for another timer. */
void app_ask_timer(struct app *app);

/** A press while a prompt is open. */
void app_press_in_prompt(struct app *app, int press);

/** What a footer has of COLUMNS. */
int app_footer_columns(const struct app *app, int columns);

#endif
