/* SPDX-License-Identifier: MIT */
#include "report/wire_store.h"

#include "bounds.h"

#include <stdlib.h>

void wire_store_clear(struct wire_store *store)
{
	free(store->pieces);
	free(store->segments);
	free(store->bytes[SIDE_CLIENT]);
	free(store->bytes[SIDE_SERVER]);
	*store = (struct wire_store){0};
}

/* Room for one item more, of SIZE bytes each; NULL: no memory, and ITEMS is as before. */
static void *make_room(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	size_t more = *room * 2 + 64;
	void *grown = realloc(items, more * size);
	if (grown)
		*room = more;
	return grown;
}

static bool make_byte_room(struct wire_store *store, enum side side, size_t n)
{
	size_t wanted = store->byte_count[side] + n;
	size_t room = store->byte_room[side];

	if (wanted <= room)
		return true;
	while (room < wanted)
		room = room * 2 + 4096;
	uint8_t *grown = realloc(store->bytes[side], room);
	if (!grown)
		return false;
	store->bytes[side] = grown;
	store->byte_room[side] = room;
	return true;
}

static bool is_before_wanted(const struct wire_store *store, int64_t time_ns)
{
	return store->wanted_ns != NO_TIME && time_ns < store->wanted_ns;
}

/* Lets the older half of the pieces go, with their bytes. */
static void drop_half(struct wire_store *store)
{
	size_t gone = store->piece_count / 2;
	size_t gone_bytes[2] = {0, 0};

	for (size_t i = 0; i < gone; i++)
		if (store->pieces[i].kind == WIRE_BYTES)
			gone_bytes[store->pieces[i].side] += store->pieces[i].length;
	for (int side = 0; side < 2; side++) {
		store->byte_count[side] -= gone_bytes[side];
		if (store->byte_count[side])
			memmove(store->bytes[side], store->bytes[side] + gone_bytes[side],
				store->byte_count[side]);
	}
	store->piece_count -= gone;
	memmove(store->pieces, store->pieces + gone, store->piece_count * sizeof *store->pieces);
	for (size_t i = 0; i < store->piece_count; i++)
		store->pieces[i].at -= gone_bytes[store->pieces[i].side];
	store->is_cut_before = true;
}

/* Whether PIECE may come in; what is in its way and can go, goes. */
static bool admit(struct wire_store *store, const struct wire_piece *piece, size_t n)
{
	size_t most = is_before_wanted(store, piece->mark.time_ns) ? store->most_bytes / 2
								   : store->most_bytes;
	size_t kept = store->byte_count[0] + store->byte_count[1];

	if (store->is_cut_after)
		return false;
	if (kept + n <= most && store->piece_count < LIMIT_WIRE_SEGMENTS)
		return true;
	if (is_before_wanted(store, piece->mark.time_ns)) {
		drop_half(store);
		return true;
	}
	store->is_cut_after = true;
	return false;
}

static bool goes_on(const struct wire_piece *last, const struct wire_piece *piece)
{
	return last->kind == WIRE_LEFT_OUT && piece->kind == WIRE_LEFT_OUT &&
	       last->side == piece->side &&
	       (uint32_t)(last->offset + (uint32_t)last->length) == piece->offset;
}

void wire_store_add(struct wire_store *store, const struct wire_piece *piece, struct span bytes)
{
	struct wire_piece *last =
		store->piece_count ? &store->pieces[store->piece_count - 1] : NULL;

	if (store->has_failed)
		return;
	if (last && goes_on(last, piece)) {
		last->length += piece->length;
		return;
	}
	if (!admit(store, piece, bytes.n))
		return;
	struct wire_piece *pieces = make_room(store->pieces, store->piece_count,
					      &store->piece_room, sizeof *pieces);
	if (!pieces || !make_byte_room(store, piece->side, bytes.n)) {
		store->pieces = pieces ? pieces : store->pieces;
		store->has_failed = store->is_cut_after = true;
		return;
	}
	store->pieces = pieces;
	pieces[store->piece_count] = *piece;
	pieces[store->piece_count++].at = store->byte_count[piece->side];
	if (bytes.n)
		memcpy(store->bytes[piece->side] + store->byte_count[piece->side], bytes.p,
		       bytes.n);
	store->byte_count[piece->side] += bytes.n;
}

void wire_store_add_segment(struct wire_store *store, const struct wire_segment *segment)
{
	if (store->has_failed)
		return;
	if (store->segment_count == LIMIT_WIRE_SEGMENTS) {
		if (!is_before_wanted(store, segment->mark.time_ns)) {
			store->is_cut_after = true;
			return;
		}
		store->segment_count /= 2;
		memmove(store->segments, store->segments + store->segment_count,
			store->segment_count * sizeof *store->segments);
		store->is_cut_before = true;
	}
	struct wire_segment *segments = make_room(store->segments, store->segment_count,
						  &store->segment_room, sizeof *segments);
	if (!segments) {
		store->has_failed = store->is_cut_after = true;
		return;
	}
	store->segments = segments;
	segments[store->segment_count++] = *segment;
}

/* ---- What a segment brings ------------------------------------------------------------------ */

/* Takes FROM to TO out of the holes. False: none of it was missing. */
static bool fill_holes(struct wire_track *track, int64_t from, int64_t to)
{
	bool has_filled = false;

	for (uint32_t i = 0; i < track->hole_count; i++) {
		struct wire_hole *hole = &track->holes[i];
		if (to <= hole->from || from >= hole->to)
			continue;
		has_filled = true;
		if (from > hole->from && to < hole->to && track->hole_count < WIRE_HOLES)
			track->holes[track->hole_count++] = (struct wire_hole){to, hole->to};
		if (from > hole->from)
			hole->to = from;
		else
			hole->from = to < hole->to ? to : hole->to;
		if (hole->from == hole->to)
			track->holes[i--] = track->holes[--track->hole_count];
	}
	return has_filled;
}

enum wire_fate wire_track_take(struct wire_track *track, int64_t position, uint32_t length,
			       uint32_t *hole)
{
	int64_t end = position + length;

	*hole = 0;
	if (!track->has_begun) {
		track->has_begun = true;
		track->reached = position;
	}
	if (!length)
		return WIRE_NOTHING;
	if (position > track->reached) {
		*hole = (uint32_t)(position - track->reached);
		if (track->hole_count < WIRE_HOLES)
			track->holes[track->hole_count++] =
				(struct wire_hole){track->reached, position};
		track->reached = end;
		return WIRE_EARLY;
	}
	if (end > track->reached) {
		track->reached = end;
		return WIRE_NEW;
	}
	if (fill_holes(track, position, end))
		return WIRE_FILLS;
	return length == 1 && end == track->reached ? WIRE_KEEPALIVE : WIRE_AGAIN;
}
