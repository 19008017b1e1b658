/* SPDX-License-Identifier: MIT */
/*
 * twice: IP packets that the capture holds more than once.
 *
 * A mirror port that copies both directions of several ports, the "any" interface on a host with
 * a bridge, and a tap before and one behind a router each show one packet two or three times.
 * Taken for packets of their own the copies would look like TCP retransmissions and duplicate
 * TCP ACKs, from which loss is told. So they are passed over; but what a sender sent again never
 * is: when in doubt a packet counts as sent again.
 *
 * A packet may be a copy of an earlier one only if
 *   - it is of the same tap (captures of their own are joined by delivery, not here),
 *   - it has the same ends, IPv4 identification, lengths, TCP header (but for the checksum, which
 *     a network card may fill in between) and timestamp,
 *   - LIMIT_TWICE_NS at most are between them,
 *   - its TTL is the same, or lower by no more than LIMIT_TWICE_HOPS,
 * and if one of these tells that it was not sent again:
 *   1. It is a SYN without an ACK: none is sent again so soon (RFC 6298 2.1: after 1 s).
 *   2. It has an identification, not 0, and this sender has been seen to change it on the
 *      connection. Linux, Windows and most others then count or draw one for every packet, those
 *      sent again and those not to be fragmented among them (what RFC 6864 4.1 no longer asks
 *      for). The last bytes are compared beside the above. By this rule alone pure TCP ACKs at the
 *      same TTL are told from duplicate TCP ACKs, which mean something.
 *   3. It has no identification (IPv6; 0 on macOS, FreeBSD and in Linux' SYN-ACK and RST), has
 *      data, SYN or FIN, every byte is the same, and its TTL is lower; or less than
 *      LIMIT_TWICE_SURE_NS have passed, and it has a TCP timestamp or came by another interface,
 *      MAC address or VLAN.
 *   4. It has no identification, is a pure TCP ACK or a RST, every byte is the same, its TTL is
 *      lower, and it came by another interface, MAC address or VLAN.
 * A SYN with an ACK may be the first packet of its sender, whose habits are not known yet: then 3
 * applies to it though it has an identification. 3 and 4 also ask that the other side has been
 * seen, and not between the two packets: no timer runs out that soon (RFC 6298 2.4, RFC 8985 7.2),
 * so what is sent again then is so because of a packet from there. A capture of one direction alone
 * thus keeps them.
 *
 * Hashes are seeded. Both tables have a fixed size, and a newer entry replaces an older one: what
 * is forgotten is not taken for a copy.
 */
#ifndef SMTPSCOPE_DECODE_TWICE_H
#define SMTPSCOPE_DECODE_TWICE_H

#include "ip.h"

struct twice;

/** NULL: no memory. Free with twice_free(). */
struct twice *twice_new(uint64_t seed);
void twice_free(struct twice *twice);

/**
 * Whether SEGMENT, the one in DATAGRAM, has been captured before; remembers it if not. LINK are the
 * bytes of its packet before the outermost IP header, and INTERFACE is where that came from.
 */
bool twice_is_copy(struct twice *twice, const struct segment *segment,
		   const struct datagram *datagram, uint32_t interface, struct span link);

#endif
