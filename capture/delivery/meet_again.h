/* SPDX-License-Identifier: MIT */
/*
 * meet_again: when all was read, all sessions meet once more (pairs.h), beside what is known so
 * far, and in steps: of a million it takes most of a second.
 */
#ifndef SMTPSCOPE_MEET_AGAIN_H
#define SMTPSCOPE_MEET_AGAIN_H

#include "delivery/pairs.h"

struct meet_again;

/** Begins; BEFORE must stay until the end. NULL: no memory. */
struct meet_again *meet_again_new(const struct pairs *before);
void meet_again_free(struct meet_again *again);

/** Goes on by MOST sessions. False: all have met. */
bool meet_again_step(struct meet_again *again, uint32_t most);

/** How they have met, for the caller to free; HAS_NEWS tells whether that differs from before. */
struct pairs *meet_again_take(struct meet_again *again, bool *has_news);

#endif
