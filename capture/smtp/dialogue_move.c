/* SPDX-License-Identifier: MIT */
/*
 * Dialogues go on in another ledger: all ids that they remember are mapped here, and nowhere else.
 */
#include "smtp/dialogue_state.h"

static void move_attempt(const struct moves *moves, uint32_t *attempt)
{
	*attempt = moves_attempt(moves, *attempt);
}

/* The same where 0 is none, and the others are one more than an id. */
static void move_counted(const struct moves *moves, uint32_t *attempt)
{
	if (*attempt)
		*attempt = moves_attempt(moves, *attempt - 1) + 1;
}

static void move_dues(struct dialogue *dialogue, const struct moves *moves)
{
	for (uint32_t i = 0; i < dialogue->queue.count; i++) {
		struct due *due = queue_peek(&dialogue->queue, i);
		move_attempt(moves, &due->attempt);
		move_attempt(moves, &due->before);
		if (due->text)
			due->text = ledger_keep(dialogue->all->ledger,
						ledger_text(moves->before, due->text));
	}
}

void dialogues_begin_move(struct dialogues *dialogues, struct ledger *ledger)
{
	dialogues->ledger = ledger;
}

void dialogue_move(void *owner, const struct moves *moves)
{
	struct dialogue *dialogue = owner;

	if (!dialogue || !dialogue->session)
		return;
	uint32_t id = moves_session(moves, dialogue->session->id);
	dialogue->session = ledger_edit_session(dialogue->all->ledger, id);
	move_attempt(moves, &dialogue->attempt);
	move_attempt(moves, &dialogue->attempt_before);
	move_attempt(moves, &dialogue->attempt_gapped);
	move_attempt(moves, &dialogue->attempt_answered);
	move_counted(moves, &dialogue->tls.attempt);
	move_counted(moves, &dialogue->tls.unanswered);
	for (uint8_t i = 0; i < dialogue->open_count; i++)
		move_attempt(moves, &dialogue->open[i].attempt);
	move_dues(dialogue, moves);
}
