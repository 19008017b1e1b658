/* SPDX-License-Identifier: MIT */
/*
 * join: which parts (attempts for one recipient each) belong together.
 *
 * Parts of one message and recipient form a group, in order of time; within a group, parts that
 * likeness.h finds to be one message on one leg of its way form a chain, which is a delivery. A
 * message sent to several recipients has a group for each; one that a relay hands on has a chain
 * for each leg in its group. An attempt refused before its message was seen carries no message:
 * it belongs to the next part of the same client, sender and recipient, within a day, if SIZE=
 * agrees where both give it; that is always `possible` only.
 *
 * What a part belongs to depends on earlier parts (or, where it was refused, on later ones) in
 * time, never on the order in which they were added. A part is compared with the LIMIT_JOIN newest
 * ones of its group at most, and groups are found by hash: no pairs are searched.
 *
 * Addresses are compared without regard to case.
 */
#ifndef SMTPSCOPE_JOIN_H
#define SMTPSCOPE_JOIN_H

#include "delivery/likeness.h"

struct join;

/** Reads LEDGER and PAIRS, which must outlive it; SEED keys the hashes. NULL: no memory. */
struct join *join_new(const struct ledger *ledger, const struct pairs *pairs, uint64_t seed);

/** Goes on with PAIRS of the same ledger. */
void join_use_pairs(struct join *join, const struct pairs *pairs);
void join_free(struct join *join);

#define NO_NUMBER UINT32_MAX

/** Adds PART; parts are numbered from 0. False: no memory. */
bool join_add(struct join *join, struct part part, uint32_t *number);

struct part join_part(const struct join *join, uint32_t number);

/** The delivery that a part was put into, by the caller; NO_NUMBER before. */
uint32_t join_delivery(const struct join *join, uint32_t number);
void join_put(struct join *join, uint32_t number, uint32_t delivery);

struct match {
	uint32_t number;          /* a part of the delivery that it belongs to, or NO_NUMBER */
	enum certainty certainty;
	uint32_t hop_of;          /* a part of the leg before, where it is a hop; or NO_NUMBER */
};

/** Finds what part NUMBER belongs to among the earlier ones of its group. */
struct match join_find(struct join *join, uint32_t number);

/** The part of its group that comes next in time, NO_NUMBER if none. */
uint32_t join_later(const struct join *join, uint32_t number);

/** Whether an earlier one of NUMBER's group is in DELIVERY. */
bool join_is_founded(const struct join *join, uint32_t number, uint32_t delivery);

/** Whether NUMBER carried no message that can be told from others. */
bool join_is_refused(const struct join *join, uint32_t number);

/**
 * The next try of a refused part among later ones of its client; else, and for every other part,
 * NO_NUMBER.
 */
uint32_t join_next(struct join *join, uint32_t number);

/**
 * The refused parts before NUMBER that may have it, or one another, as their next try, newest
 * first: at most LIMIT_JOIN, fewer than ROOM. Their next try is asked for by join_next().
 */
uint32_t join_refused_before(const struct join *join, uint32_t number, uint32_t *numbers,
			     uint32_t room);

/** How many recipients the message of part NUMBER was sent to, as far as is known. */
uint32_t join_recipients(const struct join *join, uint32_t number);

/** How many times one part was compared with another. */
uint64_t join_comparisons(const struct join *join);

/** How many parts there are. */
uint32_t join_count(const struct join *join);

/** Bytes of memory held. */
size_t join_memory(const struct join *join);

#endif
