/* SPDX-License-Identifier: MIT */
/*
 * delivery: attempts judged, and joined into deliveries.
 *
 * A delivery is one message to one recipient: all its attempts in order. What a verdict needs,
 * and which row of the table of outcomes it is, stands in verdict.c; which attempts carried the
 * same message in join.c. Nothing here asks the clock: "now" is the newest packet, or what the
 * caller gives.
 */
#ifndef SMTPSCOPE_DELIVERY_H
#define SMTPSCOPE_DELIVERY_H

#include "ledger.h"
#include "moves.h"

/* Enumerations that millions of records hold take a byte each. */
#define ENUM_BYTE __attribute__((packed))

/** How an attempt ended for a recipient. */
enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_ACCEPTED,
	OUTCOME_REJECTED,
	OUTCOME_UNACKNOWLEDGED,
	OUTCOME_INCOMPLETE,
	OUTCOME_ENCRYPTED,
	OUTCOMES,
} ENUM_BYTE;

/** Why it was not acknowledged, or not finished. */
enum cause {
	CAUSE_NONE,
	CAUSE_CAPTURE_GAP,
	CAUSE_REPLY_LOST,
	CAUSE_REPLY_LATE,
	CAUSE_REPLY_PARTIAL,
	CAUSE_SERVER_CLOSED,
	CAUSE_SERVER_SILENT,
	CAUSE_NO_REPLY,
	CAUSE_NOT_RECEIVED,
	CAUSE_STILL_WAITING,
	CAUSE_CLIENT_CLOSED,
	CAUSE_DATA_STALLED,
	CAUSE_STILL_SENDING,
	CAUSE_SENT_AGAIN, /* of a delivery whose attempts were all accepted */
	CAUSE_ANSWERED_BETWEEN, /* accepted or refused by something on the way, in the server's name:
				   a capture at the server shows that it sent no such reply */
	CAUSES,
} ENUM_BYTE;

/** "accepted", "reply-lost": the words of reports. CAUSE_NONE is "". */
const char *outcome_name(enum outcome outcome);
const char *cause_name(enum cause cause);

/** Where a capture was taken. */
enum vantage { VANTAGE_UNKNOWN, VANTAGE_CLIENT, VANTAGE_SERVER, VANTAGE_BETWEEN };

/** "unknown", "client", "server", "between". */
const char *vantage_name(enum vantage vantage);

/** How an attempt belongs to the one before it. */
enum relation { RELATION_FIRST, RELATION_RESEND, RELATION_RETRY, RELATION_SENT_AGAIN } ENUM_BYTE;
enum certainty { JOIN_CERTAIN, JOIN_LIKELY, JOIN_POSSIBLE } ENUM_BYTE;

const char *relation_name(enum relation relation);
const char *certainty_name(enum certainty certainty);

/** The verdict on one attempt for one recipient. */
struct verdict {
	enum outcome outcome;
	enum cause cause;
	uint16_t reply_code;    /* that decided, 0 if none */
	uint32_t copies_min;    /* copies of it that the recipient's server holds */
	uint32_t copies_max;
	uint32_t reply;         /* event of that reply, NO_EVENT if none */
	uint32_t left;          /* event by which a side left, NO_EVENT if none */
	uint32_t proof;         /* event that proves the cause, NO_EVENT if none */
	bool left_unseen;       /* the client's machine refused the reply: it had left before, which
				   no packet shows */
	bool path_is_dead;      /* after the client left not even TCP ACKs came from the server */
	bool has_waited;        /* waited_ns is set: the end of data was seen */
	bool timer_expired;     /* waited >= timer, within 1 % */
	bool is_stale;          /* the delivery layer's business: to be found anew */
	uint32_t far_proof;     /* event of the twin's session that proves the cause, if any */
	int64_t waited_ns;      /* from eod to the reply, a side's leaving, or the end */
};

/**
 * Whether ATTEMPT carried a message or was refused one, so that there is something to judge. An
 * envelope alone, as those who verify addresses send, is no try to deliver anything.
 */
bool attempt_is_judged(const struct attempt *attempt);

/** When ATTEMPT began: its MAIL command, or the first of it that was seen. */
int64_t attempt_start(const struct ledger *ledger, const struct attempt *attempt);

/**
 * The recipient of ATTEMPT whose verdict stands for it where attempts are counted: the first one
 * that was not refused, in LMTP one that lacks its reply; or if all were refused, the last.
 */
uint32_t attempt_lead(const struct ledger *ledger, const struct attempt *attempt);

