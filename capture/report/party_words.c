/* SPDX-License-Identifier: MIT */
#include "party_words.h"

#include "host_names.h"
#include "report/scene.h"
#include "text.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS 60
#define NAME_SIZE 400
#define MOST_OWNERS 3 /* whose timer it may be: naming more would say less */

void party_say_name(const struct party *party, const struct ledger *ledger, bool ascii_only,
		    struct prose *out)
{
	char address[ENDPOINT_TEXT];
	char name[NAME_SIZE];
	const char *alias = host_names_find(ledger_host_names(ledger), &party->endpoint);

	if (party->endpoint.port)
		endpoint_format(&party->endpoint, address);
	else
		endpoint_format_address(&party->endpoint, address);
	text_clean(ledger_text(ledger, party->name), name, sizeof name, NAME_COLUMNS, ascii_only);
	prose_add(out, "%s", address);
	if (alias[0])
		prose_add(out, " %s", alias);
	if (party->has_many_names)
		prose_add(out, " (of many names)");
	else if (name[0])
		prose_add(out, " (%s)", name);
}

void party_say_counts(const struct party *party, struct prose *out)
{
	if (!party->attempts) {
		prose_add(out, "no mail in %s", plural_words(party->sessions, "session").s);
		return;
	}
	prose_add(out, "%s in %s", plural_words(party->messages, "message").s,
		  plural_words(party->attempts, "attempt").s);
	if (party->encrypted)
		prose_add(out, " (%s encrypted)",
			  party->encrypted == party->attempts ? "all"
							      : number_text(party->encrypted).s);
	if (party->refused)
		prose_add(out, ", %s refused", number_text(party->refused).s);
	if (party->duplicated)
		prose_add(out, ", %s duplicated", plural_words(party->duplicated, "delivery").s);
	if (party->maybe_duplicated)
		prose_add(out, ", %s maybe duplicated",
			  plural_words(party->maybe_duplicated, "delivery").s);
}

/* ---- Answers ------------------------------------------------------------------------------- */

/* With few answers a percentile is one of them, and its name would only pretend. */
#define LEAST_FOR_95 20
#define LEAST_FOR_99 100

static void say_spread(const struct sketch *answers, struct prose *out)
{
	if (answers->count == 1) {
		prose_add(out, " after %s", duration_text(answers->most_ns).s);
		return;
	}
	prose_add(out, ": median %s", duration_text(sketch_quantile(answers, 500)).s);
	if (answers->count >= LEAST_FOR_95)
		prose_add(out, ", 95 %% within %s",
			  duration_text(sketch_quantile(answers, 950)).s);
	if (answers->count >= LEAST_FOR_99)
		prose_add(out, ", 99 %% within %s",
			  duration_text(sketch_quantile(answers, 990)).s);
	prose_add(out, ", worst %s", duration_text(answers->most_ns).s);
}

void party_say_answers(const struct party *party, int64_t timer_ns, struct prose *out)
{
	if (!party->ends) {
		prose_add(out, "no end of data was seen");
		return;
	}
	prose_add(out, "answered %s of %s", number_text(party->answered).s,
		  number_text(party->ends).s);
	if (party->answered)
		say_spread(&party->answers, out);
	if (party->unanswered)
		prose_add(out, "; %s never answered, the longest for %s",
			  number_text(party->unanswered).s,
			  duration_text(party->longest_unanswered_ns).s);
	if (party->waiting)
		prose_add(out, "; %s still waiting", number_text(party->waiting).s);
	if (party->unseen)
		prose_add(out, "; %s not in the capture", number_text(party->unseen).s);
	if (party->past_timer)
		prose_add(out, "; %s past the timer of %s", number_text(party->past_timer).s,
			  duration_short_text(timer_ns).s);
}

void party_say_slow_phases(const struct party *party, struct prose *out)
{
	bool is_first = true;

	for (int i = 0; i < WAIT_EOD; i++) {
		const struct wait_sums *sums = &party->waits[i];
		enum wait_kind kind = (enum wait_kind)i;
		if (!sums->over_minimum)
			continue;
		prose_add(out, "%s%s for %s (RFC 5321 asks for %s of patience)",
			  is_first ? "" : ", ", duration_text(sums->longest_ns).s,
			  wait_kind_words(kind), duration_short_text(timer_minimum(kind)).s);
		is_first = false;
	}
}

/* ---- The sender's timer -------------------------------------------------------------------- */

/* Whether KNOWN has this timer. The first of all is what RFC 5321 asks for, nobody's. */
static bool is_owner(const struct known_timer *known, const struct timer_guess *guess)
{
	return known->seconds[guess->kind] * NS_PER_SECOND == guess->timer_ns;
}

