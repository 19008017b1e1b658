/* SPDX-License-Identifier: MIT */
/*
 * bulk - the scenario of a big capture for benchmarks, written as a text like any other.
 */
#ifndef FORGE_BULK_H
#define FORGE_BULK_H

#include "arena.h"

/** Appends the text of a scenario with `count` messages of `size` bytes, one connection each, a
 * little interleaved. */
void bulk_write_text(struct buffer *text, unsigned long count, unsigned long size);

#endif