/** One attempt within a delivery. */
struct try {
	uint32_t attempt;       /* its id; where it was captured in two places, that which was seen
				   nearer to the client */
	uint32_t twin;          /* the same attempt in the other capture; NO_ATTEMPT: none */
	uint16_t recipient;     /* index of the delivery's recipient in that attempt, */
	uint16_t twin_recipient; /* and in its twin */
	enum relation relation;
	enum certainty certainty;
	struct verdict verdict;
};

enum delivery_state {
	STATE_DUPLICATED,       /* at least 2 copies */
	STATE_MAYBE_DUPLICATED, /* at most 2 or more, at least fewer */
	STATE_IN_DOUBT,         /* 0..1 */
	STATE_UNDELIVERED,      /* 0..0 */
	STATE_DELIVERED,        /* 1..1 */
	STATES,
} ENUM_BYTE;

const char *state_name(enum delivery_state state);

#define NO_DELIVERY UINT32_MAX

struct delivery;

/**
 * Whether DELIVERY is one to look into. One that was confirmed or refused at once is not, nor one
 * in doubt only because it is encrypted.
 */
bool delivery_is_troubled(const struct delivery *delivery);

/**
 * One delivery. One whose attempts turned out to belong to another delivery has no tries left
 * (try_count 0) and is to be passed over.
 */
struct delivery {
	uint32_t id;
	uint32_t number;        /* as a session's: what it is known by to the user, who sees #1 first */
	uint32_t revision;      /* grows when anything of it changes but the wait of a try that
				   still waits, which grows by itself */
	bool is_waiting : 1;    /* these five are the delivery layer's business */
	bool is_changed : 1;
	bool is_counted : 1;
	enum delivery_state state;
	enum cause cause;       /* of the first attempt neither accepted nor rejected */
	uint32_t fingerprint;
	struct try only;        /* where `tries` points while there is one */
	uint32_t copies_min;
	uint32_t copies_max;
	text_id message_id;     /* 0: unknown, as below */
	text_id subject;
	text_id sender;
	text_id recipient;
	uint32_t hop_of;        /* the delivery of the same message that this one hands on, as a
				   relay does; NO_DELIVERY if none */
	uint32_t hop_number;    /* and that one's number */
	uint32_t try_count;
	int64_t first_ns;       /* start of the first attempt */
	int64_t last_ns;        /* newest event of the last one */
	int64_t longest_wait_ns; /* longest unanswered or answered wait of its attempts; 0 if none */
	struct try *tries;      /* in order of time */
};

#define VANTAGES_MOST 16 /* inputs whose vantage can be set one by one */

struct delivery_options {
	uint64_t seed;          /* of the hashes: random, or fixed in tests */
	int64_t timer_ns;       /* how long the sender is taken to wait; 0: 90 s */
	enum vantage vantage;   /* VANTAGE_UNKNOWN: inferred */
	enum vantage of_file[VANTAGES_MOST]; /* in place of it, for the first inputs */
	uint32_t of_file_count;
};

#define DEFAULT_TIMER_NS (90 * NS_PER_SECOND)

struct deliveries;

/** Reads LEDGER, which must outlive it. OPTIONS may be NULL. NULL: no memory. */
struct deliveries *deliveries_new(struct ledger *ledger, const struct delivery_options *options);
void deliveries_free(struct deliveries *deliveries);

/**
 * Takes in what changed in the ledger, and judges anew what NOW bears on: IS_OVER says that the
 * input has ended, NOW its newest time. Cheap when nothing changed. False: no memory.
 */
bool deliveries_update(struct deliveries *deliveries, int64_t now_ns, bool is_over);

/**
 * Does a part of what the next deliveries_update() would: takes in MOST attempts of those that
 * changed in the ledger, or when all was read looks at MOST again. GOES_ON: there are more, and
 * that update would take a while. False: no memory.
 */
bool deliveries_take(struct deliveries *deliveries, int64_t now_ns, bool is_over, uint32_t most,
		     bool *goes_on);

/**
 * Says that input FILE, which has ended, holds packets from FIRST_NS to LAST_NS: nobody is known to
 * have waited beyond it, unless another file goes on where it ends. It counts from the update on
 * that IS_OVER.
 */
void deliveries_cover(struct deliveries *deliveries, uint16_t file, int64_t first_ns,
		      int64_t last_ns);

/** NOW_NS, or when the last of the files ends that attempts of DELIVERY are in, if that is sooner. */
int64_t deliveries_until(const struct deliveries *deliveries, const struct delivery *delivery,
			 int64_t now_ns);

/** Deliveries by id, from 0. Pointers and their tries are valid until the next update. */
uint32_t deliveries_count(const struct deliveries *deliveries);
const struct delivery *delivery_get(const struct deliveries *deliveries, uint32_t id);

