/* SPDX-License-Identifier: MIT */
/*
 * The replies to the end of data: one, or with LMTP (RFC 2033 4.2), PRDR (draft-hall-prdr) and
 * EXDATA (draft-varshavchik-exdata-smtpext) one for each accepted recipient.
 */
#include "smtp/dialogue_state.h"

/* The replies to the end of data: one, or with LMTP one for each accepted recipient. */
static void expect_answers(struct dialogue *dialogue, const struct attempt *attempt)
{
	struct due due = {.kind = DUE_EOD, .attempt = attempt->id, .recipient = NO_RECIPIENT};
	uint32_t accepted = 0, index = 0;

	for (uint32_t i = 0; i < attempt->recipient_count; i++)
		accepted += ledger_recipient(dialogue->all->ledger, attempt, i)->rcpt_code < 400;
	if (!attempt->answers_each || accepted == 0) {
		dialogue_expect(dialogue, &due);
		return;
	}
	due.kind = DUE_EOD_RECIPIENT;
	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		if (ledger_recipient(dialogue->all->ledger, attempt, i)->rcpt_code >= 400)
			continue;
		due.recipient = i;
		due.is_last = ++index == accepted;
		dialogue_expect(dialogue, &due);
	}
}

void answers_expect(struct dialogue *dialogue, const struct attempt *attempt, bool is_chunked)
{
	struct due_queue *queue = &dialogue->queue;

	if (!is_chunked) {
		expect_answers(dialogue, attempt);
		return;
	}
	/* The reply to the last chunk is due since its command; with LMTP that turns into one for
	 * each recipient. */
	if (!attempt->answers_each || queue->count == 0 ||
	    queue_peek(queue, queue->count - 1)->kind != DUE_EOD)
		return;
	queue->count--;
	expect_answers(dialogue, attempt);
}

/* A reply for each accepted recipient is due next. IS_ALL: and none for all of them behind. */
static void expect_each(struct dialogue *dialogue, const struct attempt *attempt, bool is_all)
{
	struct due due = {.kind = DUE_EOD_RECIPIENT, .attempt = attempt->id, .is_last = is_all};

	for (uint32_t i = attempt->recipient_count; i-- > 0;) {
		due.recipient = i;
		if (ledger_recipient(dialogue->all->ledger, attempt, i)->rcpt_code >= 400)
			continue;
		(void)queue_add_first(&dialogue->queue, &due);
		due.is_last = false;
	}
}

bool answers_extend(struct dialogue *dialogue)
{
	const struct due *due = queue_peek(&dialogue->queue, 0);
	struct attempt *attempt =
		due ? ledger_edit_attempt(dialogue->all->ledger, due->attempt) : NULL;

	if (!attempt || !attempt->asks_extended || attempt->recipient_count == 0)
		return false;
	if (due->kind == DUE_EOD && !attempt->answers_each) {
		queue_drop(&dialogue->queue, 1);
		attempt->answers_each = true;
		expect_each(dialogue, attempt, true);
		return true;
	}
	return due->kind == DUE_EOD_RECIPIENT;
}

void answers_take(struct dialogue *dialogue, const struct due *due, uint32_t reply,
			  uint16_t code, uint64_t reply_end)
{
	struct ledger *ledger = dialogue->all->ledger;
	struct attempt *attempt = ledger_edit_attempt(ledger, due->attempt);

	if (!attempt)
		return;
	/* PRDR: a reply for each accepted recipient follows, and then the one for all of them. */
	if (due->kind == DUE_EOD && code == 353) {
		(void)queue_add_first(&dialogue->queue, due);
		expect_each(dialogue, attempt, false);
		return;
	}
	if (due->kind == DUE_EOD_RECIPIENT) {
		struct recipient *recipient =
			ledger_edit_recipient(ledger, attempt, due->recipient);
		if (recipient)
			recipient->final_reply = reply;
		ledger_touch(ledger, attempt);
		if (!due->is_last)
			return;
	}
	if (attempt->reply == NO_EVENT)
		attempt->reply = reply;
	attempt->reply_sends = 1;
	attempt->phase = PHASE_ANSWERED;
	dialogue->attempt_answered = attempt->id;
	ledger_touch(ledger, attempt);
	evidence_reply(dialogue, attempt->id, reply_end);
}

/* The first accepted recipient without a reply of its own; NULL if there is none. */
static struct recipient *next_unanswered(struct ledger *ledger, struct attempt *attempt)
{
	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		struct recipient *recipient = ledger_edit_recipient(ledger, attempt, i);
		if (recipient->rcpt_code < 400 && recipient->final_reply == NO_EVENT)
			return recipient;
	}
	return NULL;
}

bool answers_again(struct dialogue *dialogue, uint32_t reply, uint16_t code)
{
	struct ledger *ledger = dialogue->all->ledger;
	struct attempt *attempt = ledger_edit_attempt(ledger, dialogue->attempt_answered);
	bool is_final = code / 100 == 2 || code / 100 == 4 || code / 100 == 5;

	/* 421 may come at any time (RFC 5321 3.8). */
	if (!attempt || !is_final || code == 421 || attempt->eod == NO_EVENT ||
	    dialogue->session->client_name || dialogue_saw_beginning(dialogue))
		return false;
	struct recipient *first = attempt->answers_each ? NULL : next_unanswered(ledger, attempt);
	if (first)
		first->final_reply = attempt->reply;
	struct recipient *next = next_unanswered(ledger, attempt);
	if (!next) {
		if (first)
			first->final_reply = NO_EVENT;
		return false;
	}
	next->final_reply = reply;
	attempt->answers_each = true;
	dialogue->session->protocol = PROTOCOL_LMTP;
	ledger_touch(ledger, attempt);
	return true;
}
