/* SPDX-License-Identifier: MIT */
/*
 * play: a conversation written by hand, as segments.
 *
 * A test says who says what; play keeps the sequence numbers and the clock, and remembers every
 * segment, so that a test may lose, swap, double or cut some of them before they are analysed.
 */
#ifndef SMTPSCOPE_TEST_PLAY_H
#define SMTPSCOPE_TEST_PLAY_H

#include "delivery.h"
#include "dialogue.h"
#include "tcp.h"

struct play {
	struct segment *segments; /* their payloads are owned by the play */
	uint32_t count;
	int64_t now_ns;
	int64_t trip_ns;          /* what it takes the server longer to answer: the way there */
	uint32_t seq[2];          /* the next sequence number of each side */
	bool is_later_file;       /* as FAR: its file was taken for a later one of the same tap */
	bool is_acking;           /* segments carry ACKs for all the other side has sent */
	struct endpoint ends[2];
	uint8_t ttl[2];
	struct refusal refusal;   /* of the segment `refused`, with is_refused */
	uint32_t refused;
	bool is_refused;
};

/** A play whose client is 192.0.2.1:40000 and whose server is 198.51.100.1:25. */
void play_begin(struct play *play);
void play_end(struct play *play);

/** The handshake, of which the client sees the server's part after 40 ms. */
void play_open(struct play *play);

/** SIDE says TEXT in one segment. */
void play_say(struct play *play, enum side side, const char *text);

/** SIDE says BYTES in one segment. */
void play_say_bytes(struct play *play, enum side side, struct span bytes);

/** SIDE says TEXT in segments of at most N bytes. */
void play_say_cut(struct play *play, enum side side, const char *text, size_t n);

/** SIDE acknowledges everything, closes, resets. */
void play_ack(struct play *play, enum side side);
void play_fin(struct play *play, enum side side);
void play_rst(struct play *play, enum side side);

/** Time passes. */
void play_wait(struct play *play, double seconds);

/** The segment added last is sent again after SECONDS. */
void play_again(struct play *play, double seconds);

/** The router 203.0.113.1 refuses the segment added last: the next link takes MTU bytes. */
void play_refuse(struct play *play, uint32_t mtu);

/** Segment INDEX was not captured. */
void play_lose(struct play *play, uint32_t index);

/** The port pair begins anew with other sequence numbers; PORT is the client's. */
void play_reconnect(struct play *play, uint16_t port);

/** From the greeting to the reply to DATA: EHLO, MAIL, RCPT, one at a time. */
void play_envelope(struct play *play, const char *sender, const char *recipient);

/** A message of a few lines with the final dot. */
void play_message(struct play *play, const char *message_id, const char *body);

/** What the analysis made of a play. */
struct heard {
	struct ledger *ledger;
	struct dialogues *dialogues;
	struct deliveries *deliveries;
	struct tcp_counts tcp;
};

/**
 * Makes FAR what a tap at the server saw of PLAY, which is what one at the client saw: segments of
 * the client later by DELAY seconds, those of the server earlier, by a clock that is AHEAD seconds
 * ahead. End it as any play.
 */
void play_see_from_server(const struct play *play, struct play *far, double delay, double ahead);

/** Analyses two captures of one conversation, as files 0 and 1, and infers the vantages. */
void play_hear_both(const struct play *near, const struct play *far, struct heard *heard);

/** Analyses COUNT captures, as files 0 and up, of which news is taken in packet by packet. */
void play_hear_all(const struct play *const *plays, uint32_t count, struct heard *heard);

/** Analyses PLAY as captured at VANTAGE; free with heard_free(). */
void play_hear(const struct play *play, enum vantage vantage, struct heard *heard);
void heard_free(struct heard *heard);

/**
 * The dialogue of session ID, a line an event: "C EHLO a", "S 250 ok", "C <message 42>",
 * "C <eod>". Connection and TCP events are left out. The caller frees it.
 */
char *heard_dialogue(const struct heard *heard, uint32_t id);

/** Expects TEXT of HEARD's ledger to read so. */
void heard_expect_text(const struct heard *heard, text_id text, const char *expected);

/** Expects the dialogue of PLAY's first session to read so, and ends PLAY. */
void play_expect_dialogue(struct play *play, const char *expected);

/** Expects PLAY's first attempt to end so for its COUNT recipients, and ends PLAY. */
void play_expect_recipients(struct play *play, const enum outcome *outcomes, uint32_t count);

/** The attempt, where there is only one; fails the test else. */
const struct attempt *heard_only_attempt(const struct heard *heard);

#endif
