/* SPDX-License-Identifier: MIT */
/*
 * backlog: bytes that cannot be read yet, with the segments they came in.
 *
 * Used where the meaning of bytes hangs on something that has not been seen: what a connection
 * is, whether DATA was accepted, or what its first bytes begin. They are read once, from the front,
 * and lie where they are until all were. Bounded by LIMIT_HELD.
 */
#ifndef SMTPSCOPE_BACKLOG_H
#define SMTPSCOPE_BACKLOG_H

#include "mark.h"
#include "span.h"
#include "tcp.h"

#include <stdbool.h>

struct backlog_piece {
	enum side side;
	struct mark mark;
	uint64_t offset;
	uint16_t file;
	uint32_t begin;    /* in the bytes */
	uint32_t n;
};

struct backlog {
	uint8_t *bytes;
	size_t n;
	size_t room;
	struct backlog_piece *pieces;
	uint32_t count;
	uint32_t piece_room;
	uint32_t first;    /* the first piece that was not all read */
};

/** Adds bytes. False: there is no room, or no memory; nothing was added. */
bool backlog_add(struct backlog *backlog, enum side side, struct span bytes, uint64_t offset,
		 const struct mark *mark, uint16_t file);

/** The bytes of a piece; valid until the backlog changes. */
struct span backlog_bytes(const struct backlog *backlog, const struct backlog_piece *piece);

/** The first piece that was not all read; NULL if there is none. */
struct backlog_piece *backlog_first(const struct backlog *backlog);

/** The first N bytes of the first piece were read. */
void backlog_take(struct backlog *backlog, size_t n);

/** Frees what it holds and makes it empty. */
void backlog_close(struct backlog *backlog);

#endif
