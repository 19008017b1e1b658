/* SPDX-License-Identifier: MIT */
#include "delivery/summary.h"

#include "bounds.h"
#include "delivery/join.h"
#include "delivery/vantage.h"
#include "delivery/verdict.h"
#include "delivery/views.h"
#include "hash_key.h"

#include <stdlib.h>

enum vantage judging_vantage(const struct judging *judging, const struct session *session,
			     const char **reason)
{
	const struct delivery_options *options = &judging->options;
	enum vantage vantage = session->file < options->of_file_count
				       ? options->of_file[session->file]
				       : options->vantage;

	if (vantage == VANTAGE_UNKNOWN)
		return vantage_of(session, reason);
	if (reason)
		*reason = "set with --vantage";
	return vantage;
}

void judging_verdict(const struct judging *judging, const struct attempt *attempt, uint32_t index,
		     int64_t next_try_ns, struct verdict *out)
{
	const struct session *session = attempt_session(judging->ledger, attempt);
	int64_t end_ns = pairs_end(judging->pairs, session);
	struct verdict_context context = {
		.ledger = judging->ledger,
		.vantage = judging_vantage(judging, session, NULL),
		.timer_ns = judging->options.timer_ns,
		.now_ns = judging->now_ns,
		.next_try_ns = next_try_ns,
	};

	if (end_ns != NO_TIME && end_ns < context.now_ns)
		context.now_ns = end_ns;
	verdict_judge(&context, attempt, index, out);
}

static struct view view_of(const struct judging *judging, const struct attempt *attempt,
			   uint32_t recipient, int64_t next_try_ns)
{
	struct view view = {.attempt = attempt,
			    .session = attempt_session(judging->ledger, attempt)};

	view.vantage = judging_vantage(judging, view.session, NULL);
	view.until_ns = pairs_until(judging->pairs, view.session);
	judging_verdict(judging, attempt, recipient, next_try_ns, &view.verdict);
	return view;
}

bool judging_views(const struct judging *judging, const struct try *try, int64_t next_try_ns,
		   struct views *views, struct verdict *verdict)
{
	const struct attempt *near = ledger_attempt(judging->ledger, try->attempt);
	const struct attempt *far = ledger_attempt(judging->ledger, try->twin);
	const struct pairing *pairing = far ? pairs_of(judging->pairs, far->session) : NULL;

	if (!pairing)
		return false;
	/* The next attempt's time is the near clock's. */
	int64_t ahead_ns = pairing->is_aligned ? pairing->offset_ns : 0;
	int64_t next_far_ns = next_try_ns == NO_TIME ? NO_TIME : next_try_ns + ahead_ns;
	struct view a = view_of(judging, near, try->recipient, next_try_ns);
	struct view b = view_of(judging, far, try->twin_recipient, next_far_ns);
	views_compare(pairing, &a, &b, views);
	views_judge(views, &a, &b, next_try_ns, verdict);
	return true;
}

static int64_t clock_of(const struct judging *judging, const struct try *try)
{
	const struct attempt *attempt = ledger_attempt(judging->ledger, try->attempt);
	return pairs_clock(judging->pairs, attempt_session(judging->ledger, attempt));
}

static int64_t try_start(const struct judging *judging, const struct try *try)
{
	return attempt_start(judging->ledger, ledger_attempt(judging->ledger, try->attempt)) -
	       clock_of(judging, try);
}

/* When the try behind number INDEX began, on the clock of that one's own capture. */
static int64_t start_behind(const struct judging *judging, const struct delivery *delivery,
			    uint32_t index)
{
	if (index + 1 >= delivery->try_count)
		return NO_TIME;
	return try_start(judging, &delivery->tries[index + 1]) +
	       clock_of(judging, &delivery->tries[index]);
}

int64_t summary_next_start(const struct judging *judging, const struct delivery *delivery,
			   const struct try *try)
{
	for (uint32_t i = 0; i < delivery->try_count; i++)
		if (delivery->tries[i].attempt == try->attempt)
			return start_behind(judging, delivery, i);
	return NO_TIME;
}

static enum relation relation_to(const struct verdict *before)
{
	switch (before->outcome) {
	case OUTCOME_ACCEPTED:
		return RELATION_SENT_AGAIN;
	case OUTCOME_REJECTED:
	case OUTCOME_INCOMPLETE:
		return RELATION_RETRY;
	case OUTCOME_UNKNOWN:
	case OUTCOME_UNACKNOWLEDGED:
	case OUTCOME_ENCRYPTED:
	case OUTCOMES:
		break;
	}
	return RELATION_RESEND;
}

