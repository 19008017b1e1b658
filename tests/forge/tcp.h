/* SPDX-License-Identifier: MIT */
/*
 * tcp - one end of a TCP connection, as Linux would behave, in virtual time.
 *
 * In it: handshake and its retransmission; segments by MSS; slow start; cumulative and delayed
 * ACKs; duplicate ACKs with SACK blocks; fast retransmit; retransmission timeout from 200 ms plus
 * the round trip, doubled up to 120 s (RFC 6298, Linux's limits); window and persist probes; FIN,
 * half close, RST. After close() the end is an orphan as in Linux: data that comes to it is
 * answered with RST, a FIN that nobody acknowledges is retransmitted eight times, and FIN-WAIT-2
 * lasts 60 s. Not in it: Nagle, urgent data, keepalive, SACK-based recovery.
 *
 * Positions count from the SYN: it is 0, the stream's byte i is 1 + i, the FIN follows the last
 * byte. They do not wrap; on the wire they do. No bytes are kept or copied: both streams are known
 * beforehand, a segment names a stretch of one.
 */
#ifndef FORGE_TCP_H
#define FORGE_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "random.h"
#include "scenario.h"

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

#define TCP_SACK_MAX 3
#define TCP_WINDOW_SCALE 7
#define TCP_RECEIVE_BUFFER 65536

/** A stretch of positions, `to` not included. */
struct stretch {
	uint64_t from, to;
};

struct segment {
	enum side from;
	uint8_t flags;
	uint64_t position; /* of the first byte, or of the SYN or FIN */
	uint64_t ack;	   /* the next position of the other side that is wanted; with TCP_ACK */
	uint32_t len;	   /* bytes of the stream */
	uint32_t window;   /* bytes */
	uint32_t timestamp, timestamp_echo; /* ms; a RST has none */
	struct stretch sack[TCP_SACK_MAX];
	unsigned sack_count;
	uint8_t ttl; /* at any tap, of what a box on the way sent; 0: the end itself sent it */
};

/** What an end tells its application. */
enum tcp_news {
	TCP_NEWS_CONNECTED,
	TCP_NEWS_DATA,
	TCP_NEWS_EOF,
	TCP_NEWS_RESET,
	TCP_NEWS_TIMED_OUT
};

/** How an end reaches the rest of the world; all get `context`. */
struct tcp_outside {
	void (*send)(void *context, const struct segment *segment);
	void (*tell)(void *context, enum side side, enum tcp_news news);
	void (*wake)(void *context, enum side side,
		     int64_t at_ns); /* calls forge_tcp_wake() then */
	void *context;
};

enum tcp_state { TCP_IDLE, TCP_SYN_SENT, TCP_SYN_RECEIVED, TCP_OPEN, TCP_DEAD };

#define TCP_STRETCHES_MAX 64

struct tcp_end {
	const struct tcp_outside *outside;
	const struct events *events;
	enum side side;
	enum tcp_state state;
	uint32_t clock_base; /* of its timestamps */
	/* sending */
	uint64_t written;	     /* position after the last byte that the application wrote */
	uint64_t fin;		     /* position of the FIN; 0: not closed */
	uint64_t una, nxt, max_sent; /* oldest position without ACK; next to send; highest sent */
	uint64_t window;	     /* the other side's */
	uint64_t cwnd, ssthresh, recover;
	uint32_t mss;
	unsigned duplicate_acks, backoff;
	bool is_recovering;
	bool is_orphan;		   /* the application closed */
	bool is_passive;	   /* it closed after the other side had */
	int64_t rto_ns, rto_at_ns; /* 0: not armed */
	int64_t syn_sent_ns, fin_acked_ns;
	/* receiving */
	uint64_t rcv_nxt;
	uint64_t peer_fin;			 /* 0: not seen */
	bool has_eof;				 /* all up to the other side's FIN is here */
	struct stretch early[TCP_STRETCHES_MAX]; /* what came beyond rcv_nxt, in order */
	unsigned early_count;
	uint64_t read_limit; /* the application reads no further; UINT64_MAX: all */
	uint64_t advertised; /* the window's right edge, as told last */
	uint64_t acked_to;   /* rcv_nxt as told last */
	unsigned quick_acks; /* how many segments are still acknowledged at once */
	int64_t ack_at_ns;   /* 0: no ACK is owed */
	uint32_t timestamp_recent;
	int64_t wake_at_ns; /* the earliest wake that is under way; 0: none */
};

/** Prepares an end; the pointers stay the caller's and must outlive it. `mss` counts bytes of
 * payload. */
void forge_tcp_init(struct tcp_end *end, enum side side, uint32_t mss, uint32_t clock_base,
		    const struct events *events, const struct tcp_outside *outside);

/** The client connects. */
void forge_tcp_connect(struct tcp_end *end);

/** The application has written its stream up to byte `upto`. */
void forge_tcp_write(struct tcp_end *end, uint64_t upto);

/** close(): FIN; what comes later is answered with RST. */
void forge_tcp_close(struct tcp_end *end);

/** shutdown(SHUT_WR): FIN; the end goes on reading. */
void forge_tcp_shutdown(struct tcp_end *end);

/** close() with a zero linger time: RST. */
void forge_tcp_abort(struct tcp_end *end);

/** The application reads up to byte `limit` and no further (UINT64_MAX: all); the window follows.
 */
void forge_tcp_limit_reading(struct tcp_end *end, uint64_t limit);

/** Bytes of the other side's stream that the application has read. */
uint64_t forge_tcp_read(const struct tcp_end *end);

/** A router has said that segments of more than `mss` bytes do not pass: they go again, smaller. */
void forge_tcp_shrink(struct tcp_end *end, uint32_t mss);

/** A segment arrives. */
void forge_tcp_receive(struct tcp_end *end, const struct segment *segment);

/** Lets timers that are due now fire. */
void forge_tcp_wake(struct tcp_end *end);

#endif
