/* SPDX-License-Identifier: MIT */
#include "delivery/keys.h"

#include <stdlib.h>

#define FIRST_SLOTS 1024u

/* Twelve bytes: the hash lies in two halves. */
struct slot {
	uint32_t high;
	uint32_t low;
	uint32_t number; /* NO_KEY: free */
};

struct keys {
	struct slot *slots;
	uint32_t mask;
	uint32_t count;
};

static struct slot *new_slots(uint32_t count)
{
	struct slot *slots = reallocarray(NULL, count, sizeof *slots);
	for (uint32_t i = 0; slots && i < count; i++)
		slots[i] = (struct slot){0, 0, NO_KEY};
	return slots;
}

struct keys *keys_new(void)
{
	struct keys *keys = calloc(1, sizeof *keys);
	if (!keys)
		return NULL;
	keys->slots = new_slots(FIRST_SLOTS);
	keys->mask = FIRST_SLOTS - 1;
	if (!keys->slots) {
		free(keys);
		return NULL;
	}
	return keys;
}

void keys_free(struct keys *keys)
{
	if (!keys)
		return;
	free(keys->slots);
	free(keys);
}

static struct slot *find_slot(struct slot *slots, uint32_t mask, uint64_t hash)
{
	uint32_t high = (uint32_t)(hash >> 32), low = (uint32_t)hash, at = high & mask;

	while (slots[at].number != NO_KEY && (slots[at].high != high || slots[at].low != low))
		at = (at + 1) & mask;
	return &slots[at];
}

static bool grow(struct keys *keys)
{
	uint32_t count = (keys->mask + 1) * 2;
	struct slot *slots = count ? new_slots(count) : NULL;

	if (!slots)
		return false;
	for (uint32_t i = 0; i <= keys->mask; i++) {
		const struct slot *slot = &keys->slots[i];
		if (slot->number != NO_KEY)
			*find_slot(slots, count - 1, (uint64_t)slot->high << 32 | slot->low) = *slot;
	}
	free(keys->slots);
	keys->slots = slots;
	keys->mask = count - 1;
	return true;
}

bool keys_set(struct keys *keys, uint64_t hash, uint32_t number)
{
	struct slot *slot = find_slot(keys->slots, keys->mask, hash);

	if (slot->number == NO_KEY) {
		if (keys->count >= keys->mask / 4 * 3) {
			if (!grow(keys))
				return false;
			slot = find_slot(keys->slots, keys->mask, hash);
		}
		keys->count++;
	}
	*slot = (struct slot){(uint32_t)(hash >> 32), (uint32_t)hash, number};
	return true;
}

uint32_t keys_get(const struct keys *keys, uint64_t hash)
{
	return find_slot(keys->slots, keys->mask, hash)->number;
}

size_t keys_memory(const struct keys *keys)
{
	return (size_t)(keys->mask + 1) * sizeof *keys->slots;
}
