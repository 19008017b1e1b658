/* SPDX-License-Identifier: MIT */
#include "delivery/twins.h"

#include "delivery/placing.h"

/* The recipient of TWIN that is recipient INDEX of ATTEMPT: by address, else by its place. */
static uint16_t twin_recipient(const struct deliveries *d, const struct attempt *attempt,
			       uint16_t index, const struct attempt *twin)
{
	const struct recipient *mine = ledger_recipient(d->ledger, attempt, index);
	const struct recipient *other = ledger_recipient(d->ledger, twin, index);

	if (!mine || (other && other->address == mine->address))
		return other ? index : 0;
	for (uint16_t i = 0; i < twin->recipient_count; i++)
		if (ledger_recipient(d->ledger, twin, i)->address == mine->address)
			return i;
	return other ? index : 0;
}

void deliveries_pair(const struct deliveries *d, struct try *try)
{
	const struct placing *placing = pool_get(&d->placings, try->attempt);

	try->twin = NO_ATTEMPT;
	if (!placing || !placing->has_twin)
		return;
	uint16_t recipient = twin_recipient(d, ledger_attempt(d->ledger, try->attempt),
					    try->recipient, ledger_attempt(d->ledger, placing->twin));
	if (placing->is_twin_near) {
		try->twin = try->attempt;
		try->twin_recipient = try->recipient;
		try->attempt = placing->twin;
		try->recipient = recipient;
	} else {
		try->twin = placing->twin;
		try->twin_recipient = recipient;
	}
}

int twins_compare(const struct attempt *a, const struct attempt *b)
{
	const int knows[][2] = {
		{attempt_is_named(a), attempt_is_named(b)},
		{a->recipient_count > b->recipient_count, b->recipient_count > a->recipient_count},
		{a->has_digest, b->has_digest},
	};

	for (size_t i = 0; i < sizeof knows / sizeof *knows; i++)
		if (knows[i][0] != knows[i][1])
			return knows[i][0] > knows[i][1] ? 1 : -1;
	return 0;
}

bool twins_attach(struct deliveries *d, const struct attempt *attempt, const struct attempt *twin)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);
	struct placing *other = pool_get(&d->placings, twin->id);
	const struct pairing *pairing = pairs_of(d->judging.pairs, attempt->session);

	other->has_twin = true;
	other->twin = attempt->id;
	other->is_twin_near = pairing->near == attempt->session;
	d->is_outdated |= twins_compare(attempt, twin) > 0;
	placing->first = other->first;
	placing->count = other->count;
	placing->is_twin = true;
	for (uint32_t i = 0; i < other->count; i++) {
		struct delivery *delivery = deliveries_edit(d, delivery_of(d, twin->id, i));
		struct try *try = delivery ? summary_find_try(delivery, twin->id) : NULL;
		if (!try || try->twin != NO_ATTEMPT)
			continue;
		deliveries_pair(d, try);
		summary_make_stale(delivery, try);
		if (!placing_note_change(d, delivery))
			return false;
	}
	return true;
}

bool twins_judge_some(struct deliveries *d, uint32_t most, bool *goes_on)
{
	for (; most && d->twins_next < d->placings.count; most--, d->twins_next++) {
		const struct placing *placing = pool_get(&d->placings, d->twins_next);
		for (uint32_t k = 0; placing->has_twin && k < placing->count; k++) {
			uint32_t id = delivery_of(d, d->twins_next, k);
			struct delivery *delivery = deliveries_edit(d, id);
			struct try *try = delivery ? summary_find_try(delivery, d->twins_next) : NULL;
			if (!try)
				continue;
			summary_make_stale(delivery, try);
			if (!placing_note_change(d, delivery))
				return false;
		}
	}
	*goes_on = d->twins_next < d->placings.count;
	return true;
}
