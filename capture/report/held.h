/* SPDX-License-Identifier: MIT */
/*
 * held: whether the line held up what came too late, so that the server was not slow.
 *
 * Two captures tell how long the end of the message was on its way up, and the reply on its way
 * back. At the client alone, a packet of the server that lay behind the reply tells that it had been
 * sent and lost; and where the TCP ACK of the end took most of the time, the end had been lost. A
 * message that took long to go out held up its own end: the sender's clock may have run since its
 * program had handed all of it to its machine.
 */
#ifndef SMTPSCOPE_REPORT_HELD_H
#define SMTPSCOPE_REPORT_HELD_H

#include "report/scene.h"

enum held {
	HELD_NOT,     /* the server was slow, or nothing tells */
	HELD_REPLY,   /* the reply had been sent in time */
	HELD_END,     /* the end of the message came late to the server */
	HELD_MESSAGE, /* the message itself took long to go out */
};

/** What the line held up in SCENE, an attempt whose reply came too late. */
enum held held_of(const struct scene *scene);

/** Whether two captures show that the server itself took most of the time. */
bool held_by_server(const struct scene *scene);

/** Adds to OUT what was held up, and what shows it; nothing for HELD_NOT. */
void held_tell(const struct scene *scene, struct prose *out);

#endif
