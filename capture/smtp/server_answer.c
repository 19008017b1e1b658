/* SPDX-License-Identifier: MIT */
/*
 * Which command each reply of the server answers, and what comes of it.
 */
#include "smtp/dialogue_state.h"

/* Replies that can answer one command alone put the queue right (RFC 5321 4.3.2). */
static bool is_anchor(uint16_t code)
{
	return code == 354 || code == 334 || code == 235 || code == 221;
}

static bool fits(uint16_t code, const struct due *due)
{
	switch (code) {
	case 354:
		return due->kind == DUE_COMMAND && due->verb == VERB_DATA;
	case 334:
	case 235:
		return due->verb == VERB_AUTH || due->verb == VERB_AUTH_ANSWER;
	case 221:
		return due->kind == DUE_COMMAND && due->verb == VERB_QUIT;
	default:
		return due->kind != DUE_LOST;
	}
}

/* Behind a gap the newest command that an anchor can answer is the one: what older ones were
 * answered, the gap has swallowed. Not where a newer one may lie in a gap itself. */
static struct due *find_behind_gap(struct due_queue *queue, uint16_t code)
{
	for (uint32_t i = queue->count; is_anchor(code) && i-- > 0;) {
		if (queue_peek(queue, i)->kind == DUE_LOST)
			return NULL;
		if (!fits(code, queue_peek(queue, i)))
			continue;
		queue_drop(queue, i);
		return queue_peek(queue, 0);
	}
	return NULL;
}

/*
 * The command that a reply with CODE answers; those before it that it cannot answer are let go.
 * NULL: none, or behind a gap nobody knows which.
 */
static struct due *find_due(struct dialogue *dialogue, uint16_t code)
{
	struct due_queue *queue = &dialogue->queue;

	if (queue_is_lost(queue))
		return find_behind_gap(queue, code);
	for (uint32_t i = 0; i < queue->count; i++) {
		struct due *due = queue_peek(queue, i);
		if (fits(code, due)) {
			queue_drop(queue, i);
			return queue_peek(queue, 0);
		}
		if (!is_anchor(code))
			return NULL;
	}
	return NULL;
}

static bool is_positive(uint16_t code)
{
	return code >= 200 && code < 300;
}

static void answer_mail(struct dialogue *dialogue, const struct due *due, uint32_t reply,
			uint16_t code)
{
	struct span text = {dialogue->reply_text, dialogue->reply_text_n};
	bool is_resumed = code == 355;
	uint64_t offset;

	if (!is_positive(code) && !is_resumed) {
		transaction_mail_refused(dialogue, due, reply);
		return;
	}
	transaction_mail_accepted(dialogue, due);
	if (is_resumed && command_number(span_skip(text, 4), &offset))
		transaction_resume(dialogue, due->attempt, offset);
}

static void answer_rcpt(struct dialogue *dialogue, const struct due *due, uint32_t reply,
			uint16_t code)
{
	struct ledger *ledger = dialogue->all->ledger;
	struct attempt *attempt = ledger_edit_attempt(ledger, due->attempt);
	struct recipient *recipient =
		attempt ? ledger_edit_recipient(ledger, attempt, due->recipient) : NULL;

	if (!recipient)
		return;
	recipient->rcpt_reply = reply;
	recipient->rcpt_code = code;
	ledger_touch(ledger, attempt);
}

static void answer_data(struct dialogue *dialogue, const struct due *due, uint32_t reply,
			uint16_t code)
{
	bool is_accepted = code >= 300 && code < 400;

	dialogue->is_go_ahead_assumed = false;
	if (!is_accepted)
		transaction_refused(dialogue, due, reply);
	if (dialogue->mode == MODE_DATA_ASKED)
		client_data_answered(dialogue, is_accepted);
}

/* Ends the transaction that was open when the command was sent, not one pipelined behind it. */
static void reset_transaction(struct dialogue *dialogue, const struct due *due)
{
	if (due->attempt == dialogue->attempt)
		transaction_abandon(dialogue);
	else if (due->attempt == dialogue->attempt_before)
		transaction_abandon_before(dialogue);
}

static void answer_hello(struct dialogue *dialogue, const struct due *due, uint16_t code)
{
	if (!is_positive(code))
		return;
	reset_transaction(dialogue, due);
	dialogue->session->client_name = due->text;
	dialogue->session->protocol = due->verb == VERB_LHLO ? PROTOCOL_LMTP : PROTOCOL_SMTP;
}

/* What was no command, yet was judged as an answer to AUTH is (RFC 4954 6), was a password. */
static void mask_command(struct dialogue *dialogue, const struct due *due, uint16_t code)
{
	struct event *event = ledger_edit_event(dialogue->session, due->event);

	if (!event || dialogue->all->keeps_secrets || (code != 235 && code != 535))
		return;
	event->text = 0;
	event->bits |= EVENT_SECRET;
}

