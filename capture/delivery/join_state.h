/* SPDX-License-Identifier: MIT */
/*
 * join_state: the join's inside, for join.c, which keeps parts in lists, and join_find.c, which
 * reads them.
 */
#ifndef SMTPSCOPE_JOIN_STATE_H
#define SMTPSCOPE_JOIN_STATE_H

#include "delivery/join.h"
#include "lookup.h"
#include "pool.h"

/* A part in up to two lists, each in order of time. */
enum list { LIST_GROUP, LIST_CLIENT, LISTS };

struct links {
	uint32_t earlier;
	uint32_t later;
};

struct known_part {
	uint32_t attempt;
	uint32_t delivery;
	struct links links[LISTS];
	uint16_t recipient;
	bool is_refused;
};

/* One message, whoever it was sent to. */
struct message {
	uint32_t newest;     /* part of the group of its first recipient */
	text_id address;     /* that one's; 0: not seen so far */
	uint32_t recipients;
};

struct join {
	const struct ledger *ledger;
	const struct pairs *pairs;
	uint64_t seed;
	struct pool parts;        /* struct known_part */
	struct pool messages;     /* struct message */
	struct lookup *by_message; /* numbers of messages */
	struct lookup *by_group;  /* newest parts of the groups of further recipients */
	struct lookup *by_client; /* newest parts of one client, sender and recipient */
	uint64_t compared;        /* pairs of parts so far */
};

/** The record of part NUMBER. */
static inline struct known_part *join_known(const struct join *join, uint32_t number)
{
	return pool_get(&join->parts, number);
}

#endif
