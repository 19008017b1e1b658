/* SPDX-License-Identifier: MIT */
#include "delivery/views.h"

#include "delivery/verdict.h"

/* A reply that was sent so long before the near capture ends had its chance to arrive. */
#define ARRIVAL_NS (2 * NS_PER_SECOND)

static int64_t time_of(const struct session *session, uint32_t index)
{
	const struct event *event = session_event(session, index);
	return event ? event->time_ns : NO_TIME;
}

/* TIME of the far clock on the near one. */
static int64_t to_near(const struct views *views, int64_t time_ns)
{
	return time_ns == NO_TIME || !views->is_aligned ? time_ns : time_ns - views->offset_ns;
}

static uint32_t reply_of(const struct view *view)
{
	return view->verdict.reply != NO_EVENT ? view->verdict.reply : view->attempt->reply;
}

void views_compare(const struct pairing *pairing, const struct view *near, const struct view *far,
		   struct views *out)
{
	*out = (struct views){.near = near->attempt,
			      .far = far->attempt,
			      .near_session = near->session,
			      .far_session = far->session,
			      .is_aligned = pairing->is_aligned,
			      .offset_ns = pairing->offset_ns,
			      .error_ns = pairing->error_ns};
	out->eod_near_ns = time_of(near->session, near->attempt->eod);
	out->eod_far_ns = to_near(out, time_of(far->session, far->attempt->eod));
	out->reply_near_ns = time_of(near->session, reply_of(near));
	out->reply_far_ns = to_near(out, time_of(far->session, reply_of(far)));
}

/* Whether VIEW shows all that passed it around the end of data and its reply. */
static bool is_whole(const struct view *view)
{
	const struct attempt *a = view->attempt;

	return !a->gap_at_eod && !a->gap_at_reply && !a->gap_in_message &&
	       view->session->saw_client && view->session->saw_server &&
	       !view->session->lost_events;
}

/* Whether what VIEW does not show until TIME (of the near clock) was never sent by the server. */
static bool is_witness(const struct views *views, const struct view *view, int64_t time_ns)
{
	return view->vantage == VANTAGE_SERVER && is_whole(view) &&
	       to_near(views, view->until_ns) >= time_ns;
}

static void take_bounds(struct verdict *out, const struct verdict *a, const struct verdict *b)
{
	uint32_t min = a->copies_min > b->copies_min ? a->copies_min : b->copies_min;
	uint32_t max = a->copies_max < b->copies_max ? a->copies_max : b->copies_max;

	/* Where they contradict each other, one of the two was deceived: either may be. */
	if (min > max) {
		min = a->copies_min < b->copies_min ? a->copies_min : b->copies_min;
		max = a->copies_max > b->copies_max ? a->copies_max : b->copies_max;
	}
	out->copies_min = min;
	out->copies_max = max;
}

/* The verdict of the far view, whose events are not the near session's. */
static void take_far(const struct view *far, struct verdict *out)
{
	bool has_waited = out->has_waited, timer_expired = out->timer_expired;
	int64_t waited_ns = out->waited_ns;

	*out = far->verdict;
	out->far_proof = far->verdict.proof;
	out->reply = out->left = out->proof = NO_EVENT;
	if (has_waited) {
		out->has_waited = true;
		out->waited_ns = waited_ns;
		out->timer_expired = timer_expired;
	}
}

static void set_cause(struct verdict *out, enum cause cause, uint32_t far_proof)
{
	out->outcome = OUTCOME_UNACKNOWLEDGED;
	out->cause = cause;
	out->far_proof = far_proof;
}

static bool is_settled(const struct verdict *verdict)
{
	return verdict->outcome == OUTCOME_ACCEPTED || verdict->outcome == OUTCOME_REJECTED;
}

static enum sending sending_of(const struct views *views, int64_t left_ns)
{
	if (!views->is_aligned || left_ns == NO_TIME || views->reply_far_ns == NO_TIME)
		return SENDING_UNKNOWN;
	if (views->reply_far_ns > left_ns + views->error_ns)
		return SENDING_LATE;
	return views->reply_far_ns < left_ns - views->error_ns ? SENDING_IN_TIME : SENDING_UNKNOWN;
}

/* The client has its reply: was it the server's? */
static void judge_answered(struct views *views, const struct view *near, const struct view *far,
			   struct verdict *out)
{
	if (views->reply_far_ns != NO_TIME || near->attempt->eod == NO_EVENT ||
	    !is_witness(views, far, views->reply_near_ns + ARRIVAL_NS))
		return;
	views->is_reply_between = true;
	out->cause = CAUSE_ANSWERED_BETWEEN;
	out->copies_min = far->verdict.copies_min;
	out->copies_max = far->verdict.copies_max;
	out->far_proof = far->verdict.proof;
}

