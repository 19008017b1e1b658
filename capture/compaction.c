/* SPDX-License-Identifier: MIT */
#include "compaction.h"

#include "delivery/keeping.h"
#include "dialogue.h"
#include "pool.h"
#include "smtp/ledger_copy.h"
#include "smtp/ledger_write.h"

#include <stdlib.h>

struct compaction {
	struct deliveries *before;
	struct keeping *keeping;
	struct ledger *ledger;       /* the new ones */
	struct deliveries *deliveries;
	struct moves moves;
	uint32_t first_new;          /* sessions from here on came after the choice */
	uint32_t next;               /* the session to be looked at */
	struct pool copied;          /* uint32_t: sessions that are to be joined */
	bool is_chosen;
	bool has_rescued;
};

struct compaction *compaction_new(struct ledger *ledger, struct deliveries *deliveries,
				  uint64_t seed)
{
	struct compaction *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->before = deliveries;
	c->copied = pool_of(sizeof(uint32_t));
	c->first_new = ledger_session_count(ledger);
	c->keeping = keeping_new(ledger, deliveries);
	c->ledger = ledger_new(seed);
	c->deliveries = c->ledger ? deliveries_anew(deliveries, c->ledger) : NULL;
	c->moves = (struct moves){.before = ledger, .after = c->ledger};
	if (c->keeping && c->deliveries)
		return c;
	compaction_free(c);
	return NULL;
}

void compaction_free(struct compaction *compaction)
{
	if (!compaction)
		return;
	keeping_free(compaction->keeping);
	deliveries_free(compaction->deliveries);
	ledger_free(compaction->ledger);
	moves_clear(&compaction->moves);
	pool_empty(&compaction->copied);
	free(compaction);
}

void compaction_pin(void *compaction, uint32_t session)
{
	struct compaction *c = compaction;

	if (c->is_chosen)
		keeping_rescue(c->keeping, session);
	else
		keeping_pin(c->keeping, session);
}

void compaction_choose(struct compaction *compaction, double share)
{
	keeping_choose(compaction->keeping, share);
	compaction->is_chosen = true;
}

static bool is_closed(const struct compaction *c, uint32_t session)
{
	return ledger_session(c->moves.before, session)->is_closed;
}

/* Whether SESSION is kept, and was not copied so far. */
static bool is_due(const struct compaction *c, uint32_t session)
{
	return keeping_has(c->keeping, session) && moves_session(&c->moves, session) == NO_SESSION;
}

/* Copies SESSION, which waits in the new ledger to be joined. False: no memory. */
static bool copy(struct compaction *c, uint32_t session)
{
	uint32_t unused;
	uint32_t *place = pool_add(&c->copied, &unused);

	if (!place || !ledger_copy_session(c->ledger, &c->moves, session))
		return false;
	*place = session;
	return true;
}

/* What was copied is joined. False: no memory. */
static bool join_copied(struct compaction *c, int64_t now_ns)
{
	if (!deliveries_update(c->deliveries, now_ns, false))
		return false;
	for (uint32_t i = 0; i < c->copied.count; i++) {
		const uint32_t *session = pool_get(&c->copied, i);
		deliveries_carry(c->deliveries, c->before, &c->moves, *session);
	}
	pool_empty(&c->copied);
	return true;
}

enum compaction_state compaction_step(struct compaction *compaction, uint32_t most, int64_t now_ns)
{
	struct compaction *c = compaction;
	uint32_t count = ledger_session_count(c->moves.before);

	for (; c->next < count && c->copied.count < most; c->next++)
		if (is_due(c, c->next) && is_closed(c, c->next) && !copy(c, c->next))
			return COMPACTION_FAILED;
	if (!join_copied(c, now_ns))
		return COMPACTION_FAILED;
	return c->next < count ? COMPACTION_GOES_ON : COMPACTION_READY;
}

/* OTHER belongs to SESSION: if one is kept, so are both. */
static void rescue(void *context, uint32_t session, uint32_t other)
{
	struct compaction *c = context;
	bool has_session = keeping_has(c->keeping, session);

	if (has_session == keeping_has(c->keeping, other))
		return;
	keeping_rescue(c->keeping, has_session ? other : session);
	c->has_rescued = true;
}

/* Since the choice, only sessions that were open then or came later can have brought together what
 * did not belong together. */
static void rescue_all(struct compaction *c)
{
	do {
		c->has_rescued = false;
		for (uint32_t i = 0; i < ledger_session_count(c->moves.before); i++)
			if (i >= c->first_new || keeping_was_open(c->keeping, i))
				deliveries_relate_session(c->before, i, rescue, c);
	} while (c->has_rescued);
}

static text_id keep_name(void *context, text_id name)
{
	const struct compaction *c = context;

	return ledger_keep(c->ledger, ledger_text(c->moves.before, name));
}

bool compaction_finish(struct compaction *compaction, int64_t now_ns)
{
	struct compaction *c = compaction;
	uint32_t count = ledger_session_count(c->moves.before);

	rescue_all(c);
	for (uint32_t i = 0; i < count; i++)
		if (is_due(c, i) && !copy(c, i))
			return false;
	deliveries_restart_clock(c->deliveries);
	if (!join_copied(c, now_ns))
		return false;
	ledger_go_on(c->ledger, c->moves.before);
	(void)deliveries_go_on(c->deliveries, c->before, &c->moves);
	if (deliveries_past(c->deliveries))
		tally_rename(deliveries_past(c->deliveries), keep_name, c);
	return true;
}

struct compacted compaction_take(struct compaction *compaction)
{
	struct compacted made = {compaction->ledger, compaction->deliveries, compaction->moves};

	compaction->ledger = NULL;
	compaction->deliveries = NULL;
	compaction->moves = (struct moves){0};
	return made;
}
