/* SPDX-License-Identifier: MIT */
/*
 * timers: how long senders wait, what is known of it, and what can be guessed.
 *
 * A sender has a timer for each reply that it waits for (RFC 5321 4.5.3.2), and leaves when it
 * runs out. The timer itself is never on the wire; the leaving is. From several give-ups of one
 * sender a timer can be guessed, and whose default it is. Nothing here is more than a guess:
 * timers are configured, they begin in the application a little before the wire shows it, and
 * many programs share a round number.
 */
#ifndef SMTPSCOPE_TIMERS_H
#define SMTPSCOPE_TIMERS_H

#include "ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Who leaves sooner has other reasons than a timer: no sender has one so short. */
#define LEAST_GIVE_UP_NS (2 * NS_PER_SECOND)

/** What a sender waits for, in the order of a session. */
enum wait_kind {
	WAIT_CONNECT,  /* SYN to SYN-ACK, as the tap sees it */
	WAIT_GREETING, /* the connection open to the 220 */
	WAIT_HELLO,    /* HELO, EHLO or LHLO to its reply */
	WAIT_MAIL,
	WAIT_RCPT,
	WAIT_DATA,     /* DATA to 354 */
	WAIT_BLOCK,    /* until the server takes more of the message */
	WAIT_EOD,      /* the end of data to its reply */
	WAITS,
};

/** "connect", "greeting", ..., "eod": the words of reports. */
const char *wait_kind_name(enum wait_kind kind);

/** What is waited for, in a sentence: "the reply to RCPT". */
const char *wait_kind_words(enum wait_kind kind);

/** What RFC 5321 4.5.3.2 asks a sender to wait at least; 0: it names no time (connect). */
int64_t timer_minimum(enum wait_kind kind);

/** The timers of one program as it is delivered, and where that stands. */
struct known_timer {
	const char *software;
	const char *source;
	uint16_t seconds[WAITS]; /* 0: not known, or left to the kernel */
};

/** The known ones by INDEX from 0; NULL behind the last. */
const struct known_timer *known_timer(size_t index);

/** Whether a wait of OBSERVED_NS may be a timer of TIMER_NS running out: within 2 s or 2 %. */
bool timer_is_near(int64_t observed_ns, int64_t timer_ns);

/**
 * The timer that OBSERVED_NS for KIND is taken for: the nearest one that somebody is known to
 * have, or a usual round one; 0: none is near.
 */
int64_t timer_snap(enum wait_kind kind, int64_t observed_ns);

/** Whether WAITED_NS has reached TIMER_NS, within the 1 % that clocks and wires differ by. */
static inline bool timer_has_expired(int64_t waited_ns, int64_t timer_ns)
{
	return waited_ns >= timer_ns - timer_ns / 100;
}

/**
 * Give-ups of one sender while it waited for one kind of reply: how many, and the newest
 * LIMIT_GIVE_UPS of them in full. Begin with zeros; free it with give_ups_clear().
 */
struct give_ups {
	uint32_t count;
	struct give_up *newest;
};

struct give_up {
	int64_t waited_ns;
	int64_t since_acked_ns; /* the same from the TCP ACK of what was asked; NO_TIME */
};

/** Adds one. False: no memory; it is counted all the same. */
bool give_ups_add(struct give_ups *give_ups, const struct give_up *give_up);
void give_ups_clear(struct give_ups *give_ups);

/** Makes TO, which is zeros, a copy of FROM. False: no memory. */
bool give_ups_copy(struct give_ups *to, const struct give_ups *from);

/** A sender's timer as its give-ups suggest it. */
struct timer_guess {
	enum wait_kind kind;
	uint32_t give_ups;        /* 0: there is nothing to guess from */
	int64_t median_ns;
	int64_t least_ns;
	int64_t most_ns;
	int64_t since_acked_ns;   /* the median from the TCP ACK on; NO_TIME: none was seen */
	int64_t timer_ns;         /* 0: the give-ups are too far apart for one timer */
	bool is_usual;            /* timer_ns is one that timer_snap() knows */
	bool is_from_acked;       /* only counted from the TCP ACK on is it near that one */
};

/** The guess from GIVE_UPS while waiting for KIND. */
struct timer_guess timer_guess_from(enum wait_kind kind, const struct give_ups *give_ups);

#endif
