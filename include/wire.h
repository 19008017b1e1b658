/* SPDX-License-Identifier: MIT */
/*
 * wire: the bytes of one session, read again from the capture.
 *
 * Nothing of a message is kept while a capture is analysed. Here the frames between a session's
 * first and last packet are read once more, decoded and put in order by the same layers, for this
 * one connection: so it works inside tunnels, for fragments and for what came out of order.
 * Reading goes on in small batches, as a session may lie among millions of other packets.
 *
 * Kept are the dialogue, the beginning of each message (`body_bytes` of it, its header first) and
 * its last bytes. If that is more than LIMIT_WIRE_BYTES, what lies around one event is. What is
 * left out, was not captured or can no longer be read is said to be so, never passed over.
 *
 * Offsets are those of the session's events: positions in the sender's stream, modulo 2^32.
 */
#ifndef SMTPSCOPE_WIRE_H
#define SMTPSCOPE_WIRE_H

#include "analysis.h"

#define WIRE_BODY_BYTES 4096u /* of each message, unless more are wanted */

enum wire_kind {
	WIRE_BYTES,    /* they are here */
	WIRE_GAP,      /* the capture lacks them */
	WIRE_LEFT_OUT, /* they could be read, with a larger `body_bytes` */
};

/** A run of bytes of one side. Pieces stand in the order in which they were understood. */
struct wire_piece {
	struct mark mark;   /* of the segment that brought them, or showed the gap */
	size_t at;          /* WIRE_BYTES: where they begin in the bytes of their side */
	uint64_t length;
	uint32_t offset;
	enum side side;
	enum wire_kind kind;
	enum gap_kind gap;  /* WIRE_GAP */
	bool is_message;    /* of a message, not of the dialogue around it */
};

/** What a segment brought to its stream, as far as the segments before it tell. */
enum wire_fate {
	WIRE_NEW,       /* the bytes expected next */
	WIRE_AGAIN,     /* bytes that were seen before: retransmitted */
	WIRE_EARLY,     /* bytes behind a hole: those before it are late or lost */
	WIRE_FILLS,     /* bytes of such a hole: out of order, or sent again after a loss */
	WIRE_KEEPALIVE, /* RFC 9293 3.8.4 */
	WIRE_NOTHING,   /* no bytes: SYN, ACK, FIN, RST */
};

struct wire_segment {
	struct mark mark;
	uint32_t offset;   /* of its first byte */
	uint32_t length;   /* on the wire */
	uint32_t captured; /* of them; fewer where a snaplen cut */
	uint32_t hole;     /* WIRE_EARLY: bytes missing before it */
	uint16_t window;   /* as sent, not scaled */
	uint8_t flags;     /* enum tcp_flag */
	enum side side;
	enum wire_fate fate;
};

struct wire_contents {
	const struct wire_piece *pieces;
	size_t piece_count;
	const struct wire_segment *segments;
	size_t segment_count;
	struct span bytes[2];     /* of each enum side */
	bool is_cut_before;       /* there is more before the first piece, or segment */
	bool is_cut_after;
	uint32_t gone_first;      /* frames that cannot be read again; 0: none */
	uint32_t gone_last;
	struct fault gone;        /* why not */
	bool is_offset_sure;      /* offsets are those of events: nothing of its beginning is gone */
};

struct wire_options {
	uint32_t event;      /* around which bytes are kept, NO_EVENT: its first */
	uint64_t body_bytes; /* 0: WIRE_BODY_BYTES; at most LIMIT_WIRE_BODY */
};

struct wire;

/** Reads SESSION of ANALYSIS again; both must outlive it. NULL: no memory. */
struct wire *wire_new(struct analysis *analysis, const struct session *session,
		      const struct wire_options *options);
void wire_free(struct wire *wire);

/** Its session is SESSION now, which says the same (moves.h). WIRE may be NULL. */
void wire_move(struct wire *wire, const struct session *session);

/**
 * Reads at most MAX_FRAMES packets of the capture. True: there is more to read. A session that is
 * still open may have more later: ask again then.
 */
bool wire_read(struct wire *wire, uint32_t max_frames);

/** How much of the session's frames was read, 0 to 1. */
double wire_share(const struct wire *wire);

/** What was read so far; valid until the next wire_read(). */
struct wire_contents wire_contents(const struct wire *wire);

/** Why bytes are missing: "not in this capture". */
const char *gap_words(enum gap_kind kind);

#endif
