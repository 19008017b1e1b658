/* SPDX-License-Identifier: MIT */
/*
 * hash: XXH3 with a seed, of bytes of any length; hash_key.h is for keys of known length. Nothing
 * else hashes but the digests of messages (smtp/message.c), which are longer.
 */
#ifndef SMTPSCOPE_HASH_H
#define SMTPSCOPE_HASH_H

#include "span.h"

#include <stdint.h>

/** The hash of BYTES. */
uint64_t hash_bytes(struct span bytes, uint64_t seed);

#endif
