/* SPDX-License-Identifier: MIT */
/*
 * slice_redact: which bytes of the clients' streams may stay in a redacted slice.
 *
 * What the ledger knows to be a command stays, but for the secret of an AUTH; so do TLS records,
 * the final dot, stuffed dots, the names of header fields and the values of Message-ID and Date.
 * All else is blanked (slice_patches). Three things get the letters of a tag, so that deliveries
 * are joined as before: the first blanked bytes of a header (the same where whole messages are
 * equal), of the Subject, and of the body. A tag is a number counted up, never made from content.
 *
 * It takes the segments of the chosen sessions once, in order, for the places of header fields;
 * then any segment can be blanked, in whatever order.
 */
#ifndef SMTPSCOPE_REPORT_SLICE_REDACT_H
#define SMTPSCOPE_REPORT_SLICE_REDACT_H

#include "ledger.h"

struct redact;

/** For the CHOSEN sessions of LEDGER. NULL: no memory. Free with redact_free(). */
struct redact *redact_new(const struct ledger *ledger, const bool *chosen, uint64_t seed);
void redact_free(struct redact *redact);

/** Takes the next SEGMENT, one of SESSION. */
void redact_learn(struct redact *redact, const struct session *session,
		  const struct segment *segment);

/** All segments were taken. False: memory ran out, or LIMIT_PATCHES; more is blanked for it. */
bool redact_finish(struct redact *redact);

/**
 * Blanks the client's SEGMENT of SESSION in FRAME, a copy of its packet's bytes, PAYLOAD_AT where
 * its payload begins in them, and mends the TCP checksum.
 */
void redact_segment(const struct redact *redact, const struct session *session,
		    const struct segment *segment, uint8_t *frame, size_t payload_at);

#endif
