/* SPDX-License-Identifier: MIT */
/*
 * hash_key: XXH3 with a seed, done in place, of a key whose length is known where it is hashed.
 *
 * Several are made of every packet, and a call to the library takes twice as long. The library's
 * header is all functions here, and does not go together with xxh3.h.
 */
#ifndef SMTPSCOPE_HASH_KEY_H
#define SMTPSCOPE_HASH_KEY_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/** The hash of the N bytes at KEY; N is a constant, at most some tens. */
static inline uint64_t hash_key(const void *key, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(key, n, seed);
}

#endif
