/* SPDX-License-Identifier: MIT */
/*
 * tally: what can be said of each receiving server and of each sender over all their attempts.
 *
 * A server is an address and port; a sender is a client's address, and behind a NAT, where
 * several names greet from one address, each name is one. Both are counted in one pass over the
 * sessions and deliveries as they stand, and are numbered in the order in which they first came,
 * so that their numbers stay while a capture grows, until sessions are let go. An attempt counts once, however many
 * recipients it has; deliveries are messages to one recipient.
 *
 * Waits run from the end of data to the reply, also where it came too late. Those that were never
 * answered are counted apart: a median over the answered ones alone would flatter a silent
 * server.
 */
#ifndef SMTPSCOPE_TALLY_H
#define SMTPSCOPE_TALLY_H

#include "delivery.h"
#include "schedules.h"
#include "sketch.h"
#include "timers.h"

/** One kind of wait over all sessions of a party. */
struct wait_sums {
	uint32_t count;
	uint32_t over_minimum; /* longer than RFC 5321 asks a sender to wait at least */
	int64_t longest_ns;    /* with a count */
	struct give_ups give_ups;
};

/** The retries of a sender. */
struct retry_sums {
	struct sketch intervals;   /* from the start of an attempt to the next one's */
	uint32_t next_server;      /* attempts at another server at once: no interval of a schedule */
	uint32_t rows;             /* deliveries with attempts enough to tell a schedule from */
	uint32_t fitting[SCHEDULES]; /* those that each fits */
};

/** Intervals up to this, to another server, are one try that went on to the next MX. */
#define NEXT_SERVER_NS (10 * NS_PER_SECOND)

/** A server or a sender. */
struct party {
	struct endpoint endpoint;  /* a sender's port is 0 */
	text_id name;              /* the newest that it gave itself; 0: none was seen, or many */
	bool has_many_names;       /* a sender that stands for those beyond LIMIT_SENDER_NAMES */
	uint32_t sessions;
	uint32_t messages;         /* attempts that are no further try of the same message */
	uint32_t attempts;
	uint32_t deliveries;
	uint32_t duplicated;       /* deliveries; of a server those that went wrong there */
	uint32_t maybe_duplicated;
	uint32_t refused;          /* attempts, at whatever command */
	uint32_t encrypted;        /* attempts of which only record sizes are known */
	uint32_t ends;             /* attempts whose end of data was seen: the sum of these four */
	uint32_t answered;
	uint32_t unanswered;       /* a side left, and no reply had been seen or ever was */
	uint32_t waiting;          /* the capture, or the present, ends first */
	uint32_t unseen;           /* the capture lacks what would tell */
	uint32_t past_timer;       /* answered or not: it waited as long as the timer, or longer */
	int64_t longest_unanswered_ns; /* with unanswered or waiting ones */
	int64_t longest_answered_in_time_ns; /* that the client stayed for; 0: none */
	struct sketch answers;     /* the waits of the answered ones */
	struct wait_sums waits[WAITS];
	struct retry_sums retries; /* a sender's */
	/* the tally's own business */
	uint32_t next_name;
	uint32_t names;
	uint32_t seen_delivery;
	uint32_t blamed_delivery;
};

struct tally;

/** Empty. NULL: no memory. */
struct tally *tally_new(void);
void tally_free(struct tally *tally);

/**
 * Counts anew the deliveries in CHOICE and the sessions in which they were tried; if all
 * deliveries are in it, all sessions. False: no memory; what was counted until then is there.
 */
bool tally_collect(struct tally *tally, const struct ledger *ledger,
		   const struct deliveries *deliveries, struct delivery_choice choice);

/**
 * The same in steps: begins, goes on by MOST sessions or deliveries (false: that was all), and tells
 * how much is done, 0 to 1, and whether there was memory for all of it. What comes or changes
 * meanwhile may be missed, until the next time.
 */
bool tally_begin(struct tally *tally, const struct ledger *ledger,
		 const struct deliveries *deliveries, struct delivery_choice choice);
bool tally_step(struct tally *tally, uint32_t most);
double tally_share(const struct tally *tally);
bool tally_is_whole(const struct tally *tally);

/** Servers, and senders, by number from 0. Valid until the next tally_collect(). */
uint32_t tally_server_count(const struct tally *tally);
const struct party *tally_server(const struct tally *tally, uint32_t number);
uint32_t tally_sender_count(const struct tally *tally);
const struct party *tally_sender(const struct tally *tally, uint32_t number);

/** The number of that server or sender, of another tally of the same ledger; UINT32_MAX: none. */
uint32_t tally_find_server(const struct tally *tally, const struct party *server);
uint32_t tally_find_sender(const struct tally *tally, const struct party *sender);

/**
 * The ledger is another one (moves.h): names are texts of it, RENAME tells which; whose sessions are
 * whose is told by the next tally_collect().
 */
void tally_move(struct tally *tally, text_id (*rename)(void *context, text_id name), void *context);

/** The server, or sender, of a session; UINT32_MAX: beyond LIMIT_PARTIES, or not counted. */
uint32_t tally_server_of(const struct tally *tally, uint32_t session);
uint32_t tally_sender_of(const struct tally *tally, uint32_t session);

/** Sessions left out because LIMIT_PARTIES was reached. */
uint32_t tally_left_out(const struct tally *tally);

/** Whether there is something to look into: late, missing, twice, or given up. */
bool party_is_troubled(const struct party *party);

/** What the give-ups while waiting for the reply to the end of data, or if there are none for
 * anything else, suggest; give_ups 0: nothing. */
struct timer_guess party_guess(const struct party *party);

/** The schedule that all of the party's deliveries fit, and no other one does; SCHEDULES: none. */
enum schedule party_schedule(const struct party *party);

#endif
