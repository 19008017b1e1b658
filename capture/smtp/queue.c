/* SPDX-License-Identifier: MIT */
#include "smtp/queue.h"

#include "bounds.h"

#include <stdlib.h>

static bool grow(struct due_queue *queue)
{
	uint32_t room = queue->room ? queue->room * 2 : 8;
	struct due *ring = calloc(room, sizeof *ring);
	if (!ring)
		return false;
	for (uint32_t i = 0; i < queue->count; i++)
		ring[i] = *queue_peek(queue, i);
	free(queue->ring);
	queue->ring = ring;
	queue->room = room;
	queue->first = 0;
	return true;
}

bool queue_add(struct due_queue *queue, const struct due *due)
{
	if (queue->count >= LIMIT_QUEUE || (queue->count == queue->room && !grow(queue)))
		return false;
	queue->ring[(queue->first + queue->count++) & (queue->room - 1)] = *due;
	return true;
}

struct due *queue_peek(const struct due_queue *queue, uint32_t index)
{
	if (index >= queue->count)
		return NULL;
	return &queue->ring[(queue->first + index) & (queue->room - 1)];
}

void queue_drop(struct due_queue *queue, uint32_t n)
{
	if (n > queue->count)
		n = queue->count;
	queue->count -= n;
	if (n)
		queue->first = (queue->first + n) & (queue->room - 1);
}

bool queue_add_first(struct due_queue *queue, const struct due *due)
{
	if (queue->count >= LIMIT_QUEUE || (queue->count == queue->room && !grow(queue)))
		return false;
	queue->first = (queue->first - 1) & (queue->room - 1);
	queue->ring[queue->first] = *due;
	queue->count++;
	return true;
}

void queue_lose_count(struct due_queue *queue)
{
	struct due lost = {.kind = DUE_LOST, .attempt = NO_ATTEMPT, .recipient = NO_RECIPIENT};

	if (!queue_is_lost(queue))
		(void)queue_add_first(queue, &lost);
}

bool queue_is_lost(const struct due_queue *queue)
{
	return queue->count && queue_peek(queue, 0)->kind == DUE_LOST;
}

void queue_close(struct due_queue *queue)
{
	free(queue->ring);
	*queue = (struct due_queue){0};
}
