/* SPDX-License-Identifier: MIT */
/*
 * ledger_write: the writing side of the ledger (include/ledger.h), for the dialogue layer and
 * for tests that make ledgers by hand.
 */
#ifndef SMTPSCOPE_LEDGER_WRITE_H
#define SMTPSCOPE_LEDGER_WRITE_H

#include "ledger.h"

/** A new open session without events or attempts. NULL: no memory. */
struct session *ledger_add_session(struct ledger *ledger);

/** The session ID for changing; NULL if there is none. */
struct session *ledger_edit_session(struct ledger *ledger, uint32_t id);

/**
 * Appends EVENT to SESSION and returns its index; NO_EVENT where memory or
 * LIMIT_SESSION_EVENTS ran out (counted in lost_events). Moves session->end_ns forward.
 */
uint32_t ledger_add_event(struct ledger *ledger, struct session *session,
			  const struct event *event);

/** The event INDEX of SESSION for changing; NULL for NO_EVENT. Call ledger_touch() afterwards. */
struct event *ledger_edit_event(struct session *session, uint32_t index);

/** A new attempt at the end of SESSION's list, every event in it NO_EVENT. NULL: no memory. */
struct attempt *ledger_add_attempt(struct ledger *ledger, struct session *session);

/** The attempt ID for changing; NULL if there is none. Call ledger_touch() afterwards. */
struct attempt *ledger_edit_attempt(struct ledger *ledger, uint32_t id);

/**
 * Adds a recipient to ATTEMPT, whose recipients may move by that. NULL: no memory, or
 * LIMIT_RECIPIENTS was reached.
 */
struct recipient *ledger_add_recipient(struct ledger *ledger, struct attempt *attempt);

/** Recipient INDEX of ATTEMPT for changing; NULL if there is none. */
struct recipient *ledger_edit_recipient(struct ledger *ledger, struct attempt *attempt,
					uint32_t index);

/** Says that ATTEMPT, or an event in it, has changed. */
void ledger_touch(struct ledger *ledger, struct attempt *attempt);

/** SESSION is over: what it does not need any more is freed. */
void ledger_close_session(struct ledger *ledger, struct session *session);

/** Keeps TEXT and gives its number; 0 for an empty one. */
text_id ledger_keep(struct ledger *ledger, struct span text);

/** LEDGER takes the place of BEFORE: sessions and attempts are numbered on from there. */
void ledger_go_on(struct ledger *ledger, const struct ledger *before);

#endif
