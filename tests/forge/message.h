/* SPDX-License-Identifier: MIT */
/*
 * message - the bytes of a message: header, body, and how they stand on the wire.
 */
#ifndef FORGE_MESSAGE_H
#define FORGE_MESSAGE_H

#include "scenario.h"

/**
 * Appends the message as a mailbox would hold it, with CRLF line ends and no dot-stuffing (RFC
 * 5322). What the scenario leaves open is made up from its seed and the message's name. A generated
 * body makes the whole message exactly `size` bytes long where the header leaves room for it; a
 * long one has a line that starts with a dot.
 */
void forge_message_render(const struct scenario *scenario, const struct message *message,
			  struct buffer *out);

/** Appends `plain` as DATA carries it, dot-stuffed and without the final dot (RFC 5321 4.5.2). */
void forge_message_stuff(const struct buffer *plain, struct buffer *out);

#endif
