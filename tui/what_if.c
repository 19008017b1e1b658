/* SPDX-License-Identifier: MIT */
#include "what_if.h"

#include "timetext.h"

/** What became of one attempt's end of data. */
struct answer {
	bool has_eod;
	bool is_seen;
	bool is_yes;	 /* 2xx */
	int64_t wait_ns; /* from the end of data to the reply */
};

static struct answer answer_of(const struct subject *subject, const struct try *try)
{
	const struct attempt *attempt = ledger_attempt(subject->ledger, try->attempt);
	const struct event *eod = attempt_event(subject->ledger, attempt, attempt->eod);
	const struct event *reply = attempt_event(subject->ledger, attempt, try->verdict.reply);
	struct answer answer = {.has_eod = eod != NULL};
	if (!eod || !reply || reply->time_ns < eod->time_ns)
		return answer;
	answer.is_seen = true;
	answer.is_yes = reply->value / 100 == 2;
	answer.wait_ns = reply->time_ns - eod->time_ns;
	return answer;
}

static void add_copies(struct prose *out, uint32_t copies)
{
	prose_add(out, ": %u %s", copies, copies == 1 ? "copy" : "copies");
}

void what_if(const struct subject *subject, struct prose *out)
{
	const struct delivery *d = subject->delivery;
	uint32_t copies = 0;
	prose_add(out, "with %s ", duration_short_text(subject->timer_ns).s);
	for (uint32_t i = 0; i < d->try_count; i++) {
		struct answer answer = answer_of(subject, &d->tries[i]);
		if (!answer.has_eod)
			continue;
		if (!answer.is_seen) {
			prose_add(out, "nobody can know: attempt %u was never answered here",
				  i + 1);
			return;
		}
		copies += answer.is_yes;
		if (answer.is_yes && answer.wait_ns <= subject->timer_ns) {
			prose_add(out, "attempt %u would have been confirmed after %s", i + 1,
				  duration_text(answer.wait_ns).s);
			add_copies(out, copies);
			return;
		}
	}
	prose_add(out, "no attempt would have been confirmed");
	add_copies(out, copies);
}
