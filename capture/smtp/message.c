/* SPDX-License-Identifier: MIT */
#include "smtp/message.h"

#include "bounds.h"
#include "xxh3.h"

#include <stdlib.h>
#include <strings.h>

enum field { FIELD_MESSAGE_ID, FIELD_SUBJECT, FIELD_DATE, FIELDS };

static const char *const field_names[FIELDS] = {"Message-ID:", "Subject:", "Date:"};

struct kept_field {
	uint8_t text[LIMIT_TEXT];
	size_t n;
	bool is_seen; /* the first one counts (RFC 5322 3.6: at most one) */
};

struct message {
	const struct message_sink *sink; /* NULL: nobody else takes the bytes */
	void *owner;
	XXH3_state_t *state;      /* of the header, then of the body */
	struct digest head_digest;
	bool is_in_body;
	uint64_t size;
	uint8_t received_fields;
	struct kept_field fields[FIELDS];
	struct kept_field *current; /* the field that this line belongs to, or NULL */
	uint8_t line[LIMIT_TEXT];   /* the current header line, its beginning */
	size_t line_n;
	uint64_t line_length;       /* all of it */
};

struct message *message_new(void)
{
	struct message *message = calloc(1, sizeof *message);
	if (!message)
		return NULL;
	message->state = XXH3_createState();
	if (!message->state) {
		free(message);
		return NULL;
	}
	message_reset(message);
	return message;
}

void message_end(struct message *message, bool is_whole)
{
	if (message->sink)
		message->sink->end(message->owner, is_whole);
	message->sink = NULL;
}

void message_give(struct message *message, const struct message_sink *sink, void *owner)
{
	message_end(message, false);
	message->sink = owner ? sink : NULL;
	message->owner = owner;
}

void message_free(struct message *message)
{
	if (!message)
		return;
	message_end(message, false);
	XXH3_freeState(message->state);
	free(message);
}

void message_reset(struct message *message)
{
	XXH3_128bits_reset(message->state);
	message->is_in_body = false;
	message->size = 0;
	message->received_fields = 0;
	message->current = NULL;
	message->line_n = 0;
	message->line_length = 0;
	for (int i = 0; i < FIELDS; i++) {
		message->fields[i].n = 0;
		message->fields[i].is_seen = false;
	}
}

void message_begin_amid(struct message *message)
{
	message->is_in_body = true;
	message->head_digest = (struct digest){0, 0};
}

static struct digest state_digest(const XXH3_state_t *state)
{
	XXH128_hash_t hash = XXH3_128bits_digest(state);
	return (struct digest){hash.high64, hash.low64};
}

static void append(struct kept_field *field, struct span text)
{
	text = span_take(text, sizeof field->text - field->n);
	if (text.n)
		memcpy(field->text + field->n, text.p, text.n);
	field->n += text.n;
}

/* A whole header line, without its line end: a field's beginning, or its continuation. */
static void take_header_line(struct message *message, struct span line)
{
	if (line.n && (line.p[0] == ' ' || line.p[0] == '\t')) {
		if (message->current)
			append(message->current, line);
		return;
	}
	message->current = NULL;
	/* Most lines begin with none of the letters that count. */
	if (line.n == 0 || !strchr("MmSsDdRr", line.p[0] ? line.p[0] : ' '))
		return;
	if (line.n >= 9 && strncasecmp((const char *)line.p, "Received:", 9) == 0) {
		if (message->received_fields < UINT8_MAX)
			message->received_fields++;
		return;
	}
	for (int i = 0; i < FIELDS; i++) {
		size_t n = strlen(field_names[i]);
		struct kept_field *field = &message->fields[i];
		if (field->is_seen || line.n < n ||
		    strncasecmp((const char *)line.p, field_names[i], n) != 0)
			continue;
		field->is_seen = true;
		message->current = field;
		append(field, span_skip(line, n));
	}
}

/* The line has ended. True: it was the empty one that ends the header. */
static bool end_header_line(struct message *message)
{
	size_t n = message->line_n;
	bool is_whole = message->line_length == n;

	if (is_whole && n && message->line[n - 1] == '\r')
		n--;
	bool is_empty = is_whole && n == 0;
	if (!is_empty)
		take_header_line(message, (struct span){message->line, n});
	message->line_n = 0;
	message->line_length = 0;
	return is_empty;
}

static void keep_line(struct message *message, struct span part)
{
	message->line_length += part.n;
	part = span_take(part, sizeof message->line - message->line_n);
	if (part.n)
		memcpy(message->line + message->line_n, part.p, part.n);
	message->line_n += part.n;
}

/* Takes header lines from the front of BYTES; stops behind the empty line. */
static size_t take_header(struct message *message, struct span bytes)
{
	size_t used = 0;

	while (used < bytes.n && !message->is_in_body) {
		const uint8_t *from = bytes.p + used;
		const uint8_t *lf = memchr(from, '\n', bytes.n - used);
		size_t n = lf ? (size_t)(lf - from) : bytes.n - used;
		keep_line(message, (struct span){from, n});
		used += n;
		if (lf) {
			used++;
			message->is_in_body = end_header_line(message);
		}
	}
	return used;
}

void message_take(struct message *message, struct span bytes)
{
	if (!message)
		return;
	message->size += bytes.n;
	if (message->sink && bytes.n)
		message->sink->bytes(message->owner, bytes);
	if (!message->is_in_body) {
		size_t used = take_header(message, bytes);
		XXH3_128bits_update(message->state, bytes.p, used);
		if (!message->is_in_body)
			return;
		message->head_digest = state_digest(message->state);
		XXH3_128bits_reset(message->state);
		bytes = span_skip(bytes, used);
	}
	if (bytes.n)
		XXH3_128bits_update(message->state, bytes.p, bytes.n);
}

static struct span trimmed(const struct kept_field *field, bool has_brackets)
{
	struct span s = {field->text, field->n};

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	if (has_brackets && s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = (struct span){s.p + 1, s.n - 2};
	return s;
}

/* Eight bytes, the most significant first, so that a digest is the same on every machine. */
static void put_u64(uint8_t *out, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		out[i] = (uint8_t)value;
}

static struct digest combine(struct digest head, struct digest body)
{
	uint8_t bytes[32];

	put_u64(bytes, head.high);
	put_u64(bytes + 8, head.low);
	put_u64(bytes + 16, body.high);
	put_u64(bytes + 24, body.low);
	XXH128_hash_t hash = XXH3_128bits(bytes, sizeof bytes);
	return (struct digest){hash.high64, hash.low64};
}

struct message_identity message_identify(const struct message *message)
{
	struct digest newest = state_digest(message->state), empty = {0, 0};
	struct message_identity identity = {
		.size = message->size,
		.received_fields = message->received_fields,
		.message_id = trimmed(&message->fields[FIELD_MESSAGE_ID], true),
		.subject = trimmed(&message->fields[FIELD_SUBJECT], false),
		.date = trimmed(&message->fields[FIELD_DATE], false),
		.body_digest = message->is_in_body ? newest : empty,
	};
	identity.digest = combine(message->is_in_body ? message->head_digest : newest,
				  identity.body_digest);
	return identity;
}
