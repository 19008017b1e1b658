/* SPDX-License-Identifier: MIT */
/*
 * Mail transactions as attempts (RFC 5321 3.3): envelope, message, end of data, reply.
 */
#include "smtp/dialogue_state.h"
#include "smtp/words.h"

#define MESSAGE_LEAST (sizeof "DATA\r\n.\r\n" - 1) /* no fewer bytes hold a message */

struct attempt *dialogue_attempt(struct dialogue *dialogue)
{
	return ledger_edit_attempt(dialogue->all->ledger, dialogue->attempt);
}

/* The reader of the message; NULL: no memory. */
static struct message *open_message(struct dialogue *dialogue)
{
	struct dialogues *all = dialogue->all;

	if (!dialogue->message) {
		dialogue->message = all->spare_message ? all->spare_message : message_new();
		all->spare_message = NULL;
		if (dialogue->message)
			message_reset(dialogue->message);
	}
	return dialogue->message;
}

/* Keeps a header field as it is meant to be read (RFC 2047). */
static text_id keep_decoded(struct ledger *ledger, struct span field)
{
	uint8_t text[LIMIT_TEXT];

	return ledger_keep(ledger, (struct span){text, words_decode(field, text, sizeof text)});
}

/* What is known of the message goes into ATTEMPT; its reader is put by. */
static void close_message(struct dialogue *dialogue, struct attempt *attempt, bool is_whole)
{
	struct dialogues *all = dialogue->all;
	struct message *message = dialogue->message;

	dialogue->message = NULL;
	attempt->is_over = true;
	if (!message)
		return;
	struct message_identity identity = message_identify(message);
	attempt->size = identity.size + dialogue->missing;
	attempt->digest = identity.digest;
	attempt->body_digest = identity.body_digest;
	attempt->has_digest = is_whole && !attempt->gap_in_message && dialogue->missing == 0;
	message_end(message, attempt->has_digest);
	attempt->received_fields = identity.received_fields;
	attempt->message_id = ledger_keep(all->ledger, identity.message_id);
	attempt->subject = keep_decoded(all->ledger, identity.subject);
	attempt->date = ledger_keep(all->ledger, identity.date);
	struct event *begin = ledger_edit_event(dialogue->session, attempt->message);
	if (begin)
		begin->length = attempt->size > UINT32_MAX ? UINT32_MAX : (uint32_t)attempt->size;
	if (all->spare_message)
		message_free(message);
	else
		all->spare_message = message;
}

/* Who collects messages may have this one too. */
static void give_message(struct dialogue *dialogue, const struct attempt *attempt)
{
	const struct message_sink *sink = dialogue->all->sink;

	if (sink)
		message_give(dialogue->message, sink,
			     sink->begin(sink->context, dialogue->session, attempt));
}

struct attempt *transaction_begin(struct dialogue *dialogue)
{
	struct attempt *attempt = ledger_add_attempt(dialogue->all->ledger, dialogue->session);

	if (!attempt)
		return NULL;
	dialogue->attempt = attempt->id;
	dialogue->session->transactions++;
	return attempt;
}

/* Whether every recipient was refused; without any the envelope was not seen. */
static bool all_refused(const struct ledger *ledger, const struct attempt *attempt,
			uint32_t *last_reply)
{
	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		const struct recipient *recipient = ledger_recipient(ledger, attempt, i);
		if (recipient->rcpt_code < 400)
			return false;
		*last_reply = recipient->rcpt_reply;
	}
	return attempt->recipient_count > 0;
}

/* The client was still sending: in vain, if what it sent last was sent again and never
 * acknowledged, or if its FIN or RST stands behind bytes that never came here. */
static void note_unfinished(struct dialogue *dialogue, struct attempt *attempt)
{
	struct tcp_side_facts client = tcp_side_facts(dialogue->connection, SIDE_CLIENT);
	struct tcp_side_facts server = tcp_side_facts(dialogue->connection, SIDE_SERVER);

	attempt->is_stalled = client.unacked > 0 && client.resent_in_vain > 1;
	attempt->is_tail_lost =
		dialogue->has_hole || dialogue->client_ended_at > dialogue->client_end;
	attempt->is_tail_denied = server.last_ns > client.data_ns;
}

