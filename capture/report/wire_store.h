/* SPDX-License-Identifier: MIT */
/*
 * wire_store: what is kept of a session's bytes and segments, within bounds. For wire.c alone.
 *
 * Bytes of each side lie in an array of their own, so that a line that came in several segments
 * is one run. Where it gets too much, what lies before the wanted place goes first; behind it,
 * nothing more is taken in.
 */
#ifndef SMTPSCOPE_WIRE_STORE_H
#define SMTPSCOPE_WIRE_STORE_H

#include "wire.h"

struct wire_store {
	struct wire_piece *pieces;
	size_t piece_count;
	size_t piece_room;
	struct wire_segment *segments;
	size_t segment_count;
	size_t segment_room;
	uint8_t *bytes[2];
	size_t byte_count[2];
	size_t byte_room[2];
	size_t most_bytes;    /* both sides together */
	int64_t wanted_ns;    /* when the wanted event was; NO_TIME: at the beginning */
	bool is_cut_before;
	bool is_cut_after;
	bool has_failed;      /* no memory */
};

void wire_store_clear(struct wire_store *store);

/** Adds PIECE, whose bytes are BYTES if it has any, to the one before it if it goes on there. */
void wire_store_add(struct wire_store *store, const struct wire_piece *piece, struct span bytes);

void wire_store_add_segment(struct wire_store *store, const struct wire_segment *segment);

/** What was seen of one side's stream, to tell what a segment brings. */
#define WIRE_HOLES 32

struct wire_track {
	bool has_begun;
	int64_t reached;                                /* behind the last byte seen */
	struct wire_hole { int64_t from, to; } holes[WIRE_HOLES];
	uint32_t hole_count;
};

/** What a segment of LENGTH bytes at POSITION brings; HOLE gets what is missing before it. */
enum wire_fate wire_track_take(struct wire_track *track, int64_t position, uint32_t length,
			       uint32_t *hole);

#endif
