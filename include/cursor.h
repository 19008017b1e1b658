/* SPDX-License-Identifier: MIT */
/*
 * cursor: the only way bytes from a packet are read.
 *
 * A cursor walks a span in network byte order. A read past the end gives zero, moves nothing
 * and latches `is_short`; so a whole header may be read first and checked once.
 */
#ifndef SMTPSCOPE_CURSOR_H
#define SMTPSCOPE_CURSOR_H

#include "span.h"

#include <stdbool.h>

struct cursor {
	struct span rest; /* what has not been read yet */
	bool is_short;    /* a read asked for more than there was */
};

static inline struct cursor cursor_at(struct span s)
{
	return (struct cursor){s, false};
}

/** The next N bytes as a span, or an empty span if there are not so many. */
static inline struct span cursor_bytes(struct cursor *c, size_t n)
{
	if (c->is_short || c->rest.n < n) {
		c->is_short = true;
		return (struct span){c->rest.p, 0};
	}
	struct span taken = {c->rest.p, n};
	c->rest = span_skip(c->rest, n);
	return taken;
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_bytes(c, n);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	struct span s = cursor_bytes(c, 1);
	return s.n ? s.p[0] : 0;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	struct span s = cursor_bytes(c, 2);
	if (!s.n)
		return 0;
	return (uint16_t)(s.p[0] << 8 | s.p[1]);
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	struct span s = cursor_bytes(c, 4);
	if (!s.n)
		return 0;
	return (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 | s.p[3];
}

#endif
