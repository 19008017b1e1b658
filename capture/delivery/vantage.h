/* SPDX-License-Identifier: MIT */
/*
 * vantage: where a session was captured, inferred from its handshake.
 *
 * At the client the server's SYN comes after the round trip and the client's ACK at once; at
 * the server the other way round; between the two both take time. Where both come within a
 * millisecond, the TTLs decide: a packet that still has 64, 128 or 255 has passed no router. Who
 * answers at once and yet is behind a router is near, but not at the tap: that router may drop
 * what the tap has seen, or never show it what it drops.
 */
#ifndef SMTPSCOPE_VANTAGE_H
#define SMTPSCOPE_VANTAGE_H

#include "delivery.h"

/** The vantage of SESSION, and in REASON (which may be NULL) why, in words. */
enum vantage vantage_of(const struct session *session, const char **reason);

#endif
