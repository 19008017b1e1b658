/* SPDX-License-Identifier: MIT */
/*
 * keys: numbers found by what they stand for.
 *
 * A map from 64-bit hashes to 32-bit numbers, open addressing, at most three quarters full. Two
 * things may have one hash, by chance or by intent: the caller compares what the number stands
 * for. It grows a little with every new key, so that none of them takes long.
 */
#ifndef SMTPSCOPE_KEYS_H
#define SMTPSCOPE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_KEY UINT32_MAX

struct keys;

/** NULL: no memory. */
struct keys *keys_new(void);
void keys_free(struct keys *keys);

/** Sets the number for HASH, in place of the one it had. False: no memory. */
bool keys_set(struct keys *keys, uint64_t hash, uint32_t number);

/** The number for HASH; NO_KEY if it has none. */
uint32_t keys_get(const struct keys *keys, uint64_t hash);

/** Bytes of memory held. */
size_t keys_memory(const struct keys *keys);

#endif
