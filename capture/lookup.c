/* SPDX-License-Identifier: MIT */
#include "lookup.h"

#include <stdlib.h>

#define FIRST_SLOTS 1024u
#define TAKEN (UINT32_C(1) << 31) /* in a slot's hash: so that a free one is all zeros */
#define MOVED_SLOTS 8		  /* at every addition while the table grows */

struct slot {
	uint32_t hash;
	uint32_t number;
};

struct table {
	struct slot *slots;
	uint32_t mask;
};

struct lookup {
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

struct lookup *lookup_new(void)
{
	struct lookup *lookup = calloc(1, sizeof *lookup);

	if (!lookup)
		return NULL;
	if (!table_new(&lookup->now, FIRST_SLOTS)) {
		free(lookup);
		return NULL;
	}
	return lookup;
}

void lookup_free(struct lookup *lookup)
{
	if (!lookup)
		return;
	free(lookup->now.slots);
	free(lookup->before.slots);
	free(lookup);
}

static uint32_t *find(const struct table *table, uint32_t hash, lookup_same *is_same,
		      const void *owner, const void *key)
{
	for (uint32_t at = hash & table->mask;; at = (at + 1) & table->mask) {
		struct slot *slot = &table->slots[at];
		if (!slot->hash)
			return NULL;
		if (slot->hash == (hash | TAKEN) && is_same(owner, key, slot->number))
			return &slot->number;
	}
}

uint32_t *lookup_find(const struct lookup *lookup, uint32_t hash, lookup_same *is_same,
		      const void *owner, const void *key)
{
	uint32_t *number = find(&lookup->now, hash, is_same, owner, key);

	if (number || !lookup->before.slots)
		return number;
	return find(&lookup->before, hash, is_same, owner, key);
}

static void put(const struct table *table, struct slot slot)
{
	uint32_t at = slot.hash & table->mask;

	while (table->slots[at].hash)
		at = (at + 1) & table->mask;
	table->slots[at] = slot;
}

/* Begins to move into a table twice as large. The last one has long been moved by then. */
static bool grow(struct lookup *lookup)
{
	struct table table;
	uint32_t count = (lookup->now.mask + 1) * 2;

	if (!(count & ~TAKEN) || !table_new(&table, count))
		return false;
	lookup->before = lookup->now;
	lookup->now = table;
	lookup->moved = 0;
	return true;
}

/* Moves on; copies stay behind, as what collided with them is still sought past them. */
static void move_some(struct lookup *lookup)
{
	struct table *before = &lookup->before;

	for (uint32_t i = 0; before->slots && i < MOVED_SLOTS; i++) {
		const struct slot *slot = &before->slots[lookup->moved];
		if (slot->hash)
			put(&lookup->now, *slot);
		if (lookup->moved++ == before->mask) {
			free(before->slots);
			before->slots = NULL;
		}
	}
}

bool lookup_add(struct lookup *lookup, uint32_t hash, uint32_t number)
{
	if (lookup->count > lookup->now.mask / 4 * 3 && !grow(lookup))
		return false;
	move_some(lookup);
	put(&lookup->now, (struct slot){hash | TAKEN, number});
	lookup->count++;
	return true;
}

static size_t table_memory(const struct table *table)
{
	return table->slots ? ((size_t)table->mask + 1) * sizeof *table->slots : 0;
}

size_t lookup_memory(const struct lookup *lookup)
{
	return table_memory(&lookup->now) + table_memory(&lookup->before);
}
