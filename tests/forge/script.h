/* SPDX-License-Identifier: MIT */
/*
 * script - a session, written out: all bytes that each side may send, and the steps in which it
 * sends them.
 *
 * Steps stand in the order of the dialogue. A side takes its own steps in order, each as soon as it
 * has read all that the other side's steps before it send: so lines that follow each other from one
 * side go out in one write (that is pipelining), and a reply follows its command. Positions are
 * byte offsets in the sending side's stream.
 */
#ifndef FORGE_SCRIPT_H
#define FORGE_SCRIPT_H

#include "random.h"
#include "scenario.h"

/** A step's `need` that no stream satisfies: the reply never comes. */
#define NEED_NEVER UINT64_MAX

/** A delay that is left to the player: a moment of thought. */
#define DELAY_USUAL INT64_C(-1)

enum step_kind { STEP_WRITE, STEP_CLOSE, STEP_SHUTDOWN, STEP_RESET };

struct step {
	enum side side;
	enum step_kind kind;
	uint64_t upto;	     /* STEP_WRITE: the bytes of the own stream that are written after it */
	uint64_t need;	     /* the bytes of the other side's stream that must have been read */
	int64_t delay_ns;    /* from then on */
	int64_t patience_ns; /* how long to wait for `need` after the own last step */
	bool goes_on;	     /* when patience ends: take the step anyway instead of closing */
};

/** What the server does with a transaction's message for one of its recipients. */
struct receipt {
	const char *recipient;
	uint64_t upto; /* the end of the reply for it in the server's stream */
	bool is_taken; /* that reply is a 2xx: sending it, the server stores the message */
	bool keeps;    /* it is stored as soon as all of it has come */
	bool is_stored;
};

/** Where a transaction's bytes lie. */
struct marks {
	uint64_t data_from,
		data_to; /* the client's stream: the message, the end of data included */
	uint64_t reply_from,
		reply_to; /* the server's: the reply to it; empty where there is none */
	const struct message *message;
	struct receipt *receipts; /* for those recipients that it is meant for */
	size_t receipt_count;
};

struct script {
	struct buffer stream[2];
	struct step *steps;
	size_t step_count;
	size_t step_capacity;
	struct marks *marks; /* one for each transaction */
	size_t mark_count;
	/* while it is written: */
	struct random random;
	bool is_sealed;		/* behind TLS from here on */
	enum tls_version tls;
	bool breaks;		/* the next bytes start a write of their own */
	bool blocks_client;	/* the client's next step waits for what never comes */
	int64_t delay_ns;	/* of the next step */
	int64_t patience_ns[2]; /* of each side's next step */
	bool goes_on;
	int64_t usual_patience_ns;
};

/** An empty script; `random` is for what only looks like bytes. */
void forge_script_init(struct script *script, struct random random);

/** Frees what the script holds. */
void forge_script_release(struct script *script);

/** `side` sends the bytes. Joined to its step before if nothing came between. */
void forge_script_say(struct script *script, enum side side, const void *bytes, size_t n);

/** `side` sends the bytes as they are, also behind TLS. */
void forge_script_say_raw(struct script *script, enum side side, const void *bytes, size_t n);

/** `side` sends a line; CRLF is added. */
void forge_script_say_line(struct script *script, enum side side, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** `side` closes, half-closes or resets. */
void forge_script_act(struct script *script, enum side side, enum step_kind kind);

/** The next step waits so long before it. */
void forge_script_pause(struct script *script, int64_t delay_ns);

/** A new transaction's marks; valid until the next call. */
struct marks *forge_script_add_marks(struct script *script);

/** A receipt of the newest transaction; valid until the next call. `recipient` is borrowed. */
struct receipt *forge_script_add_receipt(struct script *script, const char *recipient);

#endif
