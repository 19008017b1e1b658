/* SPDX-License-Identifier: MIT */
/*
 * tcp: segments become two ordered streams a connection, and facts about them.
 *
 * The layer above gets a connection's bytes in their causal order: those of one direction by
 * sequence number, and a segment only after everything that its ACK number says the sender had
 * received. So a capture whose packets were swapped reads like one whose packets were not. A
 * segment that is in order is handed on where it lies; only what came early is copied, into a
 * bounded store.
 *
 * Bytes that the other side has acknowledged but the capture never showed are a gap: the
 * connection carried them and the capture lost them. They are waited for a moment
 * (LIMIT_EARLY_WAIT_NS), because taps reorder. Bytes that were lost on the network come again,
 * and are waited for as long as the connection lives.
 *
 * The first copy of a byte wins; a later one that differs is reported. ACK and RST segments that
 * lie far beyond all that was seen change nothing and are counted (RFC 5961 3.2, 5.2: their
 * receivers ignore them too). Retransmissions, FIN, RST and, for positions that the layer
 * above watches, the moment of TCP acknowledgement are reported as facts, in the order of the
 * packets, never of the streams.
 *
 * A connection is one incarnation of a port pair: a SYN with another initial sequence number
 * begins a new one.
 */
#ifndef SMTPSCOPE_TCP_H
#define SMTPSCOPE_TCP_H

#include "decode.h"

#include <stdbool.h>

/** Who sent something. The client is who opened the connection, or plays that part. */
enum side {
	SIDE_CLIENT,
	SIDE_SERVER,
};

static inline enum side side_other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

enum fact_kind {
	FACT_SYN,       /* client's SYN, or the server's SYN with ACK; again if retransmitted */
	FACT_OPEN,      /* the first ACK of the client after the server's SYN */
	FACT_ACKED,     /* the other side's ACK covers the watched position `offset` of `side` */
	FACT_RESENT,    /* the bytes before the watched position `offset` of `side` came again */
	FACT_FIN,       /* `side` closes: `offset` where its stream ends, `ack` what it has received */
	FACT_RST,       /* `side` resets: as FACT_FIN */
	FACT_AT_NEXT,   /* attended: a segment of `side` stands exactly at its next expected byte */
	FACT_HOLE,      /* attended: a segment of `side` lies `length` bytes beyond it, unacked */
	FACT_WINDOW_SHUT, /* attended: `side` offers no window */
	FACT_WINDOW_OPEN, /* attended: it offers one again */
	FACT_CONFLICT,  /* bytes of `side` before `offset` came again, and differ from the first
			   copy, which was kept */
	FACT_TOO_BIG,   /* a router refuses a packet of `side` as too big for the next link: ICMP
			   tells the largest that passes, `length` bytes; 0 if it does not say */
	FACT_UNREACHABLE, /* a router says that packets of `side` do not arrive (ICMP) */
};

struct fact {
	enum fact_kind kind;
	enum side side;    /* who sent the segment; with FACT_ACKED whose bytes were acked */
	struct mark mark;
	uint16_t file;
	uint64_t offset;   /* in the stream of `side`; the sender's position */
	uint64_t ack;      /* what `side` had received of the other stream; 0 if not told */
	uint64_t length;   /* FACT_HOLE, FACT_TOO_BIG */
	bool is_again;     /* it was seen before: a retransmitted SYN or FIN */
	bool is_reset;     /* FACT_ACKED: by a reset, which any late segment provokes */
	bool is_foreign;   /* FACT_RST: its TTL is none that `side`'s other packets had */
	struct endpoint router; /* FACT_TOO_BIG, FACT_UNREACHABLE: who says so; port 0 */
};

enum gap_kind {
	GAP_CAPTURE, /* acknowledged by the other side, so the capture lost them */
	GAP_SNAPLEN, /* the packet was there, its bytes were cut */
	GAP_LIMIT,   /* given up because too much had come early */
	GAP_MISSING, /* never acknowledged, never seen, and the connection is over */
};

/** A connection as the layer above sees it. */
struct tcp_connection;

struct tcp_endpoints {
	struct endpoint client;
	struct endpoint server;
	uint16_t file;      /* of the first packet */
	uint16_t tap;
	bool saw_syn;       /* the client's SYN was seen: the roles are certain */
};

enum close_kind {
	CLOSE_ENDED,    /* both sides closed, or one reset it */
	CLOSE_REPLACED, /* the port pair began a new connection */
	CLOSE_EVICTED,  /* let go for want of room */
	CLOSE_INPUT,    /* the input ended first */
};

