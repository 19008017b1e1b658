/* SPDX-License-Identifier: MIT */
/*
 * flows: the connection of a port pair, found by a seeded hash.
 *
 * Open addressing over 64-bit slots (32 bits of hash, 32 of index), at most half full, deleted
 * by shifting back; connections are numbered from 0 and numbers are used again.
 */
#ifndef SMTPSCOPE_FLOWS_H
#define SMTPSCOPE_FLOWS_H

#include "tcp/connection.h"

struct flows;

/** NULL: no memory. */
struct flows *flows_new(uint64_t seed);

/** Frees the table; its connections must have been removed. */
void flows_free(struct flows *flows);

/** The connection with KEY; NULL if there is none. */
struct tcp_connection *flows_find(const struct flows *flows, const struct flow_key *key);

/** A zeroed connection with KEY, which must not be there yet. NULL: no memory. */
struct tcp_connection *flows_add(struct flows *flows, const struct flow_key *key);

/** Takes CONNECTION out and frees it. */
void flows_remove(struct flows *flows, struct tcp_connection *connection);

/** How many there are; and the one with INDEX below flows_indices(), or NULL. */
uint32_t flows_count(const struct flows *flows);
uint32_t flows_indices(const struct flows *flows);
struct tcp_connection *flows_at(const struct flows *flows, uint32_t index);

#endif