/* Nothing but the envelope was seen; behind it bytes are missing, which may have been the message:
 * by the capture, or on their way. */
static void note_hidden(struct dialogue *dialogue, struct attempt *attempt)
{
	bool is_hidden = dialogue->attempt_gapped == attempt->id;
	uint32_t unused;

	if ((!is_hidden && dialogue->client_ended_at < dialogue->client_end + MESSAGE_LEAST) ||
	    attempt->refusal != NO_EVENT || attempt->recipient_count == 0 ||
	    all_refused(dialogue->all->ledger, attempt, &unused))
		return;
	attempt->has_begun = true;
	attempt->gap_in_message = attempt->gap_at_eod = is_hidden;
	note_unfinished(dialogue, attempt);
}

/* ATTEMPT goes no further: it was refused, or given up. */
static void end_attempt(struct dialogue *dialogue, struct attempt *attempt)
{
	uint32_t refusal = attempt->refusal;

	if (attempt->phase == PHASE_ENVELOPE)
		note_hidden(dialogue, attempt);
	attempt->is_over = true;
	if (attempt->phase == PHASE_ENVELOPE || attempt->phase == PHASE_MESSAGE) {
		if (refusal == NO_EVENT && attempt->phase == PHASE_ENVELOPE &&
		    all_refused(dialogue->all->ledger, attempt, &refusal))
			attempt->refusal = refusal;
		attempt->phase = attempt->refusal != NO_EVENT || attempt->reply != NO_EVENT
					 ? PHASE_ANSWERED
					 : PHASE_ABANDONED;
	}
	ledger_touch(dialogue->all->ledger, attempt);
}

void transaction_abandon_before(struct dialogue *dialogue)
{
	struct attempt *before =
		ledger_edit_attempt(dialogue->all->ledger, dialogue->attempt_before);

	dialogue->attempt_before = NO_ATTEMPT;
	if (before)
		end_attempt(dialogue, before);
}

void transaction_doubt(struct dialogue *dialogue)
{
	const struct attempt *attempt = dialogue_attempt(dialogue);

	if (attempt && attempt->phase == PHASE_ENVELOPE)
		dialogue->attempt_gapped = attempt->id;
}

void transaction_gap(struct dialogue *dialogue, uint64_t length, enum gap_kind kind)
{
	struct attempt *attempt = dialogue_attempt(dialogue);

	if (!attempt || attempt->is_over)
		return;
	if (attempt->phase == PHASE_ENVELOPE && length >= MESSAGE_LEAST) {
		dialogue->attempt_gapped = attempt->id;
	} else if (attempt->phase == PHASE_MESSAGE && kind == GAP_MISSING) {
		dialogue->has_hole = true;
	} else if (attempt->phase == PHASE_MESSAGE) {
		attempt->gap_in_message = true;
		ledger_touch(dialogue->all->ledger, attempt);
	}
}

void transaction_abandon(struct dialogue *dialogue)
{
	struct attempt *attempt = dialogue_attempt(dialogue);

	transaction_abandon_before(dialogue);
	dialogue->attempt = NO_ATTEMPT;
	if (!attempt)
		return;
	if (attempt->phase == PHASE_MESSAGE || dialogue->mode == MODE_BODY ||
	    dialogue->mode == MODE_CHUNK) {
		/* Where none of it was seen, all may lie in the gap before its 354. */
		attempt->gap_in_message |= dialogue->attempt_gapped == attempt->id &&
					   attempt->message == NO_EVENT;
		attempt->gap_at_eod |= attempt->gap_in_message;
		note_unfinished(dialogue, attempt);
	}
	close_message(dialogue, attempt, false);
	end_attempt(dialogue, attempt);
}

void transaction_mail_accepted(struct dialogue *dialogue, const struct due *due)
{
	struct ledger *ledger = dialogue->all->ledger;
	struct attempt *before = ledger_edit_attempt(ledger, dialogue->attempt_before);
	struct attempt *nested = ledger_edit_attempt(ledger, due->attempt);

	if (!before || !nested || dialogue->attempt != due->attempt)
		return;
	dialogue->attempt_before = NO_ATTEMPT;
	if (before->has_begun && !nested->has_begun)
		close_message(dialogue, before, false);
	end_attempt(dialogue, before);
}

