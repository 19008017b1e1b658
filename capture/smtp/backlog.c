/* SPDX-License-Identifier: MIT */
#include "smtp/backlog.h"

#include "bounds.h"

#include <stdlib.h>

static bool make_room(struct backlog *backlog, size_t n)
{
	size_t room = backlog->room ? backlog->room : 512;

	while (room < n)
		room *= 2;
	if (room != backlog->room) {
		uint8_t *bytes = realloc(backlog->bytes, room);
		if (!bytes)
			return false;
		backlog->bytes = bytes;
		backlog->room = room;
	}
	if (backlog->count == backlog->piece_room) {
		uint32_t pieces_room = backlog->piece_room ? backlog->piece_room * 2 : 8;
		struct backlog_piece *pieces =
			reallocarray(backlog->pieces, pieces_room, sizeof *pieces);
		if (!pieces)
			return false;
		backlog->pieces = pieces;
		backlog->piece_room = pieces_room;
	}
	return true;
}

/* Lets what was read go, if that is most of it: so each byte is moved about once. */
static void drop_read(struct backlog *backlog)
{
	size_t read = backlog->pieces[backlog->first].begin;

	if (read < backlog->n / 2)
		return;
	backlog->n -= read;
	memmove(backlog->bytes, backlog->bytes + read, backlog->n);
	backlog->count -= backlog->first;
	memmove(backlog->pieces, backlog->pieces + backlog->first,
		backlog->count * sizeof *backlog->pieces);
	backlog->first = 0;
	for (uint32_t i = 0; i < backlog->count; i++)
		backlog->pieces[i].begin -= (uint32_t)read;
}

bool backlog_add(struct backlog *backlog, enum side side, struct span bytes, uint64_t offset,
		 const struct mark *mark, uint16_t file)
{
	if (bytes.n == 0)
		return true;
	if (backlog_first(backlog))
		drop_read(backlog);
	if (bytes.n > LIMIT_HELD - backlog->n || !make_room(backlog, backlog->n + bytes.n))
		return false;
	memcpy(backlog->bytes + backlog->n, bytes.p, bytes.n);
	backlog->pieces[backlog->count++] = (struct backlog_piece){
		.side = side,
		.mark = *mark,
		.offset = offset,
		.file = file,
		.begin = (uint32_t)backlog->n,
		.n = (uint32_t)bytes.n,
	};
	backlog->n += bytes.n;
	return true;
}

struct span backlog_bytes(const struct backlog *backlog, const struct backlog_piece *piece)
{
	return (struct span){backlog->bytes + piece->begin, piece->n};
}

struct backlog_piece *backlog_first(const struct backlog *backlog)
{
	return backlog->first < backlog->count ? &backlog->pieces[backlog->first] : NULL;
}

void backlog_take(struct backlog *backlog, size_t n)
{
	struct backlog_piece *piece = &backlog->pieces[backlog->first];

	piece->begin += (uint32_t)n;
	piece->offset += n;
	piece->n -= (uint32_t)n;
	if (piece->n == 0)
		backlog->first++;
}

void backlog_close(struct backlog *backlog)
{
	free(backlog->bytes);
	free(backlog->pieces);
	*backlog = (struct backlog){0};
}
