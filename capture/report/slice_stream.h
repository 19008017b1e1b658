/* SPDX-License-Identifier: MIT */
/*
 * slice_stream: one client's stream, read a second time for what may stay of it (slice_redact).
 *
 * The ledger says where commands, messages and TLS begin and end; only the inside of a header is
 * looked at again.
 */
#ifndef SMTPSCOPE_REPORT_SLICE_STREAM_H
#define SMTPSCOPE_REPORT_SLICE_STREAM_H

#include "ledger.h"
#include "report/slice_patches.h"

enum stream_mode {
	STREAM_COMMANDS,
	STREAM_HEADER,
	STREAM_BODY,
	STREAM_DONE, /* behind STARTTLS: what there is to say was said */
};

/** Numbers given to messages: the index of a digest among those that occur. */
struct digest_numbers {
	struct digest *all; /* sorted; owned */
	uint32_t count;
};

#define STREAM_NAME 16 /* letters of a header field's name that matter */

struct stream_reader {
	const struct ledger *ledger;
	const struct session *session;
	const struct digest_numbers *numbers;
	const struct attempt *attempt; /* the newest message's, or the first that may be */
	struct patches patches;
	bool has_failed; /* no memory */

	uint32_t next_event; /* of the session */
	bool has_ahead;
	struct event ahead;        /* the next one that matters; a copy, as events may move */
	uint32_t ahead_from;       /* where it begins and ends in the stream */
	uint32_t ahead_to;
	uint32_t skip_to;          /* what lies before has been dealt with */
	bool keeps_dots;           /* but for its dots */

	enum stream_mode mode;
	bool is_in_message;
	uint32_t line_start;       /* of the line under way, and of the one before */
	uint32_t line_before;

	bool is_bdat;              /* the newest command for a message was BDAT */
	bool is_at_beginning;      /* no byte of the message was taken */
	uint8_t last;              /* the byte before, and the one before that; 0: not known */
	uint8_t last_but_one;
	uint32_t line_n;           /* bytes of the header line, without CRs at its end */
	bool has_cr;
	bool is_in_name;
	bool is_behind_colon;
	uint8_t field;             /* enum field, in slice_stream.c */
	uint8_t name[STREAM_NAME];
	uint32_t name_n;
	uint32_t name_at;
	uint32_t tags[3];          /* of header, Subject and body, and how many letters were */
	uint8_t letters[3];        /* written of each */
};

/** A reader of SESSION's client. */
void stream_init(struct stream_reader *reader, const struct ledger *ledger,
		 const struct session *session, const struct digest_numbers *numbers);

/** Takes BYTES at offset AT, the next ones of the stream. */
void stream_take(struct stream_reader *reader, struct span bytes, uint32_t at);

/** The stream goes on at offset TO; what lies before is missing. */
void stream_skip(struct stream_reader *reader, uint32_t to);

#endif
