/* SPDX-License-Identifier: MIT */
/*
 * truth - how many copies of each message the servers of a scenario have stored in the end.
 *
 * Only smtpforge can know it: no capture shows what a server keeps. It keeps a message when it has
 * answered the end of data with 2xx, whether or not that reply arrives anywhere; or, where the
 * scenario says `keeping it`, as soon as it has all of the message. What `capture until` leaves
 * out has not happened.
 */
#ifndef FORGE_TRUTH_H
#define FORGE_TRUTH_H

#include "scenario.h"

/** Copies of one message for one recipient; the texts are the scenario's. */
struct copies {
	const char *message;
	const char *recipient;
	unsigned count;
};

/** Set to zero before use; free `copies` after it. */
struct truth {
	struct copies *copies;
	size_t count;
	size_t capacity;
};

/** Adds a line without copies for each message and recipient that the scenario's sessions try. */
void truth_begin(struct truth *truth, const struct scenario *scenario);

/** Adds copies. */
void truth_add(struct truth *truth, const char *message, const char *recipient, unsigned count);

#endif
