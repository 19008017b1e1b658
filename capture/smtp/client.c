/* SPDX-License-Identifier: MIT */
/*
 * The client's bytes: lines, the message behind DATA, the chunks of BDAT.
 */
#include "smtp/dialogue_state.h"

/* Both sides speak TLS from here on. */
static void go_opaque(struct dialogue *dialogue, const struct mark *mark, uint64_t offset)
{
	struct event event = event_of(EVENT_TLS, SIDE_CLIENT, mark, offset);

	transaction_abandon(dialogue);
	dialogue_event(dialogue, &event);
	if (dialogue->session->tls == TLS_NONE)
		dialogue->session->tls = dialogue->is_greeted ? TLS_STARTTLS : TLS_IMPLICIT;
	dialogue->mode = MODE_OPAQUE;
	queue_close(&dialogue->queue);
}

/* A TLS record of a handshake (RFC 8446 5.1), where a command would stand. */
static bool is_tls_record(struct span bytes)
{
	return bytes.n >= 2 && bytes.p[0] == 0x16 && bytes.p[1] == 0x03;
}

void client_end_chunk(struct dialogue *dialogue, const struct mark *mark, uint64_t end,
		      uint8_t bits)
{
	dialogue->mode = MODE_COMMANDS;
	if (dialogue->is_last_chunk)
		transaction_end_of_data(dialogue, mark, end, bits);
}

/* Each of these takes bytes from the front of IN, which end at stream offset END. */

static void take_lines(struct dialogue *dialogue, struct span *in, uint64_t end,
		       const struct mark *mark)
{
	struct line line;

	if (dialogue->client_line.kept_n == 0 && is_tls_record(*in)) {
		go_opaque(dialogue, mark, end - in->n);
		return;
	}
	if (!line_read(&dialogue->client_line, in, &line))
		return;
	if (line.is_cut)
		dialogue->all->counts.long_lines++;
	if (dialogue->is_auth_asked)
		client_auth_answer(dialogue, line.text, mark, end - in->n);
	else
		client_command(dialogue, &line, mark, end - in->n);
}

/* The client goes on with a message whose beginning lies in a gap, so it has had the reply to its
 * DATA and all before it: one that is still due lies in a gap, too. */
static void settle_go_ahead(struct dialogue *dialogue)
{
	struct due_queue *queue = &dialogue->queue;

	dialogue->is_go_ahead_assumed = false;
	for (uint32_t i = queue->count; i-- > 0;) {
		if (queue_peek(queue, i)->verb != VERB_DATA)
			continue;
		queue_drop(queue, i + 1);
		return;
	}
}

static void take_body(struct dialogue *dialogue, struct span *in, uint64_t end,
		      const struct mark *mark)
{
	bool has_ended;

	if (dialogue->is_go_ahead_assumed)
		settle_go_ahead(dialogue);
	transaction_note_message(dialogue, mark, end - in->n);
	dialogue->is_cut = false;
	size_t used = body_take(&dialogue->body, *in, dialogue->message, &has_ended);
	*in = span_skip(*in, used);
	if (has_ended)
		transaction_end_of_data(dialogue, mark, end - in->n, 0);
}

static void take_chunk(struct dialogue *dialogue, struct span *in, uint64_t end,
		       const struct mark *mark)
{
	size_t n = in->n < dialogue->chunk_left ? in->n : (size_t)dialogue->chunk_left;

	transaction_note_message(dialogue, mark, end - in->n);
	message_take(dialogue->message, span_take(*in, n));
	*in = span_skip(*in, n);
	dialogue->chunk_left -= n;
	if (dialogue->chunk_left == 0)
		client_end_chunk(dialogue, mark, end - in->n, 0);
}

static void take_answer(struct dialogue *dialogue, bool is_accepted)
{
	dialogue->mode = MODE_COMMANDS;
	if (!is_accepted)
		return;
	transaction_begin_message(dialogue, dialogue->data_event);
	dialogue->body = body_at_start();
	dialogue->mode = MODE_BODY;
}

/* Whether replies before here may not have been captured: some lie in a gap, or nothing has been
 * heard of the server yet, and its beginning was not seen. */
static bool may_lack_replies(const struct dialogue *dialogue)
{
	return queue_is_lost(&dialogue->queue) ||
	       (!dialogue->is_greeted &&
		!tcp_side_facts(dialogue->connection, SIDE_SERVER).has_isn);
}

/* What follows a DATA whose reply lies in a gap: a command if it begins as one, else the message,
 * and then the client has had all replies before it. */
static void guess_data_answer(struct dialogue *dialogue, struct span bytes)
{
	const uint8_t *lf = memchr(bytes.p, '\n', bytes.n);
	struct span line = span_take(bytes, lf ? (size_t)(lf - bytes.p) : bytes.n);
	bool is_message;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	is_message = command_parse(line).verb == VERB_UNKNOWN;
	if (is_message)
		queue_drop(&dialogue->queue, dialogue->queue.count);
	take_answer(dialogue, is_message);
}