/* An attempt that was none. */
static void forget_attempt(struct dialogue *dialogue, struct attempt *attempt)
{
	attempt->phase = PHASE_ABANDONED;
	attempt->has_begun = false;
	attempt->is_over = true;
	attempt->refusal = NO_EVENT;
	ledger_touch(dialogue->all->ledger, attempt);
}

/* What was pipelined behind a nested MAIL that is refused belongs to the transaction BEFORE, but
 * was put down to NESTED, which the replies to come are about: it takes the envelope over. */
static void take_over(struct dialogue *dialogue, struct attempt *nested, struct attempt *before)
{
	struct ledger *ledger = dialogue->all->ledger;

	nested->mail = before->mail;
	nested->sender = before->sender;
	nested->declared_size = before->declared_size;
	nested->transid = before->transid;
	nested->asks_extended = before->asks_extended;
	/* Chunks that went before are a part of the message: what was digested is not all of it. */
	nested->has_digest &= !before->has_begun;
	for (uint32_t i = 0; i < before->recipient_count; i++) {
		struct recipient *more = ledger_add_recipient(ledger, nested);
		if (more)
			*more = *ledger_recipient(ledger, before, i);
	}
	forget_attempt(dialogue, before);
	ledger_touch(ledger, nested);
}

void transaction_mail_refused(struct dialogue *dialogue, const struct due *due, uint32_t reply)
{
	struct ledger *ledger = dialogue->all->ledger;
	struct attempt *before = ledger_edit_attempt(ledger, due->before);
	struct attempt *nested = ledger_edit_attempt(ledger, due->attempt);

	if (!before || !nested || before->is_over) {
		transaction_refused(dialogue, due, reply);
		return;
	}
	if (dialogue->attempt_before == due->before)
		dialogue->attempt_before = NO_ATTEMPT;
	if (nested->recipient_count || nested->has_begun) {
		take_over(dialogue, nested, before);
		return;
	}
	forget_attempt(dialogue, nested);
	if (dialogue->attempt == due->attempt)
		dialogue->attempt = due->before;
}

void transaction_resume(struct dialogue *dialogue, uint32_t id, uint64_t offset)
{
	struct attempt *attempt = ledger_edit_attempt(dialogue->all->ledger, id);

	if (!attempt || attempt->has_begun)
		return;
	attempt->resumed_at = offset;
	ledger_touch(dialogue->all->ledger, attempt);
}

void transaction_refused(struct dialogue *dialogue, const struct due *due, uint32_t reply)
{
	struct attempt *attempt = ledger_edit_attempt(dialogue->all->ledger, due->attempt);

	if (!attempt || attempt->phase == PHASE_ABANDONED || attempt->refusal != NO_EVENT)
		return;
	attempt->refusal = reply;
	if (due->verb == VERB_DATA && attempt->data == NO_EVENT)
		attempt->data = due->event;
	ledger_touch(dialogue->all->ledger, attempt);
}

void transaction_begin_message(struct dialogue *dialogue, uint32_t command)
{
	struct attempt *attempt = dialogue_attempt(dialogue);
	struct attempt *before =
		ledger_edit_attempt(dialogue->all->ledger, dialogue->attempt_before);

	if (!attempt)
		attempt = transaction_begin(dialogue);
	if (!attempt)
		return;
	const struct event *event = session_event(dialogue->session, command);
	if (!attempt->has_begun || (event && event->value == VERB_DATA))
		attempt->data = command;
	if (attempt->has_begun)
		return;
	/* Chunks of a transaction that this one is to replace are none of its message. */
	if (before && before->has_begun)
		close_message(dialogue, before, false);
	if (!open_message(dialogue))
		return;
	give_message(dialogue, attempt);
	attempt->has_begun = true;
	/* An earlier DATA was refused, for want of a recipient, say; this one was not. */
	attempt->refusal = NO_EVENT;
	if (attempt->phase == PHASE_ENVELOPE)
		attempt->phase = PHASE_MESSAGE;
	dialogue->missing = attempt->resumed_at;
	if (attempt->resumed_at)
		message_begin_amid(dialogue->message);
	dialogue->has_hole = false;
	dialogue->is_cut = false;
	ledger_touch(dialogue->all->ledger, attempt);
}

