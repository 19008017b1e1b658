/* SPDX-License-Identifier: MIT */
/*
 * keeping: which sessions are kept when memory is short.
 *
 * Sessions that tell of one delivery belong together: those of its attempts, of its leg before,
 * both captures of a connection, both sessions of one that was turned. They are kept or let go
 * together, so that nothing that is kept says less than before. As old as the newest of them, they
 * are kept in this order:
 *   1. with one that is open, or pinned, as what is on the screen is;
 *   2. with one that a delivery in trouble has an attempt in, the newest first, up to three
 *      quarters of the room: the newest mail needs some too;
 *   3. the newest of all others, until the room is full.
 */
#ifndef SMTPSCOPE_KEEPING_H
#define SMTPSCOPE_KEEPING_H

#include "delivery.h"

struct keeping;

/** Begins to choose among the sessions of LEDGER. NULL: no memory. */
struct keeping *keeping_new(const struct ledger *ledger, const struct deliveries *deliveries);
void keeping_free(struct keeping *keeping);

/**
 * Looks at MOST sessions or deliveries; false: that were all. The deliveries are up to date then;
 * sessions may come, and go on, between the steps.
 */
bool keeping_step(struct keeping *keeping, uint32_t most);

/** SESSION stays, whatever becomes of the others. */
void keeping_pin(struct keeping *keeping, uint32_t session);

/** Chooses, after all steps, so that about SHARE (0 to 1) of what sessions take is kept. */
void keeping_choose(struct keeping *keeping, double share);

/** Whether SESSION is kept. One that came after keeping_new() is. */
bool keeping_has(const struct keeping *keeping, uint32_t session);

/** Whether SESSION, an older one, was open when it was looked at. */
bool keeping_was_open(const struct keeping *keeping, uint32_t session);

/** Keeps SESSION, which was to be let go, after all. */
void keeping_rescue(struct keeping *keeping, uint32_t session);

#endif
