/* SPDX-License-Identifier: MIT */
/*
 * decode: a frame's way down to its TCP segment.
 *
 * Link layers: Ethernet, 802.1Q and QinQ tags, Linux cooked v1 and v2, raw IP, BSD loopback (NULL
 * and LOOP), MPLS, PPP, PPPoE, Cisco HDLC, what packet filters write (NFLOG, pflog, enc), and macOS's
 * PKTAP. Network: IPv4 with options, IPv6 with extension headers, fragments of
 * both put together (a datagram that is never completed within 60 s is counted and let go, RFC
 * 8200 4.5). Tunnels: IP in IP, GRE, ERSPAN, VXLAN, GENEVE, also inside each other, with fragments
 * around and inside them; a segment is that of the innermost datagram. Checksums are not judged: captures
 * on the sending host hold packets whose checksums the network card fills in later.
 *
 * An ICMP message that refuses a TCP segment is told too. What else is no TCP segment is passed
 * over and counted by reason; so is a packet that the capture holds twice, as from a mirror port,
 * but never one that was sent twice.
 */
#ifndef SMTPSCOPE_DECODE_H
#define SMTPSCOPE_DECODE_H

#include "packet.h"

#include <stdbool.h>
#include <string.h>

/** One end of a connection. IPv4 addresses stand as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). */
struct endpoint {
	uint8_t address[16];
	uint16_t port;
};

/** Whether A and B are the same host, whatever their ports. */
static inline bool endpoint_is_host(const struct endpoint *a, const struct endpoint *b)
{
	return memcmp(a->address, b->address, sizeof a->address) == 0;
}

/** Whether A and B are the same address and port. */
static inline bool endpoint_is_same(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && endpoint_is_host(a, b);
}

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
};

struct segment {
	struct mark mark; /* of the packet that completed it */
	uint16_t file;
	uint16_t tap;
	struct endpoint source;
	struct endpoint destination;
	uint32_t seq;        /* sequence number of its first byte */
	uint32_t ack;        /* only with TCP_ACK */
	uint16_t window;     /* as sent, not scaled */
	uint8_t flags;       /* enum tcp_flag */
	uint8_t ttl;         /* IPv4 time to live or IPv6 hop limit */
	uint16_t ip_id;      /* IPv4 identification; 0 for IPv6 */
	uint8_t header_len;  /* of the TCP header, which stands right before the payload */
	bool has_timestamp;  /* TCP timestamp option (RFC 7323 3) */
	uint32_t timestamp;  /* its TSval */
	uint32_t len;        /* payload bytes on the wire, by the IP length */
	struct span payload; /* those that were captured: fewer than len where a snaplen cut */
};

/** What an ICMP message says of a TCP segment that a router did not pass on (RFC 792, 1191, 4443). */
struct refusal {
	struct mark mark;
	uint16_t file;
	uint16_t tap;
	struct endpoint router;      /* who says so; port 0 */
	struct endpoint source;      /* of the segment that it quotes */
	struct endpoint destination;
	uint32_t seq;
	struct span rest;            /* what else of it is quoted, behind that number */
	bool is_too_big;             /* else it did not get through for another reason */
	uint32_t mtu;                /* of the next link, where it is too big; 0: not told */
};

enum skip_reason {
	SKIP_LINK_TYPE,      /* a link layer that is not read */
	SKIP_NOT_IP,         /* ARP, LLDP, ... */
	SKIP_NOT_TCP,        /* UDP, ICMP, ... */
	SKIP_FRAGMENT,       /* a fragment whose datagram was never completed */
	SKIP_TRUNCATED,      /* the capture cut it inside the headers */
	SKIP_MALFORMED,      /* a header contradicts itself */
	SKIP_DEPTH,          /* more layers inside each other than LIMIT_LINK_DEPTH */
	SKIP_TWICE,          /* the capture holds the same packet already */
	SKIP_REASONS,
};

struct decoder;

/** SEED keys the hashes. NULL: no memory. Free with decoder_free(). */
struct decoder *decoder_new(uint64_t seed);
void decoder_free(struct decoder *decoder);

/**
 * Decodes one packet. True: OUT is its segment (or the one that this fragment completed), whose
 * payload is valid until the next call. False: it was passed over and counted, or is a fragment
 * that is kept until its datagram is whole.
 */
bool decode_packet(struct decoder *decoder, const struct packet *packet, struct segment *out);

/** A fragment: which packet brought it, and where in that packet's bytes its payload begins. */
struct fragment_part {
	uint16_t file;
	uint32_t frame;
	uint32_t payload_at;
};

/**
 * The fragments that the newest segment was put together from, that of its own packet last;
 * COUNT is 0 where it came whole. Of more than LIMIT_FRAGMENT_PARTS only the first are known.
 * Valid until the next packet is decoded.
 */
const struct fragment_part *decoder_parts(const struct decoder *decoder, size_t *count);

/** From now on packets that the capture holds twice are decoded like all others. */
void decoder_keep_copies(struct decoder *decoder);

/**
 * What the packet said for which decode_packet() has just returned false: the refusal of a TCP
 * segment, or NULL. Valid until the next call. Such a packet is not counted as passed over.
 */
const struct refusal *decoder_refusal(const struct decoder *decoder);

/**
 * Packets passed over for REASON so far; fragments kept at the moment do not count. A fragment
 * that overlaps others with bytes of its own counts as malformed, whatever its datagram gives.
 */
uint64_t decoder_skipped(const struct decoder *decoder, enum skip_reason reason);

/** The reason in words, as reports and screens name it: "not TCP". */
const char *skip_reason_name(enum skip_reason reason);

/** Length of the longest endpoint_format() result with its NUL. */
#define ENDPOINT_TEXT 56

/** "192.0.2.1:25" or "[2001:db8::1]:25" into OUT; returns OUT. */
const char *endpoint_format(const struct endpoint *endpoint, char out[static ENDPOINT_TEXT]);

/** The address alone, "192.0.2.1" or "2001:db8::1"; returns OUT. */
const char *endpoint_format_address(const struct endpoint *endpoint,
				    char out[static ENDPOINT_TEXT]);

#endif
