/* SPDX-License-Identifier: MIT */
#include "delivery/tally_count.h"

#include "bounds.h"
#include "delivery/verdict.h"
#include "waits.h"
#include "what_if.h"

#include <string.h>

void party_clear(struct party *party)
{
	sketch_clear(&party->answers);
	sketch_clear(&party->retries.intervals);
	for (int kind = 0; kind < WAITS; kind++)
		give_ups_clear(&party->waits[kind].give_ups);
}

bool party_copy(struct party *to, const struct party *from)
{
	*to = *from;
	to->answers = to->retries.intervals = (struct sketch){0};
	for (int kind = 0; kind < WAITS; kind++)
		to->waits[kind].give_ups = (struct give_ups){0};
	bool is_fine = sketch_merge(&to->answers, &from->answers) &&
		       sketch_merge(&to->retries.intervals, &from->retries.intervals);
	for (int kind = 0; is_fine && kind < WAITS; kind++)
		is_fine = give_ups_copy(&to->waits[kind].give_ups, &from->waits[kind].give_ups);
	return is_fine;
}

/* ---- Sessions ------------------------------------------------------------------------------ */

static void add_wait(struct wait_sums *sums, enum wait_kind kind, int64_t waited_ns)
{
	int64_t minimum_ns = timer_minimum(kind);

	sums->over_minimum += minimum_ns && waited_ns > minimum_ns;
	if (!sums->count || waited_ns > sums->longest_ns)
		sums->longest_ns = waited_ns;
	sums->count++;
}

bool party_count_session(struct party *server, struct party *sender, const struct ledger *ledger,
			 const struct session *session)
{
	struct waits_walk walk = waits_begin(ledger, session);
	struct party *const parties[] = {server, sender};
	struct wait wait;
	bool is_fine = true;

	server->sessions++;
	sender->sessions++;
	while (waits_next(&walk, &wait)) {
		struct give_up give_up = {wait.waited_ns, NO_TIME};
		for (int i = 0; i < 2; i++) {
			struct wait_sums *sums = &parties[i]->waits[wait.kind];
			add_wait(sums, wait.kind, wait.waited_ns);
			if (wait.end == WAIT_GIVEN_UP)
				is_fine &= give_ups_add(&sums->give_ups, &give_up);
		}
	}
	return is_fine;
}

/* ---- Attempts ------------------------------------------------------------------------------ */

/* How the wait for the reply to an end of data went. */
struct answer {
	int64_t answer_ns; /* to the reply, NO_TIME if none was seen */
	int64_t waited_ns; /* as long as the client stayed */
	struct give_up give_up;
	bool is_given_up;
};

/* Since when the timer ran by which the client left. A part of the reply starts it anew, but not with
 * all senders: from where it makes a usual one. */
static const struct event *timer_start(const struct ledger *ledger, const struct attempt *attempt)
{
	const struct event *part = attempt_event(ledger, attempt, attempt->reply_part);
	const struct event *left = attempt_event(ledger, attempt, attempt->client_left);
	const struct event *eod = attempt_event(ledger, attempt, attempt->eod);

	if (!part || !left || part->time_ns > left->time_ns || !eod)
		return eod;
	if (!timer_snap(WAIT_EOD, left->time_ns - part->time_ns) &&
	    timer_snap(WAIT_EOD, left->time_ns - eod->time_ns))
		return eod;
	return part;
}

/* Whether the client left of itself because the reply did not come, and was seen to: one that had
 * closed its side before leaves no trace of when. */
static bool has_given_up(const struct attempt *attempt, const struct verdict *verdict)
{
	if (verdict->left == NO_EVENT || verdict->left != attempt->client_left ||
	    verdict->left_unseen || attempt->half_closed != NO_EVENT)
		return false;
	switch (verdict->cause) {
	case CAUSE_REPLY_LOST:
	case CAUSE_REPLY_LATE:
	case CAUSE_REPLY_PARTIAL:
	case CAUSE_SERVER_SILENT:
	case CAUSE_NO_REPLY:
	case CAUSE_NOT_RECEIVED:
		return true;
	case CAUSE_NONE:
	case CAUSE_CAPTURE_GAP:
	case CAUSE_SERVER_CLOSED:
	case CAUSE_STILL_WAITING:
	case CAUSE_CLIENT_CLOSED:
	case CAUSE_DATA_STALLED:
	case CAUSE_STILL_SENDING:
	case CAUSE_SENT_AGAIN:
	case CAUSE_ANSWERED_BETWEEN:
	case CAUSES:
		break;
	}
	return false;
}

