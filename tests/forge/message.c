/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "lex.h"
#include "random.h"

#define LINE_LEN 68	    /* of a generated line, without CRLF */
#define DOT_LINE_AFTER 1500 /* bytes of generated body before the line that starts with a dot */
#define WRITTEN_BEFORE_NS (31 * NS_PER_S) /* the Date field, before the scenario's start */

static const char *const words[] = {
	"the",	  "figures", "for",  "this",   "quarter", "are",   "in",       "attached", "table",
	"please", "read",    "them", "before", "meeting", "on",	   "Tuesday",  "and",	   "send",
	"your",	  "remarks", "to",   "me",     "or",	  "Carol", "we",       "expect",   "a",
	"small",  "rise",    "of",   "sales",  "while",	  "costs", "stay",     "as",	   "they",
	"were",	  "last",    "year", "office", "line",	  "modem", "delivery", "twice",	   "again",
	"report", "weekly",  "with", "thanks", "regards",
};

static void add_date(struct buffer *out, int64_t start_ns)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t seconds = (time_t)((start_ns - WRITTEN_BEFORE_NS) / NS_PER_S);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buffer_printf(out, "%s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday,
		      months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_lines(const struct text_list *lines, struct buffer *out)
{
	for (; lines; lines = lines->next)
		buffer_printf(out, "%s\r\n", lines->text);
}

static void add_header(const struct scenario *scenario, const struct message *message,
		       struct random *random, struct buffer *out)
{
	const char *at = strchr(message->sender, '@');
	const char *domain = at ? at + 1 : "localhost";
	uint64_t id = random_next(random);

	buffer_printf(out, "Received: from desk.%s by mail.%s with SMTP id %08" PRIX32 ";\r\n\t",
		      domain, domain, (uint32_t)id);
	add_date(out, scenario->start_ns);
	buffer_printf(out, "\r\nMessage-ID: ");
	if (message->message_id)
		buffer_printf(out, "%s", message->message_id);
	else
		buffer_printf(out, "<%016" PRIx64 "@%s>", id, domain);
	buffer_printf(out, "\r\nDate: ");
	if (message->date)
		buffer_printf(out, "%s", message->date);
	else
		add_date(out, scenario->start_ns);
	buffer_printf(out, "\r\nFrom: <%s>\r\nTo: ", message->sender);
	for (const struct text_list *to = message->recipients; to; to = to->next)
		buffer_printf(out, "<%s>%s", to->text, to->next ? ", " : "\r\n");
	buffer_printf(out, "Subject: %s\r\n", message->subject ? message->subject : message->name);
	add_lines(message->headers, out);
	buffer_printf(out, "\r\n");
}

/* A line of whole words, at most `room` bytes long and not empty. */
static void add_words(struct random *random, struct buffer *out, size_t room)
{
	size_t len = 0;

	for (;;) {
		const char *word = words[random_below(random, sizeof(words) / sizeof(words[0]))];
		size_t n = strlen(word);

		if (len + (len ? 1 : 0) + n > room)
			break;
		if (len)
			buffer_add(out, " ", 1);
		buffer_add(out, word, n);
		len += n + (len > 0);
	}
	while (len < room && (len == 0 || room < LINE_LEN)) {
		buffer_add(out, "-", 1);
		len++;
	}
}

/* Lines until all of `out` is `size` bytes long. */
static void add_body(struct random *random, uint64_t size, struct buffer *out)
{
	size_t start = out->len;
	bool has_dot_line = false;

	if (out->len + 3 > size) {
		buffer_printf(out, "short\r\n");
		return;
	}
	while (out->len < size) {
		size_t room = (size_t)size - out->len;

		if (!has_dot_line && out->len - start > DOT_LINE_AFTER && room > 200) {
			buffer_printf(out,
				      ". is how this line starts, and it arrives that way\r\n");
			has_dot_line = true;
			continue;
		}
		/* the last line takes what is left, and never less than a byte */
		if (room <= LINE_LEN + 1)
			add_words(random, out, room - 2);
		else
			add_words(random, out, room < LINE_LEN + 6 ? LINE_LEN / 2 : LINE_LEN);
		buffer_add(out, "\r\n", 2);
	}
}

void forge_message_render(const struct scenario *scenario, const struct message *message,
			  struct buffer *out)
{
	struct random random = random_from(scenario->seed, message->name);
	uint64_t start = out->len;

	if (message->like) {
		add_lines(message->headers, out);
		forge_message_render(scenario, message->like, out);
		return;
	}
	add_header(scenario, message, &random, out);
	add_lines(message->body, out);
	if (!message->body)
		add_body(&random, start + message->size, out);
}

void forge_message_stuff(const struct buffer *plain, struct buffer *out)
{
	size_t at = 0;

	while (at < plain->len) {
		const uint8_t *line = plain->bytes + at;
		const uint8_t *newline = memchr(line, '\n', plain->len - at);
		size_t n = newline ? (size_t)(newline - line) + 1 : plain->len - at;

		if (*line == '.')
			buffer_add(out, ".", 1);
		buffer_add(out, line, n);
		at += n;
	}
}
