/* SPDX-License-Identifier: MIT */
/*
 * ledger: what was read from the dialogues. Sessions, their events, and the attempts in them.
 *
 * The dialogue layer (capture/smtp) writes it, everybody after it reads it. Nothing in here is
 * a verdict: an event says what was seen, an attempt collects the events that bear on one
 * transaction. Records stay where they are until the ledger is freed: indices are stable and
 * small, pointers to sessions and attempts stay valid; a session's event array may move while
 * the session is open, so events are named by their index.
 *
 * Message bodies are not kept. Short texts (addresses, names, reply texts, the header fields
 * that are shown) are interned: equal texts are one `text_id`.
 */
#ifndef SMTPSCOPE_LEDGER_H
#define SMTPSCOPE_LEDGER_H

#include "decode.h"
#include "mark.h"
#include "span.h"
#include "tcp.h"

#include <stdbool.h>
#include <stdint.h>

/** An interned text; 0 is "unknown". Hostile bytes: show it through text_clean() only. */
typedef uint32_t text_id;

#define NO_EVENT UINT32_MAX
#define NO_TIME INT64_MIN

enum event_kind {
	/* the connection */
	EVENT_SYN,          /* client's SYN; from the server: its SYN with ACK */
	EVENT_OPEN,         /* the handshake is complete */
	EVENT_FIN,          /* a side closes; value: how often it was retransmitted until then */
	EVENT_RST,          /* a side resets */
	EVENT_FIN_RESENT,   /* value: how often so far; the newest one */
	EVENT_WINDOW_SHUT,  /* a side stopped taking bytes */
	EVENT_WINDOW_OPEN,
	EVENT_GAP,          /* `length` bytes of a side are missing; value: enum gap_kind */
	EVENT_CONFLICT,     /* `length` bytes of a side came again and differ from the first copy */
	EVENT_TOO_BIG,      /* a router refused a packet of a side; value: the most that passes, in
			       bytes, 0 if not told; text: the router's address */
	EVENT_UNREACHABLE,  /* a router says that a packet of a side did not arrive; text: as above */
	/* the dialogue */
	EVENT_COMMAND,      /* value: enum verb; text: the line */
	EVENT_REPLY,        /* value: its code, 0 if it had none; text: all its lines, first to last */
	EVENT_REPLY_PART,   /* bytes of a reply that never ended; text: as much as came */
	EVENT_MESSAGE,      /* the first bytes of the message; `length` is set at its end */
	EVENT_EOD,          /* the end of data: final dot or last byte of BDAT LAST */
	EVENT_TLS,          /* encrypted from here on */
	EVENT_LINE,         /* a line that is neither command nor reply; text: as much as is kept */
	/* the evidence about an end of data and its reply */
	EVENT_EOD_RESENT,   /* the bytes at the end of data came again; value: how often so far */
	EVENT_EOD_ACKED,    /* the server's TCP ACK covers it */
	EVENT_REPLY_RESENT, /* the reply to it came again; value: how often so far */
	EVENT_REPLY_ACKED,  /* the client's TCP ACK covers the reply */
	EVENT_SILENT,       /* a segment of the server stands exactly where its reply would begin */
	EVENT_HOLE,         /* a segment of the server lies `length` bytes beyond that */
};

enum event_bits {
	EVENT_FROM_SERVER = 0x01,
	EVENT_ASSUMED = 0x02,    /* not seen but implied: a DATA inside a gap, say */
	EVENT_UNMATCHED = 0x04,  /* a reply that answers no command seen */
	EVENT_SECRET = 0x08,     /* held a password, which is not kept in its text; unset where it is */
	EVENT_BARE_LF = 0x10,    /* an end of data that is not CRLF . CRLF, yet was taken as one; a
				    reply whose last line ends without CR */
	EVENT_PIPELINED = 0x20,  /* a command sent before the one before it was answered */
	EVENT_FOREIGN = 0x40,    /* a reset whose TTL no other packet of its side had: something on
				    the way may have sent it */
};

