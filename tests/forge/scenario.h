/* SPDX-License-Identifier: MIT */
/*
 * scenario - what a scenario text says, as parsed and before anything is played.
 *
 * Everything here belongs to the scenario's arena. Lists are linked in the order of the text; a
 * member `previous` links them backwards for look-ups, the newest first. Times are nanoseconds of
 * virtual time from the scenario's start. pcaps/README.md explains the language.
 */
#ifndef FORGE_SCENARIO_H
#define FORGE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/** The two ends of a connection; also the direction of what the end sends. */
enum side { SIDE_CLIENT, SIDE_SERVER };

/** The other end. */
static inline enum side side_other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/** A time that was not given. */
#define TIME_UNSET INT64_C(-1)

struct address {
	uint8_t bytes[16]; /* IPv4: the first four */
	bool is_v6;
};

enum tls_version { TLS_1_3, TLS_1_2 };

/** A mail system. */
struct host {
	const struct host *previous;
	char *name;   /* in the scenario */
	char *domain; /* in the dialogue */
	enum side side;
	struct address address;
	uint16_t port;
	uint16_t mss;
	uint8_t ttl; /* as sent; `hops` routers lower it on the way */
	bool is_lmtp;
	int64_t timer_ns; /* how long a client waits for the acknowledgement */
};

struct link {
	const struct link *next;
	const struct host *client;
	const struct host *server;
	int64_t delay_ns; /* one way */
};

/** A list of texts. */
struct text_list {
	struct text_list *next;
	char *text;
};

struct message {
	const struct message *previous;
	const struct message *previous_alike; /* of those whose names hash alike */
	char *name;
	const struct message
		*like; /* the same bytes, behind header fields of its own; NULL: none */
	uint64_t size; /* of the message as it stands in a mailbox with CRLF line ends; 0: as the
			  body asks */
	char *sender;
	struct text_list *recipients;
	char *subject; /* these are NULL where the text leaves them to us */
	char *message_id;
	char *date;
	struct text_list *headers;
	struct text_list *body; /* lines; NULL: generated */
};

/** The points of the default dialogue that a scenario can answer in another way. */
enum reply_point {
	REPLY_BANNER,
	REPLY_EHLO,
	REPLY_MAIL,
	REPLY_RCPT,
	REPLY_DATA,
	REPLY_CHUNK, /* to a BDAT that is not the last */
	REPLY_DOT,   /* to the end of data, also of BDAT */
	REPLY_QUIT,
};

enum reply_act { REPLY_TEXT, REPLY_NOTHING, REPLY_CLOSE, REPLY_RESET };

/** "reply to rcpt bob@example.net after 2 s "450 4.2.0 later"". */
struct reply {
	struct reply *next;
	enum reply_point point;
	char *recipient; /* NULL: all */
	enum reply_act act;
	char *text;	  /* NULL: the usual one */
	uint64_t cut;	  /* only so many bytes of it are sent; 0: all */
	int64_t delay_ns; /* TIME_UNSET: the usual one */
	bool keeps;	  /* the server stores the message as soon as it has all of it, whatever it
			     answers; without this, when it has answered with 2xx */
};

enum item_kind {
	ITEM_SAY,     /* a line of one side */
	ITEM_SEND,    /* a message and its dot */
	ITEM_DELIVER, /* the default dialogue around a message */
	ITEM_STARTTLS,
	ITEM_PAUSE, /* before the next line of whichever side */
	ITEM_GO_ON, /* the client waits so long for the reply, then goes on without it */
	ITEM_CLOSE,
	ITEM_SHUTDOWN, /* FIN, and still reading */
	ITEM_RESET,
};

/** One line of a session's body. */
struct item {
	struct item *next;
	enum item_kind kind;
	enum side side;
	char *text;
	int64_t duration_ns;
	enum tls_version tls; /* ITEM_STARTTLS */
	/* ITEM_SEND and ITEM_DELIVER */
	const struct message *message;
	struct text_list *recipients; /* NULL: the message's */
	uint64_t chunk_size;	      /* BDAT in such chunks; 0: DATA */
	bool is_pipelined;
	bool has_prdr;	   /* asks for a reply for each recipient (draft-hall-prdr) */
	uint64_t cut;	   /* only so many bytes of it are sent, and nothing after them; 0: all */
	bool is_dot_apart; /* the final dot stands in a segment of its own */
	struct reply *replies;
};

/** What a rule looks at. */
enum rule_target {
	TARGET_ALL,
	TARGET_DOT,   /* segments that carry the last byte of the end of data */
	TARGET_DATA,  /* the number-th segment of the message */
	TARGET_TAIL,  /* segments that carry any of the message's last number bytes */
	TARGET_REPLY, /* segments that carry any of the reply to the end of data */
	TARGET_FIN,   /* of one side */
	TARGET_SIZE,  /* frames with more than number bytes of IP */
	TARGET_AT,    /* anything from a moment of the session on */
};

