/* SPDX-License-Identifier: MIT */
/*
 * lookup: numbers found by what they stand for.
 *
 * A map from keys to 32-bit numbers that does not store the keys: a slot holds 32 bits of hash
 * and the number, and the caller says whether a number stands for a key. Open addressing, at
 * most three quarters full, eight bytes a slot. Nothing is removed. It grows a little with every
 * addition, so that none of them takes long.
 */
#ifndef SMTPSCOPE_LOOKUP_H
#define SMTPSCOPE_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lookup;

/** Whether NUMBER stands for KEY; OWNER is the caller's own. */
typedef bool lookup_same(const void *owner, const void *key, uint32_t number);

/** NULL: no memory. */
struct lookup *lookup_new(void);
void lookup_free(struct lookup *lookup);

/** Where the number for KEY is kept, valid until the next lookup_add(); NULL if there is none. */
uint32_t *lookup_find(const struct lookup *lookup, uint32_t hash, lookup_same *is_same,
		      const void *owner, const void *key);

/** Adds NUMBER, below UINT32_MAX, for a key that has none. False: no memory. */
bool lookup_add(struct lookup *lookup, uint32_t hash, uint32_t number);

/** Bytes of memory held. */
size_t lookup_memory(const struct lookup *lookup);

#endif
