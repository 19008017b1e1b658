/* SPDX-License-Identifier: MIT */
/*
 * story: a delivery told step by step, and in plain words.
 *
 * A story is the ordered array of steps over all attempts of one delivery: what a playhead steps
 * through, what the lanes draw. Each step has a sentence of one to three lines: what happened,
 * what was known at that moment, what it means. A delivery has a headline of one line, and a
 * paragraph that says why, whose doing it was, how many copies there are, which frames prove it
 * and, where that is open, which further capture would decide it.
 *
 * Nothing is said that the packets cannot carry. All texts are UTF-8 that passed text_clean()
 * where it came from the network; one thought a line, to be wrapped with prose_next_line().
 */
#ifndef SMTPSCOPE_STORY_H
#define SMTPSCOPE_STORY_H

#include "delivery.h"
#include "prose.h"

#include <stdbool.h>

/** What a story is told about. Everything is borrowed. */
struct subject {
	const struct ledger *ledger;
	const struct delivery *delivery;
	int64_t timer_ns;
	int64_t now_ns;     /* the end of the capture, or the present */
	uint32_t recipients; /* how many the message is known to have gone to */
	bool is_over;       /* nothing more will come */
	bool ascii_only;    /* the terminal shows nothing else */
	const struct source *source; /* of which the files are; NULL: they are told by number alone */
	/* Where a session's tap stood; NULL: unknown for all. */
	enum vantage (*vantage)(const void *context, const struct session *session);
	/* What two captures of a try tell together, as deliveries_views(); NULL: none does. */
	bool (*views)(const void *context, const struct try *try, struct views *out);
	const void *context;
};

/** The subject for DELIVERY as judged by DELIVERIES, which also tells the vantages and timer. */
struct subject subject_of(const struct ledger *ledger, const struct deliveries *deliveries,
			  const struct delivery *delivery, int64_t now_ns, bool is_over);

enum step_kind {
	STEP_OPENED,       /* the first attempt begins: connection opened, or first seen */
	STEP_RESEND,       /* a later attempt begins after an unacknowledged one */
	STEP_RETRY,        /* ... after a refused or unfinished one */
	STEP_SENT_AGAIN,   /* ... after an accepted one */
	STEP_GREETING,     /* the server's 220 */
	STEP_HELLO,        /* HELO, EHLO, LHLO */
	STEP_TLS,          /* encrypted from here on */
	STEP_MAIL,
	STEP_RCPT,         /* of the delivery's recipient */
	STEP_RCPT_REPLY,
	STEP_DATA,         /* DATA or the first BDAT */
	STEP_GO_AHEAD,     /* the 354 */
	STEP_REFUSED,      /* a 4xx or 5xx before any message went */
	STEP_MESSAGE,      /* the first bytes of the message */
	STEP_EOD,          /* the end of data; the timer starts */
	STEP_EOD_RESENT,   /* a retransmission of it */
	STEP_ARRIVED,      /* it passes the capture further on */
	STEP_EOD_ACKED,    /* TCP ACK of it */
	STEP_TIMER,        /* the timer runs out; no frame */
	STEP_WINDOW_SHUT,
	STEP_WINDOW_OPEN,
	STEP_TOO_BIG,      /* a router refused a packet: the next link takes smaller ones only */
	STEP_UNREACHABLE,  /* a router says that a packet did not arrive */
	STEP_CONFLICT,     /* bytes came again, and differ from the first copy */
	STEP_REPLY_SENT,   /* it passes the capture further on, before it comes, late, to the client */
	STEP_REPLY,        /* the reply, in time */
	STEP_REPLY_LATE,   /* the reply, after the client had given up */
	STEP_REPLY_LOST,   /* the reply, seen on its way, never arrived */
	STEP_REPLY_PART,   /* the beginning of a reply that never ended */
	STEP_REPLY_RESENT, /* a retransmission of the reply */
	STEP_REPLY_ACKED,  /* TCP ACK of the reply */
	STEP_HALF_CLOSED,  /* the client's FIN straight behind the message: it may still wait */
	STEP_CLIENT_LEFT,  /* the client gives up: FIN, RST, or a new command */
	STEP_FIN_RESENT,   /* its FIN again and again: nothing comes back */
	STEP_SERVER_LEFT,  /* the server closes before it has answered */
	STEP_SILENT,       /* proof that the server had sent nothing */
	STEP_HOLE,         /* proof that the server had sent something that was lost */
	STEP_GAP,          /* the capture lacks bytes */
	STEP_CLOSED,       /* the connection ends, all said */
	STEP_END,          /* the capture or the present ends while something is open; no frame */
	STEPS,
};

