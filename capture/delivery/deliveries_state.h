/* SPDX-License-Identifier: MIT */
/*
 * deliveries_state: the inside of the deliveries, for deliveries.c, which takes in what changed,
 * and placing.c, which puts attempts where they belong.
 */
#ifndef SMTPSCOPE_DELIVERIES_STATE_H
#define SMTPSCOPE_DELIVERIES_STATE_H

#include "delivery/join.h"
#include "delivery/summary.h"
#include "pool.h"

/* The parts of an attempt, one for each recipient: a run of the join's numbers. */
struct placing {
	uint32_t first;
	uint16_t count;      /* 0: not joined yet */
	uint16_t shown;      /* while it is being sent: a run of deliveries.shown, from first on */
	bool is_sending : 1; /* it stands in deliveries.sending */
	bool was_shown : 1;  /* while all is placed again: it had been shown */
	bool is_passed_over : 1; /* the same connection seen twice */
	bool is_twin : 1;    /* the other view of an attempt that was placed before: its parts */
	bool has_twin : 1;   /* whose other view `twin` is */
	bool is_twin_near : 1; /* and which of the two is nearer to the client */
	uint8_t ending;      /* what of its end those after it depend on, when they were settled */
	uint32_t twin;
};

/* Ids of deliveries, or of attempts. */
struct ids {
	uint32_t *ids;
	uint32_t count;
	uint32_t room;
};

enum looking_back { LOOKING_NOT, LOOKING_AT_MEETINGS, LOOKING_AT_TWINS, LOOKED_BACK };

struct deliveries {
	struct ledger *ledger;
	struct judging judging;
	struct join *join;
	struct pool all;             /* struct delivery */
	struct pool placings;        /* struct placing, by attempt */
	uint32_t in_state[STATES];
	struct ids sending;          /* attempts that are being sent, and not shown yet */
	struct pool shown;           /* uint32_t: deliveries of attempts that are being sent */
	struct ids spare;            /* those of the attempt that is being placed */
	struct ids changed;          /* deliveries to be summed up anew, */
	uint32_t refreshed;          /* those before this one were */
	struct ids waiting;          /* deliveries that "now" bears on */
	uint64_t cut;                /* attempts that a full delivery did not take */
	uint32_t looked_at;          /* sessions asked for their file */
	bool has_files;              /* those lie in more than one */
	uint32_t judged;             /* deliveries so far, by a timer that was set, */
	bool is_judging;             /* while others are left */
	uint32_t numbered;           /* the next delivery's number; NO_DELIVERY: given later */
	struct let_go let_go;
	struct tally *past;          /* servers and senders of what was let go, NULL: nothing */
	bool is_over;                /* the input; what was made of it is looked at again, in steps: */
	enum looking_back looking_back;
	struct meet_again *meet_again; /* while all meet again */
	uint32_t twins_next;         /* attempt whose twin is compared with it next */
	bool has_time_passed;        /* since those that wait were judged */
	bool is_outdated;            /* a part founded deliveries that its twin knows more about */
};

/** Adds ID. False: no memory. */
bool ids_add(struct ids *ids, uint32_t id);

/** Makes TRY that of both captures, where its attempt has a twin; else of the one alone. */
void deliveries_pair(const struct deliveries *deliveries, struct try *try);

/** The delivery ID, NULL if there is none. */
static inline struct delivery *deliveries_edit(const struct deliveries *deliveries, uint32_t id)
{
	return pool_get(&deliveries->all, id);
}

#endif
