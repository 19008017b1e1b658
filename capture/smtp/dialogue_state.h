/* SPDX-License-Identifier: MIT */
/*
 * dialogue_state: one connection's dialogue. For this folder alone.
 *
 * dialogue.c        where bytes and facts go; what stands before the dialogue
 * session.c         where a session begins and ends
 * client.c          the client's bytes: lines, message, chunks
 * client_command.c  its commands
 * server.c          the server's bytes: replies
 * server_answer.c   what each one answers
 * transaction.c     attempts: envelope, message, end of data
 * answers.c         the replies to the end of data
 * tls.c             what encrypted records tell
 * evidence.c        facts of the tcp layer that bear on an awaited or given reply
 * dialogue_move.c   what is remembered of the ledger, when that is made anew
 */
#ifndef SMTPSCOPE_DIALOGUE_STATE_H
#define SMTPSCOPE_DIALOGUE_STATE_H

#include "bounds.h"
#include "dialogue.h"
#include "smtp/backlog.h"
#include "smtp/body.h"
#include "smtp/command.h"
#include "smtp/ledger_write.h"
#include "smtp/lines.h"
#include "smtp/message.h"
#include "smtp/queue.h"
#include "smtp/tls.h"

enum client_mode {
	MODE_COMMANDS,
	MODE_DATA_ASKED, /* DATA was sent, its reply not seen: bytes are held */
	MODE_BODY,
	MODE_CHUNK,
	MODE_OPAQUE,     /* TLS */
};

enum standing { STANDING_UNDECIDED, STANDING_MAIL, STANDING_OTHER };

/* Attempts whose end of data was seen and whose reply the client has not acknowledged. */
#define OPEN_ATTEMPTS 8

struct open_attempt {
	uint32_t attempt;
	uint64_t eod_offset;
	uint64_t reply_end;  /* offset of the end of its reply, with has_reply */
	bool has_reply;
	uint32_t repeats;    /* retransmissions kept as events */
};

struct dialogue {
	struct dialogues *all;
	struct tcp_connection *connection;
	struct tcp_endpoints endpoints;
	struct session *session;      /* NULL before it is known to be mail */
	enum standing standing;
	struct fact facts[8];         /* before that: facts, and bytes */
	uint8_t fact_count;
	struct backlog backlog;       /* undecided bytes, or the client's held behind DATA */

	enum client_mode mode;
	struct line_reader client_line;
	struct line_reader server_line;
	struct mark server_mark;      /* of the newest byte of a reply */
	struct mark client_mark;      /* of the client's newest byte, and its offset */
	uint64_t client_end;
	uint16_t reply_code;          /* of a reply whose lines are not all there, 0 if none */
	uint8_t reply_text[LIMIT_TEXT];
	uint16_t reply_text_n;
	bool is_in_reply;             /* between the lines of one reply */
	bool is_greeted;              /* the server's first reply, or its place, has gone by */
	struct backlog first[2];      /* a side's first bytes, while they may be a preface */
	bool has_spoken[2];           /* it is over, or there was none */
	bool is_auth_asked;           /* the client's next line is an answer to AUTH */
	bool is_skipping_line;        /* client, behind a gap: the rest of a line says nothing */
	bool is_auth_likely;          /* the server asked for one, of an AUTH that was not captured */
	bool has_lost_command;        /* client: some may lie in a gap, and none was seen since */
	bool is_skipping_reply;       /* server, likewise */
	struct due_queue queue;
	bool has_server_spoken;       /* since the client's newest bytes, if only within a gap */
	bool is_clients_turn;         /* and what the client says next begins with a command */

	uint32_t attempt;             /* the transaction under way, or NO_ATTEMPT */
	uint32_t data_event;          /* the newest DATA command */
	uint32_t attempt_before;      /* the one a nested MAIL would replace */
	uint32_t attempt_gapped;      /* the newest with bytes missing amid its envelope */
	uint32_t attempt_answered;    /* the newest whose end of data was replied to */
	struct message *message;
	struct body body;
	uint64_t chunk_left;
	bool is_last_chunk;
	uint64_t missing;             /* bytes of the message that lie in gaps */
	bool has_hole;                /* some of them were never acknowledged either */
	bool is_go_ahead_assumed;     /* a gap behind DATA was taken for the message */
	struct mark cut_mark;         /* where a snaplen cut the newest bytes of the message */
	bool is_cut;                  /* and nothing has followed */

