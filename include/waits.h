/* SPDX-License-Identifier: MIT */
/*
 * waits: how long a client waited for each reply of a session before its end of data.
 *
 * A walk over the events of a session, in order, without memory of its own. Each reply answers
 * the oldest command that has none (RFC 2920 3.1); those that only one command can have, as 354,
 * put the order right (RFC 5321 4.3.2). Of pipelined commands the wait for one begins with the
 * reply before it, because that is when a sender's timer for it does.
 *
 * The wait for the reply to the end of data is not told here: it is the verdict's (delivery.h).
 * A walk ends at the first gap and where encryption begins: behind them nobody knows which reply
 * is whose.
 */
#ifndef SMTPSCOPE_WAITS_H
#define SMTPSCOPE_WAITS_H

#include "ledger.h"
#include "timers.h"

enum wait_end {
	WAIT_ANSWERED,
	WAIT_GIVEN_UP,    /* the client left, 2 s or more after it had begun to wait */
	WAIT_SERVER_LEFT,
};

struct wait {
	enum wait_kind kind;
	enum wait_end end;
	uint32_t event;    /* the command or message that was waited on; NO_EVENT: the session */
	int64_t waited_ns;
};

/** Where a walk stands; for waits_next() alone. */
struct waits_walk {
	const struct ledger *ledger;
	const struct session *session;
	uint32_t at;       /* the next event to look at */
	uint32_t due;      /* no command before it is without a reply */
	uint32_t eod_last; /* while the end of data is due: the last event that answers it */
	uint32_t message;  /* the message being sent, NO_EVENT between messages */
	uint32_t attempt;  /* none before it has an end of data that is due */
	int64_t before_ns; /* of the newest reply, NO_TIME */
	int64_t shut_ns;   /* since when the server takes nothing, NO_TIME */
	bool has_begun;
	bool is_greeted;
	bool is_over;
};

/** A walk over SESSION as it stands. */
struct waits_walk waits_begin(const struct ledger *ledger, const struct session *session);

/** The next wait of the session. False: that was all. */
bool waits_next(struct waits_walk *walk, struct wait *out);

/** The longest wait of each kind; NO_TIME where there was none. */
struct longest_waits {
	int64_t waited_ns[WAITS];
};

/**
 * One walk over SESSION: those before its first transaction, which all its attempts share, go to
 * OUT, the others to the attempt that they belong to, in BY_ATTEMPT at its id (NULL: nowhere).
 */
void waits_collect(const struct ledger *ledger, const struct session *session,
		   struct longest_waits *out, struct longest_waits *by_attempt);

/** The same for ATTEMPT alone: its own, and those that it shares with the others of its session. */
void waits_of_attempt(const struct ledger *ledger, const struct attempt *attempt,
		      struct longest_waits *out);

#endif
