/* SPDX-License-Identifier: MIT */
/*
 * messages: the messages of chosen attempts, read again from the capture.
 *
 * Nothing of a message is kept while a capture is analysed. Here the packets of the connections
 * that carried the chosen attempts go through the same layers once more, and the messages in them
 * to a sink, each with the attempt that the analysis knows: decoded, in pieces, interleaved, as
 * dialogue.h says. Whole is what the analysis saw whole, and what is still as it was then.
 *
 * What has left the ring of an input that cannot be read again is missing: a message that lost its
 * beginning so does not come at all. Neither does one that went by encrypted.
 */
#ifndef SMTPSCOPE_MESSAGES_H
#define SMTPSCOPE_MESSAGES_H

#include "analysis.h"

struct messages;

/** Of ANALYSIS to SINK, both of which must outlive it; SEED as for analysis_new(). NULL: no memory. */
struct messages *messages_new(struct analysis *analysis, const struct message_sink *sink,
			      uint64_t seed);

/** Frees MESSAGES; a message that is under way ends, not whole. */
void messages_free(struct messages *messages);

/** Whether anything of ATTEMPT's message can be had: it has begun, and not encrypted. */
bool messages_can_give(const struct attempt *attempt);

/** Chooses ATTEMPT. Only before the first messages_step(). */
void messages_add(struct messages *messages, uint32_t attempt);

enum messages_state { MESSAGES_GO_ON, MESSAGES_DONE, MESSAGES_FAILED };

/**
 * Reads on for at most MAX_PACKETS packets. Between two steps the analysis may read on: the
 * messages are as of the first one. FAILED: no memory.
 */
enum messages_state messages_step(struct messages *messages, uint32_t max_packets);

/** How far it is, 0 to 100. */
int messages_progress(const struct messages *messages);

/** Packets that may have been of these messages and could not be read again. */
uint64_t messages_lost(const struct messages *messages);

#endif
