/* SPDX-License-Identifier: MIT */
/*
 * message: what identifies a message, computed while its bytes go by.
 *
 * Takes the decoded message (unstuffed, de-chunked; RFC 5322) in pieces of any size. Keeps the
 * header fields that are shown or compared, counts Received fields, and digests header and
 * body, each once: `digest` is the XXH3-128 of the two digests, so equal digests mean equal
 * messages; `body_digest` is that of the body alone, for messages that were signed again or
 * relayed.
 */
#ifndef SMTPSCOPE_MESSAGE_H
#define SMTPSCOPE_MESSAGE_H

#include "dialogue.h"
#include "span.h"

struct message;

/** An empty message; NULL: no memory. Free with message_free(). */
struct message *message_new(void);
void message_free(struct message *message);

/** Makes it empty again. */
void message_reset(struct message *message);

/** Nothing that it takes is of its header: what comes first went before. */
void message_begin_amid(struct message *message);

/** Gives what is taken from now on to SINK too; OWNER is what its begin() returned. */
void message_give(struct message *message, const struct message_sink *sink, void *owner);

/** The message has ended: tells the sink, if there is one, and forgets it. */
void message_end(struct message *message, bool is_whole);

/** Takes the next bytes in. MESSAGE may be NULL, where there was no memory for one. */
void message_take(struct message *message, struct span bytes);

struct message_identity {
	struct digest digest;
	struct digest body_digest;
	uint64_t size;
	uint8_t received_fields;
	struct span message_id; /* without angle brackets; these point into the message */
	struct span subject;    /* unfolded, RFC 2047 words as they were sent */
	struct span date;
};

/** What is known when the bytes so far are all there are. */
struct message_identity message_identify(const struct message *message);

#endif
