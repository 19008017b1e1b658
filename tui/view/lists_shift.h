/* SPDX-License-Identifier: MIT */
/*
 * lists_shift: the first screen when ids change (shift.h).
 *
 * The rows on the screen and those that are marked are kept. They stay where they are, with the
 * selection and the marks, and all others come when the list is refreshed, in steps.
 */
#ifndef SMTPSCOPE_TUI_LISTS_SHIFT_H
#define SMTPSCOPE_TUI_LISTS_SHIFT_H

#include "view/lists_view.h"
#include "view/shift.h"

/** As the operations of a view (view.h). */
void lists_pin(struct view *view, struct app *app, void (*keep)(void *to, uint32_t session),
	       void *to);
void lists_moved(struct view *view, struct app *app, const struct shift *shift);

/** The rows of LIST, which were those of BEFORE, are those of AFTER: servers, or else senders. */
void lists_move_parties(struct list *list, const struct tally *before, const struct tally *after,
			bool is_servers);

#endif
