/* SPDX-License-Identifier: MIT */
#include "report/filter_regex.h"

#include "bounds.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_USES 100000

/* ---- What an expression unfolds to --------------------------------------------------------- */

struct measure {
	const char *text;
	size_t at;
	uint32_t sizes[LIMIT_REGEX_DEPTH + 1]; /* of what stands in each open parenthesis so far */
	uint32_t depth;
	uint32_t last; /* size of the piece that a repetition would repeat */
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
		most = n > LIMIT_REGEX ? LIMIT_REGEX + 1 : n > most ? (uint32_t)n : most;
		*at = (size_t)(end - text) - 1;
	}
	*at += text[*at] == '}';
	return most;
}

static void repeat(struct measure *m, uint32_t times)
{
	m->sizes[m->depth] += m->last * (times - 1);
	m->last *= times;
}

static void add_piece(struct measure *m, uint32_t size)
{
	m->sizes[m->depth] += size;
	m->last = size;
}

/* Takes one piece of the expression, or one repetition. */
static void take_piece(struct measure *m)
{
	char c = m->text[m->at];

	if (c == '{' && m->at) {
		repeat(m, repetitions(m->text, &m->at));
		return;
	}
	if (c == '[') {
		m->at = bracket_end(m->text, m->at);
		add_piece(m, 1);
		return;
	}
	m->at += c == '\\' && m->text[m->at + 1] ? 2 : 1;
	if (c == '+') { /* a+ becomes aa* */
		repeat(m, 2);
	} else if (c == '(') {
		m->sizes[++m->depth] = 1;
		m->last = 1;
	} else if (c == ')' && m->depth) {
		m->depth--;
		add_piece(m, m->sizes[m->depth + 1]);
	} else if (c != '*' && c != '?') {
		add_piece(m, 1);
	}
}

static bool is_bounded(const char *text, size_t *at, char reason[static FILTER_REGEX_REASON])
{
	struct measure m = {.text = text};

	while (text[m.at]) {
		*at = m.at;
		if (text[m.at] == '\\' && isdigit((unsigned char)text[m.at + 1])) {
			snprintf(reason, FILTER_REGEX_REASON, "back-references are not possible");
			return false;
		}
		if (text[m.at] == '(' && m.depth == LIMIT_REGEX_DEPTH) {
			snprintf(reason, FILTER_REGEX_REASON,
				 "more than %d parentheses inside each other", LIMIT_REGEX_DEPTH);
			return false;
		}
		take_piece(&m);
		if (m.sizes[m.depth] > LIMIT_REGEX) {
			snprintf(reason, FILTER_REGEX_REASON,
				 "its repetitions make this too long: more than %d characters",
				 LIMIT_REGEX);
			return false;
		}
	}
	return true;
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
	*out = (struct filter_regex){0};
	*at = 0;
	if (!is_bounded(text, at, reason))
		return false;
	int error = compile(out, text);
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
	filter_regex_free(regex);
	*regex = fresh;
}

bool filter_regex_fits(struct filter_regex *regex, struct span text, bool is_ascii)
{
	regmatch_t part = {.rm_so = 0, .rm_eo = (regoff_t)text.n};

	if (++regex->uses > MOST_USES)
		renew(regex);
	return regexec(is_ascii && regex->has_ascii ? &regex->ascii : &regex->wide,
		       (const char *)text.p, 1, &part, REG_STARTEND) == 0;
}
