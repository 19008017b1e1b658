/* SPDX-License-Identifier: MIT */
#include "report/scene.h"

#include <stdlib.h>

/* The array of steps while it grows. */
struct steps {
	struct step *list;
	uint32_t count;
	uint32_t room;
	bool is_short; /* memory ran out */
};

/* Whose doing a kind of step is, and whether it is worth jumping to. */
enum whose { CLIENTS, SERVERS, BY_EVENT };

static const struct {
	const char *name;
	enum whose whose;
	bool is_trouble;
} traits[STEPS] = {
	[STEP_OPENED] = {"connection", CLIENTS, false},
	[STEP_RESEND] = {"resend", CLIENTS, true},
	[STEP_RETRY] = {"retry", CLIENTS, false},
	[STEP_SENT_AGAIN] = {"sent again", CLIENTS, true},
	[STEP_GREETING] = {"greeting", SERVERS, false},
	[STEP_HELLO] = {"hello", CLIENTS, false},
	[STEP_TLS] = {"encryption", BY_EVENT, false},
	[STEP_MAIL] = {"sender", CLIENTS, false},
	[STEP_RCPT] = {"recipient", CLIENTS, false},
	[STEP_RCPT_REPLY] = {"reply to the recipient", SERVERS, false},
	[STEP_DATA] = {"DATA", CLIENTS, false},
	[STEP_GO_AHEAD] = {"go ahead", SERVERS, false},
	[STEP_REFUSED] = {"refusal", SERVERS, true},
	[STEP_MESSAGE] = {"message begins", CLIENTS, false},
	[STEP_EOD] = {"end of data", CLIENTS, false},
	[STEP_EOD_RESENT] = {"retransmission", CLIENTS, false},
	[STEP_ARRIVED] = {"arrival", SERVERS, false},
	[STEP_EOD_ACKED] = {"TCP ACK", SERVERS, false},
	[STEP_TIMER] = {"timer runs out", CLIENTS, true},
	[STEP_WINDOW_SHUT] = {"takes no more bytes", BY_EVENT, false},
	[STEP_WINDOW_OPEN] = {"takes bytes again", BY_EVENT, false},
	[STEP_TOO_BIG] = {"packet too big", BY_EVENT, true},
	[STEP_UNREACHABLE] = {"unreachable", BY_EVENT, true},
	[STEP_CONFLICT] = {"other bytes", BY_EVENT, true},
	[STEP_REPLY_SENT] = {"reply leaves", SERVERS, true},
	[STEP_REPLY] = {"reply", SERVERS, false},
	[STEP_REPLY_LATE] = {"late reply", SERVERS, true},
	[STEP_REPLY_LOST] = {"lost reply", SERVERS, true},
	[STEP_REPLY_PART] = {"part of a reply", SERVERS, true},
	[STEP_REPLY_RESENT] = {"retransmission", SERVERS, false},
	[STEP_REPLY_ACKED] = {"TCP ACK", CLIENTS, false},
	[STEP_HALF_CLOSED] = {"client's side closed", CLIENTS, false},
	[STEP_CLIENT_LEFT] = {"client gives up", CLIENTS, true},
	[STEP_FIN_RESENT] = {"retransmission", CLIENTS, false},
	[STEP_SERVER_LEFT] = {"server leaves", SERVERS, true},
	[STEP_SILENT] = {"proof of silence", SERVERS, true},
	[STEP_HOLE] = {"proof of loss", SERVERS, true},
	[STEP_GAP] = {"gap", BY_EVENT, true},
	[STEP_CLOSED] = {"connection ends", BY_EVENT, false},
	[STEP_END] = {"end", CLIENTS, true},
};

const char *step_name(enum step_kind kind)
{
	return kind < STEPS ? traits[kind].name : "";
}

static bool is_servers(enum step_kind kind, const struct event *event)
{
	if (traits[kind].whose == BY_EVENT)
		return event && event->bits & EVENT_FROM_SERVER;
	return traits[kind].whose == SERVERS;
}