/** How many deliveries are in STATE. */
uint32_t deliveries_in_state(const struct deliveries *deliveries, enum delivery_state state);

/**
 * How many recipients the message of DELIVERY is known to have gone to. More than one, in one
 * transaction or in several, is a fan-out: a delivery for each.
 */
uint32_t deliveries_recipients(const struct deliveries *deliveries,
			       const struct delivery *delivery);

/** How many attempts began a delivery anew because theirs had LIMIT_ATTEMPTS. */
uint64_t deliveries_cut(const struct deliveries *deliveries);

/** Sets the timer and judges everything again. */
void deliveries_set_timer(struct deliveries *deliveries, int64_t timer_ns);

/**
 * The same in steps: sets the timer, and judges MOST further deliveries by it (false: that was all);
 * how many were judged by it, of deliveries_count().
 */
void deliveries_begin_timer(struct deliveries *deliveries, int64_t timer_ns);
bool deliveries_judge_some(struct deliveries *deliveries, uint32_t most);
uint32_t deliveries_judged(const struct deliveries *deliveries);
int64_t deliveries_timer(const struct deliveries *deliveries);

/** What was let go, sessions and their deliveries, because memory is bounded (--memory). */
struct let_go {
	uint64_t sessions;
	uint64_t deliveries;
	uint64_t troubled; /* of these, those to look into */
	uint64_t in_state[STATES];
};

const struct let_go *deliveries_let_go(const struct deliveries *deliveries);

/**
 * Where delivery ID of BEFORE is in AFTER, when what is in MOVES was kept; NO_DELIVERY: it was let
 * go.
 */
uint32_t deliveries_moved(const struct deliveries *before, const struct deliveries *after,
			  const struct moves *moves, uint32_t id);

/** The delivery that ATTEMPT belongs to for its recipient INDEX; NO_DELIVERY if none. */
uint32_t delivery_of(const struct deliveries *deliveries, uint32_t attempt, uint32_t index);

/** Which deliveries something is about: those that `is_in` takes, or all if it is NULL. */
struct delivery_choice {
	bool (*is_in)(void *context, const struct delivery *delivery);
	void *context;
};

/** Whether DELIVERY is there (its attempts are not another one's by now) and is in CHOICE. */
static inline bool delivery_is_chosen(const struct delivery_choice *choice,
				      const struct delivery *delivery)
{
	return delivery->try_count &&
	       (!choice->is_in || choice->is_in(choice->context, delivery));
}

/** Whether ATTEMPT is no delivery's because its connection was seen before, at another tap. */
bool delivery_is_passed_over(const struct deliveries *deliveries, uint32_t attempt);

/** Where the session's tap stands, and why, in words for the user. */
enum vantage deliveries_vantage(const struct deliveries *deliveries, const struct session *session,
				const char **reason);

/** Whether, and by how much, what the server sent came too late. */
enum sending { SENDING_UNKNOWN, SENDING_IN_TIME, SENDING_LATE };

/**
 * What two captures of one attempt tell together that none of them tells alone. Times are those
 * of the near capture's clock, which is the one nearer to the client; NO_TIME is "not seen".
 */
struct views {
	const struct attempt *near;
	const struct attempt *far;
	const struct session *near_session;
	const struct session *far_session;
	bool is_aligned;        /* the clocks were compared: */
	int64_t offset_ns;      /* the far clock is ahead by this, */
	int64_t error_ns;       /* within this */
	int64_t eod_near_ns;    /* the end of data, as it passed each of the two */
	int64_t eod_far_ns;
	int64_t reply_far_ns;   /* and the reply */
	int64_t reply_near_ns;
	bool is_eod_lost;       /* the end of data never came to the far one */
	bool is_reply_lost;     /* the reply never came to the near one */
	bool is_reply_between;  /* the reply was made between the two */
	bool is_close_between;  /* the server's FIN or RST was */
	enum sending sending;   /* when the reply was sent, against the client's leaving */
};

/** Fills OUT for TRY. False: it was captured in one place only. */
bool deliveries_views(const struct deliveries *deliveries, const struct try *try,
		      struct views *out);

/**
 * Where input FILE was captured, if all of its sessions that tell agree, and in REASON (which may be
 * NULL) why, in words; VANTAGE_UNKNOWN and a reason of "" where they do not.
 */
enum vantage deliveries_file_vantage(const struct deliveries *deliveries, uint16_t file,
				     const char **reason);

/** The verdict on ATTEMPT for its recipient INDEX, as of the last update. */
void deliveries_judge(const struct deliveries *deliveries, uint32_t attempt, uint32_t index,
		      struct verdict *out);

#endif
