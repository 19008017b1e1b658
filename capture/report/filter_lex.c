/* SPDX-License-Identifier: MIT */
#include "report/filter_lex.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 32

/* Those of two characters before those that they begin with. */
static const struct {
	const char *name;
	enum filter_operator operator;
} operators[] = {
	{"!=", FILTER_UNEQUAL},	 {"!~", FILTER_UNLIKE}, {"<=", FILTER_AT_MOST},
	{">=", FILTER_AT_LEAST}, {"<", FILTER_LESS},	{">", FILTER_MORE},
	{"=", FILTER_EQUAL},	 {"~", FILTER_LIKE},
};

bool filter_fail(struct filter_fault *fault, size_t at, size_t length, const char *format, ...)
{
	char text[sizeof fault->fault.text];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	fault->at = at;
	fault->length = length;
	return fault_set(&fault->fault, FAULT_USAGE, "%s", text);
}

const char *filter_operator_name(enum filter_operator operator)
{
	size_t i = 0;

	while (operators[i].operator!= operator)
		i++;
	return operators[i].name;
}

void filter_fold_name(const char *name, char *out, size_t size)
{
	size_t i;

	for (i = 0; name[i] && i + 1 < size; i++)
		out[i] = name[i] == '_' ? '-' : (char)tolower((unsigned char)name[i]);
	out[i] = '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static void skip_blanks(struct filter_lexer *lexer)
{
	while (is_blank(lexer->text[lexer->at]))
		lexer->at++;
}

/* Takes an operator. False: there is none. */
static bool take_operator(struct filter_lexer *lexer, enum filter_operator *out)
{
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		size_t n = strlen(operators[i].name);
		if (strncmp(lexer->text + lexer->at, operators[i].name, n) == 0) {
			lexer->at += n;
			*out = operators[i].operator;
			return true;
		}
	}
	return false;
}

/* ---- Texts --------------------------------------------------------------------------------- */

static bool take_quoted(struct filter_lexer *lexer, struct filter_token *out,
			struct filter_fault *fault)
{
	const char *text = lexer->text;
	char quote = text[lexer->at];
	size_t used = 0;

	out->kind = TOKEN_TEXT;
	out->is_quoted = true;
	out->at = lexer->at++;
	while (text[lexer->at] != quote) {
		char next = text[lexer->at + (text[lexer->at] != '\0')];
		if (!text[lexer->at])
			return filter_fail(fault, out->at, 1, "this quote is not closed");
		if (text[lexer->at] == '\\' && (next == quote || next == '\\'))
			lexer->at++;
		out->text[used++] = text[lexer->at++];
	}
	lexer->at++;
	out->text[used] = '\0';
	out->length = lexer->at - out->at;
	return true;
}

static void take_plain(struct filter_lexer *lexer, struct filter_token *out)
{
	const char *text = lexer->text;
	size_t opened = 0;

	out->kind = TOKEN_TEXT;
	out->is_quoted = false;
	out->at = lexer->at;
	for (; text[lexer->at] && !is_blank(text[lexer->at]); lexer->at++) {
		if (text[lexer->at] == '(')
			opened++;
		else if (text[lexer->at] == ')' && opened-- == 0)
			break;
	}
	out->length = lexer->at - out->at;
	memcpy(out->text, text + out->at, out->length);
	out->text[out->length] = '\0';
}

bool filter_lex_value(struct filter_lexer *lexer, struct filter_token *out,
		      struct filter_fault *fault)
{
	char next = lexer->text[lexer->at];

	if (next == '=' || next == '~')
		return filter_fail(fault, lexer->at, 1,
				   "no operator has another '%c'; put a value that begins so "
				   "in quotes",
				   next);
	skip_blanks(lexer);
	if (is_quote(lexer->text[lexer->at]))
		return take_quoted(lexer, out, fault);
	take_plain(lexer, out);
	return out->length > 0 || filter_fail(fault, lexer->at, lexer->text[lexer->at] != '\0',
					      "a value is missing here");
}

/* ---- Anything else ------------------------------------------------------------------------- */

static enum filter_token_kind kind_of_word(const char *word)
{
	static const struct {
		const char *word;
		enum filter_token_kind kind;
	} words[] = {{"and", TOKEN_AND},
		     {"&&", TOKEN_AND},
		     {"or", TOKEN_OR},
		     {"||", TOKEN_OR},
		     {"not", TOKEN_NOT}};
	char name[NAME_SIZE];

	filter_fold_name(word, name, sizeof name);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(name, words[i].word) == 0)
			return words[i].kind;
	return TOKEN_TEXT;
}

/* Takes a name with an operator behind it. False: that is not what comes. */
static bool take_field(struct filter_lexer *lexer, struct filter_token *out)
{
	struct filter_lexer ahead = *lexer;
	const char *name = lexer->text + lexer->at;
	size_t n = 0;

	while (isalnum((unsigned char)name[n]) || name[n] == '-' || name[n] == '_')
		n++;
	memcpy(out->text, name, n);
	out->text[n] = '\0';
	ahead.at += n;
	skip_blanks(&ahead);
	if (!n || !isalpha((unsigned char)name[0]) || kind_of_word(out->text) != TOKEN_TEXT ||
	    !take_operator(&ahead, &out->operator))
		return false;
	out->kind = TOKEN_FIELD;
	out->at = lexer->at;
	out->length = n;
	lexer->at = ahead.at;
	return true;
}

/* Whether an operator comes that no field stands before; "<" may begin an address. */
static bool is_stray_operator(const struct filter_lexer *lexer, size_t *length)
{
	struct filter_lexer ahead = *lexer;
	enum filter_operator operator;

	if (!take_operator(&ahead, &operator))
		return false;
	*length = ahead.at - lexer->at;
	return operator!= FILTER_LESS || !ahead.text[ahead.at] || is_blank(ahead.text[ahead.at]);
}

bool filter_lex(struct filter_lexer *lexer, struct filter_token *out, struct filter_fault *fault)
{
	size_t length;

	skip_blanks(lexer);
	char c = lexer->text[lexer->at];
	*out = (struct filter_token){.kind = TOKEN_END, .at = lexer->at};
	if (!c)
		return true;
	if (is_stray_operator(lexer, &length))
		return filter_fail(fault, lexer->at, length,
				   "which field? An operator stands behind its name, as in "
				   "state=duplicated");
	if (c == '(' || c == ')' || c == '!') {
		out->kind = c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : TOKEN_NOT;
		out->length = 1;
		lexer->at++;
		return true;
	}
	if (is_quote(c))
		return take_quoted(lexer, out, fault);
	if (take_field(lexer, out))
		return true;
	take_plain(lexer, out);
	out->kind = kind_of_word(out->text);
	return true;
}
