/* SPDX-License-Identifier: MIT */
#include "lookup.h"

#include <stdlib.h>

#define FIRST_SLOTS 1024u
#define FREE UINT32_MAX

struct slot {
	uint32_t hash;
	uint32_t number;
};

struct lookup {
	struct slot *slots;
	uint32_t mask;
	uint32_t count;
};

static struct slot *new_slots(uint32_t count)
{
	struct slot *slots = reallocarray(NULL, count, sizeof *slots);

	for (uint32_t i = 0; slots && i < count; i++)
		slots[i] = (struct slot){0, FREE};
	return slots;
}

struct lookup *lookup_new(void)
{
	struct lookup *lookup = calloc(1, sizeof *lookup);

	if (!lookup)
		return NULL;
	lookup->slots = new_slots(FIRST_SLOTS);
	lookup->mask = FIRST_SLOTS - 1;
	if (!lookup->slots) {
		free(lookup);
		return NULL;
	}
	return lookup;
}

void lookup_free(struct lookup *lookup)
{
	if (!lookup)
		return;
	free(lookup->slots);
	free(lookup);
}

uint32_t *lookup_find(const struct lookup *lookup, uint32_t hash, lookup_same *is_same,
		      const void *owner, const void *key)
{
	for (uint32_t at = hash & lookup->mask;; at = (at + 1) & lookup->mask) {
		struct slot *slot = &lookup->slots[at];
		if (slot->number == FREE)
			return NULL;
		if (slot->hash == hash && is_same(owner, key, slot->number))
			return &slot->number;
	}
}

static void put(struct slot *slots, uint32_t mask, struct slot slot)
{
	uint32_t at = slot.hash & mask;

	while (slots[at].number != FREE)
		at = (at + 1) & mask;
	slots[at] = slot;
}

static bool grow(struct lookup *lookup)
{
	uint32_t count = (lookup->mask + 1) * 2;
	struct slot *slots = count ? new_slots(count) : NULL;

	if (!slots)
		return false;
	for (uint32_t i = 0; i <= lookup->mask; i++) {
		if (lookup->slots[i].number != FREE)
			put(slots, count - 1, lookup->slots[i]);
	}
	free(lookup->slots);
	lookup->slots = slots;
	lookup->mask = count - 1;
	return true;
}

bool lookup_add(struct lookup *lookup, uint32_t hash, uint32_t number)
{
	if (lookup->count > lookup->mask / 4 * 3 && !grow(lookup))
		return false;
	put(lookup->slots, lookup->mask, (struct slot){hash, number});
	lookup->count++;
	return true;
}

size_t lookup_memory(const struct lookup *lookup)
{
	return (size_t)(lookup->mask + 1) * sizeof *lookup->slots;
}
