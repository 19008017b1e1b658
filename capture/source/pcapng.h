/* SPDX-License-Identifier: MIT */
/*
 * pcapng: packets of a pcapng stream (draft-ietf-opsawg-pcapng).
 *
 * Here and not left to libpcap, which refuses (1.10) files whose interfaces differ in link type
 * or snaplen and sections in different byte orders, tells nothing of dropped packets, and cannot
 * be taken to a place behind a second description of interfaces.
 *
 * Read are sections, interfaces, packets in all three kinds of blocks, and of the statistics the
 * dropped packets. Every other block is passed over: names, secrets, comments, custom ones. A
 * Simple Packet Block tells no time: its packet gets the time of the one before.
 *
 * A block must have the same length at both ends, a multiple of 4, at least 12 and at most
 * LIMIT_RECORD bytes. Where one has not, or names an interface that is not described, reading
 * ends there, as in Wireshark: what follows would be guesswork.
 */
#ifndef SMTPSCOPE_SOURCE_PCAPNG_H
#define SMTPSCOPE_SOURCE_PCAPNG_H

#include "interfaces.h"
#include "packet.h"

#include <stdio.h>

#define PCAPNG_SECTION 0x0a0d0d0au
#define PCAPNG_BYTE_ORDER 0x1a2b3c4du
#define PCAPNG_BLOCK_MIN 12u

enum pcapng_block {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
};

/** A place between two blocks, and what must be known there; all zero: the start. */
struct pcapng_place {
	off_t offset;
	int64_t time_ns;	  /* of the newest packet */
	uint32_t first_interface; /* of the section, among those of all sections */
	uint32_t interfaces_n;	  /* described so far */
	bool is_little_endian;
};

enum pcapng_state {
	PCAPNG_PACKET,
	PCAPNG_END,    /* the stream ended between two blocks, perhaps only for now */
	PCAPNG_CUT,    /* it ended inside a block */
	PCAPNG_BROKEN, /* see problem */
};

struct pcapng {
	FILE *stream;		       /* owned */
	struct interfaces *interfaces; /* of the file; readers of the same file share them */
	struct pcapng_place place;
	const char *problem;
	uint8_t *block; /* owned */
	size_t block_size;
};

/** A reader of STREAM, all its fields but these zero; free with pcapng_close(). */
static inline struct pcapng pcapng_open(FILE *stream, struct interfaces *interfaces)
{
	return (struct pcapng){.stream = stream, .interfaces = interfaces};
}

void pcapng_close(struct pcapng *pcapng);

/**
 * Reads on until the first interface is described. PCAPNG_PACKET says that it is, though there
 * is no packet yet.
 */
enum pcapng_state pcapng_read_start(struct pcapng *pcapng);

/**
 * The next packet: its time, link, interface, length and bytes, which are valid until the next
 * call.
 */
enum pcapng_state pcapng_next(struct pcapng *pcapng, struct packet *out);

/** Goes to a PLACE that a reader of the same file has been to. False: the stream cannot. */
bool pcapng_go(struct pcapng *pcapng, const struct pcapng_place *place);

#endif