/**
 * One event. `offset` is where it ends in its sender's stream, modulo 2^32: just behind the
 * command, the reply, the final dot, the last byte before a FIN.
 */
struct event {
	int64_t time_ns;
	uint32_t frame;  /* 0: no frame of its own */
	uint32_t offset;
	union {
		text_id text;    /* COMMAND, REPLY, REPLY_PART, LINE, TOO_BIG, UNREACHABLE */
		uint32_t length; /* GAP, CONFLICT, MESSAGE, HOLE, EOD (decoded size) */
		uint32_t ack;    /* FIN, RST: what its sender had received */
	};
	uint16_t value;
	uint8_t kind; /* enum event_kind */
	uint8_t bits; /* enum event_bits */
};

enum verb {
	VERB_UNKNOWN, VERB_HELO, VERB_EHLO, VERB_LHLO, VERB_MAIL, VERB_RCPT, VERB_DATA, VERB_BDAT,
	VERB_RSET, VERB_NOOP, VERB_QUIT, VERB_VRFY, VERB_EXPN, VERB_HELP, VERB_AUTH, VERB_STARTTLS,
	VERB_ETRN, VERB_ATRN, VERB_TURN, VERB_XCLIENT, VERB_XFORWARD, VERB_AUTH_ANSWER, VERBS,
};

/** "EHLO"; "?" for VERB_UNKNOWN. */
const char *verb_name(enum verb verb);

enum protocol { PROTOCOL_SMTP, PROTOCOL_LMTP };
enum tls_kind { TLS_NONE, TLS_STARTTLS, TLS_IMPLICIT };

/** Who ended a session, as far as was seen. TURNED: nobody, but the roles were reversed (RFC 821
 * 3.8, RFC 2645): another session follows on the connection. */
enum closed_by { CLOSED_OPEN, CLOSED_CLIENT, CLOSED_SERVER, CLOSED_CLIENT_RESET,
		 CLOSED_SERVER_RESET, CLOSED_UNSEEN, CLOSED_TURNED };

struct session {
	uint32_t id;
	uint32_t number;           /* from 0 in the order in which they came: its id, until older ones
				      are let go; then the id changes, and the number stays */
	struct endpoint client;
	struct endpoint server;
	uint16_t file;             /* of its first packet: what its frame numbers count in */
	uint16_t tap;
	bool is_rewritten;         /* its greeting is starred out: a firewall rewrites SMTP */
	text_id client_name;       /* of the newest HELO, EHLO or LHLO */
	text_id server_name;       /* of the greeting */
	int64_t start_ns;
	int64_t end_ns;            /* its newest packet so far */
	uint8_t protocol;          /* enum protocol */
	uint8_t tls;               /* enum tls_kind */
	uint8_t closed_by;         /* enum closed_by */
	uint32_t turned_from;      /* the session before it on the same connection, where TURN made
				      its server the client; NO_SESSION: it is the first */
	bool is_closed;            /* nothing more will come */
	bool is_swapped_file;      /* its packets come from more than one file: judge by time */
	bool saw_client;           /* packets of each side were seen: else the capture has one
				      direction only */
	bool saw_server;
	uint8_t ttl_client;        /* of the first packet seen of each side; 0: none */
	uint8_t ttl_server;
	uint32_t isn_client;       /* initial sequence numbers; valid with has_isn */
	uint32_t isn_server;
	bool has_isn;
	uint32_t base_client;      /* sequence numbers of what has offset 0 in its events */
	uint32_t base_server;
	int64_t syn_ns;            /* the handshake, for the vantage; NO_TIME if not seen */
	int64_t syn_ack_ns;
	int64_t open_ns;
	uint32_t transactions;
	uint32_t gap_bytes;
	uint32_t retransmitted;    /* segments that brought nothing new, both sides */
	uint32_t unmatched;        /* replies that no command accounts for */
	uint32_t lost_events;      /* events beyond LIMIT_SESSION_EVENTS */
	uint32_t first_attempt;    /* its attempts form a list by attempt.next_in_session */
	uint32_t last_attempt;     /* NO_ATTEMPT if none */
	struct event *events;
	uint32_t event_count;
	uint32_t event_room;       /* 0 where the session is closed: they lie in the ledger's blocks */
};

