/* SPDX-License-Identifier: MIT */
/*
 * frame - a segment of a connection -> the frame that a tap sees: addresses, TTL, TCP options,
 * sequence numbers as on the wire.
 */
#ifndef FORGE_FRAME_H
#define FORGE_FRAME_H

#include "connection.h"
#include "craft.h"

/** The bytes of TCP options that every segment of an open connection carries: two NOPs and
 * timestamps (RFC 7323). */
#define FRAME_TIMESTAMP_LEN 12

/** The length of the IP packet around a segment. */
uint64_t forge_frame_ip_len(bool is_v6, const struct segment *segment);

/** Builds the frame as craft_build() does. */
bool forge_frame_build(struct craft *craft, const struct scenario *scenario,
		       const struct connection *connection, const struct segment *segment,
		       uint16_t ip_id, const uint8_t **frame, size_t *len);

/**
 * Builds what a router answers to the segment where its packet is bigger than `mtu`: ICMP
 * Fragmentation Needed (RFC 1191 4), or ICMPv6 Packet Too Big (RFC 4443 3.2). It comes to the
 * segment's sender.
 */
bool forge_frame_build_too_big(struct craft *craft, const struct scenario *scenario,
			       const struct connection *connection, const struct segment *segment,
			       uint16_t ip_id, uint16_t mtu, const uint8_t **frame, size_t *len);

#endif
