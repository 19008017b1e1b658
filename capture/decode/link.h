/* SPDX-License-Identifier: MIT */
/*
 * link: the way from the start of a frame to its IP header.
 *
 * Link types as tcpdump.org/linktypes.html describes them, those of packet filters (NFLOG, pflog,
 * enc) and of macOS (PKTAP) among them; inside them 802.1Q, 802.1ad and VN tags, 802.2 with SNAP
 * (RFC 1042), MPLS labels (RFC 3032) and PPPoE sessions (RFC 2516), at most LIMIT_LINK_DEPTH inside
 * each other.
 */
#ifndef SMTPSCOPE_DECODE_LINK_H
#define SMTPSCOPE_DECODE_LINK_H

#include "decode.h"

/** Bytes that begin with the header of a link layer: a captured frame, or one from a tunnel. */
struct frame {
	int link;	   /* DLT_ value */
	struct span bytes; /* those that were captured */
	uint32_t wire_len; /* never less */
};

/**
 * Points IP at the IP header in FRAME, up to its end. LAYERS counts those walked through and
 * entered so far. False: there is no IP, and REASON says why.
 */
bool link_walk(const struct frame *frame, int *layers, struct span *ip, enum skip_reason *reason);

#endif
