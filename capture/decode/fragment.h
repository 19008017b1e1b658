/* SPDX-License-Identifier: MIT */
/*
 * fragment: datagrams put together from their fragments (RFC 791 3.2, RFC 8200 4.5).
 *
 * Fragments may come in any order. Where they overlap, the bytes that came first stay (a copy of
 * a fragment is what a second tap or a mirror port gives; anything else is an attack or a fault,
 * and is reported as such). At most LIMIT_DATAGRAMS are under way: one more lets the oldest go,
 * and time lets go what is older than LIMIT_FRAGMENT_AGE_NS on the capture's clock.
 */
#ifndef SMTPSCOPE_DECODE_FRAGMENT_H
#define SMTPSCOPE_DECODE_FRAGMENT_H

#include "bounds.h"
#include "decode.h"
#include "ip.h"

struct fragments;

/** Where the fragments of a datagram came from. */
struct fragment_parts {
	uint32_t count;
	struct fragment_part part[LIMIT_FRAGMENT_PARTS];
};

enum fragment_state {
	FRAGMENT_KEPT,	    /* its datagram is not whole yet */
	FRAGMENT_COMPLETED, /* it is now */
	FRAGMENT_MALFORMED, /* a length or place that cannot be; it was left out */
};

struct fragment_result {
	enum fragment_state state;
	bool overlaps; /* other bytes had been there before a part of it */
	uint32_t lost; /* packets of datagrams that were let go to make room */
};

/** NULL: no memory. Free with fragments_free(). */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *fragments);

/**
 * Adds PART, which came with PACKET; PARTS, all zero for a packet that was not looked into yet,
 * holds the fragments that PART's datagram came in so far. With FRAGMENT_COMPLETED PARTS are those
 * of the whole. With FRAGMENT_COMPLETED PART becomes the whole datagram; its
 * payload ends where a fragment was cut by a snaplen, and is valid until the call after the next:
 * it may hold a tunnel with a fragment inside, which is the next PART.
 */
struct fragment_result fragments_add(struct fragments *fragments, const struct packet *packet,
				     struct datagram *part, struct fragment_parts *parts);

/** The time at which the next datagram will be too old; INT64_MAX: there is none. */
int64_t fragments_deadline(const struct fragments *fragments);

/** Lets go what is too old at NOW_NS; returns how many packets that were. */
uint32_t fragments_expire(struct fragments *fragments, int64_t now_ns);

#endif
