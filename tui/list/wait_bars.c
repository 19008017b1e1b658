/* SPDX-License-Identifier: MIT */
#include "list/wait_bars.h"

#include "timetext.h"

#include <string.h>

static const int64_t steps_ns[WAIT_BARS - 2] = {
	100 * NS_PER_MS,    300 * NS_PER_MS,	NS_PER_SECOND,	     3 * NS_PER_SECOND,
	10 * NS_PER_SECOND, 30 * NS_PER_SECOND, 100 * NS_PER_SECOND,
};

#define NEVER (WAIT_BARS - 1)

static void count(const struct party *party, uint64_t out[static WAIT_BARS])
{
	int64_t from_ns = 0;
	for (int i = 0; i < NEVER; i++) {
		int64_t to_ns = i < NEVER - 1 ? steps_ns[i] : INT64_MAX;
		out[i] = sketch_count_between(&party->answers, from_ns, to_ns);
		from_ns = to_ns;
	}
	out[NEVER] = party->unanswered;
}

const char *wait_bars_draw(const struct party *party, bool ascii_only,
			   char out[static WAIT_BARS_TEXT])
{
	static const char *const blocks[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const signs[] = {".", ":", "-", "=", "+", "*", "%", "@", "#"};
	const char *const *levels = ascii_only ? signs : blocks;
	uint64_t counts[WAIT_BARS];
	uint64_t most = 0;
	count(party, counts);
	for (int i = 0; i < WAIT_BARS; i++)
		if (counts[i] > most)
			most = counts[i];
	char *end = out;
	for (int i = 0; i < WAIT_BARS; i++) {
		size_t level = counts[i] ? 1 + (size_t)((counts[i] * 7 + most / 2) / most) : 0;
		end = stpcpy(end, levels[level]);
	}
	return out;
}

static void say_step(int i, struct prose *out)
{
	if (i == NEVER)
		prose_add(out, "never");
	else if (i == NEVER - 1)
		prose_add(out, "over %s", duration_short_text(steps_ns[i - 1]).s);
	else if (i == 0)
		prose_add(out, "under %s", duration_short_text(steps_ns[i]).s);
	else
		prose_add(out, "%s to %s", duration_short_text(steps_ns[i - 1]).s,
			  duration_short_text(steps_ns[i]).s);
}

void wait_bars_say(const struct party *party, struct prose *out)
{
	uint64_t counts[WAIT_BARS];
	const char *join = "";
	count(party, counts);
	for (int i = 0; i < WAIT_BARS; i++) {
		if (!counts[i])
			continue;
		prose_add(out, "%s", join);
		say_step(i, out);
		prose_add(out, ": %s", number_text(counts[i]).s);
		join = ", ";
	}
}
