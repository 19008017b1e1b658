/* SPDX-License-Identifier: MIT */
#include "smtp/command.h"

#include <ctype.h>
#include <strings.h>

#define VERB(name, verb) {name, sizeof name - 1, verb}

static const struct {
	const char *name;
	size_t length;
	enum verb verb;
} verbs[] = {
	VERB("HELO", VERB_HELO), VERB("EHLO", VERB_EHLO), VERB("LHLO", VERB_LHLO),
	VERB("MAIL", VERB_MAIL), VERB("RCPT", VERB_RCPT), VERB("DATA", VERB_DATA),
	VERB("BDAT", VERB_BDAT), VERB("RSET", VERB_RSET), VERB("NOOP", VERB_NOOP),
	VERB("QUIT", VERB_QUIT), VERB("VRFY", VERB_VRFY), VERB("EXPN", VERB_EXPN),
	VERB("HELP", VERB_HELP), VERB("AUTH", VERB_AUTH), VERB("STARTTLS", VERB_STARTTLS),
	VERB("X-ANONYMOUSTLS", VERB_STARTTLS), VERB("ETRN", VERB_ETRN), VERB("ATRN", VERB_ATRN),
	VERB("TURN", VERB_TURN), VERB("XCLIENT", VERB_XCLIENT), VERB("XFORWARD", VERB_XFORWARD),
};

#undef VERB

const char *verb_name(enum verb verb)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (verbs[i].verb == verb)
			return verbs[i].name;
	}
	return verb == VERB_AUTH_ANSWER ? "(answer to AUTH)" : "?";
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
	while (s.n && is_space(s.p[0]))
		s = span_skip(s, 1);
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool begins(struct span s, const char *word)
{
	size_t n = strlen(word);
	return s.n >= n && strncasecmp((const char *)s.p, word, n) == 0;
}

/* The first word of S; S goes on behind it. */
static struct span next_word(struct span *s)
{
	size_t n = 0;

	*s = trim(*s);
	while (n < s->n && !is_space(s->p[n]))
		n++;
	struct span word = span_take(*s, n);
	*s = span_skip(*s, n);
	return word;
}

/* The mailbox of a path: "<@relay:bob@example.net>" is "bob@example.net" (RFC 5321 4.1.2, and
 * its appendix C on source routes). Without angle brackets it ends at the first space. */
static struct span parse_path(struct span path)
{
	path = trim(path);
	if (path.n && path.p[0] == '<') {
		const uint8_t *end = memchr(path.p, '>', path.n);
		path = span_skip(path, 1);
		if (end)
			path.n = (size_t)(end - path.p);
	} else {
		path = next_word(&path);
	}
	if (path.n && path.p[0] == '@') {
		const uint8_t *colon = memchr(path.p, ':', path.n);
		if (colon)
			path = span_skip(path, (size_t)(colon - path.p) + 1);
	}
	return path;
}

static bool parse_number(struct span digits, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9' || *number > UINT64_MAX / 10 - 1)
			return false;
		*number = *number * 10 + (uint64_t)(digits.p[i] - '0');
	}
	return digits.n > 0;
}

bool command_number(struct span text, uint64_t *number)
{
	return parse_number(next_word(&text), number);
}

static void parse_parameters(struct command *command, struct span parameters)
{
	for (;;) {
		struct span word = next_word(&parameters);
		uint64_t size;
		if (word.n == 0)
			return;
		if (begins(word, "SIZE=") && parse_number(span_skip(word, 5), &size))
			command->declared_size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
		else if (begins(word, "TRANSID="))
			command->transid = parse_path(span_skip(word, 8));
		else if (word.n == 6 && begins(word, "EXDATA"))
			command->asks_extended = true;
	}
}

static void parse_envelope(struct command *command, const char *word)
{
	struct span rest = command->argument;

	if (!begins(rest, word))
		return;
	rest = span_skip(rest, strlen(word));
	command->address = parse_path(rest);
	rest = span_skip(rest, (size_t)(command->address.p + command->address.n - rest.p));
	if (command->verb == VERB_MAIL)
		parse_parameters(command, rest);
}

