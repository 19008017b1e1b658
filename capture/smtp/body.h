/* SPDX-License-Identifier: MIT */
/*
 * body: the bytes between DATA and the final dot, decoded.
 *
 * The end of data is CRLF . CRLF, or . CRLF at the very beginning, wherever segments cut it; a
 * dot at the beginning of a line is taken off (RFC 5321 4.5.2). Servers also exist that take a
 * dot between bare LFs as the end: where such a line is the last that was sent, body_ended_bare()
 * says so, and the server's reply decides which it was.
 */
#ifndef SMTPSCOPE_BODY_H
#define SMTPSCOPE_BODY_H

#include "smtp/message.h"

struct body {
	uint8_t state;       /* enum body_state, in body.c */
	uint8_t last;        /* the byte before, and the one before that, as they were sent; 0 at */
	uint8_t last_but_one; /* the beginning or behind a gap */
	uint8_t held[3];     /* bytes that are text, or belong to a terminator: not known yet */
	uint8_t held_n;
	uint8_t bare_dots;   /* lines that body_ended_bare() means and that were text, at most 255 */
};

/** Where DATA's body begins. */
struct body body_at_start(void);

/** Where it goes on behind missing bytes: somewhere in a line. */
struct body body_after_gap(void);

/**
 * Takes bytes from the front of IN and gives the decoded ones to MESSAGE. Returns how many were
 * taken; HAS_ENDED: the last of them was the final LF of the terminator.
 */
size_t body_take(struct body *body, struct span in, struct message *message, bool *has_ended);

/** Whether the newest bytes were a dot on a line of its own that lacks a CR on either side. */
bool body_ended_bare(const struct body *body);

#endif
