/* SPDX-License-Identifier: MIT */
#include "smtp/sniff.h"

#include "bounds.h"
#include "smtp/command.h"

#define SNIFF_BYTES 2048u

/* What is known of the first line of one side. */
struct first_line {
	uint8_t bytes[SNIFF_BYTES];
	size_t n;
	bool is_whole; /* its LF was seen, or it is too long for a line of mail */
};

/* Finds the first line of SIDE, behind a preface if there is one. */
static void find_first_line(const struct backlog *backlog, enum side side, struct first_line *line)
{
	line->n = 0;
	for (uint32_t i = 0; i < backlog->count; i++) {
		if (backlog->pieces[i].side != side)
			continue;
		struct span bytes = span_take(backlog_bytes(backlog, &backlog->pieces[i]),
					      sizeof line->bytes - line->n);
		memcpy(line->bytes + line->n, bytes.p, bytes.n);
		line->n += bytes.n;
	}
	line->is_whole = line->n == sizeof line->bytes;
	size_t preface = command_preface((struct span){line->bytes, line->n});
	if (preface == SIZE_MAX)
		preface = line->n;
	line->n -= preface;
	memmove(line->bytes, line->bytes + preface, line->n);
	const uint8_t *lf = memchr(line->bytes, '\n', line->n);
	if (lf) {
		line->n = (size_t)(lf - line->bytes);
		line->is_whole = true;
	}
}

static bool is_reply_line(const struct first_line *line)
{
	const uint8_t *b = line->bytes;
	return line->n >= 3 && b[0] >= '2' && b[0] <= '5' && b[1] >= '0' && b[1] <= '9' &&
	       b[2] >= '0' && b[2] <= '9' &&
	       (line->n == 3 || b[3] == ' ' || b[3] == '-' || b[3] == '\r');
}

/* Binary from the first byte on: TLS, or some other protocol. */
static bool is_binary(const struct first_line *line)
{
	return line->n && (line->bytes[0] < 0x20 || line->bytes[0] >= 0x7f);
}

enum sniffed sniff_first_lines(const struct backlog *backlog)
{
	struct first_line line[2];
	bool may_wait = true;

	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		struct first_line *l = &line[side];
		find_first_line(backlog, side, l);
		if (!l->is_whole) {
			may_wait &= !is_binary(l);
			continue;
		}
		if (command_opens_mail((struct span){l->bytes, l->n}))
			return side == SIDE_CLIENT ? SNIFFED_MAIL : SNIFFED_MAIL_SWAPPED;
		may_wait &= is_reply_line(l);
	}
	if (!may_wait || (line[0].is_whole && line[1].is_whole) || backlog->n > LIMIT_SNIFF)
		return SNIFFED_OTHER;
	return SNIFFED_NOTHING;
}
