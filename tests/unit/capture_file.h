/* SPDX-License-Identifier: MIT */
/*
 * capture_file: captures made in a test, in memory or as temporary files.
 *
 * A packet's frame is a text, as what source hands on is never looked into.
 */
#ifndef SMTPSCOPE_TESTS_CAPTURE_FILE_H
#define SMTPSCOPE_TESTS_CAPTURE_FILE_H

#include "source.h"

#include <pcap/dlt.h>

#define CAPTURE_MAX (1u << 20)
#define CAPTURE_PATH 64

enum capture_format {
	CAPTURE_MICRO,	   /* pcap, little endian, microseconds */
	CAPTURE_MICRO_BIG, /* big endian */
	CAPTURE_NANO,
	CAPTURE_NANO_BIG,
	CAPTURE_PCAPNG, /* nanoseconds */
	CAPTURE_PCAPNG_BIG,
};

enum capture_packing {
	PACK_NOT,
	PACK_GZIP,
	PACK_ZSTD,
};

struct capture {
	enum capture_format format;
	size_t n;
	uint8_t bytes[CAPTURE_MAX];
};

/** An empty capture with its header; free with free(). */
struct capture *capture_new(enum capture_format format, uint16_t link);

/** Appends a packet with the frame TEXT. */
void capture_add(struct capture *capture, int64_t time_ns, const char *text);

/** Appends the start of a new section (pcapng), without interfaces as yet. */
void capture_add_section(struct capture *capture);

/** Appends the description of an interface (pcapng), whose times count in 10^-RESOLUTION s. */
void capture_add_interface(struct capture *capture, uint16_t link, uint8_t resolution);

/** Appends a packet (pcapng) of interface ID, with its time in that interface's units. */
void capture_add_from(struct capture *capture, uint32_t id, uint64_t time, const char *text);

/** Appends a block (pcapng) whose body DIGITS stand for, as they are, padded to 4 bytes. */
void capture_add_block(struct capture *capture, uint32_t type, const char *digits);

struct span capture_span(const struct capture *capture);

/** Packs BYTES to OUT, which has CAPTURE_MAX; returns how many bytes it became. */
size_t capture_pack(struct span bytes, enum capture_packing packing, uint8_t *out);

/** Writes BYTES to a new temporary file, whose path goes to PATH; the caller unlinks it. */
void capture_write(struct span bytes, char path[static CAPTURE_PATH]);

/** Adds to SOURCE a pipe that BYTES, at most CAPTURE_MAX, were written to. */
void capture_add_pipe(struct source *source, struct span bytes);

/** Fails the test unless the next of SOURCE is a packet with the frame TEXT; returns it. */
struct packet expect_packet(struct source *source, const char *text);

/** Fails the test unless SOURCE says STATE now. */
void expect_state(struct source *source, enum source_state state);

/** Fails the test unless SOURCE warns of KIND, with PART in its text. */
void expect_warning(struct source *source, enum fault_kind kind, const char *part);

#endif
