/* SPDX-License-Identifier: MIT */
/*
 * reread: any packet of a store again, by its number.
 *
 * While an input is read, the place of every 256th record is noted. A second reader of the same
 * store goes to the nearest place before the packet and reads on from there.
 */
#ifndef SMTPSCOPE_SOURCE_REREAD_H
#define SMTPSCOPE_SOURCE_REREAD_H

#include "packet.h"
#include "savefile.h"
#include "store.h"

#include <stdbool.h>

#define REREAD_STRIDE 256u

/** All zero at first, free with reread_free(). */
struct reread {
	struct pcapng_place *places; /* of packets 1, 257, 513, ... */
	size_t places_n;
	size_t capacity;
	struct savefile *savefile; /* NULL until the first packet is read again */
	uint32_t next_frame;	   /* that savefile gives; UINT32_MAX: unknown */
};

void reread_free(struct reread *reread);

/** Whether the place of packet FRAME is to be noted. */
static inline bool reread_wants(uint32_t frame)
{
	return (frame - 1) % REREAD_STRIDE == 0;
}

/** Notes that packet FRAME, one that reread_wants(), is the next at PLACE. */
void reread_note(struct reread *reread, uint32_t frame, const struct pcapng_place *place);

/**
 * Reads packet FRAME, which has been read before, from STORE again, with the INTERFACES known
 * since: all but its file and tap; its bytes are valid until the next call. False: what is there
 * is no longer what was.
 */
bool reread_packet(struct reread *reread, const struct store *store, struct interfaces *interfaces,
		   uint32_t frame, struct packet *out);

#endif
