/* SPDX-License-Identifier: MIT */
/*
 * tls - bytes with the shape of TLS 1.3 (RFC 8446 5.1): true record headers and hellos, noise
 * inside.
 *
 * There is no key and nothing to decrypt: a capture of an encrypted session shows lengths and
 * times, and those are right.
 */
#ifndef FORGE_TLS_H
#define FORGE_TLS_H

#include "arena.h"
#include "random.h"

/** Appends the client's first record; `server_name` goes into its server_name extension. */
void tls_client_hello(struct random *random, const char *server_name, struct buffer *out);

/** Appends what the server answers: ServerHello, change cipher spec, and its encrypted handshake.
 */
void tls_server_flight(struct random *random, struct buffer *out);

/** Appends the client's change cipher spec and Finished. */
void tls_client_finished(struct random *random, struct buffer *out);

/** Appends `n` bytes of plain text as application data: each record is 17 bytes longer than what it
 * hides, plus 5. */
void tls_seal(struct random *random, size_t n, struct buffer *out);

#endif
