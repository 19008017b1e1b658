/* SPDX-License-Identifier: MIT */
/*
 * The server's bytes: the lines of replies, put together.
 */
#include "smtp/dialogue_state.h"

/*
 * Whether the first reply, with CODE, greets: the server speaks first, with 220, or with a
 * refusal (RFC 5321 3.1). Where its first bytes may be missing, other replies may be too.
 */
static bool is_greeting(struct dialogue *dialogue, uint16_t code)
{
	if (dialogue->is_greeted)
		return false;
	if (code == 220)
		return true;
	if (tcp_side_facts(dialogue->connection, SIDE_SERVER).has_isn)
		return code >= 400;
	queue_lose_count(&dialogue->queue);
	return false;
}

/* A Cisco PIX or ASA stars a greeting out but for its 2, 0 and blanks, so that nobody learns what
 * server it is; it also drops commands that it does not know, and has held final dots back
 * (support.microsoft.com/kb/295725). */
static bool is_starred_out(struct span greeting)
{
	size_t stars = 0;

	for (size_t i = 0; i < greeting.n; i++) {
		if (!memchr("*20 \n", greeting.p[i], 5))
			return false;
		stars += greeting.p[i] == '*';
	}
	return stars >= 3;
}

/* A greeting names the server. */
static void take_greeting(struct dialogue *dialogue, uint16_t code)
{
	struct span text = {dialogue->reply_text, dialogue->reply_text_n};
	size_t n = 0;

	if (code != 220)
		return;
	text = span_skip(text, 4);
	dialogue->session->is_rewritten = is_starred_out(text);
	while (n < text.n && text.p[n] != ' ' && text.p[n] != '\n')
		n++;
	dialogue->session->server_name =
		ledger_keep(dialogue->all->ledger, span_take(text, n));
}

static void end_reply(struct dialogue *dialogue, uint8_t bits, const struct mark *mark,
		      uint64_t end)
{
	struct event event = event_of(EVENT_REPLY, SIDE_SERVER, mark, end);
	uint16_t code = dialogue->reply_code;

	event.value = code;
	event.bits |= bits;
	event.text = ledger_keep(dialogue->all->ledger, (struct span){dialogue->reply_text,
								      dialogue->reply_text_n});
	uint32_t reply = dialogue_event(dialogue, &event);
	dialogue->is_in_reply = false;
	bool is_first = is_greeting(dialogue, code);
	dialogue->is_greeted = true;
	if (is_first)
		take_greeting(dialogue, code);
	else
		server_answer(dialogue, reply, code, mark, end);
	dialogue->reply_text_n = 0;
}

static uint16_t reply_code(struct span line)
{
	uint16_t code = 0;

	if (line.n < 3 || (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return 0;
		code = (uint16_t)(code * 10 + (line.p[i] - '0'));
	}
	return code;
}

static void append_text(struct dialogue *dialogue, struct span line)
{
	size_t room = sizeof dialogue->reply_text - dialogue->reply_text_n;

	if (dialogue->reply_text_n && room) {
		dialogue->reply_text[dialogue->reply_text_n++] = '\n';
		room--;
	}
	line = span_take(line, room);
	if (line.n)
		memcpy(dialogue->reply_text + dialogue->reply_text_n, line.p, line.n);
	dialogue->reply_text_n = (uint16_t)(dialogue->reply_text_n + line.n);
}

/* The line of a reply; within an extended one, "558-250 taken", what it says of one recipient. */
static struct span reply_body(struct dialogue *dialogue, struct span line)
{
	struct span inner = span_skip(line, 4);

	if (reply_code(line) == 558 && reply_code(inner) && answers_extend(dialogue))
		return inner;
	return line;
}

static void take_line(struct dialogue *dialogue, const struct line *line, const struct mark *mark,
		      uint64_t end)
{
	struct span text = reply_body(dialogue, line->text);
	uint16_t code = reply_code(text);

	if (dialogue->is_skipping_reply) {
		dialogue->is_skipping_reply = false;
		if (code == 0)
			return;
	}
	if (line->is_cut)
		dialogue->all->counts.long_lines++;
	/* Where the beginning was not captured, the first line may be the end of a reply. */
	if (code == 0 && !dialogue->is_greeted &&
	    !tcp_side_facts(dialogue->connection, SIDE_SERVER).has_isn) {
		queue_lose_count(&dialogue->queue);
		dialogue->is_greeted = true;
	}
	if (code == 0 && !dialogue->is_in_reply) {
		struct event event = event_of(EVENT_LINE, SIDE_SERVER, mark, end);
		event.text = ledger_keep(dialogue->all->ledger, line->text);
		evidence_babble(dialogue, dialogue_event(dialogue, &event));
		return;
	}
	append_text(dialogue, line->text);
	dialogue->is_in_reply = true;
	if (code)
		dialogue->reply_code = code;
	if (code && (text.n == 3 || text.p[3] == ' '))
		end_reply(dialogue, line->is_bare_lf ? EVENT_BARE_LF : 0, mark, end);
}

void server_take(struct dialogue *dialogue, struct span bytes, uint64_t offset,
		 const struct mark *mark)
{
	const struct session *session = dialogue->session;
	uint64_t end = offset + bytes.n;
	struct line line;

	dialogue->server_mark = *mark;
	while (bytes.n && dialogue->mode != MODE_OPAQUE && dialogue->session == session &&
	       line_read(&dialogue->server_line, &bytes, &line))
		take_line(dialogue, &line, mark, end - bytes.n);
	/* It has become the client's part to say what follows. */
	if (bytes.n && dialogue->session != session)
		client_take(dialogue, bytes, end - bytes.n, mark);
}

void server_note_part(struct dialogue *dialogue)
{
	struct ledger *ledger = dialogue->all->ledger;
	struct span rest = line_rest(&dialogue->server_line);

	if ((!dialogue->is_in_reply && rest.n == 0) || dialogue->open_count == 0 ||
	    dialogue->mode == MODE_OPAQUE)
		return;
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt = ledger_edit_attempt(ledger, dialogue->open[i].attempt);
		if (dialogue->open[i].has_reply || attempt->reply_part != NO_EVENT)
			continue;
		struct event event =
			event_of(EVENT_REPLY_PART, SIDE_SERVER, &dialogue->server_mark, 0);
		event.value = dialogue->is_in_reply ? dialogue->reply_code : reply_code(rest);
		event.text = ledger_keep(ledger, dialogue->is_in_reply
							 ? (struct span){dialogue->reply_text,
									 dialogue->reply_text_n}
							 : rest);
		attempt->reply_part = dialogue_event(dialogue, &event);
		if (attempt->silent_after == NO_EVENT && attempt->client_left != NO_EVENT)
			attempt->silent_after = dialogue->silent_part;
		ledger_touch(ledger, attempt);
		return;
	}
}

void server_gap(struct dialogue *dialogue, enum gap_kind kind)
{
	line_forget(&dialogue->server_line);
	dialogue->is_skipping_reply = true;
	dialogue->is_in_reply = false;
	dialogue->reply_text_n = 0;
	dialogue->is_greeted = true;
	dialogue->is_auth_asked = false;
	queue_lose_count(&dialogue->queue);
	if (kind != GAP_MISSING)
		server_doubt_replies(dialogue);
}
