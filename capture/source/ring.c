/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <stdlib.h>

#define FIRST_PLACES 1024

/*
 * A place is a count of bytes since the ring began; where it lies in memory is its remainder by
 * the size. A packet lies in one piece: what is left at the end is passed over when it is short.
 * Everything at or behind `tail` is still there.
 */
struct ring {
	size_t size;
	uint64_t head;
	uint64_t tail;
	uint8_t bytes[];
};

struct ring *ring_new(size_t bytes)
{
	struct ring *ring = malloc(sizeof *ring + bytes);

	if (!ring)
		return NULL;
	ring->size = bytes;
	ring->head = 0;
	ring->tail = 0;
	return ring;
}

void ring_free(struct ring *ring)
{
	free(ring);
}

void ring_track_free(struct ring_track *track)
{
	free(track->places);
}

static uint64_t *track_place(const struct ring_track *track, uint32_t frame)
{
	return &track->places[frame & (track->capacity - 1)];
}

/* Forgets the places that have been written over, so that the track stays as short as the ring. */
static void track_trim(struct ring_track *track, uint64_t tail)
{
	while (track->oldest <= track->newest && *track_place(track, track->oldest) < tail)
		track->oldest++;
}

static bool track_grow(struct ring_track *track)
{
	size_t capacity = track->capacity ? track->capacity * 2 : FIRST_PLACES;
	uint64_t *places = malloc(capacity * sizeof *places);

	if (!places)
		return false;
	for (uint32_t frame = track->oldest; track->capacity && frame <= track->newest; frame++)
		places[frame & (capacity - 1)] = *track_place(track, frame);
	free(track->places);
	track->places = places;
	track->capacity = capacity;
	return true;
}

/* Tracks hold consecutive frames: one that is not kept takes all before it along. */
static void track_restart(struct ring_track *track, uint32_t frame)
{
	track->oldest = frame + 1;
	track->newest = frame;
}

static bool track_add(struct ring_track *track, uint32_t frame, uint64_t place, uint64_t tail)
{
	if (!track->oldest)
		track_restart(track, frame - 1);
	track_trim(track, tail);
	if (frame - track->oldest >= track->capacity && !track_grow(track)) {
		track_restart(track, frame);
		return false;
	}
	*track_place(track, frame) = place;
	track->newest = frame;
	return true;
}

/* Room for LEN bytes in one piece. */
static uint64_t ring_reserve(struct ring *ring, size_t len)
{
	size_t left = ring->size - (size_t)(ring->head % ring->size);
	uint64_t place = ring->head + (len > left ? left : 0);

	if (place + len > ring->size && place + len - ring->size > ring->tail)
		ring->tail = place + len - ring->size;
	ring->head = place + len;
	return place;
}

void ring_keep(struct ring *ring, struct ring_track *track, const struct packet *packet)
{
	size_t len = sizeof *packet + packet->bytes.n;

	if (len > ring->size) {
		track_restart(track, packet->mark.frame);
		return;
	}
	uint64_t place = ring_reserve(ring, len);
	if (!track_add(track, packet->mark.frame, place, ring->tail))
		return;
	uint8_t *at = ring->bytes + place % ring->size;
	memcpy(at, packet, sizeof *packet);
	memcpy(at + sizeof *packet, packet->bytes.p, packet->bytes.n);
}

bool ring_find(const struct ring *ring, const struct ring_track *track, uint32_t frame,
	       struct packet *out)
{
	if (!ring || frame < track->oldest || frame > track->newest || !track->capacity)
		return false;
	uint64_t place = *track_place(track, frame);
	if (place < ring->tail)
		return false;
	const uint8_t *at = ring->bytes + place % ring->size;
	memcpy(out, at, sizeof *out);
	out->bytes.p = at + sizeof *out;
	return true;
}
