/* SPDX-License-Identifier: MIT */
/*
 * The client's bytes: commands, the message behind DATA, the chunks of BDAT.
 */
#include "smtp/dialogue_state.h"

static text_id keep(struct dialogue *dialogue, struct span text)
{
	return ledger_keep(dialogue->all->ledger, text);
}

static void expect(struct dialogue *dialogue, const struct due *due)
{
	if (!queue_add(&dialogue->queue, due))
		dialogue->all->counts.lost_commands++;
}

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

static void take_mail(struct dialogue *dialogue, const struct command *command, uint32_t event,
		      struct due *due)
{
	/* If this one is refused, the transaction that was open goes on. */
	uint32_t before = dialogue->attempt;
	struct attempt *attempt = transaction_begin(dialogue);
	if (!attempt)
		return;
	dialogue->attempt_before = due->before = before;
	attempt->mail = event;
	attempt->sender = keep(dialogue, command->address);
	attempt->declared_size = command->declared_size;
	attempt->transid = keep(dialogue, command->transid);
	attempt->asks_extended = command->asks_extended;
	due->attempt = attempt->id;
}

static void take_rcpt(struct dialogue *dialogue, const struct command *command, struct due *due)
{
	struct attempt *attempt = dialogue_attempt(dialogue);

	/* Without a MAIL it is an error that the server refuses, unless MAIL came before the
	 * capture began. */
	if (!attempt && !dialogue_saw_beginning(dialogue))
		attempt = transaction_begin(dialogue);
	if (!attempt)
		return;
	struct recipient *recipient = ledger_add_recipient(dialogue->all->ledger, attempt);
	if (!recipient)
		return;
	recipient->address = keep(dialogue, command->address);
	due->attempt = attempt->id;
	due->recipient = attempt->recipient_count - 1;
}

static void take_bdat(struct dialogue *dialogue, const struct command *command, uint32_t event,
		      struct due *due)
{
	if (!command->is_valid_chunk)
		return;
	struct attempt *attempt = dialogue_attempt(dialogue);
	if (!attempt)
		attempt = transaction_begin(dialogue);
	if (!attempt)
		return;
	attempt->is_bdat = true;
	due->attempt = attempt->id;
	due->kind = command->is_last_chunk ? DUE_EOD : DUE_CHUNK;
	dialogue->mode = MODE_CHUNK;
	dialogue->chunk_left = command->chunk_size;
	dialogue->is_last_chunk = command->is_last_chunk;
	transaction_begin_message(dialogue, event);
}

/* The chunk is complete. */
static void end_chunk(struct dialogue *dialogue, const struct mark *mark, uint64_t end,
		      uint8_t bits)
{
	dialogue->mode = MODE_COMMANDS;
	if (dialogue->is_last_chunk)
		transaction_end_of_data(dialogue, mark, end, bits);
}

static uint32_t note_command(struct dialogue *dialogue, enum verb verb, struct span line,
			     const struct mark *mark, uint64_t end)
{
	struct event event = event_of(EVENT_COMMAND, SIDE_CLIENT, mark, end);

	event.value = (uint16_t)verb;
	if (verb == VERB_AUTH_ANSWER || verb == VERB_AUTH) {
		event.bits |= EVENT_SECRET;
		line = verb == VERB_AUTH ? command_without_secret(line) : (struct span){0};
	}
	if (dialogue->queue.count)
		event.bits |= EVENT_PIPELINED;
	event.text = keep(dialogue, line);
	return dialogue_event(dialogue, &event);
}

static void take_auth_answer(struct dialogue *dialogue, const struct mark *mark, uint64_t end)
{
	struct due due = {.verb = VERB_AUTH_ANSWER, .attempt = NO_ATTEMPT,
			  .recipient = NO_RECIPIENT};

	dialogue->is_auth_asked = false;
	note_command(dialogue, VERB_AUTH_ANSWER, (struct span){0}, mark, end);
	expect(dialogue, &due);
}

/* Whether the newest command is an AUTH whose reply was not seen: what follows may be a password
 * all the same. */
static bool may_be_auth_answer(const struct dialogue *dialogue)
{
	const struct due_queue *queue = &dialogue->queue;

	for (uint32_t i = queue->count; i-- > 0;) {
		const struct due *due = queue_peek(queue, i);
		if (due->kind == DUE_COMMAND)
			return due->verb == VERB_AUTH || due->verb == VERB_AUTH_ANSWER;
	}
	return false;
}

/*
 * Whether COMMAND, where it is what a client says after the server has spoken, is sent only when all
 * that was sent before has been answered. RCPT is not, for a client with many of them sends more
 * while the first are answered; nor is a chunk that follows another one in the same bytes.
 */
static bool waits_for_answers(const struct command *command)
{
	return command->verb == VERB_MAIL || command->verb == VERB_RSET ||
	       command->verb == VERB_QUIT || command->verb == VERB_BDAT ||
	       command->verb == VERB_HELO || command->verb == VERB_EHLO ||
	       command->verb == VERB_LHLO;
}

