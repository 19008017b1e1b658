/* SPDX-License-Identifier: MIT */
#include "smtp/texts.h"

#include "bounds.h"
#include "pool.h"
#include "xxh3.h"

#include <stdlib.h>

#define BLOCK_BYTES (64u << 10)
#define FIRST_SLOTS 1024u

/* Texts are written one behind the other into blocks. */
struct block {
	struct block *next;
	size_t used;
	uint8_t bytes[BLOCK_BYTES];
};

struct texts {
	uint64_t seed;
	struct pool spans;  /* struct span, by number - 1 */
	struct block *blocks;
	size_t block_count;
	uint32_t *slots;    /* numbers; 0: free. Open addressing, at most half full */
	uint32_t slot_count; /* a power of two */
};

struct texts *texts_new(uint64_t seed)
{
	struct texts *texts = calloc(1, sizeof *texts);
	if (!texts)
		return NULL;
	texts->seed = seed;
	texts->spans = pool_of(sizeof(struct span));
	texts->slots = calloc(FIRST_SLOTS, sizeof *texts->slots);
	texts->slot_count = FIRST_SLOTS;
	if (!texts->slots) {
		free(texts);
		return NULL;
	}
	return texts;
}

void texts_free(struct texts *texts)
{
	if (!texts)
		return;
	while (texts->blocks) {
		struct block *next = texts->blocks->next;
		free(texts->blocks);
		texts->blocks = next;
	}
	pool_empty(&texts->spans);
	free(texts->slots);
	free(texts);
}

struct span texts_get(const struct texts *texts, uint32_t number)
{
	const struct span *text = number ? pool_get(&texts->spans, number - 1) : NULL;
	return text ? *text : (struct span){(const uint8_t *)"", 0};
}

/* The slot where TEXT is, or the free one where it belongs. */
static uint32_t find_slot(const struct texts *texts, struct span text)
{
	uint32_t mask = texts->slot_count - 1;
	uint32_t slot = (uint32_t)XXH3_64bits_withSeed(text.p, text.n, texts->seed) & mask;

	for (;; slot = (slot + 1) & mask) {
		if (!texts->slots[slot])
			return slot;
		struct span other = texts_get(texts, texts->slots[slot]);
		if (other.n == text.n && memcmp(other.p, text.p, text.n) == 0)
			return slot;
	}
}

static bool grow_slots(struct texts *texts)
{
	uint32_t count = texts->slot_count * 2;
	uint32_t *slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	free(texts->slots);
	texts->slots = slots;
	texts->slot_count = count;
	for (uint32_t number = 1; number <= texts->spans.count; number++)
		texts->slots[find_slot(texts, texts_get(texts, number))] = number;
	return true;
}

static const uint8_t *keep_bytes(struct texts *texts, struct span text)
{
	if (!texts->blocks || texts->blocks->used + text.n > BLOCK_BYTES) {
		struct block *block = malloc(sizeof *block);
		if (!block)
			return NULL;
		block->next = texts->blocks;
		block->used = 0;
		texts->blocks = block;
		texts->block_count++;
	}
	uint8_t *kept = texts->blocks->bytes + texts->blocks->used;
	memcpy(kept, text.p, text.n);
	texts->blocks->used += text.n;
	return kept;
}

uint32_t texts_number(struct texts *texts, struct span text)
{
	text = span_take(text, LIMIT_TEXT);
	if (text.n == 0)
		return 0;
	if (texts->spans.count >= texts->slot_count / 2 && !grow_slots(texts))
		return 0;
	uint32_t slot = find_slot(texts, text);
	if (texts->slots[slot])
		return texts->slots[slot];

	const uint8_t *kept = keep_bytes(texts, text);
	uint32_t index;
	struct span *entry = kept ? pool_add(&texts->spans, &index) : NULL;
	if (!entry)
		return 0;
	*entry = (struct span){kept, text.n};
	texts->slots[slot] = index + 1;
	return index + 1;
}

size_t texts_memory(const struct texts *texts)
{
	return texts->block_count * sizeof(struct block) + pool_memory(&texts->spans) +
	       texts->slot_count * sizeof *texts->slots;
}
