/* SPDX-License-Identifier: MIT */
/*
 * reread: any packet of a store again, by its number.
 *
 * While an input is read, the place of every 256th record is noted. A second libpcap handle over
 * the same store goes to the nearest place before the packet and reads on from there.
 *
 * In a pcapng file that describes interfaces between its packets a handle cannot jump: it would
 * not know them. This shows in a wrong time at the place it jumped to; then the file is read
 * from its start instead, which is slow but right.
 */
#ifndef SMTPSCOPE_SOURCE_REREAD_H
#define SMTPSCOPE_SOURCE_REREAD_H

#include "fault.h"
#include "packet.h"
#include "store.h"

#include <pcap/pcap.h>
#include <stdbool.h>

#define REREAD_STRIDE 256u

struct reread_place {
	off_t offset;
	int64_t time_ns;
};

/** All zero at first, free with reread_free(). */
struct reread {
	struct reread_place *places; /* of packets 1, 257, 513, ... */
	size_t places_n;
	size_t capacity;
	pcap_t *pcap;	     /* NULL until the first packet is read again */
	uint32_t next_frame; /* that pcap gives */
	bool cannot_jump;
};

void reread_free(struct reread *reread);

/** Whether the place of packet FRAME is to be noted. */
static inline bool reread_wants(uint32_t frame)
{
	return (frame - 1) % REREAD_STRIDE == 0;
}

/** Notes that packet FRAME, one that reread_wants(), lies at OFFSET. */
void reread_note(struct reread *reread, uint32_t frame, off_t offset, int64_t time_ns);

/**
 * Reads packet FRAME, which has been read before, from STORE again: its time, length and bytes,
 * which are valid until the next call. False: FAULT says why, for the input NAME.
 */
bool reread_packet(struct reread *reread, const struct store *store, const char *name,
		   uint32_t frame, struct packet *out, struct fault *fault);

#endif
