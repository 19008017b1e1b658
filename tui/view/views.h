/* SPDX-License-Identifier: MIT */
/*
 * views: the screens that there are. Each opener gives a view for app_open(), NULL without memory.
 */
#ifndef SMTPSCOPE_TUI_VIEWS_H
#define SMTPSCOPE_TUI_VIEWS_H

#include "list/list.h"
#include "run/options.h"
#include "story.h"
#include "view/view.h"

/**
 * Deliveries, sessions and notes: the first screen, as OPTIONS say. There is no view if their
 * filter is none.
 */
struct view *lists_view_open(const struct options *options);

/** The delivery selected in DELIVERIES, over time; DELIVERIES must outlive it. */
struct view *lanes_view_open(struct app *app, struct list *deliveries);

/** The dialogue of SESSION, with the row of EVENT (NO_EVENT: the first) selected. */
struct view *ladder_view_open(struct app *app, uint32_t session, uint32_t event);

/** The row of FRAME in VIEW, if it is the ladder of SESSION. False: it is not. */
bool ladder_view_show(struct view *view, struct app *app, uint32_t session, uint32_t frame);

/** The bytes of SESSION, around EVENT (NO_EVENT: from the first on). */
struct view *bytes_view_open(struct app *app, uint32_t session, uint32_t event);

/** The row of FRAME in VIEW, if it shows the bytes of SESSION. False: it does not. */
bool bytes_view_show(struct view *view, uint32_t session, uint32_t frame);

/** All keys, those of CONTEXT first. */
struct view *help_view_open(enum context context, bool ascii_only);

/** What differs between attempts A and B of SUBJECT, A the earlier one. */
struct view *compare_view_open(const struct subject *subject, uint32_t a, uint32_t b);

/** A page of TEXT under TITLE: one thought a line. */
struct view *text_view_open(const char *title, const char *text);

#endif
