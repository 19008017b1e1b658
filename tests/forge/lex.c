/* SPDX-License-Identifier: MIT */
#include "lex.h"

#include <string.h>
#include <time.h>

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
	const char *next_line;
	const char *text_end;
	const char *line;
	const char *line_end;
	unsigned line_number;
	struct token next;
	struct token last;
	char *error;
};

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit duration_units[] = {
	{"ns", 1},	 {"us", NS_PER_US},	 {"ms", NS_PER_MS},
	{"s", NS_PER_S}, {"min", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"B", 1},      {"bytes", 1},	{"kB", 1000}, {"KB", 1000},
	{"KiB", 1024}, {"MB", 1000000}, {NULL, 0},
};

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
	lex->next_line = lex->line = lex->line_end = text;
	lex->text_end = text + len;
	scan(lex, text);
	return lex;
}

static void advance(struct lex *lex)
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
		lex->line_number++;
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
	advance(lex);
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
	advance(lex);
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
	advance(lex);
	return true;
}

/* Reads digits of at most 18 places, and the fraction in millionths. */
static bool take_decimal(struct lex *lex, uint64_t *whole, uint64_t *millionths, const char **unit)
{
	const char *at = lex->next.text, *end = at + lex->next.len;
	uint64_t scale = 100000;
	unsigned digits = 0;

	*whole = *millionths = 0;
	for (; at < end && *at >= '0' && *at <= '9'; at++, digits++) {
		if (digits == 18)
			return false;
		*whole = *whole * 10 + (uint64_t)(*at - '0');
	}
	if (!digits)
		return false;
	if (at < end && *at == '.') {
		for (at++; at < end && *at >= '0' && *at <= '9'; at++, scale /= 10)
			*millionths += (uint64_t)(*at - '0') * scale;
	}
	*unit = at;
	return true;
}

bool lex_number(struct lex *lex, const char *what, uint64_t min, uint64_t max, uint64_t *number)
{
	uint64_t whole, millionths;
	const char *unit;

	if (lex->error || lex->next.kind != TOKEN_WORD ||
	    !take_decimal(lex, &whole, &millionths, &unit) ||
	    unit != lex->next.text + lex->next.len || millionths || whole < min || whole > max)
		return lex_fail(lex, what);
	*number = whole;
	advance(lex);
	return true;
}

static const struct unit *find_unit(const struct unit *units, const char *text, size_t len)
{
	for (; units->name; units++) {
		if (strlen(units->name) == len && memcmp(units->name, text, len) == 0)
			return units;
	}
	return NULL;
}

/* A number and its unit, in one word or two. */
static bool take_measure(struct lex *lex, const struct unit *units, const char *what,
			 uint64_t *value)
{
	const struct unit *unit;
	uint64_t whole, millionths, factor;
	const char *suffix;
	size_t len;

	if (lex->error || lex->next.kind != TOKEN_WORD ||
	    !take_decimal(lex, &whole, &millionths, &suffix))
		return lex_fail(lex, what);
	len = (size_t)(lex->next.text + lex->next.len - suffix);
	if (!len) {
		advance(lex);
		suffix = lex->next.text;
		len = lex->next.kind == TOKEN_WORD ? lex->next.len : 0;
	}
	if (len && suffix[len - 1] == ',')
		len--;
	unit = find_unit(units, suffix, len);
	if (!unit)
		return lex_fail(lex, what);
	factor = (uint64_t)unit->factor;
	if (whole > (uint64_t)INT64_MAX / factor / 2)
		return lex_fail_back(lex, "a smaller number");
	*value = whole * factor + millionths * factor / 1000000;
	advance(lex);
	return true;
}

bool lex_duration(struct lex *lex, int64_t *duration_ns)
{
	uint64_t value;

	if (!take_measure(lex, duration_units, "a duration such as \"90 s\"", &value))
		return false;
	*duration_ns = (int64_t)value;
	return true;
}

bool lex_size(struct lex *lex, uint64_t *size)
{
	return take_measure(lex, size_units, "a size such as \"27 kB\"", size);
}

bool lex_moment(struct lex *lex, int64_t *moment_ns)
{
	static const char what[] = "a moment such as \"1996-11-04 10:02:11 UTC\"";
	char *date, *clock, *fraction;
	struct tm tm = {0};
	const char *rest;
	int64_t ns = 0;
	int64_t place = NS_PER_S / 10;

	if (!lex_word(lex, what, &date))
		return false;
	rest = strptime(date, "%Y-%m-%d", &tm);
	if (!rest || *rest)
		return lex_fail_back(lex, what);
	if (!lex_word(lex, what, &clock))
		return false;
	fraction = strptime(clock, "%H:%M:%S", &tm);
	if (!fraction || (*fraction && *fraction != '.'))
		return lex_fail_back(lex, what);
	for (fraction += *fraction == '.'; *fraction >= '0' && *fraction <= '9';
	     fraction++, place /= 10)
		ns += place * (*fraction - '0');
	if (*fraction)
		return lex_fail_back(lex, what);
	*moment_ns = (int64_t)timegm(&tm) * NS_PER_S + ns;
	return *moment_ns < 0 ? lex_fail_back(lex, "a moment after 1970") : lex_expect(lex, "UTC");
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
