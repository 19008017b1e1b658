/* SPDX-License-Identifier: MIT */
/*
 * untaken: signs that a sender did not take a reply that reached its machine.
 *
 * A TCP ACK tells that the machine has the reply, not that the program made sense of it. One that
 * did says QUIT or goes on with the next message; some just close, at once. Signs of the contrary
 * are that it says nothing more and closes when its timer may have run out, or that it resets: so
 * closes a program that has left bytes unread (RFC 2525 2.17).
 * And what the server had said before the reply, a line without a code or a 354, is the answer to
 * some.
 */
#ifndef SMTPSCOPE_REPORT_UNTAKEN_H
#define SMTPSCOPE_REPORT_UNTAKEN_H

#include "report/scene.h"

/** Adds to OUT how the attempt of SCENE, which was confirmed, shows such a sign. False: it does not. */
bool untaken_tell(const struct scene *scene, struct prose *out);

#endif
