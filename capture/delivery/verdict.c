/* SPDX-License-Identifier: MIT */
#include "delivery/verdict.h"

#include "timers.h"

/* What is judged, with its parts looked up once. */
struct judged {
	const struct verdict_context *context;
	const struct session *session;
	const struct attempt *attempt;
	const struct recipient *recipient; /* NULL: the envelope was not seen */
	uint32_t reply;                    /* the final reply for this recipient, or NO_EVENT */
	const struct event *eod;           /* NULL if not seen */
};

bool attempt_is_judged(const struct attempt *attempt)
{
	return attempt->refusal != NO_EVENT || attempt->reply != NO_EVENT || attempt->has_begun;
}

int64_t attempt_start(const struct ledger *ledger, const struct attempt *attempt)
{
	const uint32_t candidates[] = {attempt->mail, attempt->data, attempt->message,
				       attempt->eod, attempt->refusal, attempt->reply};

	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		const struct event *event = attempt_event(ledger, attempt, candidates[i]);
		if (event)
			return event->time_ns;
	}
	return attempt_session(ledger, attempt)->start_ns;
}

uint32_t attempt_lead(const struct ledger *ledger, const struct attempt *attempt)
{
	uint32_t lead = attempt->recipient_count ? attempt->recipient_count - 1 : 0;
	bool has_lead = false;

	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		const struct recipient *recipient = ledger_recipient(ledger, attempt, i);
		if (recipient->rcpt_code >= 400)
			continue;
		if (!attempt->answers_each || recipient->final_reply == NO_EVENT)
			return i;
		if (!has_lead)
			lead = i;
		has_lead = true;
	}
	return lead;
}

/* Whether event A was seen before event B; an event that is none comes last. */
static bool is_before(const struct session *session, uint32_t a, uint32_t b)
{
	const struct event *first = session_event(session, a), *second = session_event(session, b);

	if (!first || !second)
		return first != NULL;
	if (!session->is_swapped_file && first->frame && second->frame)
		return first->frame < second->frame;
	return first->time_ns < second->time_ns;
}

/* By the first digit alone (RFC 5321 4.3.2). */
static bool is_class(uint16_t code, uint16_t class)
{
	return code / 100 == class;
}

static uint16_t code_of(const struct judged *j, uint32_t reply)
{
	const struct event *event = session_event(j->session, reply);
	return event ? event->value : 0;
}

static void set(struct verdict *v, enum outcome outcome, enum cause cause, uint32_t min,
		uint32_t max)
{
	v->outcome = outcome;
	v->cause = cause;
	v->copies_min = min;
	v->copies_max = max;
}

/* Copies that a reply with CODE stands for: a 2xx means one, even when it came too late. */
static void set_by_code(struct verdict *v, enum cause cause, uint16_t code)
{
	set(v, OUTCOME_UNACKNOWLEDGED, cause, is_class(code, 2), is_class(code, 2));
}

static bool is_refusal(uint16_t code)
{
	return is_class(code, 4) || is_class(code, 5);
}