static void parse_chunk(struct command *command)
{
	struct span rest = command->argument;
	struct span size = next_word(&rest), last = next_word(&rest);
	bool is_last = last.n == 4 && begins(last, "LAST");

	/* More than 2^48 bytes is no chunk anybody sends: it would only wrap somebody's sums. */
	command->is_valid_chunk = parse_number(size, &command->chunk_size) &&
				  command->chunk_size < UINT64_C(1) << 48 &&
				  (is_last || last.n == 0) && trim(rest).n == 0;
	command->is_last_chunk = is_last;
}

struct command command_parse(struct span line)
{
	struct command command = {.verb = VERB_UNKNOWN};
	struct span rest = line, word = next_word(&rest);

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (word.n == verbs[i].length &&
		    strncasecmp((const char *)word.p, verbs[i].name, word.n) == 0) {
			command.verb = verbs[i].verb;
			break;
		}
	}
	command.argument = trim(rest);
	if (command.verb == VERB_MAIL)
		parse_envelope(&command, "FROM:");
	else if (command.verb == VERB_RCPT)
		parse_envelope(&command, "TO:");
	else if (command.verb == VERB_BDAT)
		parse_chunk(&command);
	return command;
}

bool command_opens_mail(struct span line)
{
	return begins(line, "EHLO ") || begins(line, "HELO ") || begins(line, "LHLO ") ||
	       begins(line, "MAIL FROM:") || begins(line, "RCPT TO:") ||
	       (line.n == 4 && (begins(line, "EHLO") || begins(line, "HELO")));
}

/* A text header up to and with its empty line. */
static size_t http_header(struct span bytes)
{
	for (size_t i = 0; i + 1 < bytes.n; i++) {
		bool is_empty = bytes.p[i] == '\n' &&
				(bytes.p[i + 1] == '\n' ||
				 (i + 2 < bytes.n && bytes.p[i + 1] == '\r' && bytes.p[i + 2] == '\n'));
		if (is_empty)
			return i + (bytes.p[i + 1] == '\n' ? 2 : 3);
	}
	return SIZE_MAX;
}

size_t command_preface(struct span bytes)
{
	/* Both versions: www.haproxy.org/download/2.9/doc/proxy-protocol.txt, 2.1 and 2.2. */
	static const uint8_t version_2[12] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
					      0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
	static const char *const words[] = {"PROXY ", "CONNECT ", "HTTP/1."};
	size_t known = bytes.n < sizeof version_2 ? bytes.n : sizeof version_2;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (bytes.n && bytes.n < strlen(words[i]) &&
		    strncasecmp((const char *)bytes.p, words[i], bytes.n) == 0)
			return SIZE_MAX;
	}
	if (known && memcmp(bytes.p, version_2, known) == 0) {
		if (bytes.n < 16)
			return SIZE_MAX;
		size_t n = 16 + ((size_t)bytes.p[14] << 8 | bytes.p[15]);
		return n <= bytes.n ? n : SIZE_MAX;
	}
	if (begins(bytes, "PROXY ")) {
		const uint8_t *lf = memchr(bytes.p, '\n', bytes.n);
		return lf ? (size_t)(lf - bytes.p) + 1 : SIZE_MAX;
	}
	if (begins(bytes, "CONNECT ") || begins(bytes, "HTTP/1."))
		return http_header(bytes);
	return 0;
}

/* What clients that know no better say a password with: "AUTH=PLAIN ...", "PASS ...", HTTP's
 * "Authorization: ...". How much of LINE is its name, or 0. */
static size_t password_name(struct span line)
{
	static const char *const names[] = {"AUTH", "PASS", "PROXY-AUTH"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (begins(line, names[i]))
			return strlen(names[i]);
	return 0;
}

struct span command_without_secret(enum verb verb, struct span line)
{
	struct span rest = line;

	if (verb == VERB_AUTH_ANSWER)
		return span_take(line, line.n == 1 && line.p[0] == '*' ? 1 : 0);
	if (verb == VERB_UNKNOWN && password_name(line))
		return span_take(line, password_name(line));
	if (verb != VERB_AUTH)
		return line;
	(void)next_word(&rest);
	struct span mechanism = next_word(&rest);
	if (!next_word(&rest).n)
		return line;
	return span_take(line, (size_t)(mechanism.p + mechanism.n - line.p));
}

bool command_is_base64(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!isalnum(line.p[i]) && !memchr("+/=", line.p[i], 3))
			return false;
	return line.n > 0;
}