static void answer_command(struct dialogue *dialogue, const struct due *due, uint32_t reply,
			   uint16_t code, const struct mark *mark)
{
	switch (due->verb) {
	case VERB_MAIL:
		answer_mail(dialogue, due, reply, code);
		break;
	case VERB_RCPT:
		answer_rcpt(dialogue, due, reply, code);
		break;
	case VERB_DATA:
		answer_data(dialogue, due, reply, code);
		break;
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		answer_hello(dialogue, due, code);
		break;
	case VERB_RSET:
	case VERB_XCLIENT:
		if (is_positive(code))
			reset_transaction(dialogue, due);
		break;
	case VERB_STARTTLS:
		if (is_positive(code)) {
			struct event event = event_of(EVENT_TLS, SIDE_SERVER, mark, 0);
			transaction_abandon(dialogue);
			dialogue_event(dialogue, &event);
			dialogue->session->tls = TLS_STARTTLS;
			dialogue->mode = MODE_OPAQUE;
		}
		break;
	case VERB_AUTH:
	case VERB_AUTH_ANSWER:
		dialogue->is_auth_asked = code == 334;
		break;
	case VERB_TURN:
	case VERB_ATRN:
		if (is_positive(code))
			session_turn(dialogue, mark);
		break;
	case VERB_UNKNOWN:
		mask_command(dialogue, due, code);
		break;
	case VERB_BDAT:
	case VERB_NOOP:
	case VERB_QUIT:
	case VERB_VRFY:
	case VERB_EXPN:
	case VERB_HELP:
	case VERB_ETRN:
	case VERB_XFORWARD:
	case VERBS:
		break;
	}
}

/* A reply that no command waits for: the command lies in a gap, or DATA does. */
static bool take_unexpected(struct dialogue *dialogue, uint32_t reply, uint16_t code,
			    const struct mark *mark, uint64_t end)
{
	bool is_lost = queue_is_lost(&dialogue->queue);

	if (is_lost && code != 354)
		return false;
	if (dialogue->queue.count == 0 && dialogue->mode == MODE_COMMANDS &&
	    answers_again(dialogue, reply, code))
		return true;
	/* Neither answers a message: its end, and what was said to it, must lie in the gap. */
	if (dialogue->mode == MODE_BODY && ((code == 354 && is_lost) || code == 221))
		transaction_lose_end(dialogue);
	if (dialogue->mode == MODE_BODY)
		return transaction_answered_early(dialogue, reply, code, mark, end);
	if (code == 354 && dialogue->mode == MODE_COMMANDS && is_lost) {
		if (dialogue->attempt == NO_ATTEMPT && !transaction_begin(dialogue))
			return false;
		struct event event = event_of(EVENT_COMMAND, SIDE_CLIENT, mark, 0);
		event.value = VERB_DATA;
		event.bits |= EVENT_ASSUMED;
		dialogue->data_event = dialogue_event(dialogue, &event);
		line_forget(&dialogue->client_line);
		dialogue->is_skipping_line = false;
		queue_drop(&dialogue->queue, dialogue->queue.count);
		client_data_answered(dialogue, true);
		return true;
	}
	return false;
}

void server_doubt_replies(struct dialogue *dialogue)
{
	struct ledger *ledger = dialogue->all->ledger;

	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt = ledger_edit_attempt(ledger, dialogue->open[i].attempt);
		if (dialogue->open[i].has_reply)
			continue;
		attempt->gap_at_reply = true;
		ledger_touch(ledger, attempt);
	}
}

static void note_unmatched(struct dialogue *dialogue, uint32_t reply)
{
	struct event *event = ledger_edit_event(dialogue->session, reply);

	if (event)
		event->bits |= EVENT_UNMATCHED;
	dialogue->session->unmatched++;
	dialogue->all->counts.unmatched++;
	if (queue_is_lost(&dialogue->queue))
		server_doubt_replies(dialogue);
}

void server_answer(struct dialogue *dialogue, uint32_t reply, uint16_t code,
		   const struct mark *mark, uint64_t end)
{
	struct due *found = find_due(dialogue, code);

	if (!found) {
		dialogue->is_auth_likely |= code == 334;
		if (!take_unexpected(dialogue, reply, code, mark, end))
			note_unmatched(dialogue, reply);
		return;
	}
	struct due due = *found;
	queue_drop(&dialogue->queue, 1);
	switch (due.kind) {
	case DUE_COMMAND:
		answer_command(dialogue, &due, reply, code, mark);
		break;
	case DUE_CHUNK:
		if (!is_positive(code))
			transaction_refused(dialogue, &due, reply);
		break;
	case DUE_EOD:
	case DUE_EOD_RECIPIENT:
		answers_take(dialogue, &due, reply, code, end);
		break;
	case DUE_LOST:
		break;
	}
}