static bool is_trouble(const struct scene *scene, enum step_kind kind, const struct event *event)
{
	if (kind == STEP_REPLY || kind == STEP_RCPT_REPLY)
		return event && event->value >= 400;
	if (kind == STEP_CLIENT_LEFT || kind == STEP_SERVER_LEFT)
		return !scene_is_answered(scene);
	return traits[kind].is_trouble;
}

static void add_step(struct steps *steps, const struct scene *scene, enum step_kind kind,
		     uint32_t index, int64_t time_ns)
{
	const struct event *event = scene_event(scene, index);

	if (steps->count == steps->room) {
		uint32_t room = steps->room ? 2 * steps->room : 64;
		struct step *list = reallocarray(steps->list, room, sizeof *list);
		if (!list) {
			steps->is_short = true;
			return;
		}
		steps->list = list;
		steps->room = room;
	}
	steps->list[steps->count++] = (struct step){
		.mark = {time_ns, event ? event->frame : 0},
		.kind = kind,
		.file = scene->session->file,
		.is_server = is_servers(kind, event),
		.is_trouble = is_trouble(scene, kind, event),
		.try = scene->try,
		.is_far = scene->is_far,
		.event = index,
	};
}

static void add_event(struct steps *steps, const struct scene *scene, enum step_kind kind,
		      uint32_t index)
{
	const struct event *event = scene_event(scene, index);

	if (event)
		add_step(steps, scene, kind, index, event->time_ns);
}

static enum step_kind begin_kind(const struct scene *scene)
{
	switch (scene->item->relation) {
	case RELATION_RESEND:
		return STEP_RESEND;
	case RELATION_RETRY:
		return STEP_RETRY;
	case RELATION_SENT_AGAIN:
		return STEP_SENT_AGAIN;
	case RELATION_FIRST:
		break;
	}
	return STEP_OPENED;
}

static enum step_kind reply_kind(const struct scene *scene)
{
	if (scene->verdict->cause == CAUSE_REPLY_LATE)
		return STEP_REPLY_LATE;
	if (scene->verdict->cause == CAUSE_REPLY_LOST)
		return STEP_REPLY_LOST;
	return STEP_REPLY;
}

/* The events that the attempt itself names. */
static enum step_kind named_kind(const struct scene *scene, uint32_t index)
{
	const struct attempt *a = scene->attempt;
	const struct {
		uint32_t event;
		enum step_kind kind;
	} names[] = {
		{scene->reply, reply_kind(scene)},
		{a->half_closed, STEP_HALF_CLOSED},
		{a->client_left, STEP_CLIENT_LEFT},
		{a->server_left, STEP_SERVER_LEFT},
		{scene->recipient ? scene->recipient->rcpt_reply : NO_EVENT, STEP_RCPT_REPLY},
		{a->refusal, STEP_REFUSED},
		{a->mail, STEP_MAIL},
		{a->data, STEP_DATA},
		{a->message, STEP_MESSAGE},
		{a->eod, STEP_EOD},
		{a->eod_acked, STEP_EOD_ACKED},
		{a->reply_part, STEP_REPLY_PART},
		{a->reply_acked, STEP_REPLY_ACKED},
		{a->client_fin_resent, STEP_FIN_RESENT},
		{a->silent_after, STEP_SILENT},
		{a->hole, STEP_HOLE},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].event == index)
			return names[i].kind;
	return STEPS;
}

/* Facts that an attempt may have several of. */
static enum step_kind repeated_kind(const struct scene *scene, const struct event *event)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	const struct event *reply = scene_event(scene, scene->reply);

	if (event->kind == EVENT_EOD_RESENT && eod && event->offset == eod->offset)
		return STEP_EOD_RESENT;
	if (event->kind == EVENT_REPLY_RESENT && reply && event->offset == reply->offset)
		return STEP_REPLY_RESENT;
	if (event->kind == EVENT_WINDOW_SHUT)
		return STEP_WINDOW_SHUT;
	if (event->kind == EVENT_WINDOW_OPEN)
		return STEP_WINDOW_OPEN;
	if (event->kind == EVENT_TOO_BIG)
		return STEP_TOO_BIG;
	if (event->kind == EVENT_UNREACHABLE)
		return STEP_UNREACHABLE;
	if (event->kind == EVENT_CONFLICT)
		return STEP_CONFLICT;
	if (event->kind == EVENT_GAP)
		return STEP_GAP;
	return STEPS;
}

