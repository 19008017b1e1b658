/* SPDX-License-Identifier: MIT */
/*
 * network - the path between client and server: delay, what the scenario's rules do to segments,
 * and the tap on it.
 *
 * A segment that is lost on the way is seen by a tap that it passes before; what the capture misses
 * arrives all the same.
 */
#ifndef FORGE_NETWORK_H
#define FORGE_NETWORK_H

#include "connection.h"

/** A segment leaves its side. */
void network_send(struct connection *connection, const struct segment *segment);

#endif
