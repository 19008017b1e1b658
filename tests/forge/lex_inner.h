/* SPDX-License-Identifier: MIT */
/*
 * lex_inner - the lexer's state, for lex.c (lines and words) and lex_measure.c (numbers with
 * units).
 */
#ifndef FORGE_LEX_INNER_H
#define FORGE_LEX_INNER_H

#include "lex.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_OPEN_STRING, /* the closing quote is missing */
};

struct token {
	enum token_kind kind;
	const char *text; /* a string's text is without its quotes, escapes as written */
	size_t len;
	const char *start;
};

struct lex {
	struct arena *arena;
	const char *name;
	const char *text;
	const char *next_line;
	const char *text_end;
	const char *line;
	const char *line_end;
	unsigned line_number;
	struct token next;
	struct token last;
	char *error;
};

/** Goes past the next token. */
void lex_advance(struct lex *lex);

#endif
