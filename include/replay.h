/* SPDX-License-Identifier: MIT */
/*
 * replay: the packets that a source has handed out, once more and in the same order.
 *
 * All of them, or those of a set of frames. Packets that have left the ring of an input that
 * cannot be read again are passed over and counted.
 */
#ifndef SMTPSCOPE_REPLAY_H
#define SMTPSCOPE_REPLAY_H

#include "bounds.h"
#include "packet.h"
#include "source.h"

#include <stdbool.h>

/** Packets by file and frame number, a bit each. */
struct frame_set {
	size_t files;
	uint32_t frames[LIMIT_SOURCES]; /* of each file, from 1 */
	uint64_t *bits[LIMIT_SOURCES];
};

/** An empty set of the packets that SOURCE has handed out so far. False: no memory. */
bool frame_set_init(struct frame_set *set, const struct source *source);
void frame_set_free(struct frame_set *set);

/** Adds a packet; one that the set does not know of is passed over. */
void frame_set_add(struct frame_set *set, uint16_t file, uint32_t frame);
bool frame_set_has(const struct frame_set *set, uint16_t file, uint32_t frame);

struct replay;

/**
 * Goes through the packets of SOURCE that SET knows of: all of them, or ONLY_MEMBERS. Both must
 * outlive it. NULL: no memory. Free with replay_free().
 */
struct replay *replay_new(struct source *source, const struct frame_set *set, bool only_members);
void replay_free(struct replay *replay);

/** The next packet, as source_next() gave it; its bytes are valid until the next call. False: no
 * other. */
bool replay_next(struct replay *replay, struct packet *out);

/** To be called before replay_next() where source_next() was called since. */
void replay_resume(struct replay *replay);

/** Packets passed over, as they could not be read again; and those that were, for progress. */
uint64_t replay_lost(const struct replay *replay);
uint64_t replay_done(const struct replay *replay);

#endif