/* Refused before the end of data: the recipient, or the whole transaction. */
static bool judge_refusal(const struct judged *j, struct verdict *v)
{
	uint32_t reply = j->attempt->refusal;

	if (j->recipient && is_refusal(j->recipient->rcpt_code))
		reply = j->recipient->rcpt_reply;
	if (reply == NO_EVENT)
		return false;
	v->reply = v->proof = reply;
	v->reply_code = code_of(j, reply);
	set(v, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
	return true;
}

/* Whether the sender had turned to a later attempt before TIME. */
static bool has_turned(const struct judged *j, int64_t time_ns)
{
	return j->context->next_try_ns != NO_TIME && j->context->next_try_ns < time_ns;
}

/* Whether the client's FIN or RST says that it had received the reply, as the FIN behind the first
 * of several replies may, where no ACK of its own was watched for. */
static bool is_acked_in_leaving(const struct judged *j)
{
	const uint32_t leavings[] = {j->attempt->half_closed, j->attempt->client_left};
	const struct event *reply = session_event(j->session, j->reply);

	for (size_t i = 0; i < sizeof leavings / sizeof *leavings && reply; i++) {
		const struct event *left = session_event(j->session, leavings[i]);
		if (left && (left->kind == EVENT_FIN || left->kind == EVENT_RST) &&
		    (int32_t)(left->ack - reply->offset) >= 0)
			return true;
	}
	return false;
}

/* Whether the client cannot have had the reply. From the client itself a reply that was seen
 * arrived; elsewhere it takes a sign of loss to say so. */
static bool is_lost(const struct judged *j)
{
	const struct attempt *a = j->attempt;

	if (a->reply_acked != NO_EVENT || j->context->vantage == VANTAGE_CLIENT ||
	    is_acked_in_leaving(j))
		return false;
	return a->reply_resent != NO_EVENT || a->client_left != NO_EVENT ||
	       j->context->next_try_ns != NO_TIME;
}

/* Whether the connection had been reset before the reply in the server's name, as something on the
 * way may do: what the server says after that, the client's kernel refuses. */
static bool is_behind_reset(const struct judged *j)
{
	const struct event *left = session_event(j->session, j->attempt->server_left);

	return left && left->kind == EVENT_RST && j->attempt->reply_acked == NO_EVENT &&
	       is_before(j->session, j->attempt->server_left, j->reply);
}

/* Whether the client's machine refused the reply with a reset: its program had left before, unseen,
 * as its side was closed already, or its FIN stuck behind bytes that were lost. Elsewhere than at
 * the client a reset behind a reply that was sent again says no more than that it was lost. */
static bool is_refused(const struct judged *j)
{
	const struct attempt *a = j->attempt;
	const struct event *left = session_event(j->session, a->client_left);

	return left && left->kind == EVENT_RST && !(left->bits & EVENT_FOREIGN) &&
	       a->reply_acked == NO_EVENT && !is_acked_in_leaving(j) &&
	       is_before(j->session, j->reply, a->client_left) &&
	       (a->half_closed != NO_EVENT || a->reply_resent == NO_EVENT ||
		j->context->vantage == VANTAGE_CLIENT);
}

static bool judge_reply(const struct judged *j, struct verdict *v)
{
	const struct attempt *a = j->attempt;
	const struct event *reply = session_event(j->session, j->reply);

	if (!reply)
		return false;
	uint16_t code = reply->value;
	v->reply = v->proof = j->reply;
	v->reply_code = code;
	v->left_unseen = is_refused(j) && !is_behind_reset(j);
	if (is_before(j->session, a->client_left, j->reply) || has_turned(j, reply->time_ns) ||
	    v->left_unseen) {
		v->left = a->client_left;
		set_by_code(v, CAUSE_REPLY_LATE, code);
	} else if (is_behind_reset(j)) {
		v->left = v->proof = a->server_left;
		set_by_code(v, CAUSE_SERVER_CLOSED, code);
	} else if (is_lost(j)) {
		v->left = a->client_left;
		if (a->reply_resent != NO_EVENT)
			v->proof = a->reply_resent;
		set_by_code(v, CAUSE_REPLY_LOST, code);
	} else if (is_refusal(code)) {
		set(v, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
	} else if (is_class(code, 2)) {
		set(v, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
		if (a->reply_acked != NO_EVENT)
			v->proof = a->reply_acked;
	} else {
		/* 1xx and 3xx settle nothing (RFC 5321 4.2.1). */
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_PARTIAL, 0, 1);
	}
	return true;
}

static bool judge_gap(const struct judged *j, struct verdict *v)
{
	const struct attempt *a = j->attempt;
	/* Where one direction was not captured at all, nothing of it says anything; nor does what is
	 * missing where events were let go. */
	bool is_hidden = a->gap_at_eod || a->gap_at_reply || (!j->eod && a->gap_in_message) ||
			 (j->session->is_closed && !j->session->saw_server) ||
			 j->session->lost_events;

	if (!is_hidden)
		return false;
	v->left = a->client_left;
	set(v, OUTCOME_UNKNOWN, CAUSE_CAPTURE_GAP, 0, 1);
	return true;
}

/* DATA began, and no end of data was seen. */
static void judge_incomplete(const struct judged *j, struct verdict *v)
{
	const struct attempt *a = j->attempt;
	bool has_server_left = is_before(j->session, a->server_left, a->client_left);
	/* Only at the server is what was not seen also what did not arrive; and only if the server
	 * has said so since. */
	uint32_t max = j->context->vantage == VANTAGE_SERVER && a->is_tail_denied ? 0 : 1;

	v->left = has_server_left ? a->server_left : a->client_left;
	v->proof = v->left;
	if (a->is_tail_lost)
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_NOT_RECEIVED, 0, max);
	else if (a->is_stalled)
		set(v, OUTCOME_INCOMPLETE, CAUSE_DATA_STALLED, 0, max);
	else if (has_server_left)
		set(v, OUTCOME_INCOMPLETE, CAUSE_SERVER_CLOSED, 0, 0);
	else if (a->client_left != NO_EVENT || (a->phase == PHASE_ABANDONED && !a->is_cut_off))
		set(v, OUTCOME_INCOMPLETE, CAUSE_CLIENT_CLOSED, 0, 0);
	else
		set(v, OUTCOME_INCOMPLETE, CAUSE_STILL_SENDING, 0, 1);
}

/* Whether the server left while the client was still waiting for it. */
static bool has_server_left_first(const struct judged *j)
{
	const struct event *left = session_event(j->session, j->attempt->server_left);

	return left && is_before(j->session, j->attempt->server_left, j->attempt->client_left) &&
	       !has_turned(j, left->time_ns);
}

/* What proves that the server had sent nothing until the client left or turned to another try. */
static uint32_t proof_of_silence(const struct judged *j)
{
	const struct event *silent = session_event(j->session, j->attempt->silent);

	if (j->attempt->silent_after != NO_EVENT)
		return j->attempt->silent_after;
	return silent && has_turned(j, silent->time_ns) ? j->attempt->silent : NO_EVENT;
}

/* The end of data was seen, its reply not. */
static void judge_waiting(const struct judged *j, struct verdict *v)
{
	const struct attempt *a = j->attempt;
	bool has_server_left = has_server_left_first(j);
	bool has_left = a->client_left != NO_EVENT || has_turned(j, INT64_MAX);
	uint32_t silent = proof_of_silence(j);

	v->left = has_server_left ? a->server_left : a->client_left;
	if (a->hole != NO_EVENT && (has_left || has_server_left || j->session->is_closed)) {
		v->proof = a->hole;
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LOST, 0, 1);
	} else if (a->reply_part != NO_EVENT) {
		v->proof = a->reply_part;
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_PARTIAL, 0, 1);
	} else if (has_server_left) {
		v->proof = a->server_left;
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_CLOSED, 0, 1);
	} else if (has_left && a->eod_acked == NO_EVENT) {
		/* What it has not received it cannot answer: silence is no fault of the server's. */
		v->proof = a->eod_resent;
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_NOT_RECEIVED, 0, 1);
	} else if (has_left && (silent != NO_EVENT || j->context->vantage == VANTAGE_SERVER)) {
		v->proof = silent;
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_SILENT, 0, 1);
	} else if (has_left) {
		v->proof = a->eod_acked;
		v->path_is_dead = a->client_fin_resent != NO_EVENT;
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_NO_REPLY, 0, 1);
	} else {
		set(v, OUTCOME_UNACKNOWLEDGED, CAUSE_STILL_WAITING, 0, 1);
	}
}

