/* SPDX-License-Identifier: MIT */
/*
 * slice_pick: which of the ledger's sessions a segment belongs to.
 *
 * The segments of a port pair belong to the session whose SYN came last, told by its sequence
 * number, until another SYN; late ones too. A SYN of no session (a connection that said nothing,
 * say) belongs to none, and so does what follows it. Where a session's beginning was not captured,
 * a segment belongs to it that lies in its stream.
 */
#ifndef SMTPSCOPE_REPORT_SLICE_PICK_H
#define SMTPSCOPE_REPORT_SLICE_PICK_H

#include "ledger.h"

struct pick;

/**
 * CHOSEN: a flag for each session that LEDGER has now. NULL: no memory. Free with pick_free().
 * Before it is asked, pick_fill() takes in MOST sessions more, until it says false: that was all.
 */
struct pick *pick_new(const struct ledger *ledger, const bool *chosen, uint64_t seed);
void pick_free(struct pick *pick);
bool pick_fill(struct pick *pick, uint32_t most);

/** Begins anew, before the first packet is taken a second time. */
void pick_restart(struct pick *pick);

/** The chosen session that SEGMENT, the next one of the capture, belongs to, or NULL. */
const struct session *pick_session(struct pick *pick, const struct segment *segment);

#endif
