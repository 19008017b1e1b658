/* SPDX-License-Identifier: MIT */
/*
 * bytes: a session's bytes as rows to show. No curses in here.
 *
 * As text a row is a line that one side sent, or a part of a long one, in the order in which they
 * were understood; in hexadecimal it is at most 16 bytes of one segment. Between them stand rows
 * for what is not there: gaps of the capture, what is left out, what can no longer be read.
 * Passwords are masked unless they are asked for.
 */
#ifndef SMTPSCOPE_TUI_BYTES_H
#define SMTPSCOPE_TUI_BYTES_H

#include "wire.h"

#define BYTES_LINE 512 /* longest part of a line in a row */
#define BYTES_HEX 16

enum bytes_kind {
	BYTES_TEXT,
	BYTES_MORE, /* a line goes on */
	BYTES_DUMP, /* hexadecimal */
	BYTES_SEALED, /* encrypted: nothing to read as text */
	BYTES_GAP,
	BYTES_LEFT_OUT,
	BYTES_NOTE, /* of a place before or behind all bytes */
};

struct bytes_row {
	struct mark mark;
	size_t at;         /* in the bytes of its side */
	uint64_t length;
	uint32_t offset;   /* in the stream of its side, as of events */
	uint8_t side;      /* enum side */
	uint8_t kind;      /* enum bytes_kind */
	uint8_t gap;       /* enum gap_kind */
	bool is_message;
	uint32_t masked;   /* bytes at its end that are a secret */
};

struct bytes {
	struct bytes_row *rows;
	uint32_t count;
	uint32_t room;
	bool is_hex;
	bool shows_secrets;
	bool has_failed; /* no memory for all rows */
};

/** Makes the rows of CONTENTS, what was read of SESSION; BYTES keeps how they are to look. */
void bytes_make(struct bytes *bytes, const struct wire_contents *contents,
		const struct session *session);
void bytes_clear(struct bytes *bytes);

#define BYTES_ROW_TEXT 4096

/** Row INDEX in full, clean, on one line: without its side and frame. Returns OUT. */
const char *bytes_text(const struct bytes *bytes, const struct wire_contents *contents,
		       uint32_t index, bool ascii_only, char out[static BYTES_ROW_TEXT]);

/** "C:", "S:"; "C+" where a line goes on, "C*" for what is not there; "" for notes. */
const char *bytes_mark(const struct bytes_row *row);

/** The first row that came with FRAME, or the last one before it. */
uint32_t bytes_row_of(const struct bytes *bytes, uint32_t frame);

/** The row of EVENT: the one with its last byte, or that of its frame. */
uint32_t bytes_row_of_event(const struct bytes *bytes, const struct event *event);

#endif
