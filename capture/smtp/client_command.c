/* SPDX-License-Identifier: MIT */
/*
 * The client's commands: what each one begins, and which reply it awaits.
 */
#include "smtp/dialogue_state.h"

static text_id keep(struct dialogue *dialogue, struct span text)
{
	return ledger_keep(dialogue->all->ledger, text);
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

static uint32_t note_command(struct dialogue *dialogue, enum verb verb, struct span line,
			     const struct mark *mark, uint64_t end)
{
	struct event event = event_of(EVENT_COMMAND, SIDE_CLIENT, mark, end);

	event.value = (uint16_t)verb;
	if (!dialogue->all->keeps_secrets) {
		struct span shown = command_without_secret(verb, line);
		if (shown.n < line.n)
			event.bits |= EVENT_SECRET;
		line = shown;
	}
	if (dialogue->queue.count)
		event.bits |= EVENT_PIPELINED;
	event.text = keep(dialogue, line);
	return dialogue_event(dialogue, &event);
}

void client_auth_answer(struct dialogue *dialogue, struct span line, const struct mark *mark,
			uint64_t end)
{
	struct due due = {.verb = VERB_AUTH_ANSWER, .attempt = NO_ATTEMPT,
			  .recipient = NO_RECIPIENT};

	dialogue->is_auth_asked = false;
	note_command(dialogue, VERB_AUTH_ANSWER, line, mark, end);
	dialogue_expect(dialogue, &due);
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

/* Whether LINE, which is no command, may be a password whose AUTH was not captured: base64 (RFC 4954
 * 4), and nothing since the gap tells that it is none. */
static bool may_follow_lost_auth(const struct dialogue *dialogue, struct span line)
{
	return dialogue->is_auth_likely ||
	       (dialogue->has_lost_command && command_is_base64(line));
}

/*
 * Whether COMMAND, where it is what a client says after the server has spoken, is sent only when
 * all that was sent before has been answered. RCPT is not, for a client with many of them sends
 * more while the first are answered; nor is a chunk that follows another one in the same bytes.
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

void client_command(struct dialogue *dialogue, const struct line *line, const struct mark *mark,
		    uint64_t end)
{
	struct command command = command_parse(line->text);
	struct due due = {.verb = command.verb, .attempt = NO_ATTEMPT, .before = NO_ATTEMPT,
			  .recipient = NO_RECIPIENT};

	if (dialogue->is_skipping_line) {
		dialogue->is_skipping_line = false;
		if (command.verb == VERB_UNKNOWN) {
			transaction_doubt(dialogue);
			return;
		}
	}
	if (dialogue->is_clients_turn && waits_for_answers(&command))
		settle_lost(dialogue);
	dialogue->is_clients_turn = false;
	if (command.verb == VERB_UNKNOWN &&
	    (may_be_auth_answer(dialogue) || may_follow_lost_auth(dialogue, line->text))) {
		client_auth_answer(dialogue, line->text, mark, end);
		return;
	}
	dialogue->has_lost_command = dialogue->is_auth_likely = false;
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
		/* Until it is answered, and where the answer is not captured. */
		if (!dialogue->session->client_name) {
			dialogue->session->client_name = due.text;
			dialogue->session->protocol =
				command.verb == VERB_LHLO ? PROTOCOL_LMTP : PROTOCOL_SMTP;
		}
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
	dialogue_expect(dialogue, &due);
	if (dialogue->mode == MODE_CHUNK && dialogue->chunk_left == 0)
		client_end_chunk(dialogue, mark, end, 0);
}
