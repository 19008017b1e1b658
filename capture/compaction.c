/* SPDX-License-Identifier: MIT */
#include "compaction.h"

#include "delivery/keeping.h"
#include "delivery/tally_gone.h"
#include "dialogue.h"
#include "pool.h"
#include "smtp/ledger_copy.h"
#include "smtp/ledger_write.h"

#include <stdlib.h>

/* A step is so many sessions to be copied and joined, or as much of other work. */
#define LOOKED_AT 16 /* sessions or deliveries in place of one that is copied */
#define COUNTED 8

struct compaction {
	struct deliveries *before;
	struct keeping *keeping;
	struct ledger *ledger;       /* the new ones */
	struct deliveries *deliveries;
	struct moves moves;
	double share;
	uint32_t first_new;          /* sessions from here on came after it began */
	uint32_t next;               /* the session to be looked at */
	uint32_t next_delivery;      /* the old one that is to be counted */
	struct pool copied;          /* uint32_t: sessions that are to be joined */
	struct tally *past;          /* with what is let go; NULL: not begun */
	struct let_go let_go;
	bool is_chosen;
	bool has_rescued;
};

struct compaction *compaction_new(struct ledger *ledger, struct deliveries *deliveries,
				  uint64_t seed, double share)
{
	struct compaction *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->before = deliveries;
	c->share = share;
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
	tally_free(compaction->past);
	pool_empty(&compaction->copied);
	free(compaction);
}

static void keep(void *compaction, uint32_t session)
{
	struct compaction *c = compaction;

	if (!c->is_chosen) {
		keeping_pin(c->keeping, session);
	} else if (!keeping_has(c->keeping, session)) {
		keeping_rescue(c->keeping, session);
		c->has_rescued = true;
	}
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

/* Looks at what there is, and chooses. */
static void look(struct compaction *c, uint32_t most, const struct compaction_pins *pins)
{
	if (keeping_step(c->keeping, most))
		return;
	pins->pin(pins->context, keep, c);
	keeping_choose(c->keeping, c->share);
	c->is_chosen = true;
}

/* Copies what is kept and closed. False: no memory. */
static bool copy_some(struct compaction *c, uint32_t most, int64_t now_ns)
{
	uint32_t count = ledger_session_count(c->moves.before);

	for (; c->next < count && c->copied.count < most; c->next++)
		if (is_due(c, c->next) && is_closed(c, c->next) && !copy(c, c->next))
			return false;
	return join_copied(c, now_ns);
}

static bool is_gone(const void *context, uint32_t session)
{
	const struct compaction *c = context;

	return !keeping_has(c->keeping, session);
}

/* Begins to count what is let go. False: no memory. */
static bool begin_count(struct compaction *c)
{
	c->past = tally_go_on(deliveries_past(c->before));
	c->let_go = *deliveries_let_go(c->before);
	c->next_delivery = 0;
	for (uint32_t i = 0; i < c->first_new; i++)
		c->let_go.sessions += is_gone(c, i);
	return c->past && tally_begin_gone(c->past, c->moves.before, c->before, is_gone, c);
}

/* Counts MOST of them. False: that was all. */
static bool count_some(struct compaction *c, uint32_t most)
{
	uint32_t count = deliveries_count(c->before), left = count - c->next_delivery;
	uint32_t until = c->next_delivery + (left < most ? left : most);

	deliveries_sum_let_go(c->before, c->next_delivery, until, is_gone, c, &c->let_go);
	c->next_delivery = until;
	return tally_step(c->past, most) || c->next_delivery < count;
}

enum compaction_state compaction_step(struct compaction *compaction, uint32_t most, int64_t now_ns,
				      const struct compaction_pins *pins)
{
	struct compaction *c = compaction;

	if (!c->is_chosen) {
		look(c, most < UINT32_MAX / LOOKED_AT ? most * LOOKED_AT : UINT32_MAX, pins);
		return COMPACTION_GOES_ON;
	}
	if (!copy_some(c, most, now_ns))
		return COMPACTION_FAILED;
	if (c->next < ledger_session_count(c->moves.before))
		return COMPACTION_GOES_ON;
	if (!c->past && !begin_count(c))
		return COMPACTION_FAILED;
	return count_some(c, most < UINT32_MAX / COUNTED ? most * COUNTED : UINT32_MAX)
		       ? COMPACTION_GOES_ON
		       : COMPACTION_READY;
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

/*
 * Since it began, only sessions that were open or came later can have brought together what did not
 * belong together. Returns whether anything is kept that was to be let go.
 */
static bool rescue_all(struct compaction *c)
{
	bool has_any = c->has_rescued; /* pinned since the choice */

	do {
		c->has_rescued = false;
		for (uint32_t i = 0; i < ledger_session_count(c->moves.before); i++)
			if (i >= c->first_new || keeping_was_open(c->keeping, i))
				deliveries_relate(c->before, i, rescue, c);
		has_any |= c->has_rescued;
	} while (c->has_rescued);
	return has_any;
}

/* What was counted was to be let go, and is not: it is rare, and counted once more at once. */
static bool count_again(struct compaction *c)
{
	tally_free(c->past);
	if (!begin_count(c))
		return false;
	while (count_some(c, UINT32_MAX))
		;
	return true;
}

static text_id keep_name(void *context, text_id name)
{
	const struct compaction *c = context;

	return ledger_keep(c->ledger, ledger_text(c->moves.before, name));
}

bool compaction_finish(struct compaction *compaction, int64_t now_ns,
		       const struct compaction_pins *pins)
{
	struct compaction *c = compaction;
	uint32_t count = ledger_session_count(c->moves.before);

	pins->pin(pins->context, keep, c);
	if (rescue_all(c) && !count_again(c))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (is_due(c, i) && !copy(c, i))
			return false;
	deliveries_restart_clock(c->deliveries);
	if (!join_copied(c, now_ns))
		return false;
	ledger_go_on(c->ledger, c->moves.before);
	tally_end_gone(c->past);
	tally_move(c->past, keep_name, c);
	deliveries_go_on(c->deliveries, c->before, &c->let_go, c->past);
	c->past = NULL;
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
