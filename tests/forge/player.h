/* SPDX-License-Identifier: MIT */
/*
 * player - the two applications of a connection, which follow its script.
 *
 * A side takes its next step when it has read what the step needs and has thought for a moment.
 * While it waits, its patience runs from its own last step: the client's is the timer of the story.
 * When it ends, the client closes (or goes on, where the scenario says so). A side that is busy in
 * a pause notices nothing; one that waits for input notices the other's FIN and closes.
 */
#ifndef FORGE_PLAYER_H
#define FORGE_PLAYER_H

#include "connection.h"

/** TCP's news for one side's application. */
void player_hear(struct connection *connection, enum side side, enum tcp_news news);

#endif
