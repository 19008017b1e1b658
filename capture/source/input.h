/* SPDX-License-Identifier: MIT */
/*
 * input: one file, pipe or interface of a source, as a row of packets.
 *
 * A savefile cuts the packets; the kinds differ in what stands before it: a store (a plain file,
 * memory) or a feed (a pipe, a packed or a growing file). An interface has libpcap instead.
 *
 * A file whose interfaces differ in link type is read if one of them can be decoded: the packets
 * of the others are decode's to count. To tell, a store is looked through for such an interface;
 * what comes through a feed must describe it before its first packet.
 */
#ifndef SMTPSCOPE_SOURCE_INPUT_H
#define SMTPSCOPE_SOURCE_INPUT_H

#include "feed.h"
#include "reread.h"
#include "ring.h"
#include "savefile.h"
#include "source.h"
#include "store.h"

#include <pcap/pcap.h>

struct input {
	struct source_input shown; /* what source_input() lends; its name is owned here */
	int64_t previous_ns;	   /* time of the packet handed out last */
	const char *label;	   /* the name as messages give it */
	int fd;			   /* owned, or -1 */
	struct feed *feed;	   /* or NULL */
	uint32_t frames;	   /* packets read so far */
	pcap_t *pcap;		   /* of an interface, else NULL */
	struct savefile *savefile; /* NULL while a feed has not brought the header yet */
	struct interfaces interfaces;
	uint32_t judged; /* of them cannot be decoded, before the first that can */
	bool can_reread; /* through the store; else the ring keeps its packets */
	struct store store;
	struct reread reread;
	struct ring_track track;
	bool is_packed_file;  /* can be unpacked again */
	struct input *again;  /* another reader of it, or NULL */
};

/** An input without anything in it. NULL: FAULT says why. Free with input_free(). */
struct input *input_new(const char *name, struct fault *fault);

void input_free(struct input *input);

/** Opens the capture file PATH, "-" for standard input. NULL: FAULT says why. */
struct input *input_open_file(const char *path, bool follows, struct fault *fault);

/**
 * Reads packet FRAME of a packed file again: all of OUT but file and tap, valid until the next
 * call. False: what is there is no longer what was.
 */
bool input_unpack_again(struct input *input, uint32_t frame, struct packet *out);

/** Opens a capture held in memory. NULL: FAULT says why. */
struct input *input_open_memory(const char *name, struct span bytes, struct fault *fault);

/** Opens an interface, with the default filter for NULL. NULL: FAULT says why. */
struct input *input_open_interface(const char *name, const char *filter, struct fault *fault);

/** Opens what the store or the feed has as a savefile. False: FAULT says why not. */
bool input_start(struct input *input, struct fault *fault);

/** Takes the first interface that can be decoded for the input's link. False: there is none. */
bool input_settle_link(struct input *input, struct fault *fault);

/**
 * Reads the next packet: all of OUT but file and tap, valid until the next call on this input.
 * SOURCE_END and SOURCE_WARNING are its last words.
 */
enum source_state input_next(struct input *input, struct packet *out, struct fault *fault);

/** As input_next() for an interface. */
enum source_state input_next_live(struct input *input, struct packet *out, struct fault *fault);

/** Counts PACKET, which was read before, as handed out. */
void input_count(struct input *input, const struct packet *packet);

/** What to poll while there is nothing; false: nothing to poll, ask again later. */
bool input_poll(const struct input *input, struct pollfd *fd);

#endif
