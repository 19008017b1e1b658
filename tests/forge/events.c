/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <stdlib.h>

#include "arena.h"

struct event {
	int64_t time_ns;
	uint64_t order;
	event_fn *fn;
	void *context;
	int64_t value;
};

/* A binary heap, the earliest event on top. */
struct events {
	struct event *heap;
	size_t count;
	size_t capacity;
	uint64_t added;
	int64_t now_ns;
};

struct events *events_new(void)
{
	struct events *events = forge_resize(NULL, sizeof(*events));

	*events = (struct events){0};
	return events;
}

void events_free(struct events *events)
{
	if (!events)
		return;
	free(events->heap);
	free(events);
}

int64_t events_now(const struct events *events)
{
	return events->now_ns;
}

static bool is_before(const struct event *a, const struct event *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

void events_add(struct events *events, int64_t time_ns, event_fn *fn, void *context, int64_t value)
{
	struct event event = {time_ns, events->added++, fn, context, value};
	size_t hole = events->count++;

	if (event.time_ns < events->now_ns)
		event.time_ns = events->now_ns;
	if (events->count > events->capacity) {
		events->capacity = events->count * 2 + 64;
		events->heap = forge_resize(events->heap, events->capacity * sizeof(event));
	}
	for (; hole && is_before(&event, &events->heap[(hole - 1) / 2]); hole = (hole - 1) / 2)
		events->heap[hole] = events->heap[(hole - 1) / 2];
	events->heap[hole] = event;
}

static struct event take_earliest(struct events *events)
{
	struct event *heap = events->heap;
	struct event earliest = heap[0], moved = heap[--events->count];
	size_t hole = 0, child;

	while ((child = hole * 2 + 1) < events->count) {
		if (child + 1 < events->count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &moved))
			break;
		heap[hole] = heap[child];
		hole = child;
	}
	heap[hole] = moved;
	return earliest;
}

bool events_run(struct events *events)
{
	struct event event;

	if (!events->count)
		return false;
	event = take_earliest(events);
	events->now_ns = event.time_ns;
	event.fn(event.context, event.value);
	return true;
}
