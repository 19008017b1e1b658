/* SPDX-License-Identifier: MIT */
/*
 * connection - one session while it is played: its script, two TCP ends, two applications, and the
 * path between them.
 *
 * A connection lives as long as an event that concerns it is to come, plus whoever else holds it.
 */
#ifndef FORGE_CONNECTION_H
#define FORGE_CONNECTION_H

#include "events.h"
#include "random.h"
#include "script.h"
#include "tcp.h"

struct simulation;

/** The application of one side. */
struct player {
	size_t next;	  /* step in the script, of any side */
	int64_t last_ns;  /* when it took its last step */
	size_t waits_for; /* the step that patience runs for, plus 1 */
	bool is_due;	  /* its next step is on the way */
	bool is_done;	  /* it closed, or the connection is gone */
};

/** How the path has treated the segments so far. */
struct path {
	int64_t delay_ns;      /* one way */
	int64_t free_at_ns[2]; /* when each side's next segment can leave */
	uint64_t *used;	       /* how often each rule was applied */
	bool is_dead[2];       /* nothing that this side sends arrives any more */
	unsigned dead_percent;
	bool is_taken; /* a box at taken_percent has the server's place */
	unsigned taken_percent;
	uint64_t taken_at; /* the server has nothing from this position on */
};

struct connection {
	struct simulation *simulation;
	const struct session *session;
	const struct host *host[2];
	struct script script;
	struct tcp_outside outside;
	struct tcp_end end[2];
	struct player player[2];
	struct path path;
	struct random random;
	uint32_t isn[2];
	uint16_t port[2];
	uint16_t ip_id[2];
	int64_t start_ns;
	bool has_left; /* the client is through with it */
	bool has_stopped_reading;
	unsigned holds;
};

/** One more event is to come. */
void connection_hold(struct connection *connection);

/** One is over; the last one frees the connection. */
void connection_drop(struct connection *connection);

/** Adds an event for the connection, and holds it; the event drops it. */
void connection_at(struct connection *connection, int64_t time_ns, event_fn *fn, int64_t value);

/** Now, in virtual time. */
int64_t connection_now(const struct connection *connection);

#endif