static struct answer answer_of(const struct ledger *ledger, const struct attempt *attempt,
			       const struct verdict *verdict)
{
	const struct event *left = attempt_event(ledger, attempt, attempt->client_left);
	const struct event *acked = attempt_event(ledger, attempt, attempt->eod_acked);
	const struct event *start = timer_start(ledger, attempt);
	struct answer answer = {
		.answer_ns = answer_time(ledger, attempt, verdict),
		.waited_ns = verdict->waited_ns,
		.give_up = {0, NO_TIME},
	};

	if (!start || !left || !has_given_up(attempt, verdict))
		return answer;
	answer.is_given_up = true;
	answer.give_up.waited_ns = left->time_ns - start->time_ns;
	if (acked && acked->time_ns >= start->time_ns && acked->time_ns <= left->time_ns)
		answer.give_up.since_acked_ns = left->time_ns - acked->time_ns;
	return answer;
}

static bool add_answered(struct party *party, const struct answer *answer, bool is_in_time)
{
	party->answered++;
	if (is_in_time && answer->answer_ns > party->longest_answered_in_time_ns)
		party->longest_answered_in_time_ns = answer->answer_ns;
	return sketch_add(&party->answers, answer->answer_ns);
}

static void add_unanswered(struct party *party, const struct verdict *verdict)
{
	if (verdict->cause == CAUSE_CAPTURE_GAP)
		party->unseen++;
	else if (verdict->cause == CAUSE_STILL_WAITING)
		party->waiting++;
	else
		party->unanswered++;
	if (verdict->cause != CAUSE_CAPTURE_GAP && verdict->waited_ns > party->longest_unanswered_ns)
		party->longest_unanswered_ns = verdict->waited_ns;
}

/* The wait for the reply to the end of data, if that was seen. */
static bool add_end(struct party *party, const struct delivery_walk *walk,
		    const struct attempt *attempt, const struct verdict *verdict)
{
	struct wait_sums *sums = &party->waits[WAIT_EOD];
	struct answer answer = answer_of(walk->ledger, attempt, verdict);
	bool is_answered = answer.answer_ns != NO_TIME;
	int64_t wait_ns = is_answered ? answer.answer_ns : answer.waited_ns;
	bool is_fine = true;

	if (!verdict->has_waited)
		return true;
	party->ends++;
	if (is_answered)
		is_fine = add_answered(party, &answer, !answer.is_given_up);
	else
		add_unanswered(party, verdict);
	if (!is_answered && verdict->cause == CAUSE_CAPTURE_GAP)
		return is_fine;
	party->past_timer += timer_has_expired(wait_ns, walk->timer_ns);
	add_wait(sums, WAIT_EOD, wait_ns);
	if (answer.is_given_up)
		is_fine &= give_ups_add(&sums->give_ups, &answer.give_up);
	return is_fine;
}

static bool add_attempt(struct party *party, const struct delivery_walk *walk,
			const struct attempt *attempt, const struct verdict *verdict)
{
	party->attempts++;
	party->refused += verdict->outcome == OUTCOME_REJECTED;
	party->encrypted += attempt->is_encrypted;
	return add_end(party, walk, attempt, verdict);
}

/* ---- Retries ------------------------------------------------------------------------------- */

static const struct attempt *attempt_of(const struct delivery_walk *walk, uint32_t index)
{
	return ledger_attempt(walk->ledger, walk->delivery->tries[index].attempt);
}

static const struct session *session_of(const struct delivery_walk *walk, uint32_t index)
{
	return attempt_session(walk->ledger, attempt_of(walk, index));
}

/* Whether the try INDEX went on to another server at once, after the one before it. */
static bool is_next_server(const struct delivery_walk *walk, uint32_t index, int64_t pause_ns)
{
	return pause_ns <= NEXT_SERVER_NS && !endpoint_is_host(&session_of(walk, index)->server,
							      &session_of(walk, index - 1)->server);
}

/* When the try INDEX was over: the wait had ended, or else the session. */
static struct attempt_time time_of(const struct delivery_walk *walk, uint32_t index)
{
	const struct verdict *verdict = &walk->delivery->tries[index].verdict;
	const struct attempt *attempt = attempt_of(walk, index);
	const struct event *eod = attempt_event(walk->ledger, attempt, attempt->eod);
	const struct event *refusal = attempt_event(walk->ledger, attempt, attempt->refusal);
	struct attempt_time time = {.start_ns = attempt_start(walk->ledger, attempt)};

	if (verdict->has_waited && eod)
		time.end_ns = eod->time_ns + verdict->waited_ns;
	else
		time.end_ns = refusal ? refusal->time_ns : session_of(walk, index)->end_ns;
	return time;
}

