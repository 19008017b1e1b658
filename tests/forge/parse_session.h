/* SPDX-License-Identifier: MIT */
/*
 * parse_session - the part of the parser that reads sessions: their first line and the indented
 * lines under it. Errors stay in the lexer.
 */
#ifndef FORGE_PARSE_SESSION_H
#define FORGE_PARSE_SESSION_H

#include "lex.h"
#include "scenario.h"

/** A session as its lines come in. */
struct session_draft {
	struct session *session;
	struct item **items_end;
	struct item
		*transaction; /* the newest `deliver` or `send`: what `reply to` lines are about */
	struct rule **rules_end;
	unsigned transactions;
};

/** `session CLIENT -> SERVER ...`, after its first word. */
bool parse_session_line(struct lex *lex, struct scenario *scenario, struct session_draft *draft);

/**
 * `resend after 28 s [to SERVER]`, after its first word: the sessions' newest once more, with the
 * default replies
 * (`as before`: with the same ones).
 */
bool parse_resend_line(struct lex *lex, struct scenario *scenario, struct session_draft *draft);

/** An indented line of a session. */
bool parse_session_item(struct lex *lex, struct scenario *scenario, struct session_draft *draft);

#endif
