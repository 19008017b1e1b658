/* SPDX-License-Identifier: MIT */
/*
 * input: one file, pipe or interface of a source, as a row of packets.
 *
 * Whatever the kind, libpcap cuts the packets; the kinds differ in what stands before it. An
 * input is made by input_open_*() and freed by input_free(), whether it has ended or not.
 */
#ifndef SMTPSCOPE_SOURCE_INPUT_H
#define SMTPSCOPE_SOURCE_INPUT_H

#include "source.h"
#include "store.h"

#include <pcap/pcap.h>

struct input {
	struct source_input shown; /* what source_input() lends; shown.name is owned here */
	struct store store;        /* the bytes of the input */
	pcap_t *pcap;
};

/** Opens the capture file PATH. NULL: FAULT says why. */
struct input *input_open_file(const char *path, struct fault *fault);

/** Opens a capture held in memory. NULL: FAULT says why. */
struct input *input_open_memory(const char *name, struct span bytes, struct fault *fault);

void input_free(struct input *input);

/**
 * Reads the next packet: all of OUT but file and tap, valid until the next call on this input.
 * SOURCE_END and SOURCE_WARNING are its last words.
 */
enum source_state input_next(struct input *input, struct packet *out, struct fault *fault);

#endif
