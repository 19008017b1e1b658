/* SPDX-License-Identifier: MIT */
#include "delivery/taps.h"

#include "delivery/same.h"

#define MOST_AHEAD 32      /* events that one capture may have and the other has not */
#define MOST_COMPARED 1024 /* events of a session whose times are compared */

static void tighten(struct bounds *bounds, int64_t ahead_ns, bool is_from_server)
{
	if (is_from_server && (!bounds->has_least || ahead_ns > bounds->least_ns)) {
		bounds->has_least = true;
		bounds->least_ns = ahead_ns;
	} else if (!is_from_server && (!bounds->has_most || ahead_ns < bounds->most_ns)) {
		bounds->has_most = true;
		bounds->most_ns = ahead_ns;
	}
}

/* Events that say when bytes, or a SYN, were first seen. */
static bool is_first_sight(const struct event *event)
{
	return event->frame &&
	       (event->kind == EVENT_SYN || event->kind == EVENT_OPEN ||
		event->kind == EVENT_COMMAND || event->kind == EVENT_REPLY ||
		event->kind == EVENT_EOD);
}

struct bounds taps_compare_clocks(const struct session *near, const struct session *far)
{
	struct bounds bounds = {0};
	uint32_t from = 0;

	for (uint32_t i = 0; i < near->event_count && i < MOST_COMPARED; i++) {
		const struct event *event = &near->events[i];
		if (!is_first_sight(event))
			continue;
		for (uint32_t k = from; k < far->event_count && k - from < MOST_AHEAD; k++) {
			const struct event *other = &far->events[k];
			if (!is_first_sight(other) || !same_event(near, event, far, other))
				continue;
			tighten(&bounds, other->time_ns - event->time_ns,
				event->bits & EVENT_FROM_SERVER);
			from = k + 1;
			break;
		}
	}
	return bounds;
}

/* Which of two sessions is nearer to the client: 1 the first, -1 the second, 0 they do not tell. */
static int by_ttl(const struct session *a, const struct session *b)
{
	if (a->ttl_client && b->ttl_client && a->ttl_client != b->ttl_client)
		return a->ttl_client > b->ttl_client ? 1 : -1;
	if (a->ttl_server && b->ttl_server && a->ttl_server != b->ttl_server)
		return a->ttl_server < b->ttl_server ? 1 : -1;
	return 0;
}

static int by_handshake(const struct session *a, const struct session *b)
{
	if (a->syn_ns == NO_TIME || a->syn_ack_ns == NO_TIME || b->syn_ns == NO_TIME ||
	    b->syn_ack_ns == NO_TIME)
		return 0;
	int64_t a_ns = a->syn_ack_ns - a->syn_ns, b_ns = b->syn_ack_ns - b->syn_ns;
	return a_ns > b_ns ? 1 : a_ns < b_ns ? -1 : 0;
}

bool taps_is_nearer(const struct session *a, const struct session *b)
{
	int nearer = by_ttl(a, b);

	if (!nearer)
		nearer = by_handshake(a, b);
	if (nearer)
		return nearer > 0;
	struct bounds bounds = taps_compare_clocks(a, b);
	return !bounds.has_least || !bounds.has_most || bounds.least_ns <= bounds.most_ns;
}

bool taps_is_same(const struct session *a, const struct session *b)
{
	struct bounds bounds = taps_compare_clocks(a, b);

	return a->start_ns == b->start_ns && bounds.has_least && bounds.has_most &&
	       bounds.least_ns == 0 && bounds.most_ns == 0;
}
