/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "fuzz.h"

static void walk_events(const struct session *session)
{
	assert(!session->event_room || session->event_count <= session->event_room);
	assert(session_event(session, NO_EVENT) == NULL);
	for (uint32_t i = 0; i < session->event_count; i++)
		assert(session_event(session, i)->kind <= EVENT_HOLE);
}

static void walk_session(const struct ledger *ledger, const struct session *session)
{
	uint32_t last = NO_ATTEMPT;

	walk_events(session);
	assert(session->start_ns <= session->end_ns);
	for (uint32_t i = session->first_attempt; i != NO_ATTEMPT;) {
		const struct attempt *attempt = ledger_attempt(ledger, i);
		assert(attempt && attempt->session == session->id);
		assert(last == NO_ATTEMPT || last < i);
		last = i;
		i = attempt->next_in_session;
	}
	assert(session->last_attempt == last);
}

/* INDEX is none, or that of an event of KIND, or of OTHER. */
static void expect_kind(const struct session *session, uint32_t index, enum event_kind kind,
			enum event_kind other)
{
	if (index == NO_EVENT)
		return;
	assert(index < session->event_count);
	enum event_kind is = (enum event_kind)session->events[index].kind;
	assert(is == kind || is == other);
}

static void expect_any(const struct session *session, uint32_t index)
{
	assert(index == NO_EVENT || index < session->event_count);
}

static void walk_attempt(const struct ledger *ledger, const struct attempt *a)
{
	const struct session *s = attempt_session(ledger, a);

	assert(s && a->phase <= PHASE_ABANDONED);
	expect_kind(s, a->mail, EVENT_COMMAND, EVENT_COMMAND);
	expect_kind(s, a->refusal, EVENT_REPLY, EVENT_REPLY);
	expect_kind(s, a->data, EVENT_COMMAND, EVENT_COMMAND);
	expect_kind(s, a->eod_resent, EVENT_EOD_RESENT, EVENT_EOD_RESENT);
	expect_kind(s, a->eod_acked, EVENT_EOD_ACKED, EVENT_EOD_ACKED);
	expect_kind(s, a->reply, EVENT_REPLY, EVENT_REPLY);
	expect_kind(s, a->reply_part, EVENT_REPLY_PART, EVENT_LINE);
	expect_kind(s, a->reply_resent, EVENT_REPLY_RESENT, EVENT_REPLY_RESENT);
	expect_kind(s, a->reply_acked, EVENT_REPLY_ACKED, EVENT_REPLY_ACKED);
	expect_kind(s, a->client_fin_resent, EVENT_FIN_RESENT, EVENT_FIN_RESENT);
	expect_kind(s, a->server_left, EVENT_FIN, EVENT_RST);
	expect_kind(s, a->silent, EVENT_SILENT, EVENT_SILENT);
	expect_kind(s, a->silent_after, EVENT_SILENT, EVENT_SILENT);
	expect_kind(s, a->hole, EVENT_HOLE, EVENT_HOLE);
	expect_kind(s, a->held_up, EVENT_HOLE, EVENT_HOLE);
	expect_kind(s, a->half_closed, EVENT_FIN, EVENT_FIN);
	expect_any(s, a->message);
	expect_any(s, a->eod);
	expect_any(s, a->client_left);
	(void)ledger_text(ledger, a->sender);
	(void)ledger_text(ledger, a->message_id);
	(void)ledger_text(ledger, a->subject);
	(void)ledger_text(ledger, a->date);
	(void)ledger_text(ledger, a->transid);
	for (uint32_t i = 0; i < a->recipient_count; i++) {
		const struct recipient *r = ledger_recipient(ledger, a, i);
		assert(r);
		(void)ledger_text(ledger, r->address);
		expect_kind(s, r->rcpt_reply, EVENT_REPLY, EVENT_REPLY);
		expect_kind(s, r->final_reply, EVENT_REPLY, EVENT_REPLY);
	}
}

void walk_ledger(struct analysis *analysis)
{
	const struct ledger *ledger = analysis_ledger(analysis);

	for (uint32_t i = 0; i < ledger_session_count(ledger); i++) {
		assert(ledger_session(ledger, i)->id == i);
		walk_session(ledger, ledger_session(ledger, i));
	}
	for (uint32_t i = 0; i < ledger_attempt_count(ledger); i++) {
		assert(ledger_attempt(ledger, i)->id == i);
		walk_attempt(ledger, ledger_attempt(ledger, i));
	}
}
