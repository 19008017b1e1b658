/* SPDX-License-Identifier: MIT */
/*
 * dialogue_inner - what transaction.c (envelope, message, replies) offers to dialogue.c (greeting,
 * TLS, the scenario's own lines, QUIT).
 */
#ifndef FORGE_DIALOGUE_INNER_H
#define FORGE_DIALOGUE_INNER_H

#include "script.h"

struct dialogue {
	const struct scenario *scenario;
	const struct session *session;
	struct script *script;
	bool is_plain_smtp; /* the answer to EHLO names no extensions */
	bool is_broken;	    /* the server closed or reset in place of a reply, or stopped amid it */
	bool has_quit;	    /* pipelined behind the end of data */
	bool awaits_reply;  /* the scenario's own lines to a message of `send` */
	bool ends;	    /* the client's end of the session was written */
};

/** What the scenario has the server answer there, or NULL; `recipient` may be NULL. */
const struct reply *forge_dialogue_find_reply(const struct item *item, enum reply_point point,
					      const char *recipient);

/**
 * The server's reply at a point of the dialogue: the scenario's own, or the usual text. Returns the
 * reply's first digit, or 0 where none comes.
 */
int forge_dialogue_answer(struct dialogue *dialogue, const struct item *item,
			  enum reply_point point, const char *recipient, const char *usual);

/** The client sends the message and its dot, and QUIT behind it if `quits`. */
void forge_dialogue_say_data(struct dialogue *dialogue, const struct item *item, bool quits);

/** One mail transaction, from MAIL to the reply to the end of data. */
void forge_dialogue_deliver(struct dialogue *dialogue, const struct item *item);

#endif
