/* SPDX-License-Identifier: MIT */
/*
 * tls: what a session tells although it is encrypted.
 *
 * TLS records say their type and length in clear (RFC 8446 5.1, RFC 5246 6.2.1). A dialogue in them
 * goes to and fro in runs of records, and one of the client's runs is the message: its last record
 * is the end of data, the server's next one the reply. It is told from commands by what must stand
 * around it:
 *
 * - It is no shorter than a few header lines.
 * - Two runs lie before it at least, since the handshake or the message before: EHLO, or that
 *   message, and MAIL to DATA. (A Finished of TLS 1.3 that comes alone is none.) A run that follows
 *   EHLO at once is one only where its answer is so much shorter that RCPTs cannot be all there is
 *   in it: Exim sends MAIL, RCPT, the only chunk and QUIT at once. Its reply is the last answer.
 * - The server has said something before it, and not as little as the "334 " that asks AUTH for
 *   more.
 * - The answer is much shorter. Pipelined RCPTs have one each, a third as long or more.
 *
 * The last is known when the answer is over: when the client goes on, or somebody leaves. Until
 * then the attempt is there, but without events; if it was none, it never was judged. A client
 * record that follows an unanswered message after a pause is no part of it: QUIT, or the alert that
 * closes TLS, veiled as data in TLS 1.3.
 *
 * So an attempt can be told, its size, its waiting and who left; never its sender, recipients,
 * subject or reply code. What is said of it is probable, not proven.
 */
#ifndef SMTPSCOPE_TLS_H
#define SMTPSCOPE_TLS_H

#include "mark.h"
#include "span.h"
#include "tcp.h"

#include <stdbool.h>

/* Reads the records of one side. */
struct record_reader {
	uint8_t header[5];
	uint8_t header_n;
	uint32_t left;    /* bytes of the record's body still to come */
	bool is_lost;     /* behind a gap: where records begin is not known any more */
};

/* Records of one side without one of the other's between. */
struct run {
	uint64_t size;         /* bytes in its records */
	uint32_t records;
	struct mark first;     /* of its first record's end, and its last one's */
	struct mark last;
	uint64_t first_end;    /* stream offset behind the first record, and behind the last */
	uint64_t end;
};

struct tls {
	struct record_reader reader[2];
	struct run run;        /* the client's newest, and what the server said to it */
	struct run answer;
	struct run answer_before; /* to the run before */
	uint32_t runs;         /* of the client's before it, since the handshake or a message */
	uint32_t attempt;      /* 1 + the attempt that the run may be; 0: it is none */
	bool is_settled;       /* the run was judged */
	uint32_t unanswered;   /* 1 + the attempt that awaits the server's next record; 0: none */
};

struct dialogue;

/** Takes bytes of SIDE at stream OFFSET. */
void tls_take(struct dialogue *dialogue, enum side side, struct span bytes, uint64_t offset,
	      const struct mark *mark);

/** LENGTH bytes of SIDE are missing. */
void tls_gap(struct dialogue *dialogue, enum side side, uint64_t length);

/** Nothing more belongs to the client's run: if it was a message, its attempt is complete. */
void tls_end_run(struct dialogue *dialogue);

#endif
