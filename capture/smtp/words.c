/* SPDX-License-Identifier: MIT */
#include "smtp/words.h"

#include "bounds.h"

#include <iconv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* What iconv_open() returns where it fails. */
#define NO_CONVERTER ((iconv_t)-1)

struct word {
	struct span charset; /* without a language (RFC 2231 5) */
	struct span content;
	size_t length;       /* from "=?" to "?=" */
	bool is_base64;
};

/* Adjacent words of one charset. */
struct run {
	uint8_t bytes[LIMIT_TEXT]; /* in that charset; no longer than the words they came from */
	size_t n;
	struct span charset;
	struct span source;        /* the words, and the blanks between them */
};

struct output {
	uint8_t *bytes;
	size_t n;
	size_t room;
};

/* ---- Charsets ------------------------------------------------------------------------------ */

/* Names as mail uses them (IANA), and what iconv is asked for. Where one is known to be said of its
 * superset, as gb2312 is, that is taken. A '*' stands for the rest of the name. */
static const struct {
	const char *name;
	const char *iconv_name; /* NULL: the same */
} charsets[] = {
	{"utf-8", NULL}, {"utf8", "utf-8"}, {"us-ascii", "utf-8"}, {"ascii", "utf-8"},
	{"iso-8859-*", NULL}, {"windows-125*", NULL}, {"cp125*", NULL}, {"windows-874", "cp874"},
	{"tis-620", "cp874"}, {"koi8-r", NULL}, {"koi8-u", NULL}, {"macintosh", NULL},
	{"iso-2022-jp", NULL}, {"shift_jis", "cp932"}, {"euc-jp", NULL}, {"euc-kr", "cp949"},
	{"ks_c_5601-1987", "cp949"}, {"big5", NULL}, {"big5-hkscs", NULL}, {"gb2312", "gb18030"},
	{"gbk", "gb18030"}, {"gb18030", NULL},
};

static bool is_named(struct span charset, const char *name)
{
	size_t n = strlen(name);
	bool is_open = name[n - 1] == '*';

	if (is_open ? charset.n < n : charset.n != n)
		return false;
	for (size_t i = is_open ? n - 1 : n; i < charset.n; i++) {
		if (charset.p[i] < '0' || charset.p[i] > '9')
			return false;
	}
	return strncasecmp((const char *)charset.p, name, is_open ? n - 1 : n) == 0;
}

/* A converter to UTF-8; NO_CONVERTER if CHARSET is not known. */
static iconv_t open_converter(struct span charset)
{
	char name[24];

	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
		if (!is_named(charset, charsets[i].name) || charset.n >= sizeof name)
			continue;
		memcpy(name, charset.p, charset.n);
		name[charset.n] = '\0';
		return iconv_open("utf-8",
				  charsets[i].iconv_name ? charsets[i].iconv_name : name);
	}
	return NO_CONVERTER;
}

