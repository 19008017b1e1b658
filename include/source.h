/* SPDX-License-Identifier: MIT */
/*
 * source: packets from capture files, standard input and interfaces, in time order.
 *
 * A source reads one or more inputs. source_next() hands out one packet at a time: from several
 * inputs always the earliest one. Nothing here blocks: where an input has nothing yet (a pipe,
 * an interface, a file that is followed while it grows), the source says so and names the
 * descriptors to poll.
 *
 * Inputs: pcap (both byte orders, micro- and nanoseconds) through libpcap; pcapng (several
 * sections, and interfaces that differ in link type, snaplen and clock); both behind gzip or zstd,
 * told by their magic bytes; "-" for standard input, compressed or not; interfaces. A file that
 * ends inside a record gives everything before the cut and then a warning (FAULT_CUT_SHORT); an
 * unusable one is refused when it is added. A pipe is added without a look at it: what is wrong
 * with it comes as a warning, once its first bytes are there.
 *
 * Where several inputs are read, one that is a pipe with nothing in it holds the others back, as
 * it may still bring earlier packets; interfaces and followed files do not.
 *
 * Any packet of a regular file can be read again by its number: the source notes where every
 * 256th record lies, and reads on from there; a packed file is unpacked again, from its start if
 * need be, so that going on is cheap and going back is not. Other inputs keep their newest packets
 * in one bounded ring; what has left it is said to have left.
 */
#ifndef SMTPSCOPE_SOURCE_H
#define SMTPSCOPE_SOURCE_H

#include "fault.h"
#include "packet.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct source;

struct source_options {
	bool follow;         /* keep reading files that grow, as tail -f does */
	size_t ring_bytes;   /* newest packets kept of what cannot be read again; 0: 16 MiB */
};

enum source_state {
	SOURCE_PACKET,  /* a packet was handed out */
	SOURCE_WAIT,    /* nothing now; poll the descriptors, or ask again later */
	SOURCE_END,     /* every input has ended */
	SOURCE_WARNING, /* one input failed or was cut short, see the fault; the others go on */
};

/** What is known of one input; borrowed from the source, current at any time. */
struct source_input {
	const char *name;     /* as the user gave it, "-" for standard input */
	int link;             /* DLT_ value, of the first that can be decoded where interfaces
				 differ; -1 while a pipe has not brought its header */
	bool is_live;         /* an interface */
	bool has_ended;
	uint64_t packets;     /* handed out so far */
	uint64_t bytes;       /* captured bytes handed out so far */
	int64_t first_ns;     /* earliest and latest time of a packet; 0 if none yet */
	int64_t last_ns;
	uint64_t read_bytes;  /* of the input, before decompression, for progress */
	uint64_t total_bytes; /* of the input; 0 where unknown */
	uint64_t dropped;     /* packets that the kernel or the interface dropped: counted by the
				 kernel (live), or told by the file (pcapng) */
	uint64_t backwards;   /* packets older than the one before them */
};

/** A new source without inputs; OPTIONS may be NULL. NULL: no memory. Free with source_free(). */
struct source *source_new(const struct source_options *options);

void source_free(struct source *source);

/** Adds a capture file, or standard input for "-". False: FAULT says why (never partly added). */
bool source_add_file(struct source *source, const char *path, struct fault *fault);

/**
 * Adds an interface, seen through the BPF expression FILTER (NULL: the default, TCP on the mail
 * ports 25, 465, 587, 2525 and 24, also inside VLAN tags, and IP fragments).
 */
bool source_add_interface(struct source *source, const char *name, const char *filter,
			  struct fault *fault);

/** Adds a capture held in memory, as the demo is; BYTES must outlive the source. */
bool source_add_memory(struct source *source, const char *name, struct span bytes,
		       struct fault *fault);

/**
 * The next packet. OUT is filled for SOURCE_PACKET, and its bytes are valid until the next call;
 * FAULT is filled for SOURCE_WARNING.
 */
enum source_state source_next(struct source *source, struct packet *out, struct fault *fault);

/** Number of inputs, and one of them. */
size_t source_inputs(const struct source *source);
const struct source_input *source_input(const struct source *source, size_t index);

/**
 * Descriptors to poll while SOURCE_WAIT: fills FDS, at most MAX, returns how many. A followed file
 * has none: where there is one, ask again after a moment (200 ms will do).
 */
size_t source_poll(const struct source *source, struct pollfd *fds, size_t max);

/** Whether the open file FD is one that the source reads. */
bool source_reads(const struct source *source, int fd);

/**
 * Reads packet FRAME of input FILE again. OUT's bytes are valid until the next call for the same
 * FILE, or until source_next(). False: it is no longer there (FAULT says why).
 */
bool source_reread(struct source *source, uint16_t file, uint32_t frame, struct packet *out,
		   struct fault *fault);

#endif
