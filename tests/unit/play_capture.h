/* SPDX-License-Identifier: MIT */
/*
 * play_capture: a conversation written by hand, as a capture file in memory, and all of it read.
 *
 * Segments of a play become raw IPv4 frames; frame numbers count from 1 in their order.
 */
#ifndef SMTPSCOPE_TEST_PLAY_CAPTURE_H
#define SMTPSCOPE_TEST_PLAY_CAPTURE_H

#include "analysis.h"
#include "play.h"

struct played {
	uint8_t *file;
	size_t file_n;
	size_t split; /* where a second file begins; 0: there is one */
	struct source *source;
	struct analysis *analysis;
};

/** Reads PLAY, which ends here. RING_BYTES: as from a pipe, with so much memory; 0: a file. */
void played_read(struct played *played, struct play *play, size_t ring_bytes);

/** The same from two files, as rotation makes them: the second begins with segment FIRST. */
void played_read_two(struct played *played, struct play *play, uint32_t first);
void played_end(struct played *played);

#endif
