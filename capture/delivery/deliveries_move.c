/* SPDX-License-Identifier: MIT */
#include "delivery/deliveries_move.h"

#include "delivery/deliveries_state.h"

#define MOST_RELATED 3

struct deliveries *deliveries_anew(const struct deliveries *before, struct ledger *ledger)
{
	struct deliveries *after = deliveries_new(ledger, &before->judging.options);

	if (!after)
		return NULL;
	after->numbered = NO_DELIVERY;
	after->is_outdated = before->is_outdated;
	pairs_take_clocks(after->judging.pairs, before->judging.pairs);
	return after;
}

void deliveries_restart_clock(struct deliveries *deliveries)
{
	deliveries->has_time_passed = true;
}

static uint32_t session_of(const struct deliveries *d, uint32_t attempt)
{
	return ledger_attempt(d->ledger, attempt)->session;
}

/* ---- What belongs together ------------------------------------------------------------------ */

void deliveries_relate_tries(const struct deliveries *d, const struct delivery *delivery,
			     relate_visit *visit, void *context)
{
	const struct delivery *leg_before = delivery_get(d, delivery->hop_of);

	if (!delivery->try_count)
		return;
	uint32_t first = session_of(d, delivery->tries[0].attempt);
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		visit(context, first, session_of(d, delivery->tries[i].attempt));
		if (delivery->tries[i].twin != NO_ATTEMPT)
			visit(context, first, session_of(d, delivery->tries[i].twin));
	}
	if (leg_before && leg_before->try_count)
		visit(context, first, session_of(d, leg_before->tries[0].attempt));
}

/* The other session of a connection that was turned, and other captures of it. */
void deliveries_relate_connection(const struct deliveries *d, uint32_t session,
				  relate_visit *visit, void *context)
{
	uint32_t turned_from = ledger_session(d->ledger, session)->turned_from;
	uint32_t others[MOST_RELATED];
	uint32_t count = pairs_related(d->judging.pairs, session, others);

	if (turned_from != NO_SESSION)
		visit(context, session, turned_from);
	for (uint32_t i = 0; i < count; i++)
		visit(context, session, others[i]);
}

static uint32_t parts_of(const struct attempt *attempt)
{
	return attempt->recipient_count ? attempt->recipient_count : 1;
}

void deliveries_relate(const struct deliveries *deliveries, uint32_t session, relate_visit *visit,
		       void *context)
{
	uint32_t id = ledger_session(deliveries->ledger, session)->first_attempt;

	deliveries_relate_connection(deliveries, session, visit, context);
	while (id != NO_ATTEMPT) {
		const struct attempt *attempt = ledger_attempt(deliveries->ledger, id);
		for (uint32_t i = 0; i < parts_of(attempt); i++) {
			const struct delivery *delivery =
				delivery_get(deliveries, delivery_of(deliveries, id, i));
			if (delivery)
				deliveries_relate_tries(deliveries, delivery, visit,
							context);
		}
		id = attempt->next_in_session;
	}
}

/* ---- What is taken over --------------------------------------------------------------------- */

static void carry_delivery(struct delivery *to, const struct delivery *from)
{
	to->number = from->number;
	to->revision = from->revision;
}

void deliveries_carry(struct deliveries *after, const struct deliveries *before,
		      const struct moves *moves, uint32_t session)
{
	uint32_t id = ledger_session(before->ledger, session)->first_attempt;

	while (id != NO_ATTEMPT) {
		const struct attempt *attempt = ledger_attempt(before->ledger, id);
		for (uint32_t i = 0; i < parts_of(attempt); i++) {
			const struct delivery *from =
				delivery_get(before, delivery_of(before, id, i));
			struct delivery *to = deliveries_edit(
				after, delivery_of(after, moves_attempt(moves, id), i));
			if (from && to)
				carry_delivery(to, from);
		}
		id = attempt->next_in_session;
	}
}

/* Those that were not there before are new; a hop names the one before it by its number. */
static void number_all(struct deliveries *after)
{
	for (uint32_t i = 0; i < after->all.count; i++) {
		struct delivery *delivery = deliveries_edit(after, i);
		if (delivery->number == NO_DELIVERY && delivery->try_count)
			delivery->number = after->numbered++;
	}
	for (uint32_t i = 0; i < after->all.count; i++) {
		struct delivery *delivery = deliveries_edit(after, i);
		const struct delivery *leg_before = delivery_get(after, delivery->hop_of);
		if (leg_before)
			delivery->hop_number = leg_before->number;
	}
}

void deliveries_sum_let_go(const struct deliveries *deliveries, uint32_t from, uint32_t until,
			   is_let_go *is_gone, const void *context, struct let_go *sums)
{
	for (uint32_t i = from; i < until; i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (!delivery->try_count ||
		    !is_gone(context, session_of(deliveries, delivery->tries[0].attempt)))
			continue;
		sums->deliveries++;
		sums->troubled += delivery_is_troubled(delivery);
		sums->in_state[delivery->state]++;
	}
}

void deliveries_go_on(struct deliveries *after, const struct deliveries *before,
		      const struct let_go *let_go, struct tally *past)
{
	after->past = past;
	after->let_go = *let_go;
	after->cut = before->cut;
	after->numbered = before->numbered;
	after->has_files |= before->has_files;
	number_all(after);
	if (deliveries_timer(after) != deliveries_timer(before))
		deliveries_set_timer(after, deliveries_timer(before));
}

const struct let_go *deliveries_let_go(const struct deliveries *deliveries)
{
	return &deliveries->let_go;
}

struct tally *deliveries_past(const struct deliveries *deliveries)
{
	return deliveries->past;
}

uint32_t deliveries_moved(const struct deliveries *before, const struct deliveries *after,
			  const struct moves *moves, uint32_t id)
{
	const struct delivery *delivery = delivery_get(before, id);

	for (uint32_t i = 0; delivery && i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		uint32_t attempt = moves_attempt(moves, try->attempt);
		uint32_t moved = delivery_of(after, attempt, try->recipient);
		if (moved != NO_DELIVERY)
			return moved;
	}
	return NO_DELIVERY;
}

/* ---- Memory --------------------------------------------------------------------------------- */

size_t deliveries_memory(const struct deliveries *deliveries)
{
	uint32_t tries = join_count(deliveries->join), count = deliveries->all.count;
	/* The first try of a delivery is in it; the arrays of others grow at powers of two. */
	size_t arrays = tries > count ? (tries - count) * 2 * sizeof(struct try) : 0;

	return pool_memory(&deliveries->all) + pool_memory(&deliveries->placings) +
	       pool_memory(&deliveries->shown) + join_memory(deliveries->join) +
	       pairs_memory(deliveries->judging.pairs) + arrays;
}
