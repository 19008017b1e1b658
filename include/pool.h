/* SPDX-License-Identifier: MIT */
/*
 * pool: records of one size, numbered from 0, that never move.
 *
 * Records live in chunks of 1024, so that adding one never copies the others and a pointer to
 * one stays valid until the pool is emptied. There is no removal.
 */
#ifndef SMTPSCOPE_POOL_H
#define SMTPSCOPE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool {
	size_t record_size;
	uint32_t count;
	uint32_t chunk_count;
	uint32_t chunk_room;
	void **chunks;
};

/** An empty pool; nothing is allocated before the first record. */
struct pool pool_of(size_t record_size);

/** Frees every record. */
void pool_empty(struct pool *pool);

/** Adds a record of zero bytes and gives its number in INDEX. NULL: no memory. */
void *pool_add(struct pool *pool, uint32_t *index);

/**
 * Adds COUNT records that lie beside each other in number (not always in memory) and gives the
 * first one's number. False: no memory; then none was added.
 */
bool pool_add_run(struct pool *pool, uint32_t count, uint32_t *first);

/** Record INDEX; NULL if there is none. */
void *pool_get(const struct pool *pool, uint32_t index);

/** Bytes of memory held. */
size_t pool_memory(const struct pool *pool);

#endif
