/* SPDX-License-Identifier: MIT */
#include "filter_complete.h"

#include "report/filter_tree.h"

#include <string.h>

_Static_assert(FIELDS <= FILTER_MOST_NAMES, "all fields may be named");

/* Whether NAME begins with the LENGTH bytes at TYPED. */
static bool begins(const char *name, const char *typed, size_t length)
{
	char folded[FILTER_MOST_NAMES];

	if (length >= sizeof folded)
		return false;
	filter_fold_name(typed, folded, length + 1);
	return strncmp(name, folded, length) == 0;
}

static void add(struct filter_completion *completion, const char *name, const char *typed)
{
	if (completion->count < FILTER_MOST_NAMES && begins(name, typed, strlen(typed)))
		completion->names[completion->count++] = name;
}

/* The operator that is asked for most. */
static const char *usual_operator(enum filter_field field)
{
	switch (filter_field_type(field)) {
	case FILTER_WORD:
	case FILTER_PEER:
		return "=";
	case FILTER_TEXT:
		return " ~ ";
	case FILTER_DURATION:
	case FILTER_TIME:
	case FILTER_SIZE:
	case FILTER_NUMBER:
		break;
	}
	return ">";
}

static void complete_field(struct filter_completion *out, const char *typed)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		size_t before = out->count;
		add(out, filter_field_name((enum filter_field)i), typed);
		if (out->count > before && out->count == 1)
			out->behind = usual_operator((enum filter_field)i);
	}
}

/* TEXT, all of it, ends with the value that begins at START. */
static void complete_value(struct filter_completion *out, enum filter_field field,
			   const char *text, size_t start)
{
	const char *comma = strrchr(text + start, ',');

	if (filter_field_type(field) != FILTER_WORD) {
		out->example = filter_field_example(field);
		return;
	}
	out->start = comma ? (size_t)(comma + 1 - text) : start;
	for (unsigned i = 0; filter_word(field, i); i++)
		add(out, filter_word(field, i), text + out->start);
}

static enum filter_field field_of(const char *name)
{
	unsigned i = 0;

	while (i < FIELDS && (strlen(filter_field_name((enum filter_field)i)) != strlen(name) ||
			      !begins(filter_field_name((enum filter_field)i), name, strlen(name))))
		i++;
	return (enum filter_field)i;
}

/* The token is a field with its operator. False: its value ends before the text does. */
static bool complete_behind(struct filter_completion *out, struct filter_lexer *lexer,
			    struct filter_token *token)
{
	enum filter_field field = field_of(token->text);
	struct filter_fault fault = {0};

	if (!filter_lex_value(lexer, token, &fault)) {
		token->at = strlen(lexer->text);
		token->is_quoted = false;
	} else if (lexer->text[lexer->at]) {
		return false;
	}
	if (field < FIELDS && !token->is_quoted)
		complete_value(out, field, lexer->text, token->at);
	return true;
}

struct filter_completion filter_complete(const char *text)
{
	struct filter_completion out = {.start = strlen(text), .behind = ""};
	struct filter_lexer lexer = {.text = text};
	struct filter_token token;
	struct filter_fault fault = {0};

	if (strlen(text) > LIMIT_FILTER_TEXT)
		return out;
	while (filter_lex(&lexer, &token, &fault)) {
		if (token.kind == TOKEN_END) {
			complete_field(&out, "");
			break;
		}
		if (token.kind == TOKEN_FIELD && complete_behind(&out, &lexer, &token))
			break;
		if (token.kind == TOKEN_TEXT && !token.is_quoted && !text[lexer.at]) {
			out.start = token.at;
			complete_field(&out, token.text);
			break;
		}
	}
	return out;
}
