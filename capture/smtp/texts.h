/* SPDX-License-Identifier: MIT */
/*
 * texts: short texts, each kept once.
 *
 * A text gets a number from 1 on; 0 is the empty or unknown text. The bytes stay where they are
 * until the table is freed.
 */
#ifndef SMTPSCOPE_TEXTS_H
#define SMTPSCOPE_TEXTS_H

#include "span.h"

struct texts;

/** SEED keys the hash. NULL: no memory. */
struct texts *texts_new(uint64_t seed);
void texts_free(struct texts *texts);

/** The number of TEXT, cut at LIMIT_TEXT bytes. 0: it is empty, or there is no memory. */
uint32_t texts_number(struct texts *texts, struct span text);

/** The number of TEXT if it is there; 0: it is not, or empty. */
uint32_t texts_find(const struct texts *texts, struct span text);

/** The text with NUMBER; empty for 0 and for a number that was never given. */
struct span texts_get(const struct texts *texts, uint32_t number);

/** Bytes of memory held. */
size_t texts_memory(const struct texts *texts);

#endif