	struct tls tls;               /* in MODE_OPAQUE */

	struct open_attempt open[OPEN_ATTEMPTS];
	uint8_t open_count;
	uint32_t first_closing;       /* the first FIN or RST */
	uint32_t silent_part;         /* EVENT_SILENT behind a part of a reply and the client's leaving */
	bool has_client_fin;
	uint64_t client_fin_at;
	uint64_t client_ended_at;     /* where its FIN or RST says that its stream ends */
	uint8_t closings;             /* closing events kept, and others that the tcp layer may
					 tell again and again: each bounded by LIMIT_REPEATS */
	uint8_t repeats;
	uint8_t strange;              /* conflicts and routers' refusals kept */
	uint32_t fin_resent;          /* how often the client's FIN came again */
};

struct dialogues {
	struct ledger *ledger;
	struct dialogue_counts counts;
	bool keeps_secrets;
	struct message *spare_message; /* of the newest ended transaction */
	const struct message_sink *sink; /* takes messages; NULL: nobody does */
};

/** The current transaction's attempt, or NULL. */
struct attempt *dialogue_attempt(struct dialogue *dialogue);

/** Whether the capture holds the connection's beginning, so that nothing came before it. */
bool dialogue_saw_beginning(const struct dialogue *dialogue);

/** Appends an event; ORs nothing in but what EVENT says. Returns its index or NO_EVENT. */
uint32_t dialogue_event(struct dialogue *dialogue, const struct event *event);

/** A reply is due; one for which there is no room is counted. */
void dialogue_expect(struct dialogue *dialogue, const struct due *due);

/** An event of KIND by SIDE at MARK that ends at stream offset END. */
struct event event_of(enum event_kind kind, enum side side, const struct mark *mark, uint64_t end);

/** The first bytes of SIDE that were held back begin no preface: they are read now. */
void dialogue_end_preface(struct dialogue *dialogue, enum side side);

/** The connection is no mail, or there is no memory to follow it: nothing more of it is wanted. */
void dialogue_refuse(struct dialogue *dialogue);

/* session.c */
/** A dialogue of which nothing was heard. */
struct dialogue session_none(struct dialogues *all, struct tcp_connection *connection,
			     const struct tcp_endpoints *endpoints);
/** Client and server were taken for each other. */
void session_swap_sides(struct dialogue *dialogue);
/** It is mail: a session begins, with the facts seen so far. False: no memory. */
bool session_begin(struct dialogue *dialogue);
/** Writes down what the tcp layer knows of both sides, for the vantage and the list of sessions. */
void session_refresh(struct dialogue *dialogue);
/** The session is over, ended by CLOSED_BY unless it was seen who did. */
void session_end(struct dialogue *dialogue, enum closed_by closed_by);
/** Frees what the dialogue of one session holds. */
void session_drop(struct dialogue *dialogue);
/**
 * The server has agreed at MARK to change roles (TURN, RFC 821 3.8; ATRN, RFC 2645 5.3): the
 * session is over, and another one begins on the connection, in which the server is the client.
 */
void session_turn(struct dialogue *dialogue, const struct mark *mark);

/* client.c */
void client_take(struct dialogue *dialogue, struct span bytes, uint64_t offset,
		 const struct mark *mark);
void client_gap(struct dialogue *dialogue, uint64_t offset, uint64_t length, enum gap_kind kind,
		const struct mark *mark);
/** DATA was answered: the bytes held behind it are the message (IS_ACCEPTED) or commands. */
void client_data_answered(struct dialogue *dialogue, bool is_accepted);

/** The chunk is complete; its last byte lies before END. */
void client_end_chunk(struct dialogue *dialogue, const struct mark *mark, uint64_t end,
		      uint8_t bits);

/* client_command.c */
void client_command(struct dialogue *dialogue, const struct line *line, const struct mark *mark,
		    uint64_t end);
/** A line that answers a 334, and is not to be kept. */
void client_auth_answer(struct dialogue *dialogue, struct span line, const struct mark *mark,
			uint64_t end);

/* server.c */
void server_take(struct dialogue *dialogue, struct span bytes, uint64_t offset,
		 const struct mark *mark);
