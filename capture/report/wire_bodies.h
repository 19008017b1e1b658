/* SPDX-License-Identifier: MIT */
/*
 * wire_bodies: where messages lie in a client's stream, and which of their bytes are wanted: the
 * first ones, as many as are asked for, and the last ones with the final dot. For wire.c alone.
 */
#ifndef SMTPSCOPE_WIRE_BODIES_H
#define SMTPSCOPE_WIRE_BODIES_H

#include "ledger.h"

#define WIRE_TAIL_BYTES 256u

struct wire_body {
	uint32_t start;
	uint32_t end; /* behind the final dot, with has_end */
	bool has_end;
};

struct wire_bodies {
	struct wire_body *list;
	uint32_t count;
	uint32_t now;    /* the first one that has not ended */
	uint64_t wanted; /* bytes of each from its beginning */
};

/** Finds the messages of SESSION, again when it has more of them. False: no memory. */
bool wire_bodies_find(struct wire_bodies *bodies, const struct session *session);
void wire_bodies_clear(struct wire_bodies *bodies);

/**
 * How many of the LENGTH bytes from OFFSET on are alike, at least one: of a message or not, wanted
 * or not. Offsets never go back from call to call.
 */
uint64_t wire_bodies_run(struct wire_bodies *bodies, uint32_t offset, uint64_t length,
			 bool *is_message, bool *is_wanted);

#endif
