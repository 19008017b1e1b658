/* SPDX-License-Identifier: MIT */
/*
 * forged: scenario texts played in memory.
 */
#ifndef SMTPSCOPE_TESTS_FORGED_H
#define SMTPSCOPE_TESTS_FORGED_H

#include "span.h"

#include <stddef.h>
#include <stdint.h>

/** How many copies of a message the servers have stored for a recipient; its texts are the
 * scenario's. */
struct forged_copies {
	const char *message;
	const char *recipient;
	unsigned count;
};

/** What a scenario is captured as: at a place on the way from the client (0) to the server (100).
 */
struct forged {
	struct scenario *scenario;    /* of the forge, whose names are not those of smtpscope */
	struct forged_copies *copies; /* a line for each message and recipient */
	size_t copies_count;
	uint8_t *pcap;                /* nanoseconds, Ethernet */
	size_t pcap_len;
	size_t *frames;               /* where each frame's record begins in it */
	size_t frame_count;
};

/** Plays TEXT, seen at TAP_PERCENT by a clock that is AHEAD_NS ahead; fails the test where it is
 * no scenario. Free with forged_free(). */
struct forged forged_play(const char *text, unsigned tap_percent, int64_t ahead_ns);
void forged_free(struct forged *forged);

/** Takes frame INDEX out, as a capture that misses it. */
void forged_drop(struct forged *forged, size_t index);

/** The bytes of frame INDEX, from its Ethernet header on. */
struct span forged_frame(const struct forged *forged, size_t index);

/** When it was seen. */
int64_t forged_time_ns(const struct forged *forged, size_t index);

/** The first frame from FROM on that holds TEXT; FRAME_NONE if none does. */
#define FRAME_NONE SIZE_MAX
size_t forged_find(const struct forged *forged, size_t from, const char *text);

#endif