static void judge_tries(const struct judging *judging, struct delivery *delivery)
{
	bool has_message = false;

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		struct try *try = &delivery->tries[i];
		const struct attempt *attempt = ledger_attempt(judging->ledger, try->attempt);
		/* Those before the first that carried the message may belong to another one. */
		if (!has_message && i > 0)
			try->certainty = JOIN_POSSIBLE;
		has_message = has_message || attempt_is_named(attempt);
		if (try->verdict.is_stale || verdict_is_open(&try->verdict)) {
			int64_t next_ns = start_behind(judging, delivery, i);
			struct views views;
			if (!judging_views(judging, try, next_ns, &views, &try->verdict))
				judging_verdict(judging, attempt, try->recipient, next_ns,
						&try->verdict);
		}
		try->relation = i == 0 ? RELATION_FIRST : relation_to(&try[-1].verdict);
	}
}

static enum delivery_state state_of(const struct delivery *delivery)
{
	if (delivery->copies_min >= 2)
		return STATE_DUPLICATED;
	if (delivery->copies_max >= 2)
		return STATE_MAYBE_DUPLICATED;
	if (delivery->copies_max == 0)
		return STATE_UNDELIVERED;
	return delivery->copies_min == 1 ? STATE_DELIVERED : STATE_IN_DOUBT;
}

/* Sets FIELD if it is still unknown. */
static void learn(text_id *field, text_id text)
{
	if (!*field)
		*field = text;
}

static void learn_all(const struct judging *judging, struct delivery *delivery,
		      const struct attempt *attempt, uint32_t recipient)
{
	learn(&delivery->message_id, attempt->message_id);
	learn(&delivery->subject, attempt->subject);
	learn(&delivery->sender, attempt->sender);
	learn(&delivery->recipient,
	      part_address(judging->ledger, (struct part){attempt, recipient}));
}

/* Each field is that of the first attempt in which it was seen. */
static void name_delivery(const struct judging *judging, struct delivery *delivery)
{
	delivery->message_id = delivery->subject = delivery->sender = delivery->recipient = 0;
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		const struct attempt *attempt = ledger_attempt(judging->ledger, try->attempt);
		learn_all(judging, delivery, attempt, try->recipient);
		if (try->twin != NO_ATTEMPT)
			learn_all(judging, delivery, ledger_attempt(judging->ledger, try->twin),
				  try->twin_recipient);
	}
}

/* The try that is the delivery itself: the first that carried the whole message, or any of it. */
static uint32_t find_core(const struct judging *judging, const struct delivery *delivery)
{
	uint32_t core = 0;

	for (uint32_t i = delivery->try_count; i-- > 0;) {
		if (ledger_attempt(judging->ledger, delivery->tries[i].attempt)->message != NO_EVENT)
			core = i;
	}
	for (uint32_t i = core; i < delivery->try_count; i++) {
		if (ledger_attempt(judging->ledger, delivery->tries[i].attempt)->has_digest)
			return i;
	}
	return core;
}

/* Sums over the attempts. One that is joined by likelihood widens the upper bound alone. */
static void sum_up(const struct judging *judging, struct delivery *delivery)
{
	bool all_accepted = delivery->try_count > 1;
	uint32_t core = find_core(judging, delivery);

	delivery->copies_min = delivery->copies_max = 0;
	delivery->cause = CAUSE_NONE;
	delivery->longest_wait_ns = 0;
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		const struct verdict *v = &try->verdict;
		delivery->copies_max += v->copies_max;
		if (i == core || i == 0 || try->certainty == JOIN_CERTAIN)
			delivery->copies_min += v->copies_min;
		/* Accepted and refused attempts have none, but where something else answered. */
		if (delivery->cause == CAUSE_NONE)
			delivery->cause = v->cause;
		all_accepted &= v->outcome == OUTCOME_ACCEPTED && v->cause == CAUSE_NONE;
		if (v->has_waited && v->waited_ns > delivery->longest_wait_ns)
			delivery->longest_wait_ns = v->waited_ns;
	}
	if (all_accepted)
		delivery->cause = CAUSE_SENT_AGAIN;
}

