/* SPDX-License-Identifier: MIT */
#include "hash.h"
#include "xxh3.h"

uint64_t hash_bytes(struct span bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.p, bytes.n, seed);
}
