/* SPDX-License-Identifier: MIT */
/*
 * compare: what differed between two attempts of one delivery.
 *
 * A sender that sends a message again should send the same one. Where it did not, something else
 * is at work: a gateway that signs again, a server that downgraded, a person who pressed Send
 * twice. What is compared is what the ledger has: envelopes, digests, sizes, the header fields
 * that it keeps, the way and the waits. Nothing is read again; that two messages of one size
 * differ is known by their digests, where in them is not.
 *
 * Nothing is said to be equal that was not seen on both sides.
 */
#ifndef SMTPSCOPE_COMPARE_H
#define SMTPSCOPE_COMPARE_H

#include "story.h"

/** How the messages of two attempts are alike. */
enum compare_message {
	COMPARE_UNKNOWN,   /* one of them was not seen whole */
	COMPARE_SAME,      /* byte for byte: one digest */
	COMPARE_SAME_BODY, /* another header, above one body */
	COMPARE_OTHER,
};

enum compare_message compare_messages(const struct attempt *a, const struct attempt *b);

/** What is compared, in this order. */
enum compare_part {
	COMPARE_ENVELOPE, /* sender, recipients, parameters of MAIL */
	COMPARE_MESSAGE,  /* bytes, size, kept header fields, Received fields */
	COMPARE_PATH,     /* client, server, names, TLS, where it was captured */
	COMPARE_TIMING,   /* the wait for each reply, a line each */
	COMPARE_PARTS,
};

/** "Envelope". */
const char *compare_part_name(enum compare_part part);

/**
 * PART of the attempts A and B (indices below delivery->try_count) of SUBJECT in sentences, one a
 * line: what is the same in one, then each difference.
 */
void compare_tell(const struct subject *subject, uint32_t a, uint32_t b, enum compare_part part,
		  struct prose *out);

/** Attempts beyond so many are not looked at by compare_headline(). */
#define COMPARE_MOST 64

/**
 * All attempts of SUBJECT in one sentence: "Attempts 1 to 3 sent the same bytes." or what differed
 * from the first of them. Empty where there is nothing to compare: one attempt, or no two whose
 * messages were seen whole.
 */
void compare_headline(const struct subject *subject, struct prose *out);

#endif
