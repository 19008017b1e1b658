/* SPDX-License-Identifier: MIT */
#include "tcp/flows.h"
#include "hash_key.h"

#include <stdlib.h>

#define FIRST_SLOTS 1024u
#define FREE_SLOT UINT64_MAX

struct flows {
	uint64_t seed;
	uint64_t *slots;           /* upper half: hash, lower half: index; FREE_SLOT */
	uint32_t slot_mask;
	uint32_t count;
	struct tcp_connection **connections; /* by index; NULL where free */
	uint32_t *free_indices;
	uint32_t indices;          /* ever given out */
	uint32_t room;
	uint32_t free_count;
};

static uint64_t *free_slots(uint32_t count)
{
	uint64_t *slots = malloc(count * sizeof *slots);
	for (uint32_t i = 0; slots && i < count; i++)
		slots[i] = FREE_SLOT;
	return slots;
}

struct flows *flows_new(uint64_t seed)
{
	struct flows *flows = calloc(1, sizeof *flows);
	if (!flows)
		return NULL;
	flows->seed = seed;
	flows->slots = free_slots(FIRST_SLOTS);
	flows->slot_mask = FIRST_SLOTS - 1;
	if (!flows->slots) {
		free(flows);
		return NULL;
	}
	return flows;
}

void flows_free(struct flows *flows)
{
	if (!flows)
		return;
	free(flows->slots);
	free(flows->connections);
	free(flows->free_indices);
	free(flows);
}

static uint32_t hash_flow(const struct flows *flows, const struct flow_key *key)
{
	return (uint32_t)(hash_key(key, sizeof *key, flows->seed) >> 16);
}

struct tcp_connection *flows_find(const struct flows *flows, const struct flow_key *key)
{
	uint32_t hash = hash_flow(flows, key);

	for (uint32_t slot = hash & flows->slot_mask;; slot = (slot + 1) & flows->slot_mask) {
		uint64_t entry = flows->slots[slot];
		if (entry == FREE_SLOT)
			return NULL;
		if (entry >> 32 != hash)
			continue;
		struct tcp_connection *connection = flows->connections[(uint32_t)entry];
		if (memcmp(&connection->key, key, sizeof *key) == 0)
			return connection;
	}
}

static void put_entry(uint64_t *slots, uint32_t mask, uint64_t entry)
{
	uint32_t slot = (uint32_t)(entry >> 32) & mask;
	while (slots[slot] != FREE_SLOT)
		slot = (slot + 1) & mask;
	slots[slot] = entry;
}

static bool grow_slots(struct flows *flows)
{
	uint32_t count = (flows->slot_mask + 1) * 2;
	uint64_t *slots = free_slots(count);
	if (!slots)
		return false;
	for (uint32_t i = 0; i <= flows->slot_mask; i++) {
		if (flows->slots[i] != FREE_SLOT)
			put_entry(slots, count - 1, flows->slots[i]);
	}
	free(flows->slots);
	flows->slots = slots;
	flows->slot_mask = count - 1;
	return true;
}

static bool grow_indices(struct flows *flows)
{
	uint32_t room = flows->room ? flows->room * 2 : 256;
	struct tcp_connection **connections =
		reallocarray(flows->connections, room, sizeof *connections);
	if (!connections)
		return false;
	flows->connections = connections;
	uint32_t *indices = reallocarray(flows->free_indices, room, sizeof *indices);
	if (!indices)
		return false;
	flows->free_indices = indices;
	flows->room = room;
	return true;
}

struct tcp_connection *flows_add(struct flows *flows, const struct flow_key *key)
{
	if (flows->count >= flows->slot_mask / 2 && !grow_slots(flows))
		return NULL;
	if (flows->free_count == 0 && flows->indices == flows->room && !grow_indices(flows))
		return NULL;
	struct tcp_connection *connection = calloc(1, sizeof *connection);
	if (!connection)
		return NULL;
	connection->key = *key;
	connection->index = flows->free_count ? flows->free_indices[--flows->free_count]
					      : flows->indices++;
	flows->connections[connection->index] = connection;
	put_entry(flows->slots, flows->slot_mask,
		  (uint64_t)hash_flow(flows, key) << 32 | connection->index);
	flows->count++;
	return connection;
}

/* Closes the hole at SLOT by moving later entries of its run back. */
static void shift_back(struct flows *flows, uint32_t slot)
{
	uint32_t mask = flows->slot_mask, hole = slot;

	for (uint32_t i = (slot + 1) & mask; flows->slots[i] != FREE_SLOT; i = (i + 1) & mask) {
		uint32_t home = (uint32_t)(flows->slots[i] >> 32) & mask;
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			flows->slots[hole] = flows->slots[i];
			hole = i;
		}
	}
	flows->slots[hole] = FREE_SLOT;
}

void flows_remove(struct flows *flows, struct tcp_connection *connection)
{
	uint32_t hash = hash_flow(flows, &connection->key);
	uint64_t entry = (uint64_t)hash << 32 | connection->index;
	uint32_t slot = hash & flows->slot_mask;

	while (flows->slots[slot] != entry)
		slot = (slot + 1) & flows->slot_mask;
	shift_back(flows, slot);
	flows->connections[connection->index] = NULL;
	flows->free_indices[flows->free_count++] = connection->index;
	flows->count--;
	free(connection);
}

uint32_t flows_count(const struct flows *flows)
{
	return flows->count;
}

uint32_t flows_indices(const struct flows *flows)
{
	return flows->indices;
}

struct tcp_connection *flows_at(const struct flows *flows, uint32_t index)
{
	return flows->connections[index];
}
