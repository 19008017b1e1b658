/* SPDX-License-Identifier: MIT */
/*
 * queue: commands in the order in which their replies are due (RFC 2920 3.1).
 */
#ifndef SMTPSCOPE_QUEUE_H
#define SMTPSCOPE_QUEUE_H

#include "ledger.h"

enum due_kind {
	DUE_COMMAND,     /* the reply to a command */
	DUE_CHUNK,       /* to BDAT that is not the last one */
	DUE_EOD,         /* to the end of data */
	DUE_EOD_RECIPIENT, /* to the end of data for one recipient (RFC 2033 4.2) */
	DUE_LOST,        /* commands or replies lie in a gap: how many replies are due behind
			    here nobody knows, until one comes that can answer one command only */
};

struct due {
	enum due_kind kind;
	enum verb verb;
	uint32_t attempt;    /* the attempt it bears on, or NO_ATTEMPT */
	uint32_t before;     /* MAIL: the attempt that was under way, or NO_ATTEMPT */
	uint32_t recipient;  /* RCPT, DUE_EOD_RECIPIENT: which one; NO_RECIPIENT */
	uint32_t event;      /* the command, or NO_EVENT */
	text_id text;        /* HELO, EHLO, LHLO: the name given */
	bool is_last;        /* DUE_EOD_RECIPIENT: no other follows */
};

#define NO_RECIPIENT UINT32_MAX

struct due_queue {
	struct due *ring;
	uint32_t room;       /* a power of two, or 0 */
	uint32_t first;
	uint32_t count;
};

/** Adds at the end. False: LIMIT_QUEUE, or no memory. */
bool queue_add(struct due_queue *queue, const struct due *due);

/** Adds in front. False: LIMIT_QUEUE, or no memory. */
bool queue_add_first(struct due_queue *queue, const struct due *due);

/** The one that is due next, INDEX places behind it; NULL if there is none. */
struct due *queue_peek(const struct due_queue *queue, uint32_t index);

/** Takes the next N out. */
void queue_drop(struct due_queue *queue, uint32_t n);

/** Says that replies due before the next one are not known (DUE_LOST at the front). */
void queue_lose_count(struct due_queue *queue);

/** Whether replies cannot be told apart, because a gap has swallowed commands or replies. */
bool queue_is_lost(const struct due_queue *queue);

/** Frees what it holds and makes it empty. */
void queue_close(struct due_queue *queue);

#endif
