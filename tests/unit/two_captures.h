/* SPDX-License-Identifier: MIT */
/*
 * two_captures: one conversation, captured at the client and at the server at once.
 *
 * The server's clock is an hour ahead. A test writes what the client's capture shows, derives the
 * other one, and then lets either of them miss what is to be missed.
 */
#ifndef SMTPSCOPE_TEST_TWO_CAPTURES_H
#define SMTPSCOPE_TEST_TWO_CAPTURES_H

#include "play.h"

#define BOTH_DELAY_S 0.018 /* each way */
#define BOTH_AHEAD_S 3600.0

struct both {
	struct play near;
	struct play far;
	struct heard heard;
	const struct try *try; /* the only one */
	struct views views;
};

/** A connection up to the end of a message from a@x to b@y, which the server TCP-acknowledges. */
void both_begin(struct both *both);

/** Derives the server's capture from the client's. */
void both_see_from_server(struct both *both);

/* What happens after both_begin(), in both captures: */

/** The server answers, and the client has the reply. */
void both_answer_in_time(struct both *both);
/** The client leaves after 90 s, and ten seconds later the server answers. */
void both_answer_late(struct both *both);
/** The client leaves after 90 s; the reply that comes a second later had left 80 s before. */
void both_hold_up_reply(struct both *both);
/** The client is given a 250 that the server never sent. */
void both_answer_between(struct both *both);
/** The client is given a reset that the server never sent. */
void both_reset_between(struct both *both);

/**
 * In place of both_begin(): the end of the message never reaches the server, though it is sent
 * three times; the client resets after 90 s, and the server gives the silent connection up later.
 */
void both_lose_message(struct both *both);

/** The newest segment of PLAY was not captured. */
void both_lose_last(struct play *play);

/** Analyses both; fails the test unless they hold one attempt, seen in both. */
void both_hear(struct both *both);
void both_end(struct both *both);

/** Fails the test unless the verdict on the attempt is this. */
void both_expect(const struct both *both, enum cause cause, uint32_t min, uint32_t max);

#endif
