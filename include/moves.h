/* SPDX-License-Identifier: MIT */
/*
 * moves: where sessions and attempts are when older ones were let go.
 *
 * What is kept goes to a new ledger and gets other ids there. Its numbers, by which the user knows
 * it, stay. Whoever remembers an id asks here for the new one; who remembers that of a delivery
 * asks deliveries_moved().
 */
#ifndef SMTPSCOPE_MOVES_H
#define SMTPSCOPE_MOVES_H

#include "ledger.h"

struct moves {
	const struct ledger *before;
	const struct ledger *after;
	uint32_t *sessions; /* their new ids, by the old ones; NO_SESSION: it was not moved */
	uint32_t *attempts; /* the same of attempts, NO_ATTEMPT */
	uint32_t session_count; /* ids beyond these were not moved */
	uint32_t attempt_count;
	uint32_t session_room;
	uint32_t attempt_room;
};

/** The new id of a session; NO_SESSION: it was let go, or there was none. */
static inline uint32_t moves_session(const struct moves *moves, uint32_t id)
{
	return id < moves->session_count ? moves->sessions[id] : NO_SESSION;
}

/** The new id of an attempt, NO_ATTEMPT likewise. */
static inline uint32_t moves_attempt(const struct moves *moves, uint32_t id)
{
	return id < moves->attempt_count ? moves->attempts[id] : NO_ATTEMPT;
}

/** Begin with zeros, and end with this. */
void moves_clear(struct moves *moves);

#endif