/** A short name for lists: "timer", "end of data". */
const char *step_name(enum step_kind kind);

#define NO_STEP UINT32_MAX

struct step {
	struct mark mark;    /* frame 0: it has none of its own */
	enum step_kind kind;
	uint16_t file;       /* what the frame number counts in */
	bool is_server;      /* the server's doing: it belongs on the server's lane */
	bool is_trouble;     /* a step worth jumping to */
	uint32_t try;        /* index in delivery->tries */
	bool is_far;         /* seen by the capture further from the client alone */
	uint32_t event;      /* of that attempt's session, there or here; NO_EVENT for TIMER and
				END */
};

struct story {
	struct step *steps;
	uint32_t count;
};

/** Tells SUBJECT's story; free it with story_free(). False: no memory. */
bool story_tell(const struct subject *subject, struct story *story);
void story_free(struct story *story);

/** The newest step at or before TIME_NS (the first one if there is none); NO_STEP if empty. */
uint32_t story_step_at(const struct story *story, int64_t time_ns);

/** The first step of attempt TRY; NO_STEP if it has none. */
uint32_t story_first_of(const struct story *story, uint32_t try);

/** The next (+1) or previous (-1) step of trouble from STEP; NO_STEP if there is none. */
uint32_t story_trouble_from(const struct story *story, uint32_t step, int direction);

/** The step where a reader should begin: the first timer that ran out, or the first trouble. */
uint32_t story_opening(const struct story *story);

/** The sentence of STEP: one to three lines. */
void story_sentence(const struct subject *subject, const struct story *story, uint32_t step,
		    struct prose *out);

/** When attempt TRY (from 0) begins. */
int64_t story_start(const struct subject *subject, uint32_t try);

/** The delivery in one line, without its state: "twice the 250 came ...". */
void story_headline(const struct subject *subject, struct prose *out);

/** Why, whose doing, how many copies, proven by which frames, and what would decide it. */
void story_verdict(const struct subject *subject, struct prose *out);

/**
 * Where else the message was seen: handed on by a relay, sent to others too. Empty where nowhere.
 * The short form is a few words for a list: "one of 4 recipients".
 */
void story_way(const struct subject *subject, struct prose *out);
void story_way_short(const struct subject *subject, struct prose *out);

/** What to do about it, one line or two; empty where there is nothing to do. */
void story_advice(const struct subject *subject, struct prose *out);

/**
 * The tcpdump line that LINE, one of a verdict or an advice, asks for; a NULL pointer: it asks for
 * none. What a server says in a reply is never taken for one.
 */
struct span story_command(struct span line);

/** How attempt TRY ended, in a few words: "250 too late, at 100 s", "gave up after 90 s". */
void story_ending(const struct subject *subject, uint32_t try, struct prose *out);

/**
 * Adds a line on SUBJECT's timer to OUT, as what_if.h judges it: "with 10 min attempt 1 would have
 * been confirmed after 100.1 s: 1 copy".
 */
void story_what_if(const struct subject *subject, struct prose *out);

/** How far the timer of an attempt has run at a moment. */
struct wait_gauge {
	int64_t waited_ns; /* since the end of data, until the wait ended or the moment */
	bool is_answered;  /* the wait ended with the reply */
	bool is_left;      /* it ended because a side left */
	bool is_expired;   /* waited_ns has reached the timer */
};

/** The gauge of attempt TRY at TIME_NS. False: its end of data was not seen by then. */
bool story_gauge(const struct subject *subject, uint32_t try, int64_t time_ns,
		 struct wait_gauge *out);

#endif
