/* SPDX-License-Identifier: MIT */
#include "reread.h"

#include "record_time.h"

#include <stdlib.h>

#define FIRST_PLACES 64

void reread_free(struct reread *reread)
{
	if (reread->pcap)
		pcap_close(reread->pcap);
	free(reread->places);
}

void reread_note(struct reread *reread, uint32_t frame, off_t offset, int64_t time_ns)
{
	/* After a failure to grow, later packets are reached from the last place noted. */
	if ((frame - 1) / REREAD_STRIDE != reread->places_n)
		return;
	if (reread->places_n == reread->capacity) {
		size_t capacity = reread->capacity ? reread->capacity * 2 : FIRST_PLACES;
		struct reread_place *places = realloc(reread->places, capacity * sizeof *places);
		if (!places)
			return;
		reread->places = places;
		reread->capacity = capacity;
	}
	reread->places[reread->places_n++] = (struct reread_place){offset, time_ns};
}

static bool reread_open(struct reread *reread, const struct store *store)
{
	char reason[PCAP_ERRBUF_SIZE];

	if (reread->pcap)
		pcap_close(reread->pcap);
	reread->pcap = NULL;
	reread->next_frame = 1;
	FILE *stream = store_open_stream(store);
	if (!stream)
		return false;
	reread->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO,
								reason);
	if (!reread->pcap)
		(void)fclose(stream);
	return reread->pcap != NULL;
}

static bool reread_next(struct reread *reread, struct packet *out)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	if (pcap_next_ex(reread->pcap, &header, &bytes) != 1)
		return false;
	out->mark = (struct mark){record_time_ns(header), reread->next_frame++};
	out->wire_len = header->len;
	out->bytes = (struct span){bytes, header->caplen};
	return true;
}

/* Reads on to packet FRAME; one that goes wrong on the way is wrong itself. */
static bool reread_walk(struct reread *reread, uint32_t frame, struct packet *out)
{
	while (reread->next_frame <= frame)
		if (!reread_next(reread, out))
			return false;
	return true;
}

/*
 * Goes to the place of packet FRAME and reads it. A fresh handle reads the first packet before,
 * and with it the descriptions of the interfaces, which stand in front of it.
 */
static bool reread_jump(struct reread *reread, const struct store *store, uint32_t frame,
			struct packet *out)
{
	const struct reread_place *place = &reread->places[(frame - 1) / REREAD_STRIDE];

	if (!reread->pcap && !(reread_open(reread, store) && reread_next(reread, out)))
		return false;
	FILE *stream = pcap_file(reread->pcap);
	clearerr(stream);
	if (fseeko(stream, place->offset, SEEK_SET) != 0)
		return false;
	reread->next_frame = frame;
	return reread_next(reread, out) && out->mark.time_ns == place->time_ns;
}

/* Reads packet FRAME by jumping near it, if that is shorter than reading on from where we are. */
static bool reread_near(struct reread *reread, const struct store *store, uint32_t frame,
			struct packet *out)
{
	size_t place = (frame - 1) / REREAD_STRIDE;

	if (!reread->places_n)
		return false;
	if (place >= reread->places_n)
		place = reread->places_n - 1;
	uint32_t noted = (uint32_t)place * REREAD_STRIDE + 1;
	if (reread->pcap && reread->next_frame > noted && reread->next_frame <= frame)
		return reread_walk(reread, frame, out);
	return reread_jump(reread, store, noted, out) && reread_walk(reread, frame, out);
}

bool reread_packet(struct reread *reread, const struct store *store, const char *name,
		   uint32_t frame, struct packet *out, struct fault *fault)
{
	if (!reread->cannot_jump) {
		if (reread_near(reread, store, frame, out))
			return true;
		reread->cannot_jump = true;
		reread->next_frame = UINT32_MAX; /* where the handle is now is unknown */
	}
	if ((reread->pcap && reread->next_frame <= frame) || reread_open(reread, store))
		if (reread_walk(reread, frame, out))
			return true;
	reread->next_frame = UINT32_MAX;
	return fault_set(fault, FAULT_READ, "%s: packet %u cannot be read again: the file changed",
			 name, frame);
}
