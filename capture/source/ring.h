/* SPDX-License-Identifier: MIT */
/*
 * ring: the newest packets of the inputs that cannot be read again.
 *
 * One run of memory for all of them, written round and round; the oldest packets leave it as
 * new ones come. Every input has a track, which knows where its packets lie.
 */
#ifndef SMTPSCOPE_SOURCE_RING_H
#define SMTPSCOPE_SOURCE_RING_H

#include "packet.h"

#include <stdbool.h>

struct ring;

/** Where the newest packets of one input lie; all zero at first. Free with ring_track_free(). */
struct ring_track {
	uint64_t *places; /* circular; owned */
	size_t capacity;  /* a power of two, or 0 */
	uint32_t oldest;  /* frame number of the oldest place kept */
	uint32_t newest;  /* and of the newest; oldest > newest: none */
};

/** A ring of BYTES; NULL: no memory. Free with ring_free(). */
struct ring *ring_new(size_t bytes);
void ring_free(struct ring *ring);
void ring_track_free(struct ring_track *track);

/**
 * Keeps PACKET, the one that follows its input's last. A packet larger than the ring, or for
 * whose place there is no memory, is not kept.
 */
void ring_keep(struct ring *ring, struct ring_track *track, const struct packet *packet);

/** Packet FRAME again; its bytes are valid until the next ring_keep(). False: it has left. */
bool ring_find(const struct ring *ring, const struct ring_track *track, uint32_t frame,
	       struct packet *out);

#endif