/**
 * Where the streams and facts go. `open` returns what the other calls get as OWNER; NULL is
 * allowed. Spans are valid during the call only. After `close` the connection is gone.
 */
struct tcp_sink {
	void *context;
	void *(*open)(void *context, struct tcp_connection *connection,
		      const struct tcp_endpoints *endpoints);
	void (*bytes)(void *owner, enum side side, struct span bytes, uint64_t offset,
		      const struct mark *mark, uint16_t file);
	void (*gap)(void *owner, enum side side, uint64_t offset, uint64_t length,
		    enum gap_kind kind, const struct mark *mark);
	void (*fact)(void *owner, const struct fact *fact);
	void (*close)(void *owner, enum close_kind kind, const struct mark *mark);
};

struct tcp;

struct tcp_counts {
	uint64_t connections;     /* begun so far */
	uint64_t open;            /* followed now */
	uint64_t segments;
	uint64_t retransmitted;   /* segments that brought nothing new */
	uint64_t gaps;            /* of GAP_CAPTURE, GAP_SNAPLEN and GAP_LIMIT */
	uint64_t gap_bytes;
	uint64_t cuts;            /* those of GAP_SNAPLEN */
	uint64_t conflicts;       /* retransmissions whose bytes differ from the first copy */
	uint64_t disbelieved;     /* ACKs and RSTs so far off that no peer would heed them */
	uint64_t limit_early;     /* early segments that found no room */
	uint64_t limit_connections;
};

/** SEED keys the flow table, so that nobody can craft collisions. NULL: no memory. */
struct tcp *tcp_new(const struct tcp_sink *sink, uint64_t seed);
void tcp_free(struct tcp *tcp);

/** Follows at most MOST connections at once, LIMIT_CONNECTIONS unless set. */
void tcp_follow_at_most(struct tcp *tcp, uint32_t most);

/** Takes one segment in. False only where memory ran out; the state stays usable. */
bool tcp_feed(struct tcp *tcp, const struct segment *segment);

/** Takes in what a router says of a packet that it did not pass on. */
void tcp_feed_refusal(struct tcp *tcp, const struct refusal *refusal);

/**
 * Tells that it is NOW on the capture's clock, for live captures that fall silent: early bytes
 * that waited too long for lost ones are handed on.
 */
void tcp_tick(struct tcp *tcp, int64_t now_ns);

/** The input has ended: hands on what is left, and closes every connection (CLOSE_INPUT). */
void tcp_finish(struct tcp *tcp);

/** Shows VISIT what open() returned for each connection that is followed. */
void tcp_visit(const struct tcp *tcp, void (*visit)(void *context, void *owner), void *context);

const struct tcp_counts *tcp_counts(const struct tcp *tcp);

/** Whether PORT is one on which mail is expected: SMTP, its TLS and submission ports, LMTP. */
bool tcp_is_mail_port(uint16_t port);

/* For the layer above, from within its callbacks or between segments: */

/** Watches the position OFFSET (just behind a byte) of SIDE's stream: FACT_ACKED, FACT_RESENT. */
void tcp_watch(struct tcp_connection *connection, enum side side, uint64_t offset);

/** Turns the facts marked "attended" on or off, while an answer is awaited. */
void tcp_attend(struct tcp_connection *connection, bool attend);

/** It is not a mail session: nothing more of it is wanted but its end. */
void tcp_ignore(struct tcp_connection *connection);

/**
 * The dialogue shows that the sides were taken the wrong way round: what was the client's is
 * the server's from now on. Only before any position is watched.
 */
void tcp_swap_sides(struct tcp_connection *connection);

/** What is known of one side of a connection. */
struct tcp_side_facts {
	bool seen;              /* a packet of it was seen */
	bool has_isn;           /* its SYN was seen */
	uint32_t isn;
	uint32_t base;          /* sequence number of offset 0; 0 while nothing tells it */
	uint8_t ttl;            /* of its first packet */
	uint32_t retransmitted; /* its segments that brought nothing new */
	uint32_t resent_in_vain; /* of them, those since the other side last acknowledged more */
	uint64_t unacked;       /* bytes of it seen that the other side has not acknowledged */
	int64_t data_ns;        /* when its newest segment with bytes or FIN was seen */
	int64_t last_ns;        /* when its newest segment was seen */
};

struct tcp_side_facts tcp_side_facts(const struct tcp_connection *connection, enum side side);

/**
 * Sequence number SEQ of SIDE as a position in its stream, the one nearest to what is expected
 * next; negative before its beginning, and nothing of meaning before a packet of it was seen.
 */
int64_t tcp_position(const struct tcp_connection *connection, enum side side, uint32_t seq);

#endif