/* Takes bytes from the front of IN, which ends at stream offset END, up to a DATA whose answer is
 * to be waited for. */
static void take_until_data(struct dialogue *dialogue, struct span *in, uint64_t end,
			    const struct mark *mark)
{
	while (in->n) {
		switch (dialogue->mode) {
		case MODE_COMMANDS:
			take_lines(dialogue, in, end, mark);
			break;
		case MODE_DATA_ASKED:
			if (!may_lack_replies(dialogue))
				return;
			guess_data_answer(dialogue, *in);
			break;
		case MODE_BODY:
			take_body(dialogue, in, end, mark);
			break;
		case MODE_CHUNK:
			take_chunk(dialogue, in, end, mark);
			break;
		case MODE_OPAQUE:
			tls_take(dialogue, SIDE_CLIENT, *in, end - in->n, mark);
			*in = span_skip(*in, in->n);
			break;
		}
	}
}

void client_data_answered(struct dialogue *dialogue, bool is_accepted)
{
	struct backlog_piece *piece;

	take_answer(dialogue, is_accepted);
	while ((piece = backlog_first(&dialogue->backlog))) {
		struct span rest = backlog_bytes(&dialogue->backlog, piece);
		take_until_data(dialogue, &rest, piece->offset + piece->n, &piece->mark);
		backlog_take(&dialogue->backlog, piece->n - rest.n);
		if (rest.n)
			return;
	}
	backlog_close(&dialogue->backlog);
}

void client_take(struct dialogue *dialogue, struct span bytes, uint64_t offset,
		 const struct mark *mark)
{
	uint64_t end = offset + bytes.n;

	dialogue->client_mark = *mark;
	dialogue->client_end = end;
	dialogue->is_clients_turn = dialogue->has_server_spoken &&
				    dialogue->mode == MODE_COMMANDS &&
				    line_rest(&dialogue->client_line).n == 0;
	dialogue->has_server_spoken = false;
	for (;;) {
		if (!backlog_first(&dialogue->backlog))
			take_until_data(dialogue, &bytes, end, mark);
		if (bytes.n == 0 || backlog_add(&dialogue->backlog, SIDE_CLIENT, bytes,
						end - bytes.n, mark, dialogue->session->file))
			return;
		/* So much is sent only by a client that was told to go on. */
		client_data_answered(dialogue, true);
	}
}

static void gap_in_message(struct dialogue *dialogue, uint64_t length, enum gap_kind kind)
{
	struct attempt *attempt = dialogue_attempt(dialogue);

	dialogue->missing += length;
	dialogue->has_hole |= kind == GAP_MISSING;
	if (attempt && kind != GAP_MISSING) {
		attempt->gap_in_message = true;
		ledger_touch(dialogue->all->ledger, attempt);
	}
}

/* A chunk says how long it is: its end is known even where its bytes are not. */
static uint64_t gap_in_chunk(struct dialogue *dialogue, uint64_t offset, uint64_t length,
			     enum gap_kind kind, const struct mark *mark)
{
	uint64_t n = length < dialogue->chunk_left ? length : dialogue->chunk_left;

	gap_in_message(dialogue, n, kind);
	dialogue->chunk_left -= n;
	if (dialogue->chunk_left == 0)
		client_end_chunk(dialogue, mark, offset + n, EVENT_ASSUMED);
	return length - n;
}

void client_gap(struct dialogue *dialogue, uint64_t offset, uint64_t length, enum gap_kind kind,
		const struct mark *mark)
{
	struct due lost = {.kind = DUE_LOST, .attempt = NO_ATTEMPT, .recipient = NO_RECIPIENT};

	dialogue->client_end = offset + length;
	dialogue->has_lost_command = true;
	if (dialogue->mode == MODE_DATA_ASKED) {
		if (queue_is_lost(&dialogue->queue))
			queue_drop(&dialogue->queue, dialogue->queue.count);
		client_data_answered(dialogue, true);
		dialogue->is_go_ahead_assumed = dialogue->mode == MODE_BODY;
	}
	if (dialogue->mode == MODE_CHUNK)
		length = gap_in_chunk(dialogue, offset, length, kind, mark);
	if (dialogue->mode == MODE_BODY) {
		gap_in_message(dialogue, length, kind);
		dialogue->body = body_after_gap();
		dialogue->is_cut = kind == GAP_SNAPLEN;
		dialogue->cut_mark = *mark;
	} else if (dialogue->mode == MODE_COMMANDS && length) {
		transaction_gap(dialogue, length, kind);
		line_forget(&dialogue->client_line);
		dialogue->is_skipping_line = true;
		dialogue_expect(dialogue, &lost);
	}
}
