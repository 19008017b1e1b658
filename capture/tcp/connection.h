/* SPDX-License-Identifier: MIT */
/*
 * connection: what the tcp layer knows of one connection. For this folder alone.
 *
 * The two ends are numbered 0 and 1 by their place in the flow key; which of them is the client
 * is one number that may change (tcp_swap_sides). Stream offsets are 64 bits wide and never
 * wrap; a sequence number becomes one through stream_offset() alone.
 */
#ifndef SMTPSCOPE_CONNECTION_H
#define SMTPSCOPE_CONNECTION_H

#include "bounds.h"
#include "tcp.h"
#include "tcp/early.h"
#include "tcp/handed.h"

/* Both ends in a fixed order, so that both directions have one key. */
struct flow_key {
	struct endpoint end[2];
	uint16_t tap;
	uint16_t zero;
};

/* The bytes of one direction. */
struct stream {
	uint32_t base;           /* sequence number of offset 0 */
	uint32_t first;          /* sequence number of its first byte, with has_first */
	uint64_t next;           /* offset of the next byte to hand on */
	uint64_t acked;          /* what the other side has acknowledged */
	struct mark acked_mark;  /* by which segment; frame 0: by none so far */
	uint16_t acked_file;
	bool acked_by_reset;
	uint64_t fin_at;         /* offset of the FIN, with has_fin */
	int64_t data_ns;         /* newest segment that had bytes, or FIN */
	int64_t last_ns;         /* newest segment */
	struct early_list early;
	uint64_t watch[LIMIT_WATCHES];
	uint8_t watch_count;
	uint8_t ttl;             /* of its first packet, and of its newest that is no RST */
	uint8_t ttl_newest;
	bool is_seen;            /* a packet of it was seen */
	bool is_placed;          /* base is set: offsets have a meaning */
	bool is_settled;         /* next is where the stream begins, or has reached */
	bool is_absent;          /* the capture holds nothing of this direction */
	bool has_first;          /* told by its SYN, or by the ACK of the other side's */
	bool has_isn;            /* its SYN was seen */
	bool has_fin;
	bool is_window_shut;
	uint32_t retransmitted;
	uint32_t resent_in_vain; /* of them, those since the newest ACK that covered more */
};

struct tcp_connection {
	struct tcp *tcp;
	void *owner;
	struct flow_key key;
	uint32_t index;            /* in tcp's array */
	uint64_t serial;           /* no other connection ever has it */
	uint8_t client;            /* which end: 0 or 1 */
	uint16_t file;             /* of its first packet */
	bool is_ignored;
	bool is_attended;
	bool is_open;              /* the handshake was seen to end */
	bool is_reset;
	bool has_ended;            /* both sides closed, or one reset it */
	struct connection_list *list; /* the list it is in, or NULL */
	int64_t since_ns;          /* in that list since when */
	struct tcp_connection *list_next;
	struct tcp_connection *list_previous;
	int64_t last_ns;
	struct stream stream[2];
};

/* Where a mid-stream start is placed, so that segments before it have an offset too. */
#define STREAM_HEADROOM (UINT64_C(1) << 20)

/**
 * Sequence number SEQ as an offset of a placed STREAM, the one nearest to what comes next;
 * negative for what lies before its beginning. The only place where sequence numbers are
 * compared (RFC 9293 3.4).
 */
static inline int64_t stream_position(const struct stream *stream, uint32_t seq)
{
	uint32_t expected = stream->base + (uint32_t)stream->next;
	return (int64_t)stream->next + (int32_t)(seq - expected);
}

static inline enum side end_side(const struct tcp_connection *connection, unsigned end)
{
	return end == connection->client ? SIDE_CLIENT : SIDE_SERVER;
}

static inline unsigned side_end(const struct tcp_connection *connection, enum side side)
{
	return side == SIDE_CLIENT ? connection->client : 1u - connection->client;
}

/* Lists of connections in order of since_ns. */
struct connection_list {
	struct tcp_connection *first;
	struct tcp_connection *last;
};

struct tcp {
	struct tcp_sink sink;
	struct tcp_counts counts;
	struct flows *flows;
	struct handed *handed;
	uint32_t most;                       /* connections followed at once */
	int64_t now_ns;                      /* newest time told */
	struct connection_list stuck;        /* early segments wait for missing bytes */
	struct connection_list ended;        /* linger for LIMIT_LINGER_NS */
	struct connection_list reset;        /* linger for LIMIT_LINGER_RESET_NS */
	uint64_t early_total;                /* bytes that wait, over all connections */
};

/**
 * How far the other side has received STREAM by its acknowledgement number ACK; -1 where that lies
 * too far beyond all that is known of it.
 */
static inline int64_t stream_acked(const struct stream *stream, uint32_t ack)
{
	int64_t position = stream_position(stream, ack);
	const struct early *last = stream->early.last;
	uint64_t known = stream->acked > stream->next ? stream->acked : stream->next;

	if (last && last->offset + last->len > known)
		known = last->offset + last->len;
	return position - (int64_t)known > LIMIT_JUMP ? -1 : position;
}

/** How far STREAM was seen without a hole, whether handed on or not. */
static inline uint64_t stream_reached(const struct stream *stream)
{
	uint64_t reached = stream->next;
	const struct early *early = stream->early.first;

	for (; early && early->offset <= reached; early = early->next) {
		if (early->offset + early->len > reached)
			reached = early->offset + early->len;
	}
	return reached;
}

/* reassembly.c */

/** Makes SEQ the first byte of STREAM; early segments keep their places. */
void reassembly_begin(struct stream *stream, uint32_t seq);

/** Places a STREAM whose beginning was not seen around SEQ, to be settled later. */
void reassembly_place(struct stream *stream, uint32_t seq);

/** Takes the payload of SEGMENT, sent by END, in; hands on what is in order. */
void reassembly_take(struct tcp_connection *connection, unsigned end,
		     const struct segment *segment);

/** Hands on what waited too long, calling what is missing lost by the capture. */
void reassembly_force(struct tcp_connection *connection);

/** The connection is over: hands on all that is left. */
void reassembly_finish(struct tcp_connection *connection);

/** Frees what waits. */
void reassembly_drop(struct tcp_connection *connection);

/** Whether a segment that ends at END_POSITION is a keepalive: at most one byte, and an old one
 * (RFC 9293 3.8.4). */
static inline bool is_keepalive(const struct stream *stream, const struct segment *segment,
				int64_t end_position)
{
	return segment->len <= 1 && !(segment->flags & (TCP_SYN | TCP_FIN | TCP_RST)) &&
	       end_position - segment->len < (int64_t)stream->next &&
	       end_position <= (int64_t)stream->acked;
}

/* facts.c */

/** Reports what SEGMENT, sent by END, proves by itself, before its payload is taken in. */
void facts_of_segment(struct tcp_connection *connection, unsigned end,
		      const struct segment *segment);

/** Reports FACT: a fact of the SEGMENT that END sent. */
void facts_report(struct tcp_connection *connection, struct fact *fact,
		  const struct segment *segment, unsigned end);

/** Reports FACT_ACKED for every watched position of STREAM (of END) that is acknowledged. */
void facts_of_ack(struct tcp_connection *connection, unsigned end, const struct mark *mark,
		  uint16_t file);

/* lists.c */

/** Puts CONNECTION, which is in no list, at the end of LIST, as of now. */
void list_append(struct connection_list *list, struct tcp_connection *connection);

/** Takes CONNECTION out of the list it is in, if any. */
void list_leave(struct tcp_connection *connection);

#endif
