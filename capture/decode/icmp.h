/* SPDX-License-Identifier: MIT */
/*
 * icmp: what routers say of TCP segments that they did not pass on.
 *
 * Read are, of ICMP (RFC 792) destination unreachable with "fragmentation needed" and its MTU
 * (RFC 1191 4), and time exceeded; of ICMPv6 (RFC 4443) destination unreachable, packet too big
 * and time exceeded. Each quotes the packet that it speaks of, at least up to the first 8 bytes
 * of TCP: ports and sequence number.
 */
#ifndef SMTPSCOPE_ICMP_H
#define SMTPSCOPE_ICMP_H

#include "decode.h"
#include "ip.h"

/**
 * True: DATAGRAM is such a message about a TCP segment; OUT says what it tells, without mark, file
 * and tap. False: it is something else.
 */
bool icmp_read(const struct datagram *datagram, struct refusal *out);

#endif
