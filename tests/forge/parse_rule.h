/* SPDX-License-Identifier: MIT */
/*
 * parse_rule - the part of the parser that reads what becomes of a session's segments: lost,
 * delayed, missed by the capture, captured twice, refused by a router, or the path dead; and what
 * boxes on the way do. Errors stay in the lexer.
 */
#ifndef FORGE_PARSE_RULE_H
#define FORGE_PARSE_RULE_H

#include "parse_session.h"

/** True where the line begins like a rule. */
bool parse_rule_starts(const struct lex *lex);

/** A rule for the session's newest transaction. */
bool parse_rule_item(struct lex *lex, struct scenario *scenario, struct session_draft *draft);

#endif