#define NO_ATTEMPT UINT32_MAX
#define NO_SESSION UINT32_MAX

/** One recipient of an attempt. */
struct recipient {
	text_id address;      /* 0: the envelope was not seen */
	uint32_t rcpt_reply;  /* event of the reply to its RCPT, NO_EVENT if unseen */
	uint32_t final_reply; /* LMTP, PRDR, EXDATA: event of its own reply to the end of data */
	uint16_t rcpt_code;   /* 0: unseen */
};

/** A 128-bit digest (XXH3). */
struct digest {
	uint64_t high;
	uint64_t low;
};

/** How far an attempt has come. */
enum attempt_phase {
	PHASE_ENVELOPE,  /* MAIL or RCPT, no DATA yet */
	PHASE_MESSAGE,   /* DATA or BDAT began */
	PHASE_WAITING,   /* the end of data was seen, its reply not */
	PHASE_ANSWERED,  /* replied to, or refused before the end of data */
	PHASE_ABANDONED, /* ended without end of data: RSET, new MAIL, or the connection's end */
};

/**
 * One transaction as one try. Its evidence is named by events of its session; NO_EVENT is "not
 * seen". Rules: design of the evidence table.
 */
struct attempt {
	uint32_t id;
	uint32_t number;         /* as a session's */
	uint32_t session;
	uint32_t next_in_session;
	uint8_t phase;           /* enum attempt_phase */
	uint8_t received_fields; /* Received: header fields, at most 255 */
	uint8_t bare_dots;       /* dots on lines of their own in it that lack a CR, at most 255: some
				    servers take one for the end of data (SMTP smuggling) */
	bool has_digest;         /* the whole message was seen: digest and body_digest are right */
	bool is_bdat;
	bool has_begun;          /* DATA was answered with 354, or a chunk was sent */
	bool answers_each;       /* LMTP, EXDATA: each recipient has a reply of its own to the end of
				    data */
	bool asks_extended;      /* EXDATA: as answers_each, if the reply says so */
	bool is_over;            /* nothing more of its message will come */
	bool is_encrypted;       /* guessed from a TLS session's records */
	bool is_cut_off;         /* the capture ends amid it: nobody was seen to give it up */
	bool is_stalled;         /* its last bytes were retransmitted and never acknowledged */
	bool is_tail_lost;       /* its client closed behind bytes of it that were never seen nor
				    acknowledged */
	bool is_tail_denied;     /* the server spoke after the client's last byte, and did not
				    acknowledge all */
	bool gap_in_message;     /* bytes of it are missing, but it was seen to go on */
	bool gap_at_eod;         /* the end of data lies in a gap, or would */
	bool gap_at_reply;       /* the reply lies in a gap, or would */
	text_id sender;          /* without angle brackets; 0: the envelope was not seen */
	text_id message_id;      /* without angle brackets */
	text_id subject;         /* unfolded, its words decoded (RFC 2047): UTF-8 where possible */
	text_id date;
	text_id transid;         /* TRANSID= (RFC 1845): one in all attempts of a transaction */
	struct digest digest;      /* head and body, see digest.h */
	struct digest body_digest;
	uint64_t size;           /* decoded bytes seen: unstuffed, de-chunked, without the dot */
	uint64_t resumed_at;     /* RFC 1845: bytes that went in an earlier attempt, and count here */
	uint32_t declared_size;  /* SIZE= of the MAIL command (RFC 1870 6), 0 if none */
	uint32_t recipients;     /* its recipients are a run in the ledger's array */
	uint32_t recipient_count;
	uint32_t recipient_room; /* the writer's business */

