/* SPDX-License-Identifier: MIT */
/*
 * unpack: gzip (RFC 1952) and Zstandard (RFC 8878), a piece at a time.
 *
 * Several members or frames behind each other are one stream, as in rotated captures that were
 * joined. Memory is bounded by the formats' windows: 32 KiB, and 128 MiB for Zstandard.
 */
#ifndef SMTPSCOPE_SOURCE_UNPACK_H
#define SMTPSCOPE_SOURCE_UNPACK_H

#include "span.h"

#include <stdbool.h>
#include <sys/types.h>

#define PACKING_MAGIC 6 /* bytes that tell every packing apart */

enum packing {
	PACKING_NONE,
	PACKING_GZIP,
	PACKING_ZSTD,
	PACKING_BZIP2, /* told apart from what is no capture, but not unpacked */
	PACKING_XZ,
	PACKING_LZ4,
};

/** What the bytes at the START of a stream say. */
enum packing packing_recognise(struct span start);

/** The tool that unpacks it, as in "gzip". */
const char *packing_tool(enum packing packing);

struct unpacker;

/** For PACKING_GZIP or PACKING_ZSTD; NULL: no memory. Free with unpacker_free(). */
struct unpacker *unpacker_new(enum packing packing);
void unpacker_free(struct unpacker *unpacker);

/**
 * Unpacks from the front of IN, which is moved on, to OUT, up to N bytes. Returns how many; 0:
 * more input is needed; -1: the stream is damaged, and all before that was given.
 */
ssize_t unpacker_run(struct unpacker *unpacker, struct span *in, uint8_t *out, size_t n);

/** Whether the stream may end here: not inside a member. */
bool unpacker_is_whole(const struct unpacker *unpacker);

#endif