/* Within a character of UTF-8. */
static bool is_continuation(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* Adds TEXT; what has no room is left out, from a whole character on. */
static void put(struct output *out, struct span text)
{
	size_t n = text.n;

	if (n > out->room - out->n) {
		n = out->room - out->n;
		while (n && is_continuation(text.p[n]))
			n--;
		out->room = out->n + n;
	}
	if (n)
		memcpy(out->bytes + out->n, text.p, n);
	out->n += n;
}

/* Converts what RUN holds into OUT. Returns the length of that; SIZE_MAX if it is no text of its
 * charset. */
static size_t convert(struct run *run, uint8_t *out, size_t room)
{
	char *from = (char *)run->bytes, *to = (char *)out;
	size_t from_n = run->n, left = room;
	iconv_t converter = open_converter(run->charset);

	if (converter == NO_CONVERTER)
		return SIZE_MAX;
	bool is_text = iconv(converter, &from, &from_n, &to, &left) != (size_t)-1 &&
		       iconv(converter, NULL, NULL, &to, &left) != (size_t)-1;
	iconv_close(converter);
	return is_text ? room - left : SIZE_MAX;
}

/* ---- Words --------------------------------------------------------------------------------- */

/* What stands before the next '?' of TEXT, which goes on behind it. False: there is none, or a
 * blank before it. */
static bool read_part(struct span *text, struct span *part)
{
	for (size_t n = 0; n < text->n && text->p[n] > ' ' && text->p[n] < 0x7f; n++) {
		if (text->p[n] != '?')
			continue;
		*part = span_take(*text, n);
		*text = span_skip(*text, n + 1);
		return true;
	}
	return false;
}

/* Whether TEXT begins with a word (RFC 2047 2). */
static bool read_word(struct span text, struct word *word)
{
	struct span rest = text, encoding;

	if (rest.n < 2 || rest.p[0] != '=' || rest.p[1] != '?')
		return false;
	rest = span_skip(rest, 2);
	if (!read_part(&rest, &word->charset) || !read_part(&rest, &encoding) ||
	    !read_part(&rest, &word->content) || rest.n == 0 || rest.p[0] != '=' ||
	    encoding.n != 1 || !memchr("BbQq", encoding.p[0], 4))
		return false;
	const uint8_t *language =
		word->charset.n ? memchr(word->charset.p, '*', word->charset.n) : NULL;
	if (language)
		word->charset.n = (size_t)(language - word->charset.p);
	word->is_base64 = (encoding.p[0] | 0x20) == 'b';
	word->length = text.n - rest.n + 1;
	return true;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int base64_digit(uint8_t c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* RFC 2047 4.2. Returns the bytes written to OUT, SIZE_MAX if CONTENT is broken. */
static size_t decode_q(struct span content, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < content.n; i++) {
		uint8_t c = content.p[i];
		if (c == '=') {
			int high = i + 2 < content.n ? hex_digit(content.p[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(content.p[i + 2]) : -1;
			if (low < 0)
				return SIZE_MAX;
			c = (uint8_t)(high * 16 + low);
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		out[n++] = c;
	}
	return n;
}

/* RFC 2047 4.1: base64, whose padding may be missing. */
static size_t decode_b(struct span content, uint8_t *out)
{
	uint32_t bits = 0;
	size_t n = 0, digits = 0;

	while (content.n && content.p[content.n - 1] == '=')
		content.n--;
	for (; digits < content.n; digits++) {
		int digit = base64_digit(content.p[digits]);
		if (digit < 0)
			return SIZE_MAX;
		bits = bits << 6 | (uint32_t)digit;
		if (digits % 4 == 0)
			continue;
		out[n++] = (uint8_t)(bits >> (6 - 2 * (digits % 4)));
	}
	return digits % 4 == 1 ? SIZE_MAX : n;
}

/* Adds WORD to RUN. False: it is broken, or too long. */
static bool run_add(struct run *run, const struct word *word)
{
	if (word->content.n > sizeof run->bytes - run->n)
		return false;
	size_t n = word->is_base64 ? decode_b(word->content, run->bytes + run->n)
				   : decode_q(word->content, run->bytes + run->n);
	if (n == SIZE_MAX)
		return false;
	run->n += n;
	return true;
}

static size_t count_blanks(struct span text)
{
	size_t n = 0;

	while (n < text.n && (text.p[n] == ' ' || text.p[n] == '\t'))
		n++;
	return n;
}

static bool is_same_charset(struct span a, struct span b)
{
	return a.n == b.n && strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0;
}

/* Reads the words of one charset that TEXT begins with. False: it begins with none that can be
 * read. */
static bool read_run(struct span text, struct run *run)
{
	struct word word;
	size_t at = 0;

	run->n = 0;
	run->source = (struct span){text.p, 0};
	while (read_word(span_skip(text, at), &word) &&
	       (at == 0 || is_same_charset(word.charset, run->charset)) && run_add(run, &word)) {
		run->charset = word.charset;
		run->source.n = at + word.length;
		at = run->source.n + count_blanks(span_skip(text, run->source.n));
	}
	return run->source.n > 0;
}

/* How much of TEXT is to be kept as it is: up to the next place where a word may begin. */
static size_t plain_length(struct span text)
{
	struct span rest = span_skip(text, 1);
	const uint8_t *next = rest.n ? memmem(rest.p, rest.n, "=?", 2) : NULL;

	return next ? (size_t)(next - text.p) : text.n;
}

size_t words_decode(struct span text, uint8_t *out, size_t room)
{
	struct output output = {out, 0, room};
	struct span blanks = {text.p, 0}; /* behind a word: text only if no word follows */
	struct run run;

	while (text.n) {
		bool is_word = read_run(text, &run);
		struct span source = is_word ? run.source : span_take(text, plain_length(text));
		uint8_t converted[3 * LIMIT_TEXT]; /* no byte of any charset has more in UTF-8 */
		size_t n = is_word ? convert(&run, converted, sizeof converted) : SIZE_MAX;
		text = span_skip(text, source.n);
		if (n == SIZE_MAX) {
			put(&output, blanks);
			put(&output, source);
			blanks.n = 0;
			continue;
		}
		put(&output, (struct span){converted, n});
		blanks = span_take(text, count_blanks(text));
		text = span_skip(text, blanks.n);
	}
	put(&output, blanks);
	return output.n;
}
