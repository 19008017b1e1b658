/* SPDX-License-Identifier: MIT */
/*
 * ip: the headers of IPv4 (RFC 791) and IPv6 (RFC 8200, with its extension headers).
 *
 * Lengths are those of the wire, taken from the IP header; the payload span holds what the
 * capture kept of them. A frame's padding behind the datagram never counts as payload. A length
 * field of 0 is what a host writes that leaves segmentation to its network card: then the
 * datagram reaches to the end of the frame.
 */
#ifndef SMTPSCOPE_DECODE_IP_H
#define SMTPSCOPE_DECODE_IP_H

#include "decode.h"

#include <netinet/in.h>

struct datagram {
	uint8_t source[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t destination[16];
	bool is_ipv6;
	uint8_t protocol;      /* IPPROTO_ value of the payload */
	uint8_t ttl;	       /* or hop limit */
	bool is_fragment;      /* a part of a datagram, see below */
	bool more_fragments;   /* and not its last one */
	uint32_t fragment_id;  /* IPv4 identification, or that of the IPv6 fragment header */
	uint32_t fragment_off; /* bytes of the datagram's payload before this part */
	uint16_t ip_id;	       /* IPv4 identification; 0 for IPv6 */
	uint32_t len;	       /* payload bytes on the wire */
	struct span payload;   /* those that were captured */
};

/**
 * Reads the IP header at the start of BYTES, of which WIRE_LEN were on the wire. False: it is
 * none, or a broken or cut one, and REASON says which.
 */
bool ip_read(struct span bytes, uint32_t wire_len, struct datagram *out, enum skip_reason *reason);

/**
 * Walks the extension headers at the start of an IPv6 datagram's payload (RFC 8200 4.1): of one
 * that was put together from fragments, as ip_read() has done it for all others. IPv4 has none.
 */
bool ip_walk_extensions(struct datagram *datagram, enum skip_reason *reason);

#endif
