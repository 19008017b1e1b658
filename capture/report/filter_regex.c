/* SPDX-License-Identifier: MIT */
#include "report/filter_regex.h"

#include "bounds.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_USES 8192

/* ---- What an expression unfolds to --------------------------------------------------------- */

/* Pieces: characters, brackets. Those that fit more than one character let the library tell many
 * states apart; alternatives count as one of them. */
struct size {
	uint32_t all;
	uint32_t wide;
};

struct measure {
	const char *text;
	size_t at;
	struct size sizes[LIMIT_REGEX_DEPTH + 1]; /* in each open parenthesis so far */
	uint32_t depth;
	struct size last; /* the piece that a repetition would repeat */
	uint32_t added;	  /* pieces that repetitions have added in all */
};

/* Behind the "]" that ends a bracket expression, or the end. */
static size_t bracket_end(const char *text, size_t at)
{
	at++;
	if (text[at] == '^')
		at++;
	if (text[at] == ']')
		at++;
	while (text[at] && text[at] != ']') {
		char kind = text[at + 1];
		if (text[at] != '[' || (kind != ':' && kind != '.' && kind != '=')) {
			at++;
			continue;
		}
		at += 2;
		while (text[at] && (text[at] != kind || text[at + 1] != ']'))
			at++;
		at += text[at] ? 2 : 0;
	}
	return at + (text[at] == ']');
}

/* How often at most "{2,5}" repeats, or at least where it has no end. Bad ones are regcomp's. */
static uint32_t repetitions(const char *text, size_t *at)
{
	uint32_t most = 1;

	for (++*at; text[*at] && text[*at] != '}'; ++*at) {
		char *end;
		if (!isdigit((unsigned char)text[*at]))
			continue;
		unsigned long n = strtoul(text + *at, &end, 10);
		most = n > LIMIT_REGEX ? LIMIT_REGEX + 2 : n > most ? (uint32_t)n : most;
		*at = (size_t)(end - text) - 1;
	}
	*at += text[*at] == '}';
	return most;
}

static void add_piece(struct measure *m, struct size piece)
{
	m->sizes[m->depth].all += piece.all;
	m->sizes[m->depth].wide += piece.wide;
	m->last = piece;
}

static void repeat(struct measure *m, uint32_t times)
{
	struct size piece = {m->last.all * (times - 1), m->last.wide * (times - 1)};
	struct size whole = {m->last.all * times, m->last.wide * times};

	m->added += piece.all;
	add_piece(m, piece);
	m->last = whole;
}

static void open_group(struct measure *m)
{
	m->sizes[++m->depth] = (struct size){1, 0};
	m->last = (struct size){1, 0};
}

/* Takes one piece of the expression, or one repetition. */
static void take_piece(struct measure *m)
{
	const char *p = m->text + m->at;

	if (*p == '{' && m->at) {
		repeat(m, repetitions(m->text, &m->at));
		return;
	}
	if (*p == '[') {
		m->at = bracket_end(m->text, m->at);
		add_piece(m, (struct size){1, 1});
		return;
	}
	m->at += *p == '\\' && p[1] ? 2 : 1;
	if (*p == '+') { /* a+ becomes aa* */
		repeat(m, 2);
	} else if (*p == '(') {
		open_group(m);
	} else if (*p == ')' && m->depth) {
		m->depth--;
		add_piece(m, m->sizes[m->depth + 1]);
	} else if (*p != '*' && *p != '?') {
		bool is_wide = *p == '.' || *p == '|' || (*p == '\\' && strchr("wWsS", p[1]));
		add_piece(m, (struct size){1, is_wide});
	}
}

/* Why the piece that comes is refused; NULL: it is not. */
static const char *refusal(const struct measure *m)
{
	const char *p = m->text + m->at;

	if (*p == '\\' && isdigit((unsigned char)p[1]))
		return "back-references are not possible";
	if (*p == '(' && m->depth == LIMIT_REGEX_DEPTH)
		return "too many parentheses inside each other";
	return NULL;
}

/* Why what was measured so far is too much; NULL: it is not. */
static const char *too_much(const struct measure *m)
{
	if (m->added > LIMIT_REGEX)
		return "its repetitions are too many";
	if (m->sizes[m->depth].wide > LIMIT_REGEX_WIDE)
		return "too many of . [] and | with their repetitions";
	return NULL;
}

/* WIDE gets how many pieces fit more than one character. */
static bool is_bounded(const char *text, size_t *at, uint32_t *wide,
		       char reason[static FILTER_REGEX_REASON])
{
	struct measure m = {.text = text};
	const char *why = NULL;

	while (!why && text[m.at]) {
		*at = m.at;
		why = refusal(&m);
		if (why)
			break;
		take_piece(&m);
		why = too_much(&m);
	}
	*wide = m.sizes[0].wide;
	if (why)
		snprintf(reason, FILTER_REGEX_REASON, "%s", why);
	return !why;
}

/* ---- Compiling ----------------------------------------------------------------------------- */

static bool is_ascii_text(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

/* Compiles TEXT for single bytes. 0, or an error of regcomp(3). */
static int compile_ascii(regex_t *out, const char *text)
{
	locale_t bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	if (!bytes)
		return REG_ESPACE;
	locale_t before = uselocale(bytes);
	int error = regcomp(out, text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	uselocale(before);
	freelocale(bytes);
	return error;
}

/* 0, or an error of regcomp(3); then nothing is to be freed. */
static int compile(struct filter_regex *out, const char *text)
{
	*out = (struct filter_regex){.text = text, .has_ascii = is_ascii_text(text)};
	int error = regcomp(&out->wide, text, REG_EXTENDED | REG_ICASE | REG_NOSUB);

	if (!error && out->has_ascii && (error = compile_ascii(&out->ascii, text)) != 0)
		regfree(&out->wide);
	if (error)
		out->text = NULL;
	return error;
}

bool filter_regex_compile(struct filter_regex *out, const char *text, size_t *at,
			  char reason[static FILTER_REGEX_REASON])
{
	uint32_t wide;

	*out = (struct filter_regex){0};
	*at = 0;
	if (!is_bounded(text, at, &wide, reason))
		return false;
	int error = compile(out, text);
	out->most_uses = 1 + MOST_USES / (1 + wide * wide);
	*at = 0;
	if (error)
		(void)regerror(error, NULL, reason, FILTER_REGEX_REASON);
	return error == 0;
}

void filter_regex_free(struct filter_regex *regex)
{
	if (!regex->text)
		return;
	if (regex->has_ascii)
		regfree(&regex->ascii);
	regfree(&regex->wide);
	regex->text = NULL;
}

/* ---- Matching ------------------------------------------------------------------------------ */

static void renew(struct filter_regex *regex)
{
	struct filter_regex fresh;

	regex->uses = 0;
	if (compile(&fresh, regex->text) != 0)
		return;
	fresh.most_uses = regex->most_uses;
	filter_regex_free(regex);
	*regex = fresh;
}

bool filter_regex_fits(struct filter_regex *regex, struct span text, bool is_ascii)
{
	regmatch_t part = {.rm_so = 0, .rm_eo = (regoff_t)text.n};

	if (++regex->uses > regex->most_uses)
		renew(regex);
	return regexec(is_ascii && regex->has_ascii ? &regex->ascii : &regex->wide,
		       (const char *)text.p, 1, &part, REG_STARTEND) == 0;
}
