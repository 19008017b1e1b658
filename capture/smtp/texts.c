/* SPDX-License-Identifier: MIT */
#include "smtp/texts.h"

#include "bounds.h"
#include "hash.h"
#include "lookup.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BITS 16
#define BLOCK_BYTES (1u << BLOCK_BITS)
#define LENGTH_BYTES 2u /* in front of each text */

/* Texts are written one behind the other into blocks; a text's place is its block's number and
 * where in it its length begins. That makes six bytes a text beside the text. */
struct texts {
	uint64_t seed;
	struct pool places; /* uint32_t, by number - 1 */
	uint8_t **blocks;
	uint32_t block_count;
	uint32_t block_room;
	uint32_t used; /* bytes of the newest block */
	struct lookup *numbers;
};

struct texts *texts_new(uint64_t seed)
{
	struct texts *texts = calloc(1, sizeof *texts);
	if (!texts)
		return NULL;
	texts->seed = seed;
	texts->places = pool_of(sizeof(uint32_t));
	texts->used = BLOCK_BYTES;
	texts->numbers = lookup_new();
	if (!texts->numbers) {
		free(texts);
		return NULL;
	}
	return texts;
}

void texts_free(struct texts *texts)
{
	if (!texts)
		return;
	for (uint32_t i = 0; i < texts->block_count; i++)
		free(texts->blocks[i]);
	free(texts->blocks);
	pool_empty(&texts->places);
	lookup_free(texts->numbers);
	free(texts);
}

struct span texts_get(const struct texts *texts, uint32_t number)
{
	const uint32_t *place = number ? pool_get(&texts->places, number - 1) : NULL;
	uint16_t n;

	if (!place)
		return (struct span){(const uint8_t *)"", 0};
	const uint8_t *at = texts->blocks[*place >> BLOCK_BITS] + (*place & (BLOCK_BYTES - 1));
	memcpy(&n, at, sizeof n);
	return (struct span){at + LENGTH_BYTES, n};
}

static bool is_text(const void *owner, const void *key, uint32_t number)
{
	const struct span *text = key;
	struct span other = texts_get(owner, number);

	return other.n == text->n && memcmp(other.p, text->p, text->n) == 0;
}

static bool add_block(struct texts *texts)
{
	if (texts->block_count == texts->block_room) {
		uint32_t room = texts->block_room ? texts->block_room * 2 : 16;
		uint8_t **blocks = reallocarray(texts->blocks, room, sizeof *blocks);
		if (!blocks)
			return false;
		texts->blocks = blocks;
		texts->block_room = room;
	}
	uint8_t *block = texts->block_count < UINT32_MAX >> BLOCK_BITS ? malloc(BLOCK_BYTES) : NULL;
	if (!block)
		return false;
	texts->blocks[texts->block_count++] = block;
	texts->used = 0;
	return true;
}

/* Writes TEXT down and gives its place. False: no memory, or no room for more. */
static bool keep_bytes(struct texts *texts, struct span text, uint32_t *place)
{
	uint16_t n = (uint16_t)text.n;

	if (texts->used + LENGTH_BYTES + n > BLOCK_BYTES && !add_block(texts))
		return false;
	uint8_t *at = texts->blocks[texts->block_count - 1] + texts->used;
	memcpy(at, &n, sizeof n);
	memcpy(at + LENGTH_BYTES, text.p, n);
	*place = (texts->block_count - 1) << BLOCK_BITS | texts->used;
	texts->used += LENGTH_BYTES + n;
	return true;
}

uint32_t texts_number(struct texts *texts, struct span text)
{
	uint32_t index, place;

	text = span_take(text, LIMIT_TEXT);
	if (text.n == 0)
		return 0;
	uint32_t hash = (uint32_t)hash_bytes(text, texts->seed);
	const uint32_t *found = lookup_find(texts->numbers, hash, is_text, texts, &text);
	if (found)
		return *found;
	uint32_t *entry = keep_bytes(texts, text, &place) ? pool_add(&texts->places, &index) : NULL;
	if (!entry || !lookup_add(texts->numbers, hash, index + 1))
		return 0;
	*entry = place;
	return index + 1;
}

uint32_t texts_find(const struct texts *texts, struct span text)
{
	text = span_take(text, LIMIT_TEXT);
	if (text.n == 0)
		return 0;
	const uint32_t *found = lookup_find(texts->numbers, (uint32_t)hash_bytes(text, texts->seed),
					    is_text, texts, &text);
	return found ? *found : 0;
}

size_t texts_memory(const struct texts *texts)
{
	return texts->block_room * sizeof *texts->blocks +
	       (size_t)texts->block_count * BLOCK_BYTES + pool_memory(&texts->places) +
	       lookup_memory(texts->numbers);
}