/* What a walk over a session's events has come across. */
struct walk {
	uint32_t rcpts; /* RCPT commands of this attempt */
	bool is_first;	/* the attempt is the first one of its session */
	bool was_greeted;
	bool was_told_to_go; /* the 354 */
	bool was_closed;
};

static enum step_kind command_kind(const struct scene *scene, struct walk *walk,
				   const struct event *event, uint32_t index)
{
	const uint32_t mail = scene->attempt->mail;

	switch ((enum verb)event->value) {
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		return walk->is_first && (mail == NO_EVENT || index < mail) ? STEP_HELLO : STEPS;
	case VERB_RCPT:
		if (mail == NO_EVENT || index < mail || index > scene->attempt->data)
			return STEPS;
		return walk->rcpts++ == scene->item->recipient ? STEP_RCPT : STEPS;
	case VERB_UNKNOWN:
	case VERB_MAIL:
	case VERB_DATA:
	case VERB_BDAT:
	case VERB_RSET:
	case VERB_NOOP:
	case VERB_QUIT:
	case VERB_VRFY:
	case VERB_EXPN:
	case VERB_HELP:
	case VERB_AUTH:
	case VERB_STARTTLS:
	case VERB_ETRN:
	case VERB_ATRN:
	case VERB_TURN:
	case VERB_XCLIENT:
	case VERB_XFORWARD:
	case VERB_AUTH_ANSWER:
	case VERBS:
		return STEPS;
	}
	return STEPS;
}

static enum step_kind answer_kind(const struct scene *scene, struct walk *walk,
				  const struct event *event, uint32_t index)
{
	if (walk->is_first && !walk->was_greeted && event->value == 220) {
		walk->was_greeted = true;
		return STEP_GREETING;
	}
	if (event->value == 354 && !walk->was_told_to_go && index > scene->attempt->data) {
		walk->was_told_to_go = true;
		return STEP_GO_AHEAD;
	}
	return STEPS;
}

static bool ends_it(const struct scene *scene, uint32_t index)
{
	const struct attempt *a = scene->attempt;
	bool is_last = scene->session->last_attempt == a->id;
	uint32_t last = scene->reply != NO_EVENT ? scene->reply : a->refusal;

	return is_last && last != NO_EVENT && index > last && a->client_left == NO_EVENT &&
	       a->server_left == NO_EVENT;
}

static enum step_kind kind_of(const struct scene *scene, struct walk *walk, uint32_t index)
{
	const struct event *event = scene_event(scene, index);
	enum step_kind kind = named_kind(scene, index);

	if (event->kind == EVENT_COMMAND && kind == STEPS)
		return command_kind(scene, walk, event, index);
	if (event->kind == EVENT_REPLY && kind == STEPS)
		return answer_kind(scene, walk, event, index);
	if (kind != STEPS)
		return kind;
	if (event->kind == EVENT_TLS)
		return STEP_TLS;
	if ((event->kind == EVENT_FIN || event->kind == EVENT_RST) && !walk->was_closed &&
	    ends_it(scene, index)) {
		walk->was_closed = true;
		return STEP_CLOSED;
	}
	return repeated_kind(scene, event);
}

/* Behind the last event that may be the attempt's: a later one of the same session has begun. */
static uint32_t events_end(const struct scene *scene)
{
	const struct attempt *a = scene->attempt;
	const uint32_t own[] = {
		a->mail,	a->refusal,	      a->data,	       a->message,
		a->eod,		a->eod_resent,	      a->eod_acked,    scene->reply,
		a->reply_part,	a->reply_resent,      a->reply_acked,  a->client_left,
		a->server_left, a->client_fin_resent, a->silent_after, a->hole};
	uint32_t end = 0;

	if (scene->session->last_attempt == a->id)
		return scene->session->event_count;
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (own[i] != NO_EVENT && own[i] >= end)
			end = own[i] + 1;
	return end;
}

