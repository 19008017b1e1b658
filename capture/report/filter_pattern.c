/* SPDX-License-Identifier: MIT */
#include "report/filter_pattern.h"

#include "report/one_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#define FOLDED_SIZE (ONE_LINE_SIZE * 3 / 2 + 4) /* no character's small letter takes more */

#define FIRST_ROOM 1024u

void filter_memo_set(struct filter_memo *memo, uint32_t number, bool fits)
{
	if (number >= memo->room) {
		uint64_t room = (uint64_t)number + number / 2 + FIRST_ROOM;
		if (room > UINT32_MAX)
			return;
		uint8_t *known = realloc(memo->known, room);
		if (!known)
			return;
		memset(known + memo->room, KNOWN_NOT, room - memo->room);
		memo->known = known;
		memo->room = (uint32_t)room;
	}
	memo->known[number] = fits ? KNOWN_YES : KNOWN_NO;
}

/* ---- Letters ------------------------------------------------------------------------------- */

static uint8_t small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool is_plain(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] >= 0x7f)
			return false;
	return true;
}

/* Writes TEXT in small letters to OUT, as much of it as fits; its length. */
static size_t fold_text(struct span text, char *out, size_t size)
{
	size_t used = 0;

	while (text.n && size - used > 4) {
		int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(text.p, (utf8proc_ssize_t)text.n, &c);
		if (n > 0)
			used += (size_t)utf8proc_encode_char(utf8proc_tolower(c),
							     (uint8_t *)out + used);
		else
			out[used++] = (char)*text.p;
		text = span_skip(text, n > 0 ? (size_t)n : 1);
	}
	out[used] = '\0';
	return used;
}

/* Whether TEXT begins with the pattern's; TEXT is long enough. */
static bool begins(const struct filter_pattern *pattern, const uint8_t *text)
{
	for (size_t i = 0; i < pattern->length; i++)
		if (small(text[i]) != (uint8_t)pattern->text[i])
			return false;
	return true;
}

static bool holds(const struct filter_pattern *pattern, struct span text)
{
	if (pattern->length > text.n)
		return false;
	const uint8_t *last = text.p + (text.n - pattern->length);
	uint8_t first = (uint8_t)pattern->text[0];
	for (const uint8_t *p = text.p; p <= last; p++)
		if (small(*p) == first && begins(pattern, p))
			return true;
	return false;
}

/* TEXT is as it is shown. */
static bool fits_shown(struct filter_pattern *pattern, struct span text)
{
	if (pattern->kind == PATTERN_HOLDS)
		return holds(pattern, text);
	return pattern->length == text.n && begins(pattern, text.p);
}

/* ---- Patterns ------------------------------------------------------------------------------ */

bool filter_pattern_make(struct filter_pattern *out, enum filter_pattern_kind kind,
			 const char *text, size_t *at, char reason[static FILTER_REGEX_REASON])
{
	size_t size = strlen(text) * 3 / 2 + 8;
	bool is_regex = kind == PATTERN_REGEX && strpbrk(text, "\\.[]()*+?{}|^$");

	*out = (struct filter_pattern){.kind = kind, .text = malloc(size)};
	*at = 0;
	if (!out->text) {
		snprintf(reason, FILTER_REGEX_REASON, "no memory");
		return false;
	}
	if (is_regex) {
		memcpy(out->text, text, strlen(text) + 1);
		return filter_regex_compile(&out->regex, out->text, at, reason);
	}
	if (kind == PATTERN_REGEX)
		out->kind = PATTERN_HOLDS;
	out->length = fold_text(span_of(text), out->text, size);
	return true;
}

void filter_pattern_free(struct filter_pattern *pattern)
{
	filter_regex_free(&pattern->regex);
	free(pattern->texts.known);
	free(pattern->text);
	*pattern = (struct filter_pattern){0};
}

bool filter_pattern_fits(struct filter_pattern *pattern, struct span bytes)
{
	char shown[ONE_LINE_SIZE], folded[FOLDED_SIZE];
	bool is_ascii = is_plain(bytes);

	if (!is_ascii) {
		bytes = span_of(one_line(bytes, shown));
		is_ascii = is_plain(bytes);
	}
	if (pattern->kind == PATTERN_REGEX)
		return filter_regex_fits(&pattern->regex, bytes, is_ascii);
	if (!is_ascii) {
		bytes.n = fold_text(bytes, folded, sizeof folded);
		bytes.p = (const uint8_t *)folded;
	}
	return fits_shown(pattern, bytes);
}

bool filter_pattern_fits_text(struct filter_pattern *pattern, const struct ledger *ledger,
			      text_id id)
{
	enum filter_known known = filter_memo_get(&pattern->texts, id);

	if (known != KNOWN_NOT)
		return known == KNOWN_YES;
	bool fits = filter_pattern_fits(pattern, ledger_text(ledger, id));
	filter_memo_set(&pattern->texts, id, fits);
	return fits;
}
