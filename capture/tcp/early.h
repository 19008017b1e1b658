/* SPDX-License-Identifier: MIT */
/*
 * early: segments that cannot be handed on yet, because bytes before them are missing.
 *
 * The list is sorted by stream offset and never overlaps: the first copy of a byte wins, and a
 * later one that differs is counted as a conflict.
 */
#ifndef SMTPSCOPE_EARLY_H
#define SMTPSCOPE_EARLY_H

#include "mark.h"
#include "span.h"

#include <stdbool.h>

struct early {
	struct early *next;
	uint64_t offset;
	uint32_t len;       /* bytes on the wire */
	uint32_t captured;  /* of them, those that are here */
	uint64_t needs;     /* offset in the other stream that its sender had received */
	uint16_t file;
	struct mark mark;
	uint8_t bytes[];
};

struct early_list {
	struct early *first;
	struct early *last;
	uint32_t count;
	uint64_t bytes;     /* captured ones */
};

/** What a segment brings: PIECE.next is ignored; its bytes are in PAYLOAD. */
enum early_result { EARLY_KEPT, EARLY_NOTHING_NEW, EARLY_NO_ROOM };

/**
 * Keeps what of the segment described by PIECE, with captured bytes PAYLOAD, is not in the list
 * yet. Adds to CONFLICTS where kept bytes differ from new ones.
 */
enum early_result early_insert(struct early_list *list, const struct early *piece,
			       struct span payload, uint64_t *conflicts);

/** Takes the first segment out; the caller frees it. NULL if there is none. */
struct early *early_take(struct early_list *list);

/** Frees all. */
void early_empty(struct early_list *list);

#endif
