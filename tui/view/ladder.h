/* SPDX-License-Identifier: MIT */
/*
 * ladder: a session's events as rows of a ladder. No curses in here.
 *
 * Row n of a session is its event n: an arrow from the side that did it to the other one, with
 * a label on it. Passwords are masked.
 */
#ifndef SMTPSCOPE_TUI_LADDER_H
#define SMTPSCOPE_TUI_LADDER_H

#include "canvas.h"
#include "ledger.h"
#include "prose.h"

enum ladder_line {
	LADDER_ARROW, /* part of the dialogue */
	LADDER_THIN,  /* TCP's own: ACKs, retransmissions, windows */
	LADDER_BREAK, /* something is missing: no arrow, a torn line */
};

#define LADDER_LABEL 200

struct ladder_row {
	int64_t time_ns;
	uint32_t frame;
	bool is_server;
	enum ladder_line line;
	enum canvas_style style;
	char label[LADDER_LABEL]; /* clean, one line */
};

/** Row INDEX of SESSION. */
void ladder_row_at(const struct ledger *ledger, const struct session *session, uint32_t index,
		   bool ascii_only, struct ladder_row *out);

/** What the row says and means, whole: a line or more for the foot of the screen. */
void ladder_explain(const struct ledger *ledger, const struct session *session, uint32_t index,
		    bool ascii_only, struct prose *out);

/**
 * The text of EVENT on one line, its own lines divided by " / ", at most COLUMNS columns. For the
 * ladder's own modules.
 */
void ladder_text(const struct ledger *ledger, const struct event *event, int columns,
		 bool ascii_only, char *out, size_t size);

#endif
