/* SPDX-License-Identifier: MIT */
#include "delivery/placing.h"

#include "bounds.h"
#include "delivery/summary.h"

bool placing_note_change(struct deliveries *d, struct delivery *delivery)
{
	if (delivery->is_changed)
		return true;
	delivery->is_changed = true;
	return ids_add(&d->changed, delivery->id);
}

static struct delivery *new_delivery(struct deliveries *d)
{
	struct delivery *delivery;
	uint32_t id;

	if (d->spare.count) {
		delivery = deliveries_edit(d, d->spare.ids[--d->spare.count]);
	} else {
		delivery = pool_add(&d->all, &id);
		if (!delivery)
			return NULL;
		delivery->id = id;
		delivery->number = delivery->hop_of = NO_DELIVERY;
	}
	if (delivery->number == NO_DELIVERY && d->numbered != NO_DELIVERY)
		delivery->number = d->numbered++;
	return delivery;
}

static bool is_full(const struct delivery *delivery)
{
	return delivery->try_count >= LIMIT_ATTEMPTS;
}

static struct delivery *delivery_of_part(const struct deliveries *d, uint32_t number)
{
	return number == NO_NUMBER ? NULL : deliveries_edit(d, join_delivery(d->join, number));
}

/* Takes the try of ATTEMPT out of FROM. */
static bool drop_try(struct deliveries *d, struct delivery *from, uint32_t attempt)
{
	summary_drop_try(from, attempt);
	if (from->try_count)
		return placing_note_change(d, from);
	if (from->is_counted)
		d->in_state[from->state]--;
	from->is_counted = false;
	from->revision++;
	return true;
}

/* A recipient named twice in one transaction is one: the RCPT counts that was not refused. */
static bool add_again(struct deliveries *d, struct delivery *delivery, const struct try *try)
{
	struct try *other = summary_find_try(delivery, try->attempt);

	if (!other)
		return summary_add_try(&d->judging, delivery, try);
	const struct attempt *attempt = ledger_attempt(d->ledger, try->attempt);
	if (ledger_recipient(d->ledger, attempt, other->recipient)->rcpt_code >= 400) {
		other->recipient = try->recipient;
		summary_make_stale(delivery, other);
	}
	return true;
}

/* Puts part NUMBER into TO, from where it was. IS_AGAIN: its attempt may be there. */
static bool put(struct deliveries *d, uint32_t number, struct delivery *to,
		enum certainty certainty, bool is_again)
{
	struct part part = join_part(d->join, number);
	struct delivery *from = delivery_of_part(d, number);
	struct try try = {
		.attempt = part.attempt->id,
		.recipient = (uint16_t)part.recipient,
		.certainty = certainty,
	};
	deliveries_pair(d, &try);

	if (from == to) {
		struct try *own = summary_find_try(to, try.attempt);
		if (own)
			own->certainty = certainty;
		return placing_note_change(d, to);
	}
	if (from && !drop_try(d, from, part.attempt->id))
		return false;
	join_put(d->join, number, to->id);
	bool is_fine = is_again ? add_again(d, to, &try) : summary_add_try(&d->judging, to, &try);
	return is_fine && placing_note_change(d, to);
}

/* The delivery of refused attempts alone whose next try part NUMBER is; NULL if there is none. */
static struct delivery *refused_before(struct deliveries *d, uint32_t number)
{
	uint32_t before[LIMIT_JOIN];
	uint32_t count = join_refused_before(d->join, number, before, LIMIT_JOIN);

	for (uint32_t i = 0; i < count; i++) {
		struct delivery *delivery = delivery_of_part(d, before[i]);
		if (!delivery || !delivery->try_count ||
		    join_next(d->join, before[i]) != number)
			continue;
		/* Later ones in it go on elsewhere, and those before them with them. */
		const struct try *last = &delivery->tries[delivery->try_count - 1];
		if (last->attempt != join_part(d->join, before[i]).attempt->id)
			continue;
		if (!is_full(delivery))
			return delivery;
		d->cut++;
		return NULL;
	}
	return NULL;
}

/* Lets the refused attempts before part NUMBER follow their next tries. */
static bool pull_refused(struct deliveries *d, uint32_t number)
{
	uint32_t before[LIMIT_JOIN];
	uint32_t count = join_refused_before(d->join, number, before, LIMIT_JOIN);

	for (uint32_t i = 0; i < count; i++) {
		struct delivery *from = delivery_of_part(d, before[i]);
		struct delivery *to = delivery_of_part(d, join_next(d->join, before[i]));
		if (!to || from == to || is_full(to) || (from && is_full(from)))
			continue;
		if (!put(d, before[i], to, JOIN_POSSIBLE, true))
			return false;
	}
	return true;
}

/* Where a part goes that belongs to nothing earlier: it stays if it founded its delivery, else it
 * goes on where refused attempts wait for it, or begins anew. */
static struct delivery *found_delivery(struct deliveries *d, uint32_t number)
{
	struct delivery *to = delivery_of_part(d, number);

	if (to && !join_is_founded(d->join, number, to->id))
		return to;
	to = refused_before(d, number);
	return to ? to : new_delivery(d);
}

bool placing_settle(struct deliveries *d, uint32_t number)
{
	struct match match = {.number = join_next(d->join, number), .certainty = JOIN_POSSIBLE,
			      .hop_of = NO_NUMBER};

	if (!join_is_refused(d->join, number))
		match = join_find(d->join, number);
	struct delivery *to = delivery_of_part(d, match.number);
	if (to && is_full(to) && to != delivery_of_part(d, number)) {
		d->cut++;
		to = NULL;
	}
	if (!to) {
		to = found_delivery(d, number);
		if (!to)
			return false;
		match.certainty = JOIN_CERTAIN;
		const struct delivery *leg_before = delivery_of_part(d, match.hop_of);
		to->hop_of = leg_before ? leg_before->id : NO_DELIVERY;
		to->hop_number = leg_before ? leg_before->number : NO_DELIVERY;
	}
	bool is_again = join_is_refused(d->join, number) ||
			(match.number != NO_NUMBER && join_part(d->join, match.number).attempt ==
							     join_part(d->join, number).attempt);
	return put(d, number, to, match.certainty, is_again) && pull_refused(d, number);
}

bool placing_settle_later(struct deliveries *d, uint32_t number)
{
	uint32_t later = join_later(d->join, number);

	for (uint32_t i = 0; i < LIMIT_JOIN && later != NO_NUMBER; i++) {
		if (!placing_settle(d, later))
			return false;
		later = join_later(d->join, later);
	}
	return true;
}

bool placing_show(struct deliveries *d, const struct attempt *attempt)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);
	uint32_t count = attempt->recipient_count ? attempt->recipient_count : 1;

	if (!pool_add_run(&d->shown, count, &placing->first))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct delivery *delivery = new_delivery(d);
		struct try try = {.attempt = attempt->id, .recipient = (uint16_t)i};
		uint32_t *shown = pool_get(&d->shown, placing->first + i);
		deliveries_pair(d, &try);
		if (!delivery || !summary_add_try(&d->judging, delivery, &try))
			return false;
		*shown = delivery->id;
		placing->shown++;
		if (!placing_note_change(d, delivery))
			return false;
	}
	return true;
}

bool placing_hide(struct deliveries *d, const struct attempt *attempt)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);

	while (placing->shown) {
		const uint32_t *shown = pool_get(&d->shown, placing->first + --placing->shown);
		struct delivery *delivery = deliveries_edit(d, *shown);
		if (!drop_try(d, delivery, attempt->id) || !ids_add(&d->spare, delivery->id))
			return false;
	}
	return true;
}