/* Makes room for one more try: the array grows at powers of two. */
static bool grow(struct delivery *delivery)
{
	uint32_t n = delivery->try_count;
	bool is_inside = delivery->tries == &delivery->only;

	if (n == 0)
		delivery->tries = &delivery->only;
	if (n == 0 || (n & (n - 1)) != 0)
		return true;
	struct try *tries = reallocarray(is_inside ? NULL : delivery->tries, n, 2 * sizeof *tries);
	if (!tries)
		return false;
	if (is_inside)
		tries[0] = delivery->only;
	delivery->tries = tries;
	return true;
}

bool summary_add_try(const struct judging *judging, struct delivery *delivery,
		     const struct try *try)
{
	uint32_t at = delivery->try_count;

	if (at >= LIMIT_ATTEMPTS || !grow(delivery))
		return false;
	int64_t start_ns = try_start(judging, try);
	while (at > 0 && try_start(judging, &delivery->tries[at - 1]) > start_ns) {
		delivery->tries[at] = delivery->tries[at - 1];
		at--;
	}
	delivery->tries[at] = *try;
	delivery->try_count++;
	summary_make_stale(delivery, &delivery->tries[at]);
	return true;
}

struct try *summary_find_try(const struct delivery *delivery, uint32_t attempt)
{
	for (uint32_t i = delivery->try_count; i-- > 0;) {
		if (delivery->tries[i].attempt == attempt || delivery->tries[i].twin == attempt)
			return &delivery->tries[i];
	}
	return NULL;
}

void summary_make_stale(const struct delivery *delivery, struct try *try)
{
	/* That it was tried again bears on the one before. */
	try->verdict.is_stale = true;
	if (try != delivery->tries)
		try[-1].verdict.is_stale = true;
}

static void free_tries(struct delivery *delivery)
{
	if (delivery->tries != &delivery->only)
		free(delivery->tries);
	delivery->tries = NULL;
}

void summary_drop_try(struct delivery *delivery, uint32_t attempt)
{
	struct try *try = summary_find_try(delivery, attempt);

	if (!try)
		return;
	summary_make_stale(delivery, try);
	const struct try *end = delivery->tries + --delivery->try_count;
	for (; try < end; try++)
		*try = try[1];
	if (!delivery->try_count)
		free_tries(delivery);
}

void summary_forget(struct delivery *delivery)
{
	free_tries(delivery);
	delivery->try_count = 0;
	delivery->is_waiting = delivery->is_changed = delivery->is_counted = false;
	delivery->hop_of = NO_DELIVERY;
}

/* What a report says of a delivery, in one number: it changes when that does. */
static uint32_t fingerprint(const struct delivery *delivery)
{
	uint64_t print = hash_key(&delivery->try_count, sizeof delivery->try_count, 0);

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		const uint32_t said[] = {try->attempt, try->twin, (uint32_t)try->verdict.outcome,
					 (uint32_t)try->verdict.cause, try->verdict.reply,
					 try->verdict.timer_expired, (uint32_t)try->relation};
		print = hash_key(said, sizeof said, print);
	}
	const int64_t rest[] = {delivery->last_ns, (int64_t)delivery->hop_of};
	return (uint32_t)hash_key(rest, sizeof rest, print);
}

void summary_refresh(const struct judging *judging, struct delivery *delivery)
{
	const struct try *last = &delivery->tries[delivery->try_count - 1];
	const struct session *session =
		attempt_session(judging->ledger, ledger_attempt(judging->ledger, last->attempt));

	judge_tries(judging, delivery);
	name_delivery(judging, delivery);
	sum_up(judging, delivery);
	delivery->first_ns = try_start(judging, &delivery->tries[0]);
	delivery->last_ns = session->end_ns - pairs_clock(judging->pairs, session);
	delivery->state = state_of(delivery);
	uint32_t print = fingerprint(delivery);
	if (!delivery->revision || print != delivery->fingerprint)
		delivery->revision++;
	delivery->fingerprint = print;
}

bool summary_is_waiting(const struct delivery *delivery)
{
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		if (verdict_is_open(&delivery->tries[i].verdict))
			return true;
	}
	return false;
}

bool delivery_is_troubled(const struct delivery *delivery)
{
	return delivery->cause != CAUSE_NONE || delivery->state == STATE_DUPLICATED ||
	       delivery->state == STATE_MAYBE_DUPLICATED;
}
