/* SPDX-License-Identifier: MIT */
/*
 * details: a row of a list in full words, for the lines below the list and the head of its own
 * screen, where columns would cut it. No curses in here.
 */
#ifndef SMTPSCOPE_TUI_DETAILS_H
#define SMTPSCOPE_TUI_DETAILS_H

#include "model.h"
#include "prose.h"

/** "DUPLICATED, 3 copies" into OUT. */
void details_state(const struct delivery *delivery, char *out, size_t size);

/** "alice@msn.example -> bob@example.net" into OUT; what was not seen is said to be so. */
void details_envelope(const struct model *model, const struct delivery *delivery, char *out,
		      size_t size);

/** The file that SESSION was captured in, without its folder, into OUT; "" if there is but one. */
void details_file(const struct model *model, const struct session *session, char *out, size_t size);

/**
 * A delivery, a session, a server, a sender or a note (row ids, as in rows.h), one thought a line,
 * the first a title.
 * A delivery: its state; its envelope and subject, its headline, and how each attempt ended.
 */
void details_delivery(const struct model *model, uint32_t row, struct prose *out);
void details_session(const struct model *model, uint32_t row, struct prose *out);
void details_server(const struct model *model, uint32_t row, struct prose *out);
void details_sender(const struct model *model, uint32_t row, struct prose *out);
void details_note(const struct model *model, uint32_t row, struct prose *out);

#endif
