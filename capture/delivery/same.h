/* SPDX-License-Identifier: MIT */
/*
 * same: whether two sessions are views of one connection, and what in them is the same.
 *
 * Something stands at one place in both streams: by sequence number, or where both beginnings were
 * seen and the initial sequence numbers differ, by its distance from the beginning.
 */
#ifndef SMTPSCOPE_SAME_H
#define SMTPSCOPE_SAME_H

#include "ledger.h"

struct pairs;

/** Whether X of session A is Y of session B; NULL is none. */
bool same_event(const struct session *a, const struct event *x, const struct session *b,
		const struct event *y);

/** The same for attempts. */
bool same_attempt(const struct session *a, const struct attempt *x, const struct session *b,
		  const struct attempt *y);

/** Whether A and B, which have initial sequence numbers of one hash, are one connection. */
bool same_by_isns(const struct pairs *pairs, const struct session *a, const struct session *b);

/** Whether A and B, whose endpoints have one hash, are one connection in different files. */
bool same_by_ends(const struct pairs *pairs, const struct session *a, const struct session *b);

/**
 * Whether attempt X of A and Y of B, whose ends of data have one hash, are one, in different files
 * and perhaps with one endpoint translated: where a beginning was not seen, by sequence numbers;
 * else by what they carried, and when.
 */
bool same_by_content(const struct pairs *pairs, const struct session *a, const struct attempt *x,
		     const struct session *b, const struct attempt *y);

#endif