/* Whatever replies lay in the gap: none is due any more. */
static void settle_lost(struct dialogue *dialogue)
{
	if (queue_is_lost(&dialogue->queue))
		queue_drop(&dialogue->queue, dialogue->queue.count);
}

static void take_command(struct dialogue *dialogue, const struct line *line,
			 const struct mark *mark, uint64_t end)
{
	struct command command = command_parse(line->text);
	struct due due = {.verb = command.verb, .attempt = NO_ATTEMPT, .before = NO_ATTEMPT,
			  .recipient = NO_RECIPIENT};

	if (dialogue->is_skipping_line) {
		dialogue->is_skipping_line = false;
		if (command.verb == VERB_UNKNOWN)
			return;
	}
	if (dialogue->is_clients_turn && waits_for_answers(&command))
		settle_lost(dialogue);
	dialogue->is_clients_turn = false;
	if (command.verb == VERB_UNKNOWN && may_be_auth_answer(dialogue)) {
		take_auth_answer(dialogue, mark, end);
		return;
	}
	uint32_t event = note_command(dialogue, command.verb, line->text, mark, end);
	due.event = event;
	switch (command.verb) {
	case VERB_MAIL:
		evidence_moved_on(dialogue, event, mark);
		take_mail(dialogue, &command, event, &due);
		break;
	case VERB_RCPT:
		take_rcpt(dialogue, &command, &due);
		break;
	case VERB_DATA:
		dialogue->mode = MODE_DATA_ASKED;
		dialogue->data_event = event;
		due.attempt = dialogue->attempt;
		break;
	case VERB_BDAT:
		take_bdat(dialogue, &command, event, &due);
		break;
	case VERB_QUIT:
	case VERB_RSET:
		evidence_moved_on(dialogue, event, mark);
		due.attempt = dialogue->attempt;
		if (dialogue->attempt != NO_ATTEMPT && command.verb == VERB_QUIT)
			transaction_abandon(dialogue);
		break;
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		due.text = keep(dialogue, command.argument);
		due.attempt = dialogue->attempt;
		if (!dialogue->session->client_name)
			dialogue->session->client_name = due.text;
		break;
	case VERB_XCLIENT:
		due.attempt = dialogue->attempt;
		break;
	case VERB_UNKNOWN:
	case VERB_NOOP:
	case VERB_VRFY:
	case VERB_EXPN:
	case VERB_HELP:
	case VERB_AUTH:
	case VERB_STARTTLS:
	case VERB_ETRN:
	case VERB_ATRN:
	case VERB_TURN:
	case VERB_XFORWARD:
	case VERB_AUTH_ANSWER:
	case VERBS:
		break;
	}
	expect(dialogue, &due);
	if (dialogue->mode == MODE_CHUNK && dialogue->chunk_left == 0)
		end_chunk(dialogue, mark, end, 0);
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
		take_auth_answer(dialogue, mark, end - in->n);
	else
		take_command(dialogue, &line, mark, end - in->n);
}

static void take_body(struct dialogue *dialogue, struct span *in, uint64_t end,
		      const struct mark *mark)
{
	bool has_ended;

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
		end_chunk(dialogue, mark, end - in->n, 0);
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

/* Takes bytes from the front of IN, which ends at stream offset END, up to a DATA whose answer is to be
 * waited for. */
static void take_until_data(struct dialogue *dialogue, struct span *in, uint64_t end,
			    const struct mark *mark)
{
	while (in->n) {
		switch (dialogue->mode) {
		case MODE_COMMANDS:
			take_lines(dialogue, in, end, mark);
			break;
		case MODE_DATA_ASKED:
			if (!queue_is_lost(&dialogue->queue))
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
		end_chunk(dialogue, mark, offset + n, EVENT_ASSUMED);
	return length - n;
}

void client_gap(struct dialogue *dialogue, uint64_t offset, uint64_t length, enum gap_kind kind,
		const struct mark *mark)
{
	struct due lost = {.kind = DUE_LOST, .attempt = NO_ATTEMPT, .recipient = NO_RECIPIENT};

	dialogue->client_end = offset + length;
	if (dialogue->mode == MODE_DATA_ASKED) {
		if (queue_is_lost(&dialogue->queue))
			queue_drop(&dialogue->queue, dialogue->queue.count);
		client_data_answered(dialogue, true);
	}
	if (dialogue->mode == MODE_CHUNK)
		length = gap_in_chunk(dialogue, offset, length, kind, mark);
	if (dialogue->mode == MODE_BODY) {
		gap_in_message(dialogue, length, kind);
		dialogue->body = body_after_gap();
		dialogue->is_cut = kind == GAP_SNAPLEN;
		dialogue->cut_mark = *mark;
	} else if (dialogue->mode == MODE_COMMANDS && length) {
		line_forget(&dialogue->client_line);
		dialogue->is_skipping_line = true;
		expect(dialogue, &lost);
	}
}
