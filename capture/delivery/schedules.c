/* SPDX-License-Identifier: MIT */
#include "schedules.h"

#define SECONDS(s) ((int64_t)(s)*NS_PER_SECOND)

/* How far an interval may be from what a schedule says: a queue runs late, not early. */
#define SLACK_NS SECONDS(15)
#define SLACK_PART 20 /* 5 % */

const char *schedule_owner(enum schedule schedule)
{
	static const char *const owners[SCHEDULES] = {
		[SCHEDULE_FIXED] = "",
		[SCHEDULE_POSTFIX] = "Postfix's",
		[SCHEDULE_SQUARES] = "qmail's or OpenSMTPD's",
		[SCHEDULE_HARAKA] = "Haraka's",
		[SCHEDULE_DMA] = "dma's",
	};

	return owners[schedule];
}

const char *schedule_words(enum schedule schedule)
{
	static const char *const words[SCHEDULES] = {
		[SCHEDULE_FIXED] = "always the same interval",
		[SCHEDULE_POSTFIX] = "5 min, then growing with the message's age",
		[SCHEDULE_SQUARES] = "400 s times 1, 4, 9, 16... after the first attempt",
		[SCHEDULE_HARAKA] = "64 s, then each time twice as long",
		[SCHEDULE_DMA] = "5 min, then each time 1.5 to 2.5 times as long",
	};

	return words[schedule];
}

static int64_t slack_of(int64_t interval_ns)
{
	return interval_ns / SLACK_PART > SLACK_NS ? interval_ns / SLACK_PART : SLACK_NS;
}

/* Whether SEEN lies from LEAST to MOST, or a little beside. */
static bool is_within(int64_t seen_ns, int64_t least_ns, int64_t most_ns)
{
	return seen_ns >= least_ns - slack_of(least_ns) && seen_ns <= most_ns + slack_of(most_ns);
}

/* Some count from the beginning of the attempt before, others from its failure. */
static bool fits_interval(const struct attempt_time *before, const struct attempt_time *after,
			  int64_t least_ns, int64_t most_ns)
{
	return is_within(after->start_ns - before->start_ns, least_ns, most_ns) ||
	       is_within(after->start_ns - before->end_ns, least_ns, most_ns);
}

/* All alike, within the tighter bounds of a clock that is set once. */
static bool fits_fixed(const struct attempt_time *times, size_t count)
{
	int64_t least = INT64_MAX, most = 0;

	for (size_t i = 1; i < count; i++) {
		int64_t interval = times[i].start_ns - times[i - 1].start_ns;
		if (interval < least)
			least = interval;
		if (interval > most)
			most = interval;
	}
	return least > 0 && most - least <= (most / SLACK_PART > SECONDS(2) ? most / SLACK_PART
									     : SECONDS(2));
}

/* qmgr: the message's age, at least minimal_backoff_time (300 s), at most maximal_backoff_time
 * (4000 s), and then up to queue_run_delay (300 s) until the deferred queue is looked at. */
static bool fits_postfix(const struct attempt_time *times, size_t at)
{
	int64_t backoff = times[at - 1].end_ns - times[0].start_ns;

	if (backoff < SECONDS(300))
		backoff = SECONDS(300);
	if (backoff > SECONDS(4000))
		backoff = SECONDS(4000);
	return fits_interval(&times[at - 1], &times[at], backoff, backoff + SECONDS(300));
}

/* qmail-send: birth + (sqrt(age) + 20)^2; OpenSMTPD: creation + 400 * step^2. */
static bool fits_squares(const struct attempt_time *times, size_t at)
{
	int64_t due = SECONDS(400) * (int64_t)(at * at);

	return is_within(times[at].start_ns - times[0].start_ns, due, due);
}

/* outbound: 2^(attempts + 5) s after each failure. */
static bool fits_haraka(const struct attempt_time *times, size_t at)
{
	int64_t pause = at < 20 ? SECONDS(64) << (at - 1) : INT64_MAX / 4;

	return fits_interval(&times[at - 1], &times[at], pause, pause);
}

/* MIN_RETRY 300 s, then by [1.5, 2.5) each time, up to MAX_RETRY 3 h. */
static bool fits_dma(const struct attempt_time *times, size_t at)
{
	if (at == 1)
		return fits_interval(&times[0], &times[1], SECONDS(300), SECONDS(300));
	int64_t before = times[at - 1].start_ns - times[at - 2].start_ns;
	int64_t most = SECONDS(3 * 3600);
	return fits_interval(&times[at - 1], &times[at],
			     before * 3 / 2 < most ? before * 3 / 2 : most,
			     before * 5 / 2 < most ? before * 5 / 2 : most);
}

uint32_t schedules_fitting(const struct attempt_time *times, size_t count)
{
	bool (*const fits[SCHEDULES])(const struct attempt_time *, size_t) = {
		[SCHEDULE_POSTFIX] = fits_postfix,
		[SCHEDULE_SQUARES] = fits_squares,
		[SCHEDULE_HARAKA] = fits_haraka,
		[SCHEDULE_DMA] = fits_dma,
	};
	uint32_t fitting = 0;

	if (count < SCHEDULE_LEAST_TIMES)
		return 0;
	if (fits_fixed(times, count))
		fitting |= 1u << SCHEDULE_FIXED;
	for (size_t kind = SCHEDULE_FIXED + 1; kind < SCHEDULES; kind++) {
		bool is_fitting = true;
		for (size_t at = 1; is_fitting && at < count; at++)
			is_fitting = fits[kind](times, at);
		if (is_fitting)
			fitting |= 1u << kind;
	}
	return fitting;
}
