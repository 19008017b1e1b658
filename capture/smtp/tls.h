/* SPDX-License-Identifier: MIT */
/*
 * tls: what a session tells although it is encrypted.
 *
 * TLS records say their type and length in clear (RFC 8446 5.1, RFC 5246 6.2.1). A dialogue in
 * them goes to and fro in small records, but for the message: a long run of the client's without
 * one of the server's. Its last record ends the message, the server's next one is the reply. The
 * client's first run is never a message: it ends the handshake and says EHLO. A client record
 * that follows an upload after a pause is no part of it: QUIT, or the alert that closes TLS.
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

/* A run of the client's records without one of the server's between. */
struct upload {
	uint64_t size;         /* bytes in its records */
	struct mark first;
	struct mark last;
	uint64_t end;          /* stream offset behind it */
	uint32_t runs;         /* client runs before this one */
	bool is_closed;        /* it became an attempt, or is no upload */
};

struct tls {
	struct record_reader reader[2];
	struct upload upload;
	bool is_message_open;  /* an attempt awaits its reply */
};

struct dialogue;

/** Takes bytes of SIDE at stream OFFSET. */
void tls_take(struct dialogue *dialogue, enum side side, struct span bytes, uint64_t offset,
	      const struct mark *mark);

/** LENGTH bytes of SIDE are missing. */
void tls_gap(struct dialogue *dialogue, enum side side, uint64_t length);

/** Nothing more belongs to the run: if it was a message, its attempt begins to wait. */
void tls_end_run(struct dialogue *dialogue);

#endif
