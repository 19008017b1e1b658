/* SPDX-License-Identifier: MIT */
/*
 * events - virtual time: what is to happen, in order. Events of the same time happen in the order
 * they were added.
 */
#ifndef FORGE_EVENTS_H
#define FORGE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct events;

/** What happens: `context` and `value` are those of the event. */
typedef void event_fn(void *context, int64_t value);

/** An empty queue at time 0. */
struct events *events_new(void);

/** Frees the queue; what its events point to is not its own. NULL is ignored. */
void events_free(struct events *events);

/** The time of the event that happens now, in ns. */
int64_t events_now(const struct events *events);

/** At `time_ns` (not before now), `fn` is called. */
void events_add(struct events *events, int64_t time_ns, event_fn *fn, void *context, int64_t value);

/** Lets the next event happen; false when there is none. */
bool events_run(struct events *events);

#endif
