/* SPDX-License-Identifier: MIT */
#include "smtp/body.h"

enum body_state {
	STATE_LINE,       /* within a line */
	STATE_START,      /* behind CRLF, or at the very beginning */
	STATE_DOT,        /* a dot at STATE_START; not given on */
	STATE_DOT_CR,     /* and a CR, held */
	STATE_DOT_LF,     /* and a LF instead, held: a terminator to some servers */
	STATE_BARE,       /* behind a LF without CR */
	STATE_BARE_DOT,   /* a dot there, held */
	STATE_BARE_DOT_CR, /* and a CR, held too */
	STATE_BARE_END,   /* and a LF, held too: a terminator to some servers */
};

struct body body_at_start(void)
{
	return (struct body){.state = STATE_START};
}

struct body body_after_gap(void)
{
	return (struct body){.state = STATE_LINE};
}

bool body_ended_bare(const struct body *body)
{
	return body->state == STATE_DOT_LF || body->state == STATE_BARE_END;
}

static void hold(struct body *body, uint8_t c, enum body_state state)
{
	body->held[body->held_n++] = c;
	body->state = (uint8_t)state;
}

/* What was held is text after all. */
static void give_held(struct body *body, struct message *message, enum body_state state)
{
	message_take(message, (struct span){body->held, body->held_n});
	body->held_n = 0;
	body->state = (uint8_t)state;
}

/*
 * One byte at the beginning of a line. Returns whether it was used up; if not, the state is one
 * that takes it. The end of data is said by ENDED.
 */
static bool step(struct body *body, uint8_t c, struct message *message, bool *ended)
{
	switch ((enum body_state)body->state) {
	case STATE_START:
		body->state = c == '.' ? STATE_DOT : STATE_LINE;
		return c == '.';
	case STATE_DOT:
		if (c == '\r' || c == '\n')
			hold(body, c, c == '\r' ? STATE_DOT_CR : STATE_DOT_LF);
		else
			body->state = STATE_LINE;
		return c == '\r' || c == '\n';
	case STATE_DOT_CR:
		if (c == '\n') {
			body->held_n = 0;
			*ended = true;
			return true;
		}
		give_held(body, message, STATE_LINE);
		return false;
	case STATE_DOT_LF:
	case STATE_BARE_END:
		/* Text after all: what follows is at the beginning of a line again. */
		if (body->bare_dots < UINT8_MAX)
			body->bare_dots++;
		give_held(body, message, STATE_BARE);
		return false;
	case STATE_BARE:
		if (c == '.')
			hold(body, c, STATE_BARE_DOT);
		else
			body->state = STATE_LINE;
		return c == '.';
	case STATE_BARE_DOT:
		if (c == '\r' || c == '\n')
			hold(body, c, c == '\r' ? STATE_BARE_DOT_CR : STATE_BARE_END);
		else
			give_held(body, message, STATE_LINE);
		return c == '\r' || c == '\n';
	case STATE_BARE_DOT_CR:
		if (c == '\n')
			hold(body, c, STATE_BARE_END);
		else
			give_held(body, message, STATE_LINE);
		return c == '\n';
	case STATE_LINE:
		break;
	}
	return false;
}

/* The byte K places before IN.p[AT]; K is 1 or 2. */
static uint8_t byte_before(const struct body *body, struct span in, size_t at, size_t k)
{
	if (at >= k)
		return in.p[at - k];
	return k - at == 1 ? body->last : body->last_but_one;
}

/* Behind a LF: at a beginning of a line, of which BEFORE, the byte before the LF, tells which. */
static enum body_state line_start(uint8_t before)
{
	return before == '\r' ? STATE_START : STATE_BARE;
}

/*
 * The text from AT on, up to the next dot at the beginning of a line, or to the end of IN. Dots
 * are looked for, and not lines: there are fewer, and none at all in base64.
 */
static size_t end_of_text(struct body *body, struct span in, size_t at)
{
	for (size_t from = at; from < in.n; from++) {
		const uint8_t *dot = memchr(in.p + from, '.', in.n - from);
		if (!dot)
			break;
		from = (size_t)(dot - in.p);
		if (byte_before(body, in, from, 1) == '\n') {
			body->state = (uint8_t)line_start(byte_before(body, in, from, 2));
			return from;
		}
	}
	return in.n;
}

/* Remembers how IN ended, and whether that was a line. */
static void note_end(struct body *body, struct span in)
{
	uint8_t last_but_one = byte_before(body, in, in.n, 2);

	body->last = byte_before(body, in, in.n, 1);
	body->last_but_one = last_but_one;
	if (body->state == STATE_LINE && body->last == '\n')
		body->state = (uint8_t)line_start(last_but_one);
}

size_t body_take(struct body *body, struct span in, struct message *message, bool *has_ended)
{
	size_t at = 0, run = 0; /* in[run..at) is text that was not given on yet */

	*has_ended = false;
	while (at < in.n) {
		if (body->state == STATE_START && in.p[at] != '.')
			body->state = STATE_LINE;
		if (body->state == STATE_LINE) {
			at = end_of_text(body, in, at);
			continue;
		}
		/* A dot may follow: the rare way, byte by byte, with the text so far given on. */
		if (at > run)
			message_take(message, (struct span){in.p + run, at - run});
		while (at < in.n && body->state != STATE_LINE && !*has_ended)
			at += step(body, in.p[at], message, has_ended);
		run = at;
		if (*has_ended)
			return at;
	}
	if (at > run)
		message_take(message, (struct span){in.p + run, at - run});
	note_end(body, in);
	return at;
}
