/* SPDX-License-Identifier: MIT */
#include "reread.h"

#include <stdlib.h>

#define FIRST_PLACES 64
#define START_BYTES 4 /* by which the format is told */

void reread_free(struct reread *reread)
{
	savefile_free(reread->savefile);
	free(reread->places);
}

void reread_note(struct reread *reread, uint32_t frame, const struct pcapng_place *place)
{
	/* After a failure to grow, later packets are reached from the last place noted. */
	if ((frame - 1) / REREAD_STRIDE != reread->places_n)
		return;
	if (reread->places_n == reread->capacity) {
		size_t capacity = reread->capacity ? reread->capacity * 2 : FIRST_PLACES;
		struct pcapng_place *places = realloc(reread->places, capacity * sizeof *places);
		if (!places)
			return;
		reread->places = places;
		reread->capacity = capacity;
	}
	reread->places[reread->places_n++] = *place;
}

static bool reread_open(struct reread *reread, const struct store *store,
			struct interfaces *interfaces)
{
	char reason[SAVEFILE_REASON];
	uint8_t bytes[START_BYTES];
	ssize_t n = store_read(store, 0, bytes, sizeof bytes);
	FILE *stream = n < 0 ? NULL : store_open_stream(store);

	if (!stream)
		return false;
	reread->savefile =
		savefile_open(stream, (struct span){bytes, (size_t)n}, interfaces, reason);
	reread->next_frame = UINT32_MAX;
	return reread->savefile != NULL;
}

/* Goes to the nearest place before packet FRAME, unless it is shorter to read on from here. */
static bool reread_approach(struct reread *reread, uint32_t frame)
{
	size_t place = (frame - 1) / REREAD_STRIDE;

	if (!reread->places_n)
		return false;
	if (place >= reread->places_n)
		place = reread->places_n - 1;
	uint32_t noted = (uint32_t)place * REREAD_STRIDE + 1;
	if (reread->next_frame >= noted && reread->next_frame <= frame)
		return true;
	reread->next_frame = noted;
	return savefile_go(reread->savefile, &reread->places[place]);
}

bool reread_packet(struct reread *reread, const struct store *store, struct interfaces *interfaces,
		   uint32_t frame, struct packet *out)
{
	if (!reread->savefile && !reread_open(reread, store, interfaces))
		return false;
	if (!reread_approach(reread, frame))
		return false;
	while (reread->next_frame <= frame) {
		if (savefile_next(reread->savefile, out) != SAVEFILE_PACKET) {
			reread->next_frame = UINT32_MAX;
			return false;
		}
		out->mark.frame = reread->next_frame++;
	}
	return true;
}
