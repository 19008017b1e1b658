/* SPDX-License-Identifier: MIT */
#include "report/entries.h"

#include "report/scene.h"
#include "timetext.h"

#include <stdlib.h>

bool entries_begin(struct entries *entries, const struct deliveries *deliveries)
{
	uint32_t ids = deliveries_count(deliveries);

	*entries = (struct entries){
		.list = calloc(ids ? ids : 1, sizeof *entries->list),
		.ids = ids,
		.is_sorted = true,
	};
	return entries->list != NULL;
}

void entries_free(struct entries *entries)
{
	free(entries->list);
	*entries = (struct entries){0};
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left;
	const struct entry *b = right;

	if (a->is_trouble != b->is_trouble)
		return a->is_trouble ? -1 : 1;
	if (a->is_trouble && a->delivery->state != b->delivery->state)
		return a->delivery->state < b->delivery->state ? -1 : 1;
	if (a->delivery->first_ns != b->delivery->first_ns)
		return a->delivery->first_ns < b->delivery->first_ns ? -1 : 1;
	return a->delivery->number < b->delivery->number ? -1
							 : a->delivery->number > b->delivery->number;
}

/* Those whose attempts went over to another delivery are none. */
static void take(struct entries *entries, const struct ledger *ledger,
		 const struct delivery *delivery, struct filter *where)
{
	struct entry *entry = &entries->list[entries->count];

	if (!delivery->try_count)
		return;
	entries->all++;
	if (!filter_matches(where, ledger, delivery))
		return;
	*entry = (struct entry){delivery, delivery_is_troubled(delivery)};
	if (entries->count && compare_entries(entry - 1, entry) > 0)
		entries->is_sorted = false;
	entries->in_state[delivery->state]++;
	entries->trouble += entry->is_trouble;
	entries->count++;
}

bool entries_take(struct entries *entries, const struct ledger *ledger,
		  const struct deliveries *deliveries, struct filter *where, uint32_t most)
{
	for (uint32_t i = 0; i < most && entries->next < entries->ids; i++)
		take(entries, ledger, delivery_get(deliveries, entries->next++), where);
	if (entries->next < entries->ids)
		return true;
	if (!entries->is_sorted)
		qsort(entries->list, entries->count, sizeof *entries->list, compare_entries);
	entries->is_sorted = true;
	return false;
}

static void add_states(const struct entries *entries, struct prose *out)
{
	static const char *const words[STATES] = {
		[STATE_DUPLICATED] = "duplicated",    [STATE_MAYBE_DUPLICATED] = "maybe duplicated",
		[STATE_IN_DOUBT] = "in doubt",	      [STATE_UNDELIVERED] = "undelivered",
		[STATE_DELIVERED] = "delivered once",
	};
	bool is_first = true;

	for (int i = 0; i < STATES; i++) {
		uint32_t count = entries->in_state[i];
		if (!count)
			continue;
		prose_add(out, "%s%s %s", is_first ? ": " : ", ", number_text(count).s, words[i]);
		is_first = false;
	}
}

double entries_share(const struct entries *entries, double done, double all)
{
	double taken = entries->next / (entries->ids + 1.0);

	return taken / 10 + (all > 0 ? done / all * 0.9 : 0);
}

void entries_tell(const struct entries *entries, uint32_t sessions, bool is_filtered,
		  struct prose *out)
{
	if (is_filtered)
		prose_add(out, "%s of ", number_text(entries->count).s);
	prose_add(out, "%s in %s", plural_words(entries->all, "delivery").s,
		  plural_words(sessions, "session").s);
	add_states(entries, out);
}
