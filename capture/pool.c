/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <stdlib.h>

#define CHUNK_BITS 10
#define CHUNK_RECORDS (1u << CHUNK_BITS)

struct pool pool_of(size_t record_size)
{
	return (struct pool){.record_size = record_size};
}

void pool_empty(struct pool *pool)
{
	for (uint32_t i = 0; i < pool->chunk_count; i++)
		free(pool->chunks[i]);
	free(pool->chunks);
	*pool = pool_of(pool->record_size);
}

static bool add_chunk(struct pool *pool)
{
	if (pool->chunk_count == pool->chunk_room) {
		uint32_t room = pool->chunk_room ? pool->chunk_room * 2 : 8;
		void **chunks = reallocarray(pool->chunks, room, sizeof *chunks);
		if (!chunks)
			return false;
		pool->chunks = chunks;
		pool->chunk_room = room;
	}
	void *chunk = calloc(CHUNK_RECORDS, pool->record_size);
	if (!chunk)
		return false;
	pool->chunks[pool->chunk_count++] = chunk;
	return true;
}

bool pool_add_run(struct pool *pool, uint32_t count, uint32_t *first)
{
	if (count > UINT32_MAX - CHUNK_RECORDS - pool->count)
		return false;
	while ((uint64_t)pool->chunk_count * CHUNK_RECORDS < (uint64_t)pool->count + count) {
		if (!add_chunk(pool))
			return false;
	}
	*first = pool->count;
	pool->count += count;
	return true;
}

void *pool_add(struct pool *pool, uint32_t *index)
{
	return pool_add_run(pool, 1, index) ? pool_get(pool, *index) : NULL;
}

void *pool_get(const struct pool *pool, uint32_t index)
{
	if (index >= pool->count)
		return NULL;
	char *chunk = pool->chunks[index >> CHUNK_BITS];
	return chunk + (size_t)(index & (CHUNK_RECORDS - 1)) * pool->record_size;
}

size_t pool_memory(const struct pool *pool)
{
	return pool->chunk_room * sizeof *pool->chunks +
	       (size_t)pool->chunk_count * CHUNK_RECORDS * pool->record_size;
}
