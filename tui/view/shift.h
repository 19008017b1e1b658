/* SPDX-License-Identifier: MIT */
/*
 * shift: the ids of sessions and deliveries, and so of rows, have changed: sessions were let go
 * (moves.h).
 */
#ifndef SMTPSCOPE_TUI_SHIFT_H
#define SMTPSCOPE_TUI_SHIFT_H

#include "app.h"

struct shift {
	const struct moves *moves;
	const struct deliveries *before;
	const struct deliveries *after;
};

/** The new row of an old one, of deliveries or sessions; NO_ROW: it is gone. */
uint32_t shift_delivery(const struct shift *shift, uint32_t row);
uint32_t shift_session(const struct shift *shift, uint32_t row);

/** Has APP asked and told when ids change, from now on. */
void shift_attach(struct app *app);

#endif
