/* SPDX-License-Identifier: MIT */
/*
 * ledger_fixture: ledgers and deliveries made by hand, for tests of what is told about them.
 *
 * Every attempt is a session of its own from 192.0.2.1 to 192.0.2.10:25. Times are seconds after
 * 2024-03-05 10:00:00 UTC; frames count on by one. The verdicts are the test's own.
 */
#ifndef SMTPSCOPE_TESTS_LEDGER_FIXTURE_H
#define SMTPSCOPE_TESTS_LEDGER_FIXTURE_H

#include "story.h"

#define FIXTURE_TRIES 64
#define FIXTURE_START_S INT64_C(1709632800)

struct fixture {
	struct ledger *ledger;
	struct session *session; /* of the newest attempt */
	struct attempt *attempt;
	struct delivery delivery;
	struct try tries[FIXTURE_TRIES];
	uint32_t frame;
	int64_t now_ns;
	bool is_over;
	enum vantage vantage;
};

/** An empty ledger and a delivery of no attempts; free it with fixture_free(). */
void fixture_init(struct fixture *fixture);
void fixture_free(struct fixture *fixture);

/** The time SECONDS after the fixture's start. */
int64_t fixture_time(double seconds);

/** Adds an event to the newest session and names it; TEXT may be NULL. */
uint32_t fixture_event(struct fixture *fixture, double at, enum event_kind kind, uint8_t bits,
		       uint16_t value, const char *text);

/** A new attempt up to its MAIL, RCPT and the reply to it (0.1 s); its verdict is unknown. */
void fixture_envelope(struct fixture *fixture, double at, uint16_t rcpt_code);

/** DATA and the message; the end of data comes 0.4 s after AT, its TCP ACK 0.2 ms later. */
void fixture_message(struct fixture *fixture, double at);

/** Both, from AT on: the end of data comes at AT + 0.5 s. */
void fixture_attempt(struct fixture *fixture, double at);

/** The server's reply to the end of data, and the client's TCP ACK of it. */
void fixture_reply(struct fixture *fixture, double at, uint16_t code, const char *text);
void fixture_reply_acked(struct fixture *fixture, double at);

/** A side leaves by FIN or RST. */
void fixture_client_left(struct fixture *fixture, double at, enum event_kind kind);
void fixture_server_left(struct fixture *fixture, double at, enum event_kind kind);

/** The verdict on the newest attempt. */
void fixture_verdict(struct fixture *fixture, enum outcome outcome, enum cause cause,
		     uint32_t copies_min, uint32_t copies_max);

/** The verdict on the whole, and the end of what was seen. */
void fixture_finish(struct fixture *fixture, enum delivery_state state, enum cause cause,
		    double now);

struct subject fixture_subject(const struct fixture *fixture);

/* The stories that several tests tell. */

/** Three attempts: twice the 250 comes ten seconds too late, the third time in time. */
void fixture_q154083(struct fixture *fixture);

/** The 250 passes at a tap at the server, is sent again twice, and never acknowledged. */
void fixture_reply_lost(struct fixture *fixture);

/** The server closes 12 s after the end of data; a resend is accepted. */
void fixture_server_closes(struct fixture *fixture);

/** One attempt; its client still waits after 45 s. */
void fixture_still_waiting(struct fixture *fixture);

/** The recipient is refused for now twice, then accepted. */
void fixture_greylist(struct fixture *fixture);

/** Fifty attempts, one a minute, all without a reply but the last. */
void fixture_fifty(struct fixture *fixture);

#endif
