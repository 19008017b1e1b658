/* SPDX-License-Identifier: MIT */
/*
 * dialogue: SMTP and LMTP as they were spoken (RFC 5321, RFC 2033, RFC 2920, RFC 3030).
 *
 * Takes the streams and facts of connections (it is the sink of the tcp layer) and writes
 * sessions, events and attempts into the ledger. Commands wait in a queue for their replies; a
 * reply that can answer only one command (354, 334, 221) puts the queue right again. Client
 * bytes after DATA are held until its reply is known. A connection is mail if its ports or its
 * first lines say so; others are let go and counted.
 */
#ifndef SMTPSCOPE_DIALOGUE_H
#define SMTPSCOPE_DIALOGUE_H

#include "ledger.h"
#include "moves.h"
#include "tcp.h"

struct dialogues;

struct dialogue_counts {
	uint64_t connections;   /* TCP connections seen */
	uint64_t not_mail;      /* those whose bytes are not SMTP */
	uint64_t undecided;     /* those that ended before they said anything */
	uint64_t long_lines;    /* lines cut at LIMIT_LINE */
	uint64_t lost_commands; /* beyond LIMIT_QUEUE */
	uint64_t unmatched;     /* replies without a command */
};

/** Writes to LEDGER, which must outlive it. NULL: no memory. */
struct dialogues *dialogues_new(struct ledger *ledger);
void dialogues_free(struct dialogues *dialogues);

/** The sink to give to tcp_new(). */
struct tcp_sink dialogues_sink(struct dialogues *dialogues);

/**
 * Where messages go while their bytes go by, as they were received: unstuffed or de-chunked, the
 * final CRLF in, the dot out. Nothing of them is kept here. Messages of different sessions come
 * interleaved; each begin() has its end().
 */
struct message_sink {
	void *context;
	/** The message of SESSION's ATTEMPT begins. What is returned is OWNER below; NULL: not wanted. */
	void *(*begin)(void *context, const struct session *session,
		       const struct attempt *attempt);
	void (*bytes)(void *owner, struct span bytes);
	/** IS_WHOLE: all of it was seen, from its first byte to the end of data. */
	void (*end)(void *owner, bool is_whole);
};

/** Gives the messages that begin from now on to SINK, which must outlive DIALOGUES. */
void dialogues_give_messages(struct dialogues *dialogues, const struct message_sink *sink);

/** From now on passwords are kept in the ledger, as all other commands are (EVENT_SECRET). */
void dialogues_keep_secrets(struct dialogues *dialogues);

/**
 * From now on LEDGER is written. dialogue_move() for every owner of a connection follows, before
 * any byte or fact: OWNER's session is in MOVES, whose `after` is LEDGER.
 */
void dialogues_begin_move(struct dialogues *dialogues, struct ledger *ledger);
void dialogue_move(void *owner, const struct moves *moves);

const struct dialogue_counts *dialogues_counts(const struct dialogues *dialogues);

/**
 * An empty ledger; SEED keys its table of texts, so that nobody can craft collisions. NULL: no
 * memory. Free with ledger_free(), last of all.
 */
struct ledger *ledger_new(uint64_t seed);
void ledger_free(struct ledger *ledger);

#endif
