/* SPDX-License-Identifier: MIT */
/*
 * handed: digests of the segments that were handed on, to tell whether a later copy is equal.
 *
 * The bytes themselves are gone by then. One table for all connections, of a fixed size: the
 * newest entry of a place wins, so that what was handed on long ago is no longer known. A copy
 * is compared piece by piece, in the pieces that were handed on: one that begins or ends within
 * such a piece is compared as far as it covers whole ones.
 */
#ifndef SMTPSCOPE_HANDED_H
#define SMTPSCOPE_HANDED_H

#include "span.h"

#include <stdbool.h>
#include <stdint.h>

struct handed;

/** NULL: no memory. */
struct handed *handed_new(uint64_t seed);
void handed_free(struct handed *handed);

/** Notes BYTES, handed on at OFFSET of STREAM, a number that no other stream ever has. */
void handed_note(struct handed *handed, uint64_t stream, uint64_t offset, struct span bytes);

/** Whether BYTES, at OFFSET of STREAM, are known to differ from those handed on there. */
bool handed_differs(const struct handed *handed, uint64_t stream, uint64_t offset,
		    struct span bytes);

#endif