const char *timer_owners(const struct timer_guess *guess, char out[static OWNERS_TEXT])
{
	size_t used = 0, count = 0;

	out[0] = '\0';
	for (size_t i = 1; known_timer(i) && used < OWNERS_TEXT; i++) {
		if (!is_owner(known_timer(i), guess))
			continue;
		if (count++ < MOST_OWNERS)
			used += (size_t)snprintf(out + used, OWNERS_TEXT - used, "%s%s",
						 count > 1 ? ", " : "", known_timer(i)->software);
	}
	if (count > MOST_OWNERS && used < OWNERS_TEXT)
		snprintf(out + used, OWNERS_TEXT - used, " and others");
	return out;
}

/* The only known owner of the timer; NULL if there are more, or none. */
static const struct known_timer *sole_owner(const struct timer_guess *guess)
{
	const struct known_timer *found = NULL;

	for (size_t i = 1; known_timer(i); i++) {
		if (!is_owner(known_timer(i), guess))
			continue;
		if (found)
			return NULL;
		found = known_timer(i);
	}
	return found;
}

static void say_owners(const struct timer_guess *guess, struct prose *out)
{
	const struct known_timer *sole = sole_owner(guess);
	char owners[OWNERS_TEXT];

	if (sole)
		prose_add(out, " (%s's, %s)", sole->software, sole->source);
	else if (timer_owners(guess, owners)[0])
		prose_add(out, " (as of %s)", owners);
}

static void say_times(const struct timer_guess *guess, struct prose *out)
{
	if (guess->timer_ns)
		prose_add(out, "left after %s", duration_text(guess->median_ns).s);
	else
		prose_add(out, "left after %s to %s", duration_text(guess->least_ns).s,
			  duration_text(guess->most_ns).s);
}

static void say_timer(const struct timer_guess *guess, struct prose *out)
{
	int64_t minimum_ns = timer_minimum(guess->kind);

	if (!guess->timer_ns) {
		prose_add(out, ": no one timer");
		return;
	}
	prose_add(out, ": as it seems %s%s timer",
		  guess->is_usual ? "a " : "its own ", duration_short_text(guess->timer_ns).s);
	if (guess->is_from_acked)
		prose_add(out, " from the TCP ACK on");
	if (guess->is_usual)
		say_owners(guess, out);
	if (guess->timer_ns < minimum_ns)
		prose_add(out, ", less than the %s of RFC 5321",
			  duration_short_text(minimum_ns).s);
}

/* A client that once stayed much longer for its answer has no such timer, or not always. */
static void say_doubt(const struct party *party, const struct timer_guess *guess,
		      struct prose *out)
{
	int64_t stayed_ns = party->longest_answered_in_time_ns;

	if (guess->kind == WAIT_EOD && guess->timer_ns && stayed_ns > guess->timer_ns &&
	    !timer_is_near(stayed_ns, guess->timer_ns))
		prose_add(out, "; yet it stayed %s for another reply", duration_text(stayed_ns).s);
}

void party_say_guess(const struct party *party, enum wait_kind kind, struct prose *out)
{
	struct timer_guess guess = timer_guess_from(kind, &party->waits[kind].give_ups);

	if (!guess.give_ups)
		return;
	say_times(&guess, out);
	if (kind == WAIT_EOD)
		prose_add(out, " on %s of %s", number_text(guess.give_ups).s,
			  plural_words(party->ends, "attempt").s);
	else
		prose_add(out, " without %s, %s of %s", wait_kind_words(kind),
			  number_text(guess.give_ups).s,
			  plural_words(party->waits[kind].count, "time").s);
	say_timer(&guess, out);
	say_doubt(party, &guess, out);
}

/* ---- Retries ------------------------------------------------------------------------------- */

void party_say_retries(const struct party *party, struct prose *out)
{
	const struct sketch *intervals = &party->retries.intervals;
	enum schedule schedule = party_schedule(party);

	if (intervals->count && timer_is_near(intervals->least_ns, intervals->most_ns))
		prose_add(out, "tried again after %s, %s", duration_text(intervals->most_ns).s,
			  times_text((uint32_t)intervals->count).s);
	else if (intervals->count)
		prose_add(out, "tried again after %s (the median of %s intervals, %s to %s)",
			  duration_text(sketch_quantile(intervals, 500)).s,
			  number_text(intervals->count).s, duration_text(intervals->least_ns).s,
			  duration_text(intervals->most_ns).s);
	if (intervals->count && schedule != SCHEDULES)
		prose_add(out, ": %s%s%s", schedule_words(schedule),
			  schedule_owner(schedule)[0] ? ", like " : "", schedule_owner(schedule));
	if (party->retries.next_server)
		prose_add(out, "%swent on to the next server at once (%s)",
			  intervals->count ? "; " : "", times_text(party->retries.next_server).s);
}