/* Whether the reply to the recipient's RCPT was not captured, and another recipient may be the one
 * for whom the server took the message. */
static bool may_be_refused(const struct judged *j)
{
	const struct attempt *a = j->attempt;
	uint32_t takers = 0, replies = 0;

	if (!j->recipient || j->recipient->rcpt_code != 0 || !j->recipient->address)
		return false;
	for (uint32_t i = 0; i < a->recipient_count; i++) {
		const struct recipient *other = ledger_recipient(j->context->ledger, a, i);
		takers += !is_refusal(other->rcpt_code);
		replies += other->final_reply != NO_EVENT;
	}
	/* Where LMTP has as many replies as recipients, each was taken. */
	return takers > 1 && !(a->answers_each && replies == takers);
}

/* What the server took, it may not have taken for this recipient. */
static void doubt(struct verdict *v)
{
	v->copies_min = 0;
	if (v->outcome != OUTCOME_ACCEPTED)
		return;
	v->outcome = OUTCOME_UNKNOWN;
	v->cause = CAUSE_CAPTURE_GAP;
}

/* Behind TLS the code of the reply is not known, nor what else was said. */
static void veil(const struct judged *j, struct verdict *v)
{
	if (session_event(j->session, j->reply) && v->cause == CAUSE_REPLY_PARTIAL)
		v->cause = CAUSE_NONE;
	v->outcome = OUTCOME_ENCRYPTED;
	v->copies_min = 0;
	v->copies_max = 1;
}