void server_gap(struct dialogue *dialogue, enum gap_kind kind);
/** Notes what there is of a reply that has not ended, for the attempts that await one. */
void server_note_part(struct dialogue *dialogue);

/* server_answer.c */
/** What the reply CODE, an event of the session that ends before END, is the answer to. */
void server_answer(struct dialogue *dialogue, uint32_t reply, uint16_t code,
		   const struct mark *mark, uint64_t end);
/** The replies that are awaited may be among those that nobody can tell apart. */
void server_doubt_replies(struct dialogue *dialogue);

/* transaction.c */
struct attempt *transaction_begin(struct dialogue *dialogue);
/** The transaction under way ends without a message. */
void transaction_abandon(struct dialogue *dialogue);
/** The transaction that a nested MAIL would replace has ended. */
void transaction_abandon_before(struct dialogue *dialogue);
/** MAIL was answered: of two nested transactions one goes on (RFC 5321 4.1.4). */
void transaction_mail_accepted(struct dialogue *dialogue, const struct due *due);
void transaction_mail_refused(struct dialogue *dialogue, const struct due *due, uint32_t reply);
/** MAIL was answered with 355 (RFC 1845 4): the message goes on behind its first OFFSET bytes. */
void transaction_resume(struct dialogue *dialogue, uint32_t attempt, uint64_t offset);
/**
 * DATA or a chunk was refused by the event REPLY. The transaction goes on: after 503 to a
 * DATA that came too early, say, another RCPT and DATA may follow (RFC 5321 3.3).
 */
void transaction_refused(struct dialogue *dialogue, const struct due *due, uint32_t reply);
/** The client may send its message, after the DATA or BDAT command COMMAND. */
void transaction_begin_message(struct dialogue *dialogue, uint32_t command);
/** The first bytes of the message are here; nothing if they were before. */
void transaction_note_message(struct dialogue *dialogue, const struct mark *mark, uint64_t end);
/** The end of data, whose last byte lies before END. BITS: EVENT_BARE_LF, EVENT_ASSUMED. */
void transaction_end_of_data(struct dialogue *dialogue, const struct mark *mark, uint64_t end,
			     uint8_t bits);
/** LENGTH bytes amid the commands of the transaction are missing: chunks, or all of its message,
 * may be among them. */
void transaction_gap(struct dialogue *dialogue, uint64_t length, enum gap_kind kind);
/** Behind a gap the client says what is no command: it may be the message. */
void transaction_doubt(struct dialogue *dialogue);
/** The message's end lies in a gap, and its reply too: the next DATA or QUIT has been answered. */
void transaction_lose_end(struct dialogue *dialogue);
/** A reply amid the message; true if it was taken for the end of data's. */
bool transaction_answered_early(struct dialogue *dialogue, uint32_t reply, uint16_t code,
				const struct mark *mark, uint64_t reply_end);

/* answers.c */
/** The replies to the end of data of ATTEMPT are due, behind a chunk or a dot. */
void answers_expect(struct dialogue *dialogue, const struct attempt *attempt, bool is_chunked);
/** The reply to the end of data that DUE describes. */
void answers_take(struct dialogue *dialogue, const struct due *due, uint32_t reply, uint16_t code,
		  uint64_t reply_end);
/**
 * Whether the reply that is due next may hold one for each recipient (EXDATA); if so, those are due
 * from now on.
 */
bool answers_extend(struct dialogue *dialogue);
/**
 * A reply that nothing waits for, behind the one to the end of data. True if it shows that LMTP is
 * spoken, whose beginning was not captured: there each accepted recipient has one.
 */
bool answers_again(struct dialogue *dialogue, uint32_t reply, uint16_t code);

/* evidence.c */
void evidence_open(struct dialogue *dialogue, struct attempt *attempt, uint64_t eod_offset);
void evidence_reply(struct dialogue *dialogue, uint32_t attempt, uint64_t reply_end);
void evidence_fact(struct dialogue *dialogue, const struct fact *fact);
/** The server says what is no reply, the event INDEX, while one is due. */
void evidence_babble(struct dialogue *dialogue, uint32_t index);
/** A command that the client would not send if it still waited (RSET, MAIL, QUIT). */
void evidence_moved_on(struct dialogue *dialogue, uint32_t event, const struct mark *mark);

#endif
