/* SPDX-License-Identifier: MIT */
/*
 * ordered: a cursor over numbers in the byte order of the host that wrote the file.
 */
#ifndef SMTPSCOPE_SOURCE_ORDERED_H
#define SMTPSCOPE_SOURCE_ORDERED_H

#include "cursor.h"

#include <byteswap.h>

struct ordered {
	struct cursor c;
	bool is_little_endian;
};

static inline struct ordered ordered_at(struct span s, bool is_little_endian)
{
	return (struct ordered){cursor_at(s), is_little_endian};
}

static inline uint16_t ordered_u16(struct ordered *o)
{
	uint16_t value = cursor_u16(&o->c);

	return o->is_little_endian ? bswap_16(value) : value;
}

static inline uint32_t ordered_u32(struct ordered *o)
{
	uint32_t value = cursor_u32(&o->c);

	return o->is_little_endian ? bswap_32(value) : value;
}

/** A number in two words, the higher one first in both byte orders, as pcapng writes times. */
static inline uint64_t ordered_u32_pair(struct ordered *o)
{
	uint64_t high = ordered_u32(o);

	return high << 32 | ordered_u32(o);
}

static inline uint64_t ordered_u64(struct ordered *o)
{
	uint64_t first = ordered_u32(o);
	uint64_t second = ordered_u32(o);

	return o->is_little_endian ? second << 32 | first : first << 32 | second;
}

#endif