enum rule_act {
	RULE_LOSE,   /* on the network */
	RULE_MISS,   /* by the capture alone */
	RULE_DOUBLE, /* by the capture alone */
	RULE_DELAY,  /* on the network: others overtake it */
	RULE_DIE,    /* on the network: it and all that follow are lost */
	RULE_REFUSE, /* by a router, which says so (ICMP): the packet is too big */
	RULE_RESET,  /* it passes, and a box on the way sends RSTs in the ends' names later */
	RULE_TAKE,   /* a box on the way takes the server's place from it on; the server hears nothing
			more, and what the scenario has it say is said by the box */
};

/** "lose the reply twice", "the capture misses the dot". */
struct rule {
	struct rule *next;
	enum rule_act act;
	enum rule_target target;
	uint64_t number;
	uint64_t times;		/* how many segments; 0: for ever */
	unsigned transaction;	/* of the session, from 0: the `deliver` or `send` above the rule */
	bool from[2];		/* TARGET_ALL, TARGET_SIZE, TARGET_FIN: segments of which sides */
	bool kills[2];		/* RULE_DIE: what which sides send is lost from then on */
	int64_t duration_ns;	/* RULE_DELAY: by how much; RULE_RESET: how much later; TARGET_AT:
				   when */
	bool resets[2];		/* RULE_RESET: which sides get one */
	uint8_t ttl;		/* RULE_RESET: of the box's packets at any tap */
	bool is_at[2];		/* RULE_MISS, RULE_DOUBLE: by captures at which side; by all where it is
				   both */
	bool is_unheeded;	/* RULE_REFUSE: the sender's firewall drops what the router says */
	unsigned place_percent; /* where on the way from the client to the server it is lost */
};

enum session_when { WHEN_AT, WHEN_AFTER };

struct session {
	struct session *next;
	const struct host *client;
	const struct host *server;
	enum session_when when; /* WHEN_AFTER: after the client left the session above */
	int64_t time_ns;
	uint16_t client_port; /* 0: the next one */
	bool has_isn[2];
	uint32_t isn[2];
	bool wraps_at_dot; /* the client's sequence numbers wrap in the first end of data */
	bool is_implicit_tls;
	enum tls_version tls;
	struct item *items;
	struct rule *rules;
	int64_t stop_reading_ns; /* how long the server stops reading in the first message's data;
				    TIME_UNSET: never */
	uint64_t stop_reading_after; /* bytes of it */
};

/* Lists of messages whose names hash alike, so that a million of them can be told apart. */
#define MESSAGE_LISTS 4096

struct scenario {
	struct arena *arena;
	char *title;
	int64_t start_ns; /* since the epoch */
	uint64_t seed;
	const struct host *hosts;	/* the newest; hence backwards */
	const struct link *links;	/* the newest comes first, and counts */
	const struct message *messages; /* the newest; hence backwards */
	const struct message *messages_alike[MESSAGE_LISTS]; /* the newest of each, likewise */
	struct session *sessions;
	int64_t delay_ns;     /* one way, where no link says otherwise */
	unsigned hops;	      /* routers between the hosts */
	unsigned tap_percent; /* where the capture is taken, on the way from the client to the
				 server */
	int64_t clock_ns;     /* how far the capture's clock is ahead */
	int64_t from_ns;      /* what the capture holds */
	int64_t until_ns;     /* TIME_UNSET: to the end */
	bool has_nat; /* the client's addresses are rewritten, a quarter of the way to the server */
	struct address nat;
	bool has_vlan;
	uint16_t vlan;
	uint32_t snaplen; /* 0: all of a frame */
};

/** A scenario with the defaults in it; everything it will hold lives in its own arena. */
struct scenario *scenario_new(void);

/** Reads an address; false where it is none. */
bool scenario_read_address(const char *text, struct address *address);

/** Frees it and all in it; NULL is ignored. */
void scenario_free(struct scenario *scenario);

/** The host of that name and side, or NULL. */
const struct host *scenario_find_host(const struct scenario *scenario, enum side side,
				      const char *name);

/** Takes in MESSAGE, which has a name that no other has. */
void scenario_add_message(struct scenario *scenario, struct message *message);

/** The message of that name, or NULL. */
const struct message *scenario_find_message(const struct scenario *scenario, const char *name);

/** The one-way delay between the two. */
int64_t scenario_delay(const struct scenario *scenario, const struct host *client,
		       const struct host *server);

#endif