/* The reply passed the far view and not the near one. */
static void judge_half_way(struct views *views, const struct view *near, const struct view *far,
			   int64_t left_ns, struct verdict *out)
{
	bool had_time = to_near(views, near->until_ns) >= views->reply_far_ns + ARRIVAL_NS;

	if (!is_whole(near) || far->attempt->reply_acked != NO_EVENT ||
	    (left_ns == NO_TIME && !had_time)) {
		take_far(far, out);
		return;
	}
	views->is_reply_lost = true;
	out->reply_code = far->verdict.reply_code;
	set_cause(out, views->sending == SENDING_LATE ? CAUSE_REPLY_LATE : CAUSE_REPLY_LOST,
		  far->verdict.reply);
}

/* The server left, as the near view shows: did it really? */
static void judge_close(struct views *views, const struct view *near, const struct view *far)
{
	views->is_close_between =
		far->attempt->server_left == NO_EVENT &&
		is_witness(views, far, time_of(near->session, near->attempt->server_left));
}

/* The end of data was seen in both, and no reply in any. */
static void judge_unanswered(struct views *views, const struct view *near, const struct view *far,
			     int64_t left_ns, struct verdict *out)
{
	const struct attempt *n = near->attempt, *f = far->attempt;

	if (f->reply_part != NO_EVENT || f->hole != NO_EVENT) {
		set_cause(out, f->hole != NO_EVENT ? CAUSE_REPLY_LOST : CAUSE_REPLY_PARTIAL,
			  f->hole != NO_EVENT ? f->hole : f->reply_part);
	} else if (f->server_left != NO_EVENT &&
		   far->verdict.cause == CAUSE_SERVER_CLOSED) {
		set_cause(out, CAUSE_SERVER_CLOSED, f->server_left);
	} else if (n->server_left != NO_EVENT && near->verdict.cause == CAUSE_SERVER_CLOSED) {
		judge_close(views, near, far);
	} else if (left_ns != NO_TIME && is_witness(views, far, left_ns)) {
		set_cause(out, CAUSE_SERVER_SILENT, far->verdict.proof);
	} else if (out->cause != CAUSE_SERVER_SILENT &&
		   far->verdict.cause == CAUSE_SERVER_SILENT) {
		set_cause(out, CAUSE_SERVER_SILENT, far->verdict.proof);
	}
}

/* The end of data never came to the far view, unless that one was over before it could. */
static void judge_undelivered(struct views *views, const struct view *far, int64_t left_ns,
			      struct verdict *out)
{
	if (!is_whole(far) || to_near(views, far->until_ns) < views->eod_near_ns + ARRIVAL_NS)
		return;
	views->is_eod_lost = true;
	set_cause(out, CAUSE_NOT_RECEIVED, far->verdict.proof);
	if (left_ns != NO_TIME && is_witness(views, far, left_ns + ARRIVAL_NS))
		out->copies_max = out->copies_min = 0;
}

void views_judge(struct views *views, const struct view *near, const struct view *far,
		 int64_t next_try_ns, struct verdict *out)
{
	int64_t left_ns = time_of(near->session, near->attempt->client_left);
	bool is_near_blind = near->verdict.cause == CAUSE_CAPTURE_GAP;

	if (near->verdict.left_unseen)
		left_ns = NO_TIME;
	else if (left_ns == NO_TIME)
		left_ns = next_try_ns;
	bool has_ended_early = verdict_is_open(&near->verdict) && !verdict_is_open(&far->verdict);
	views->sending = sending_of(views, left_ns);
	*out = near->verdict;
	out->has_waited = near->verdict.has_waited &&
			  !(has_ended_early && far->verdict.has_waited);
	if (is_near_blind || has_ended_early ||
	    (is_settled(&far->verdict) && near->attempt->eod == NO_EVENT))
		take_far(far, out);
	take_bounds(out, &near->verdict, &far->verdict);
	if (is_settled(&near->verdict))
		judge_answered(views, near, far, out);
	else if (is_near_blind)
		return;
	else if (views->reply_far_ns != NO_TIME && views->reply_near_ns == NO_TIME)
		judge_half_way(views, near, far, left_ns, out);
	else if (views->eod_far_ns == NO_TIME && views->eod_near_ns != NO_TIME)
		judge_undelivered(views, far, left_ns, out);
	else if (views->reply_far_ns == NO_TIME && views->reply_near_ns == NO_TIME &&
		 views->eod_far_ns != NO_TIME)
		judge_unanswered(views, near, far, left_ns, out);
	else if (near->verdict.cause == CAUSE_SERVER_CLOSED)
		judge_close(views, near, far);
	if (near->attempt->is_encrypted)
		out->outcome = OUTCOME_ENCRYPTED;
}
