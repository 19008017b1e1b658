/* SPDX-License-Identifier: MIT */
/*
 * pairs: one connection captured in two places, and how the clocks of the two compare.
 *
 * Two sessions of different files are one connection where their endpoints agree and
 *   - both initial sequence numbers do (behind a NAT one endpoint, or none, may differ: then both
 *     dialogues must agree in their first commands too), or
 *   - one of the two does and the dialogues begin alike; or none does, as a firewall may rewrite
 *     both, and they begin alike and within a second of each other, or
 *   - no beginning was seen, and an end of data or a command stands at the same sequence number
 *     in both; or, with all read and one endpoint translated, an end of data does, or the same
 *     message ends equally far from the beginning and within a second.
 * Where both lie in one file (an interface on each side of a NAT), it was merely seen twice.
 *
 * The one that is nearer to the client is told by the TTLs, which only ever fall on the way, else
 * by the clocks below, else by the vantages.
 *
 * Clocks: a packet of the client passes the near tap first, one of the server the far tap. With
 * the far clock ahead by X, every command says that X is at most the difference of its two times,
 * every reply that it is at least that (the same bound on two one-way delays that NTP uses, RFC
 * 5905 8). X lies between the tightest of both kinds; the handshake alone gives one of each.
 * Bytes that were sent again only make a bound looser, never wrong.
 *
 * Captures are read in the order of their clocks, which may be hours apart: which connection is one
 * with which, and how the clocks differ, is known for certain when all were read. Then
 * meet_again.h looks once more. Of more than two captures of a connection the two that are
 * farthest apart are the pair then.
 */
#ifndef SMTPSCOPE_PAIRS_H
#define SMTPSCOPE_PAIRS_H

#include "delivery.h"

struct pairing {
	uint32_t near;       /* session nearer to the client */
	uint32_t far;
	bool is_aligned;     /* offset_ns and error_ns are known */
	int64_t offset_ns;   /* what the far clock shows more than the near one */
	int64_t error_ns;    /* it is right within */
	uint32_t cursor;     /* the module's business: the attempt that was found last, */
	uint32_t compared;   /* and how many events both had when clocks were compared */
};

struct pairs;

/** Reads LEDGER, which must outlive it; SEED keys the hashes. NULL: no memory. */
struct pairs *pairs_new(const struct ledger *ledger, uint64_t seed);
void pairs_free(struct pairs *pairs);

/** What they were made from. */
const struct ledger *pairs_ledger(const struct pairs *pairs);

/** How a session stands to those met before. */
enum meeting {
	MEETING_NEW,   /* no other is known of this connection */
	MEETING_TWICE, /* it was seen before, at the same place or at two others: passed over */
	MEETING_PAIR,  /* it is one of a pair */
};

/** Looks SESSION up, and remembers it; asked again it answers the same. */
enum meeting pairs_meet(struct pairs *pairs, const struct session *session);

/**
 * Pairs of the same ledger in which no session has met another one, to let all meet again, for
 * meet_again.h: in the order in which they came, then the end. NULL: no memory.
 */
struct pairs *pairs_begin_anew(const struct pairs *before);
void pairs_meet_anew(struct pairs *pairs, const struct session *session);
void pairs_end_anew(struct pairs *pairs);

/** Whether SESSION has not met the same in A and in B. */
bool pairs_differ(const struct pairs *a, const struct pairs *b, uint32_t session);

/** Whether what was made of meetings is outdated by later ones; asked again it is not. */
bool pairs_were_outdated(struct pairs *pairs);

/** Whether ATTEMPT, of a session that was seen twice, is in what that one was met as. */
bool pairs_has_other(struct pairs *pairs, const struct attempt *attempt);

/** The pairing that SESSION is part of, brought up to date; NULL: none. */
const struct pairing *pairs_of(struct pairs *pairs, uint32_t session);

/** The attempt in the other capture that is ATTEMPT; NULL: it has none (yet). */
const struct attempt *pairs_twin(struct pairs *pairs, const struct attempt *attempt);

/** Until when the file of SESSION is known to have been captured, on its own clock. */
int64_t pairs_until(const struct pairs *pairs, const struct session *session);

/** FILE holds packets from FIRST_NS to LAST_NS. */
void pairs_cover(struct pairs *pairs, uint16_t file, int64_t first_ns, int64_t last_ns);

/**
 * When the file of SESSION, or the one that goes on where it ends, has its last packet; NO_TIME
 * where pairs_cover() did not say.
 */
int64_t pairs_end(const struct pairs *pairs, const struct session *session);

/** What the clock of SESSION's file shows more than that of the first file, as far as known. */
int64_t pairs_clock(const struct pairs *pairs, const struct session *session);

/** Takes over what BEFORE knows of files and their clocks. */
void pairs_take_clocks(struct pairs *pairs, const struct pairs *before);

/** The other sessions that SESSION's connection is known by: those it was met as, at most three. */
uint32_t pairs_related(const struct pairs *pairs, uint32_t session, uint32_t others[static 3]);

/** Bytes of memory held. */
size_t pairs_memory(const struct pairs *pairs);

/** When ATTEMPT began, on the clock of that first file as far as known. */
int64_t pairs_start(const struct pairs *pairs, const struct attempt *attempt);

#endif