void transaction_note_message(struct dialogue *dialogue, const struct mark *mark, uint64_t end)
{
	struct attempt *attempt = dialogue_attempt(dialogue);

	if (!attempt || attempt->message != NO_EVENT)
		return;
	struct event event = event_of(EVENT_MESSAGE, SIDE_CLIENT, mark, end);
	attempt->message = dialogue_event(dialogue, &event);
}

void transaction_end_of_data(struct dialogue *dialogue, const struct mark *mark, uint64_t end,
			     uint8_t bits)
{
	struct attempt *attempt = dialogue_attempt(dialogue);
	bool is_chunked = dialogue->mode != MODE_BODY;

	dialogue->mode = MODE_COMMANDS;
	dialogue->attempt = dialogue->attempt_before = NO_ATTEMPT;
	if (!attempt)
		return;
	close_message(dialogue, attempt, true);
	if (!is_chunked)
		attempt->bare_dots = dialogue->body.bare_dots;
	struct event event = event_of(EVENT_EOD, SIDE_CLIENT, mark, end);
	event.length = attempt->size > UINT32_MAX ? UINT32_MAX : (uint32_t)attempt->size;
	event.bits |= bits;
	attempt->eod = dialogue_event(dialogue, &event);
	attempt->eod_sends = 1;
	ledger_touch(dialogue->all->ledger, attempt);
	if (attempt->phase == PHASE_ANSWERED)
		return;
	attempt->phase = PHASE_WAITING;
	attempt->answers_each = dialogue->session->protocol == PROTOCOL_LMTP;
	answers_expect(dialogue, attempt, is_chunked);
	evidence_open(dialogue, attempt, end);
}

void transaction_lose_end(struct dialogue *dialogue)
{
	struct attempt *attempt = dialogue_attempt(dialogue);

	if (!attempt || !attempt->gap_in_message)
		return;
	attempt->gap_at_eod = attempt->gap_at_reply = true;
	transaction_abandon(dialogue);
	dialogue->mode = MODE_COMMANDS;
}

bool transaction_answered_early(struct dialogue *dialogue, uint32_t reply, uint16_t code,
				const struct mark *mark, uint64_t reply_end)
{
	struct attempt *attempt = dialogue_attempt(dialogue);
	bool ends_bare = body_ended_bare(&dialogue->body);

	if (!attempt)
		return false;
	if (!ends_bare && !attempt->gap_in_message) {
		if (code < 400)
			return false;
		/* Refused amid the message: the client may send on, or not (RFC 5321 4.2.1). */
		if (attempt->reply != NO_EVENT)
			return false;
		struct due refused = {.kind = DUE_EOD, .attempt = attempt->id};
		evidence_open(dialogue, attempt, 0);
		answers_take(dialogue, &refused, reply, code, reply_end);
		return true;
	}
	/* The server has seen an end: a bare-LF dot, or one that lies in the gap. */
	struct mark eod = dialogue->is_cut ? dialogue->cut_mark : *mark;
	bool has_place = ends_bare || dialogue->is_cut;
	struct due due = {.kind = DUE_EOD, .attempt = attempt->id, .recipient = NO_RECIPIENT};
	if (has_place) {
		if (ends_bare)
			eod = dialogue->client_mark;
		transaction_end_of_data(dialogue, &eod, dialogue->client_end,
					ends_bare ? EVENT_BARE_LF : EVENT_ASSUMED);
	} else {
		dialogue->attempt = NO_ATTEMPT;
		close_message(dialogue, attempt, false);
		dialogue->mode = MODE_COMMANDS;
		dialogue->is_skipping_line = true;
		attempt->phase = PHASE_WAITING;
		attempt->answers_each = dialogue->session->protocol == PROTOCOL_LMTP;
		if (attempt->answers_each)
			answers_expect(dialogue, attempt, false);
		evidence_open(dialogue, attempt, 0);
	}
	const struct due *first = queue_peek(&dialogue->queue, 0);
	if (first && first->kind == DUE_EOD_RECIPIENT)
		due = *first;
	if (has_place || due.kind == DUE_EOD_RECIPIENT)
		queue_drop(&dialogue->queue, 1);
	answers_take(dialogue, &due, reply, code, reply_end);
	return true;
}
