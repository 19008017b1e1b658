/* SPDX-License-Identifier: MIT */
#include "report/wire_bodies.h"

#include <stdlib.h>

static uint32_t count_messages(const struct session *session)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < session->event_count; i++)
		count += session_event(session, i)->kind == EVENT_MESSAGE;
	return count;
}

bool wire_bodies_find(struct wire_bodies *bodies, const struct session *session)
{
	size_t count = count_messages(session);
	struct wire_body *list = calloc(count + 1, sizeof *list);

	if (!list)
		return false;
	free(bodies->list);
	bodies->list = list;
	bodies->count = 0;
	for (uint32_t i = 0; i < session->event_count; i++) {
		const struct event *event = session_event(session, i);
		struct wire_body *last = bodies->count ? &list[bodies->count - 1] : NULL;
		if (event->kind == EVENT_MESSAGE)
			list[bodies->count++] = (struct wire_body){.start = event->offset};
		else if (event->kind == EVENT_EOD && last && !last->has_end)
			*last = (struct wire_body){last->start, event->offset, true};
	}
	return true;
}

void wire_bodies_clear(struct wire_bodies *bodies)
{
	free(bodies->list);
	*bodies = (struct wire_bodies){0};
}

/* Where the stretch that AT, in a message of WHOLE bytes, lies in ends. */
static uint64_t stretch_end(uint64_t at, uint64_t whole, bool has_end, uint64_t wanted,
			    bool *is_wanted)
{
	uint64_t tail = has_end && whole > WIRE_TAIL_BYTES ? whole - WIRE_TAIL_BYTES : whole;

	*is_wanted = at < wanted || at >= tail;
	if (!*is_wanted)
		return tail;
	return at < wanted && wanted < tail ? wanted : whole;
}

uint64_t wire_bodies_run(struct wire_bodies *bodies, uint32_t offset, uint64_t length,
			 bool *is_message, bool *is_wanted)
{
	*is_message = false;
	*is_wanted = true;
	while (bodies->now < bodies->count && bodies->list[bodies->now].has_end &&
	       (int32_t)(offset - bodies->list[bodies->now].end) >= 0)
		bodies->now++;
	if (bodies->now == bodies->count)
		return length;
	const struct wire_body *body = &bodies->list[bodies->now];
	int32_t before = (int32_t)(body->start - offset);
	if (before > 0)
		return (uint64_t)before < length ? (uint64_t)before : length;
	*is_message = true;
	uint64_t at = (uint32_t)(offset - body->start);
	uint64_t whole = body->has_end ? (uint32_t)(body->end - body->start) : UINT64_MAX;
	uint64_t end = stretch_end(at, whole, body->has_end, bodies->wanted, is_wanted);
	if (end <= at) /* offsets that have wrapped: nothing can be told of where it ends */
		return length;
	return end - at < length ? end - at : length;
}
