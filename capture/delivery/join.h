/* SPDX-License-Identifier: MIT */
/*
 * join: which attempts carried the same message to the same recipient.
 *
 * Rules, in this order; the one that fires is kept as a certainty:
 *   certain   equal digest of the whole decoded message; or the same Message-ID and an equal
 *             digest of the body (headers added or signed again on the way)
 *   likely    the same Message-ID, and one of the two incomplete or their sizes within 2 %; or
 *             no Message-ID, but equal envelope sender, Date, Subject and body digest; or equal
 *             digests, where the envelope of one of them was not seen
 *   possible  an attempt that was refused before its message: to the next one of the same
 *             client, sender and recipient within a day, if SIZE= agrees where both give it
 *   possible  under TLS: the same client and size of upload, where the earlier one was not answered
 *             in time
 *
 * Addresses are compared without regard to case. Every rule is a hash look-up: joining a million
 * attempts compares no pairs.
 */
#ifndef SMTPSCOPE_JOIN_H
#define SMTPSCOPE_JOIN_H

#include "delivery.h"

struct join;

/** Reads LEDGER, which must outlive it; SEED keys the hashes. NULL: no memory. */
struct join *join_new(const struct ledger *ledger, uint64_t seed);
void join_free(struct join *join);

/** One attempt for one of its recipients (index 0 where the envelope was not seen). */
struct part {
	const struct attempt *attempt;
	uint32_t recipient;
};

#define NO_NUMBER UINT32_MAX

struct match {
	uint32_t number;          /* of the part that it belongs to, or NO_NUMBER */
	enum certainty certainty;
	uint32_t refused;         /* the newest refused part that it may be the next try of */
};

/** Finds the parts added earlier that PART belongs to. */
struct match join_find(const struct join *join, struct part part);

/** Remembers PART, and finds it later under NUMBER. False: no memory. */
bool join_add(struct join *join, struct part part, uint32_t *number);

/** The part that was added under NUMBER. */
struct part join_part(const struct join *join, uint32_t number);

/** The refused part NUMBER has found its next try: it is not to be found again. */
void join_settle(struct join *join, uint32_t number);

/** The recipient's address, 0 where the envelope was not seen. */
text_id part_address(const struct ledger *ledger, struct part part);

#endif
