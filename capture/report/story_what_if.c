/* SPDX-License-Identifier: MIT */
#include "story.h"

#include "timetext.h"
#include "what_if.h"

/* What the attempts until then left, as far as is known. */
struct copies {
	uint32_t min;
	uint32_t max;
};

static void add_copies(struct prose *out, struct copies copies)
{
	if (copies.min == copies.max)
		prose_add(out, ": %u %s", copies.min, copies.min == 1 ? "copy" : "copies");
	else
		prose_add(out, ": %u to %u copies", copies.min, copies.max);
}

void story_what_if(const struct subject *subject, struct prose *out)
{
	const struct delivery *d = subject->delivery;
	struct copies copies = {0};

	prose_add(out, "with %s ", duration_short_text(subject->timer_ns).s);
	for (uint32_t i = 0; i < d->try_count; i++) {
		const struct verdict *verdict = &d->tries[i].verdict;
		const struct attempt *attempt =
			ledger_attempt(subject->ledger, d->tries[i].attempt);
		enum what_if answer =
			what_if_of(subject->ledger, attempt, verdict, subject->timer_ns);
		copies.min += verdict->copies_min;
		copies.max += verdict->copies_max;
		if (answer == WHAT_IF_UNKNOWN) {
			prose_add(out, "nobody can know: attempt %u was never answered here",
				  i + 1);
			return;
		}
		if (answer == WHAT_IF_CONFIRMED) {
			prose_add(out, "attempt %u would %shave been confirmed after %s", i + 1,
				  attempt->is_encrypted ? "probably " : "",
				  duration_text(answer_time(subject->ledger, attempt, verdict)).s);
			if (!attempt->is_encrypted)
				add_copies(out, copies);
			return;
		}
	}
	prose_add(out, "no attempt would have been confirmed");
	add_copies(out, copies);
}
