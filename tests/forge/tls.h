/* SPDX-License-Identifier: MIT */
/*
 * tls - bytes with the shape of TLS 1.3 (RFC 8446) and TLS 1.2 (RFC 5246): true record headers and
 * hellos, noise inside.
 *
 * There is no key and nothing to decrypt: a capture of an encrypted session shows lengths and
 * times, and those are right.
 */
#ifndef FORGE_TLS_H
#define FORGE_TLS_H

#include "arena.h"
#include "random.h"
#include "scenario.h"

#define TLS_FLIGHTS 4

/**
 * Appends flight `flight` of the handshake, from 0; the client sends the even ones, the server the
 * odd ones. TLS 1.3 has nothing in the last one. `server_name` goes into the client's server_name
 * extension.
 */
void tls_flight(struct random *random, enum tls_version version, unsigned flight,
		const char *server_name, struct buffer *out);

/** Appends `n` bytes of plain text as application data, in records that are longer than what they
 * hide: by 17 bytes and a header in TLS 1.3, by 24 and a header in TLS 1.2 (RFC 5288). */
void tls_seal(struct random *random, enum tls_version version, size_t n, struct buffer *out);

#endif
