/* SPDX-License-Identifier: MIT */
/*
 * filter_lex: a filter's text, token by token. What ends a token depends on where it stands:
 * the parser asks for a value behind an operator, for anything else elsewhere.
 */
#ifndef SMTPSCOPE_REPORT_FILTER_LEX_H
#define SMTPSCOPE_REPORT_FILTER_LEX_H

#include "bounds.h"
#include "filter.h"

enum filter_operator {
	FILTER_EQUAL,
	FILTER_UNEQUAL,
	FILTER_LESS,
	FILTER_AT_MOST,
	FILTER_MORE,
	FILTER_AT_LEAST,
	FILTER_LIKE,
	FILTER_UNLIKE,
};

enum filter_token_kind {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_FIELD, /* a name, and the operator behind it */
	TOKEN_TEXT,  /* also a value */
};

struct filter_token {
	enum filter_token_kind kind;
	enum filter_operator operator; /* of a TOKEN_FIELD */
	bool is_quoted;
	size_t at; /* the place of a name or text in the filter */
	size_t length;
	char text[LIMIT_FILTER_TEXT + 1]; /* without its quotes and their backslashes */
};

struct filter_lexer {
	const char *text; /* at most LIMIT_FILTER_TEXT bytes */
	size_t at;
};

/** Takes the next token, no value. False: see FAULT. */
bool filter_lex(struct filter_lexer *lexer, struct filter_token *out, struct filter_fault *fault);

/** Takes the value behind an operator: a TOKEN_TEXT. False: there is none, or see FAULT. */
bool filter_lex_value(struct filter_lexer *lexer, struct filter_token *out,
		      struct filter_fault *fault);

/** Writes NAME to OUT in small letters and with "-" for "_"; what does not fit is cut. */
void filter_fold_name(const char *name, char *out, size_t size);

/** "<=" */
const char *filter_operator_name(enum filter_operator operator);

/** Fills FAULT, with its place. Always returns false. */
bool filter_fail(struct filter_fault *fault, size_t at, size_t length, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