/* The pattern of all attempts that SENDER made for the delivery, those at once elsewhere aside. */
static void add_schedule(struct party *sender, struct delivery_walk *walk)
{
	struct attempt_time times[LIMIT_ATTEMPTS];
	const struct endpoint *client = &session_of(walk, 0)->client;
	size_t count = 0;

	walk->is_schedule_known = true;
	for (uint32_t i = 0; i < walk->delivery->try_count && count < LIMIT_ATTEMPTS; i++) {
		struct attempt_time time = time_of(walk, i);
		if (!endpoint_is_host(client, &session_of(walk, i)->client))
			return; /* from a pool of addresses: nobody knows whose clock it was */
		if (i && is_next_server(walk, i, time.start_ns - times[count - 1].end_ns))
			times[count - 1].end_ns = time.end_ns;
		else
			times[count++] = time;
	}
	uint32_t fitting = schedules_fitting(times, count);
	if (count < SCHEDULE_LEAST_TIMES)
		return;
	sender->retries.rows++;
	for (int i = 0; i < SCHEDULES; i++)
		sender->retries.fitting[i] += fitting >> i & 1;
}

static bool add_interval(struct party *sender, struct delivery_walk *walk, uint32_t index)
{
	struct attempt_time before = time_of(walk, index - 1), after = time_of(walk, index);

	if (!endpoint_is_host(&session_of(walk, index)->client, &session_of(walk, index - 1)->client))
		return true;
	if (!walk->is_schedule_known)
		add_schedule(sender, walk);
	if (is_next_server(walk, index, after.start_ns - before.end_ns)) {
		sender->retries.next_server++;
		return true;
	}
	return sketch_add(&sender->retries.intervals, after.start_ns - before.start_ns);
}

/* ---- Deliveries ---------------------------------------------------------------------------- */

/* Whether what came of the delivery more than once may have come of the try with VERDICT. */
static bool is_to_blame(const struct delivery *delivery, const struct verdict *verdict)
{
	return delivery->cause == CAUSE_SENT_AGAIN || verdict->cause != CAUSE_NONE;
}

/* The delivery counts once with each party, its state where IS_BLAMED. */
static void add_delivery(struct party *party, const struct delivery *delivery, bool is_blamed)
{
	if (party->seen_delivery != delivery->id)
		party->deliveries++;
	party->seen_delivery = delivery->id;
	if (!is_blamed || party->blamed_delivery == delivery->id)
		return;
	party->blamed_delivery = delivery->id;
	party->duplicated += delivery->state == STATE_DUPLICATED;
	party->maybe_duplicated += delivery->state == STATE_MAYBE_DUPLICATED;
}

bool party_count_try(struct party *server, struct party *sender, struct delivery_walk *walk,
		     uint32_t index)
{
	const struct delivery *delivery = walk->delivery;
	const struct verdict *verdict = &delivery->tries[index].verdict;
	const struct attempt *attempt = attempt_of(walk, index);
	bool is_fine = true;

	if (delivery->tries[index].recipient == attempt_lead(walk->ledger, attempt)) {
		server->messages += server->seen_delivery != delivery->id;
		sender->messages += sender->seen_delivery != delivery->id;
		is_fine = add_attempt(server, walk, attempt, verdict);
		is_fine &= add_attempt(sender, walk, attempt, verdict);
		if (index > 0)
			is_fine &= add_interval(sender, walk, index);
	}
	add_delivery(server, delivery, is_to_blame(delivery, verdict));
	add_delivery(sender, delivery, true);
	return is_fine;
}

/* ---- What it comes to ---------------------------------------------------------------------- */

bool party_is_troubled(const struct party *party)
{
	if (party->past_timer || party->unanswered || party->waiting || party->duplicated ||
	    party->maybe_duplicated)
		return true;
	for (int kind = 0; kind < WAITS; kind++)
		if (party->waits[kind].give_ups.count || party->waits[kind].over_minimum)
			return true;
	return false;
}

struct timer_guess party_guess(const struct party *party)
{
	for (int kind = WAITS - 1; kind >= 0; kind--) {
		const struct give_ups *give_ups = &party->waits[kind].give_ups;
		if (give_ups->count)
			return timer_guess_from((enum wait_kind)kind, give_ups);
	}
	return (struct timer_guess){.since_acked_ns = NO_TIME};
}

enum schedule party_schedule(const struct party *party)
{
	const struct retry_sums *retries = &party->retries;
	enum schedule found = SCHEDULES;

	for (int i = 0; retries->rows && i < SCHEDULES; i++) {
		if (retries->fitting[i] != retries->rows)
			continue;
		if (found != SCHEDULES)
			return SCHEDULES;
		found = (enum schedule)i;
	}
	return found;
}
