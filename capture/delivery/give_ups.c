/* SPDX-License-Identifier: MIT */
#include "timers.h"

#include "bounds.h"

#include <stdlib.h>
#include <string.h>

bool give_ups_add(struct give_ups *give_ups, const struct give_up *give_up)
{
	uint32_t slot = give_ups->count++ % LIMIT_GIVE_UPS;

	if (!give_ups->newest)
		give_ups->newest = calloc(LIMIT_GIVE_UPS, sizeof *give_ups->newest);
	if (!give_ups->newest)
		return false;
	give_ups->newest[slot] = *give_up;
	return true;
}

bool give_ups_copy(struct give_ups *to, const struct give_ups *from)
{
	struct give_up *newest = NULL;

	if (from->newest) {
		newest = calloc(LIMIT_GIVE_UPS, sizeof *newest);
		if (!newest)
			return false;
		memcpy(newest, from->newest, LIMIT_GIVE_UPS * sizeof *newest);
	}
	*to = (struct give_ups){from->count, newest};
	return true;
}

void give_ups_clear(struct give_ups *give_ups)
{
	free(give_ups->newest);
	*give_ups = (struct give_ups){0};
}

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* The lower one of the two in the middle, so that it is a wait that was seen. */
static int64_t median_of(const int64_t *sorted, uint32_t count)
{
	return count ? sorted[(count - 1) / 2] : NO_TIME;
}

/* Takes the known give-ups' times into OUT, in order; those from the TCP ACK on if FROM_ACKED. */
static uint32_t sort_times(const struct give_ups *give_ups, bool from_acked,
			   int64_t out[static LIMIT_GIVE_UPS])
{
	uint32_t kept = give_ups->count < LIMIT_GIVE_UPS ? give_ups->count : LIMIT_GIVE_UPS;
	uint32_t count = 0;

	for (uint32_t i = 0; give_ups->newest && i < kept; i++) {
		const struct give_up *give_up = &give_ups->newest[i];
		int64_t time_ns = from_acked ? give_up->since_acked_ns : give_up->waited_ns;
		if (time_ns != NO_TIME)
			out[count++] = time_ns;
	}
	qsort(out, count, sizeof *out, compare_times);
	return count;
}

struct timer_guess timer_guess_from(enum wait_kind kind, const struct give_ups *give_ups)
{
	struct timer_guess guess = {.kind = kind, .since_acked_ns = NO_TIME};
	int64_t times[LIMIT_GIVE_UPS];
	uint32_t count = sort_times(give_ups, false, times);

	if (count == 0)
		return guess;
	guess.give_ups = give_ups->count;
	guess.median_ns = median_of(times, count);
	guess.least_ns = times[0];
	guess.most_ns = times[count - 1];
	count = sort_times(give_ups, true, times);
	guess.since_acked_ns = median_of(times, count);
	if (!timer_is_near(guess.least_ns, guess.median_ns) ||
	    !timer_is_near(guess.most_ns, guess.median_ns))
		return guess;
	guess.timer_ns = timer_snap(kind, guess.median_ns);
	guess.is_usual = guess.timer_ns != 0;
	if (!guess.is_usual && guess.since_acked_ns != NO_TIME) {
		guess.timer_ns = timer_snap(kind, guess.since_acked_ns);
		guess.is_usual = guess.is_from_acked = guess.timer_ns != 0;
	}
	if (!guess.is_usual)
		guess.timer_ns = guess.median_ns;
	return guess;
}
