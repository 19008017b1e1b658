/* SPDX-License-Identifier: MIT */
#include "delivery/keys.h"

#include <stdlib.h>

#define FIRST_SLOTS 1024u
#define MOVED_SLOTS 8 /* at every new key while the table grows */

/* Twelve bytes: the hash lies in two halves. */
struct slot {
	uint32_t high;
	uint32_t low;
	uint32_t taken; /* the number and 1: so that a free slot is all zeros */
};

struct table {
	struct slot *slots;
	uint32_t mask;
};

struct keys {
	struct table now;
	struct table before; /* while the table grows: what was not moved yet is found here */
	uint32_t moved;	     /* slots of it */
	uint32_t count;
};

/* The zeros come from the system as they are needed: a large table costs nothing at once. */
static bool table_new(struct table *table, uint32_t count)
{
	*table = (struct table){calloc(count, sizeof *table->slots), count - 1};
	return table->slots != NULL;
}

struct keys *keys_new(void)
{
	struct keys *keys = calloc(1, sizeof *keys);
	if (!keys)
		return NULL;
	if (!table_new(&keys->now, FIRST_SLOTS)) {
		free(keys);
		return NULL;
	}
	return keys;
}

void keys_free(struct keys *keys)
{
	if (!keys)
		return;
	free(keys->now.slots);
	free(keys->before.slots);
	free(keys);
}

static struct slot *find_slot(const struct table *table, uint64_t hash)
{
	uint32_t high = (uint32_t)(hash >> 32), low = (uint32_t)hash, at = high & table->mask;
	struct slot *slots = table->slots;

	while (slots[at].taken && (slots[at].high != high || slots[at].low != low))
		at = (at + 1) & table->mask;
	return &slots[at];
}

/* Where HASH lies; a free slot of the newer table if nowhere. */
static struct slot *find_key(const struct keys *keys, uint64_t hash)
{
	struct slot *slot = find_slot(&keys->now, hash);

	if (slot->taken || !keys->before.slots)
		return slot;
	struct slot *before = find_slot(&keys->before, hash);
	return before->taken ? before : slot;
}

/* Begins to move into a table twice as large. The last one has long been moved by then. */
static bool grow(struct keys *keys)
{
	struct table table;
	uint32_t count = (keys->now.mask + 1) * 2;

	if (!count || !table_new(&table, count))
		return false;
	keys->before = keys->now;
	keys->now = table;
	keys->moved = 0;
	return true;
}

/* Moves on; copies stay behind, as what collided with them is still sought past them. */
static void move_some(struct keys *keys)
{
	struct table *before = &keys->before;

	for (uint32_t i = 0; before->slots && i < MOVED_SLOTS; i++) {
		const struct slot *slot = &before->slots[keys->moved];
		if (slot->taken)
			*find_slot(&keys->now, (uint64_t)slot->high << 32 | slot->low) = *slot;
		if (keys->moved++ == before->mask) {
			free(before->slots);
			before->slots = NULL;
		}
	}
}

bool keys_set(struct keys *keys, uint64_t hash, uint32_t number)
{
	struct slot *slot = find_key(keys, hash);

	if (!slot->taken) {
		if (keys->count >= keys->now.mask / 4 * 3 && !grow(keys))
			return false;
		move_some(keys);
		slot = find_slot(&keys->now, hash);
		keys->count++;
	}
	*slot = (struct slot){(uint32_t)(hash >> 32), (uint32_t)hash, number + 1};
	return true;
}

uint32_t keys_get(const struct keys *keys, uint64_t hash)
{
	const struct slot *slot = find_key(keys, hash);

	return slot->taken ? slot->taken - 1 : NO_KEY;
}

static size_t table_memory(const struct table *table)
{
	return table->slots ? ((size_t)table->mask + 1) * sizeof *table->slots : 0;
}

size_t keys_memory(const struct keys *keys)
{
	return table_memory(&keys->now) + table_memory(&keys->before);
}
