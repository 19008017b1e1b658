/* SPDX-License-Identifier: MIT */
/*
 * span: a borrowed run of bytes.
 *
 * A span never owns what it points at. Who hands one out says how long it lives; spans that
 * come with a packet die when the next packet is read.
 */
#ifndef SMTPSCOPE_SPAN_H
#define SMTPSCOPE_SPAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t n;
};

/** The span of a C string, without its NUL. */
static inline struct span span_of(const char *text)
{
	return (struct span){(const uint8_t *)text, strlen(text)};
}

/** What is left of S after its first N bytes; empty if it has no more than N. */
static inline struct span span_skip(struct span s, size_t n)
{
	/* Nothing at no address stays there: even adding 0 to it is undefined (C17 6.5.6). */
	if (n >= s.n)
		return (struct span){s.n ? s.p + s.n : s.p, 0};
	return (struct span){s.p + n, s.n - n};
}

/** The first N bytes of S; all of it if it has fewer. */
static inline struct span span_take(struct span s, size_t n)
{
	if (n < s.n)
		s.n = n;
	return s;
}

#endif