static bool is_open_ended(const struct scene *scene)
{
	return scene->verdict->cause == CAUSE_STILL_WAITING ||
	       scene->verdict->cause == CAUSE_STILL_SENDING;
}

static void add_timer(struct steps *steps, const struct scene *scene)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	int64_t end_ns = scene_wait_end(scene);

	if (eod && end_ns - eod->time_ns >= scene->subject->timer_ns)
		add_step(steps, scene, STEP_TIMER, NO_EVENT,
			 eod->time_ns + scene->subject->timer_ns);
}

static void add_attempt(struct steps *steps, const struct scene *scene)
{
	uint32_t first = scene_first_event(scene);
	uint32_t end = events_end(scene);
	struct walk walk = {.is_first = scene->session->first_attempt == scene->attempt->id};

	if (first == NO_EVENT)
		return;
	/* On a connection that is already open, MAIL is itself the beginning. */
	bool begins_with_mail = first == scene->attempt->mail;
	if (scene->try || !begins_with_mail)
		add_event(steps, scene, begin_kind(scene), first);
	for (uint32_t i = first; i < end; i++) {
		enum step_kind kind = kind_of(scene, &walk, i);
		if (kind == STEPS || (kind == STEP_MAIL && begins_with_mail && scene->try))
			continue;
		add_event(steps, scene, kind, i);
	}
	add_timer(steps, scene);
	if (is_open_ended(scene))
		add_step(steps, scene, STEP_END, NO_EVENT, scene->subject->now_ns);
}

/* What the far capture alone saw; VIEWS puts its times on the near clock. */
static void add_far(struct steps *steps, const struct scene *near)
{
	struct views views;

	if (!scene_views(near, &views) || !views.is_aligned)
		return;
	struct scene far = scene_far(near, &views);
	const struct attempt *a = far.attempt;

	if (views.eod_near_ns != NO_TIME && views.eod_far_ns != NO_TIME)
		add_step(steps, &far, STEP_ARRIVED, a->eod,
			 views.eod_far_ns > views.eod_near_ns ? views.eod_far_ns
							      : views.eod_near_ns);
	if (views.reply_far_ns == NO_TIME)
		return;
	if (views.reply_near_ns != NO_TIME) {
		if (near->verdict->cause == CAUSE_REPLY_LATE)
			add_step(steps, &far, STEP_REPLY_SENT, far.reply, views.reply_far_ns);
		return;
	}
	add_step(steps, &far, reply_kind(&far), far.reply, views.reply_far_ns);
	for (uint32_t i = far.reply; i < far.session->event_count; i++) {
		const struct event *event = scene_event(&far, i);
		if (event->kind == EVENT_REPLY_RESENT &&
		    event->offset == scene_event(&far, far.reply)->offset)
			add_step(steps, &far, STEP_REPLY_RESENT, i,
				 event->time_ns - views.offset_ns);
	}
}

/* By time; at the same time by attempt, and in the order in which they were told. */
static int compare_steps(const void *left, const void *right)
{
	const struct step *a = left;
	const struct step *b = right;

	if (a->mark.time_ns != b->mark.time_ns)
		return a->mark.time_ns < b->mark.time_ns ? -1 : 1;
	if (a->try != b->try)
		return a->try < b->try ? -1 : 1;
	if ((a->kind == STEP_TIMER) != (b->kind == STEP_TIMER))
		return a->kind == STEP_TIMER ? -1 : 1;
	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	return a->kind < b->kind ? -1 : a->kind > b->kind;
}

bool story_tell(const struct subject *subject, struct story *story)
{
	struct steps steps = {0};

	*story = (struct story){0};
	for (uint32_t i = 0; i < subject->delivery->try_count; i++) {
		struct scene scene = scene_of(subject, i);
		add_attempt(&steps, &scene);
		add_far(&steps, &scene);
	}
	if (steps.is_short) {
		free(steps.list);
		return false;
	}
	if (steps.count)
		qsort(steps.list, steps.count, sizeof *steps.list, compare_steps);
	*story = (struct story){steps.list, steps.count};
	return true;
}

void story_free(struct story *story)
{
	free(story->steps);
	*story = (struct story){0};
}
