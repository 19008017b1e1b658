/* SPDX-License-Identifier: MIT */
/*
 * simulate - plays a scenario in virtual time, and gives what the tap sees to a sink, frame by
 * frame in time order.
 */
#ifndef FORGE_SIMULATE_H
#define FORGE_SIMULATE_H

#include "connection.h"
#include "craft.h"
#include "truth.h"

/** Takes a captured frame: `len` bytes on the wire, at `time_ns` since the epoch. False stops the
 * play. */
typedef bool frame_sink_fn(void *context, int64_t time_ns, const uint8_t *frame, size_t len);

/** How it went. */
struct simulation_result {
	bool is_ok;
	uint64_t frames;
	uint64_t bytes;
	int64_t first_ns, last_ns; /* since the epoch */
};

/**
 * Plays it to its end (or to `capture until`). The same scenario gives the same frames. What the
 * servers have stored when the capture ends is added to `truth`, which may be NULL.
 */
struct simulation_result simulate(const struct scenario *scenario, struct craft *craft,
				  frame_sink_fn *sink, void *context, struct truth *truth);

/** What is played. For the modules of a simulation. */
const struct scenario *simulation_scenario(const struct simulation *simulation);

/** Its queue. For the modules of a simulation. */
struct events *simulation_events(struct simulation *simulation);

/** A segment passes the tap; or, with `refused_mtu`, a router's answer that it is bigger than that.
 * For network. */
void simulation_capture(struct connection *connection, const struct segment *segment,
			uint16_t ip_id, uint16_t refused_mtu);

/** The server has stored a copy for the recipient. For player. */
void simulation_stored(struct connection *connection, const struct message *message,
		       const char *recipient);

/** The client is through with its session: the next one may start. For player. */
void simulation_client_left(struct connection *connection);

#endif
