/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lex_inner.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static const char *string_end(const char *at, const char *end)
{
	while (at < end && *at != '"')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return at;
}

static void scan(struct lex *lex, const char *at)
{
	const char *end = lex->line_end;
	struct token *token = &lex->next;

	while (at < end && is_blank(*at))
		at++;
	token->start = at;
	token->text = at;
	token->len = 0;
	token->kind = TOKEN_END;
	if (at == end || *at == '#')
		return;
	if (*at == '"') {
		const char *close = string_end(at + 1, end);

		token->text = at + 1;
		token->len = (size_t)(close - at - 1);
		token->kind = close < end ? TOKEN_STRING : TOKEN_OPEN_STRING;
		return;
	}
	token->kind = TOKEN_WORD;
	while (at < end && !is_blank(*at) && *at != '"')
		at++;
	token->len = (size_t)(at - token->text);
}

struct lex *lex_new(struct arena *arena, const char *name, const char *text, size_t len)
{
	struct lex *lex = arena_alloc(arena, sizeof(*lex));

	lex->arena = arena;
	lex->name = name;
	lex->text = text;
	lex->next_line = lex->line = lex->line_end = text;
	lex->text_end = text + len;
	lex->line_number = 1;
	scan(lex, text);
	return lex;
}

void lex_advance(struct lex *lex)
{
	const char *at = lex->next.text + lex->next.len;

	if (lex->next.kind == TOKEN_STRING)
		at++;
	lex->last = lex->next;
	scan(lex, at);
}

bool lex_next_line(struct lex *lex)
{
	while (!lex->error && lex->next_line < lex->text_end) {
		const char *start = lex->next_line;
		const char *newline = memchr(start, '\n', (size_t)(lex->text_end - start));

		lex->line = start;
		lex->line_end = newline ? newline : lex->text_end;
		lex->next_line = newline ? newline + 1 : lex->text_end;
		lex->line_number += start > lex->text;
		scan(lex, start);
		if (lex->next.kind != TOKEN_END)
			return true;
	}
	return false;
}

bool lex_is_indented(const struct lex *lex)
{
	return is_blank(*lex->line);
}

bool lex_failed(const struct lex *lex)
{
	return lex->error != NULL;
}

const char *lex_error(const struct lex *lex)
{
	return lex->error;
}

static bool fail_at(struct lex *lex, const struct token *token, const char *expected)
{
	long column = token->start - lex->line + 1;

	if (lex->error)
		return false;
	if (token->kind == TOKEN_END)
		lex->error = arena_printf(lex->arena,
					  "%s:%u:%ld: expected %s, found the end of the line",
					  lex->name, lex->line_number, column, expected);
	else
		lex->error = arena_printf(lex->arena, "%s:%u:%ld: expected %s, found \"%.*s\"",
					  lex->name, lex->line_number, column, expected,
					  (int)(token->len > 60 ? 60 : token->len), token->text);
	return false;
}

bool lex_fail(struct lex *lex, const char *expected)
{
	return fail_at(lex, &lex->next, expected);
}

bool lex_fail_back(struct lex *lex, const char *expected)
{
	return fail_at(lex, &lex->last, expected);
}

bool lex_at_word(const struct lex *lex, const char *word)
{
	return !lex->error && lex->next.kind == TOKEN_WORD && lex->next.len == strlen(word) &&
	       memcmp(lex->next.text, word, lex->next.len) == 0;
}

bool lex_accept(struct lex *lex, const char *word)
{
	if (!lex_at_word(lex, word))
		return false;
	lex_advance(lex);
	return true;
}

bool lex_expect(struct lex *lex, const char *word)
{
	return lex_accept(lex, word) || lex_fail(lex, arena_printf(lex->arena, "\"%s\"", word));
}

bool lex_at_end(const struct lex *lex)
{
	return lex->next.kind == TOKEN_END;
}

bool lex_at_string(const struct lex *lex)
{
	return lex->next.kind == TOKEN_STRING || lex->next.kind == TOKEN_OPEN_STRING;
}

bool lex_expect_end(struct lex *lex)
{
	return !lex->error && (lex_at_end(lex) || lex_fail(lex, "the end of the line"));
}

bool lex_word(struct lex *lex, const char *what, char **word)
{
	if (lex->error || lex->next.kind != TOKEN_WORD)
		return lex_fail(lex, what);
	*word = arena_copy(lex->arena, lex->next.text, lex->next.len);
	lex_advance(lex);
	return true;
}

bool lex_at_mailbox(const struct lex *lex)
{
	return lex->next.kind == TOKEN_WORD && memchr(lex->next.text, '@', lex->next.len);
}

bool lex_mailbox(struct lex *lex, char **mailbox)
{
	size_t n;

	if (!lex_at_mailbox(lex) && !lex_at_word(lex, "<>"))
		return lex_fail(lex, "a mail address such as bob@example.net");
	if (!lex_word(lex, "a mail address", mailbox))
		return false;
	n = strlen(*mailbox);
	if (n && (*mailbox)[n - 1] == ',')
		(*mailbox)[--n] = '\0';
	if (n >= 2 && (*mailbox)[0] == '<' && (*mailbox)[n - 1] == '>') {
		(*mailbox)[n - 1] = '\0';
		++*mailbox;
	}
	return true;
}

bool lex_string(struct lex *lex, const char *what, char **string)
{
	char *out;

	if (!lex->error && lex->next.kind == TOKEN_OPEN_STRING)
		return lex_fail(lex, "a string closed by a double quote");
	if (lex->error || lex->next.kind != TOKEN_STRING)
		return lex_fail(lex, what);
	*string = out = arena_copy(lex->arena, lex->next.text, lex->next.len);
	for (const char *in = out; *in; in++) {
		if (*in == '\\' && in[1])
			in++;
		*out++ = *in;
	}
	*out = '\0';
	lex_advance(lex);
	return true;
}

bool lex_rest(struct lex *lex, char **rest)
{
	const char *start = lex->last.text + lex->last.len;
	const char *end = lex->line_end;

	if (lex->error)
		return false;
	if (start < end && *start == ' ')
		start++;
	if (end > start && end[-1] == '\r')
		end--;
	*rest = arena_copy(lex->arena, start, (size_t)(end - start));
	scan(lex, lex->line_end);
	return true;
}
