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
	if (body->held_n) {
		message_take(message, (struct span){body->held, body->held_n});
		body->last = body->held[body->held_n - 1];
	}
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
		body->last = '.';
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

/* The end of the line that goes on at AT, just behind its LF; IN.n if it has none here. */
static size_t end_of_line(struct body *body, struct span in, size_t at)
{
	const uint8_t *lf = memchr(in.p + at, '\n', in.n - at);
	size_t end = lf ? (size_t)(lf - in.p) + 1 : in.n;

	if (lf) {
		uint8_t before = lf > in.p ? lf[-1] : body->last;
		body->state = before == '\r' ? STATE_START : STATE_BARE;
	}
	body->last = in.p[end - 1];
	return end;
}

size_t body_take(struct body *body, struct span in, struct message *message, bool *has_ended)
{
	size_t at = 0, run = 0; /* in[run..at) is text that was not given on yet */

	*has_ended = false;
	while (at < in.n) {
		if (body->state == STATE_LINE) {
			at = end_of_line(body, in, at);
			continue;
		}
		if (body->state == STATE_START && in.p[at] != '.') {
			body->state = STATE_LINE;
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
	return at;
}