	uint32_t mail;           /* the MAIL command */
	uint32_t refusal;        /* a 4xx or 5xx to MAIL, to all RCPT or to DATA: no message went */
	uint32_t data;           /* the DATA or first BDAT command */
	uint32_t message;        /* the first bytes of the message */
	uint32_t eod;
	uint32_t eod_resent;     /* the newest */
	uint32_t eod_acked;
	uint32_t reply;          /* the reply to the end of data; a 421 or 5xx amid the message too */
	uint32_t reply_part;     /* EVENT_REPLY_PART, or an EVENT_LINE of the server in its place */
	uint32_t reply_resent;   /* the newest */
	uint32_t reply_acked;
	uint32_t half_closed;    /* the client's FIN straight behind the message: it sends no more and
				    may still wait (RFC 9293 3.6), so that when it leaves, no FIN
				    is left to tell */
	uint32_t client_left;    /* first other FIN, RST, or late RSET, MAIL or QUIT of the client that
				    does not acknowledge the reply */
	uint32_t client_fin_resent; /* the newest retransmission of the client's FIN after that */
	uint32_t server_left;    /* FIN or RST of the server that does not acknowledge a client FIN,
				    unless that was half_closed */
	uint32_t silent;         /* newest EVENT_SILENT before client_left */
	uint32_t silent_after;   /* first EVENT_SILENT after client_left: proves silence */
	uint32_t hole;           /* first EVENT_HOLE that no client ACK ever covered */
	uint32_t held_up;        /* such an EVENT_HOLE where the reply came later: it had been sent */
	uint32_t eod_sends;      /* transmissions of the end of data seen, and of its reply */
	uint32_t reply_sends;
};

struct ledger;

/** Sessions and attempts, by their ids from 0 on. */
uint32_t ledger_session_count(const struct ledger *ledger);
const struct session *ledger_session(const struct ledger *ledger, uint32_t id);
uint32_t ledger_attempt_count(const struct ledger *ledger);
const struct attempt *ledger_attempt(const struct ledger *ledger, uint32_t id);

/**
 * The ids of all sessions, or attempts, by their numbers: in the order in which they came, which is
 * not that of their ids once older ones were let go. Free them with free(). NULL: no memory.
 */
uint32_t *ledger_sessions_in_order(const struct ledger *ledger);
uint32_t *ledger_attempts_in_order(const struct ledger *ledger);

/** Recipient INDEX (from 0) of ATTEMPT. */
const struct recipient *ledger_recipient(const struct ledger *ledger,
					 const struct attempt *attempt, uint32_t index);

/** Event INDEX of SESSION; NULL for NO_EVENT. */
const struct event *session_event(const struct session *session, uint32_t index);

/** The session that ATTEMPT belongs to, and an event of it (NULL for NO_EVENT). */
const struct session *attempt_session(const struct ledger *ledger, const struct attempt *attempt);
const struct event *attempt_event(const struct ledger *ledger, const struct attempt *attempt,
				  uint32_t index);

/** The number of a text that is kept; 0: it is not. */
text_id ledger_find(const struct ledger *ledger, struct span text);

/** The bytes of a text, valid while the ledger lives; empty for 0. */
struct span ledger_text(const struct ledger *ledger, text_id id);

/**
 * A number that grows whenever anything changes, and the attempts that changed since it was
 * last asked: pops one id, or NO_ATTEMPT; and how many there are. For the delivery layer alone.
 */
uint64_t ledger_version(const struct ledger *ledger);
uint32_t ledger_next_changed(struct ledger *ledger);
uint32_t ledger_changed_count(const struct ledger *ledger);

/** What a user calls hosts (host_names.h), the user's; NULL: nothing. */
struct host_names;
void ledger_name_hosts(struct ledger *ledger, const struct host_names *names);
const struct host_names *ledger_host_names(const struct ledger *ledger);

/** Bytes of memory that the ledger holds. */
size_t ledger_memory(const struct ledger *ledger);

#endif
