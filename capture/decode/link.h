/* SPDX-License-Identifier: MIT */
/*
 * link: the way from the start of a frame to its IP header.
 *
 * Link types as tcpdump.org/linktypes.html describes them; inside them 802.1Q and 802.1ad tags,
 * MPLS labels (RFC 3032) and PPPoE sessions (RFC 2516), at most LIMIT_LINK_DEPTH inside each
 * other.
 */
#ifndef SMTPSCOPE_DECODE_LINK_H
#define SMTPSCOPE_DECODE_LINK_H

#include "decode.h"

/**
 * Points IP at the IP header in FRAME, whose link layer is the DLT_ value LINK, up to the end of
 * the frame. False: there is none, and REASON says why.
 */
bool link_walk(int link, struct span frame, struct span *ip, enum skip_reason *reason);

#endif