/* How long the client waited: to the reply, or until a side left, or until the end. */
static void measure_wait(const struct judged *j, struct verdict *v)
{
	const struct event *reply = session_event(j->session, j->reply);
	const struct event *left = session_event(j->session, v->left);
	int64_t until = j->context->now_ns;

	if (!j->eod)
		return;
	/* One that left unseen had left by its next try. */
	if (left && !(v->left_unseen && has_turned(j, left->time_ns)))
		until = left->time_ns;
	else if (has_turned(j, reply ? reply->time_ns : INT64_MAX))
		until = j->context->next_try_ns;
	else if (reply)
		until = reply->time_ns;
	if (reply && v->cause != CAUSE_REPLY_LATE && v->cause != CAUSE_REPLY_LOST &&
	    v->cause != CAUSE_SERVER_CLOSED)
		until = reply->time_ns;
	v->has_waited = true;
	v->waited_ns = until > j->eod->time_ns ? until - j->eod->time_ns : 0;
	v->timer_expired = timer_has_expired(v->waited_ns, j->context->timer_ns);
}

void verdict_judge(const struct verdict_context *context, const struct attempt *attempt,
		   uint32_t index, struct verdict *out)
{
	struct judged j = {
		.context = context,
		.session = attempt_session(context->ledger, attempt),
		.attempt = attempt,
		.recipient = ledger_recipient(context->ledger, attempt, index),
		.reply = attempt->reply,
		.eod = attempt_event(context->ledger, attempt, attempt->eod),
	};

	/* LMTP: its own reply or none. PRDR: its own, unless all were refused together. */
	if (attempt->answers_each && j.recipient)
		j.reply = j.recipient->final_reply;
	else if (j.recipient && j.recipient->final_reply != NO_EVENT &&
		 !is_refusal(code_of(&j, attempt->reply)))
		j.reply = j.recipient->final_reply;
	*out = (struct verdict){.reply = NO_EVENT, .left = NO_EVENT, .proof = NO_EVENT,
				.far_proof = NO_EVENT};
	bool was_refused = judge_refusal(&j, out);
	if (!was_refused && !judge_reply(&j, out) && !judge_gap(&j, out)) {
		if (attempt->eod == NO_EVENT)
			judge_incomplete(&j, out);
		else
			judge_waiting(&j, out);
	}
	if (out->copies_min > 0 && may_be_refused(&j))
		doubt(out);
	if (attempt->is_encrypted)
		veil(&j, out);
	if (!was_refused) /* it had no part in the message, nor in the wait for its reply */
		measure_wait(&j, out);
}
