/* SPDX-License-Identifier: MIT */
/*
 * What a delivery comes to, in few words: how each attempt ended, and the headline.
 */
#include "report/scene.h"

/* ---- How an attempt ended, in a few words -------------------------------------------------- */

static int64_t wait_of(const struct scene *scene)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);

	return eod ? scene_wait_end(scene) - eod->time_ns : 0;
}

static void end_refused(const struct scene *scene, struct prose *p)
{
	prose_add(p, "refused %s", scene->verdict->reply_code < 500 ? "for now" : "for good");
	if (scene->verdict->reply_code)
		prose_add(p, " (%u)", scene->verdict->reply_code);
}

static void end_unacknowledged(const struct scene *scene, struct prose *p)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	int64_t at_ns;
	const struct event *reply = scene_any_reply(scene, &at_ns);
	struct time_text waited = duration_short_text(wait_of(scene));

	switch (scene->verdict->cause) {
	case CAUSE_REPLY_LATE:
		prose_add(p, "%s too late, at %s", reply ? code_words(reply).s : "reply",
			  duration_short_text(reply && eod ? at_ns - eod->time_ns : 0).s);
		break;
	case CAUSE_REPLY_LOST:
		prose_add(p, "%s lost on its way", reply ? code_words(reply).s : "reply");
		break;
	case CAUSE_ANSWERED_BETWEEN:
		prose_add(p, "%s, but not the server's", reply ? code_words(reply).s : "reply");
		break;
	case CAUSE_REPLY_PARTIAL:
		if (scene_unsettling(scene)) {
			prose_add(p, "a %s, which settles nothing", code_words(reply).s);
			break;
		}
		prose_add(p, "%s in %s%s",
			  scene_is_babble(scene) ? "no valid reply" : "only part of a reply",
			  waited.s,
			  scene_who_left(scene) == LEFT_SERVER ? ", server left" : "");
		break;
	case CAUSE_SERVER_CLOSED:
		prose_add(p, "server left after %s", waited.s);
		break;
	case CAUSE_SERVER_SILENT:
		prose_add(p, "server silent for %s, gave up", waited.s);
		break;
	case CAUSE_NO_REPLY:
		prose_add(p, "no reply in %s, gave up", waited.s);
		break;
	case CAUSE_NOT_RECEIVED:
		if (scene->attempt->eod != NO_EVENT)
			prose_add(p, "no TCP ACK of the end in %s, gave up", waited.s);
		else
			prose_add(p, "the end never came");
		break;
	case CAUSE_STILL_WAITING:
		prose_add(p,
			  scene->subject->is_over ? "capture ends, waiting for %s"
						  : "waiting, for %s so far",
			  waited.s);
		break;
	case CAUSE_CLIENT_CLOSED:
		prose_add(p, "client broke off");
		break;
	case CAUSE_DATA_STALLED:
		prose_add(p, "stuck within the message");
		break;
	case CAUSE_STILL_SENDING:
		prose_add(p, scene->subject->is_over ? "capture ends within the message"
						     : "still sending");
		break;
	case CAUSE_CAPTURE_GAP:
		prose_add(p, "not in the capture");
		break;
	case CAUSE_NONE:
	case CAUSE_SENT_AGAIN:
	case CAUSES:
		prose_add(p, "no reply seen");
		break;
	}
}

static void add_ending(const struct scene *scene, struct prose *p)
{
	switch (scene->verdict->outcome) {
	case OUTCOME_ACCEPTED:
		prose_add(p, "confirmed after %s", duration_short_text(wait_of(scene)).s);
		return;
	case OUTCOME_REJECTED:
		end_refused(scene, p);
		return;
	case OUTCOME_INCOMPLETE:
		if (scene->verdict->cause == CAUSE_SERVER_CLOSED)
			prose_add(p, "server broke off within the message");
		else
			end_unacknowledged(scene, p);
		return;
	case OUTCOME_ENCRYPTED:
		prose_add(p, "probably ");
		if (scene_is_answered(scene))
			prose_add(p, "confirmed after %s", duration_short_text(wait_of(scene)).s);
		else
			end_unacknowledged(scene, p);
		return;
	case OUTCOME_UNKNOWN:
	case OUTCOME_UNACKNOWLEDGED:
	case OUTCOMES:
		end_unacknowledged(scene, p);
		return;
	}
}

int64_t story_start(const struct subject *subject, uint32_t try)
{
	struct scene scene = scene_of(subject, try);

	return scene_start(&scene);
}

void story_ending(const struct subject *subject, uint32_t try, struct prose *out)
{
	struct scene scene = scene_of(subject, try);

	prose_clear(out);
	add_ending(&scene, out);
}

/* ---- The headline -------------------------------------------------------------------------- */

static uint32_t tries_with(const struct subject *subject, enum cause cause)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < subject->delivery->try_count; i++)
		count += subject->delivery->tries[i].verdict.cause == cause;
	return count;
}

/* The first attempt with CAUSE; the first one at all if there is none. */
static struct scene first_with(const struct subject *subject, enum cause cause)
{
	for (uint32_t i = 0; i < subject->delivery->try_count; i++)
		if (subject->delivery->tries[i].verdict.cause == cause)
			return scene_of(subject, i);
	return scene_of(subject, 0);
}

static int64_t eod_time(const struct scene *scene)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);

	return eod ? eod->time_ns : scene_start(scene);
}

static void head_unanswered(const struct subject *subject, enum cause cause, struct prose *p)
{
	struct scene scene = first_with(subject, cause);
	int64_t at_ns;
	const struct event *reply = scene_any_reply(&scene, &at_ns);
	const struct event *gone = scene_event(&scene, scene.attempt->client_left);
	const struct event *left = scene_event(&scene, scene.attempt->server_left);
	struct words code = {"reply"};
	struct time_text waited = duration_short_text(wait_of(&scene));

	if (reply)
		code = code_words(reply);
	if (scene_left_early(&scene) &&
	    (cause == CAUSE_REPLY_LATE || cause == CAUSE_SERVER_SILENT)) {
		prose_add(p, "the sender broke off %s after the end of the message",
			  duration_short_text(gone->time_ns - eod_time(&scene)).s);
		return;
	}
	switch (cause) {
	case CAUSE_REPLY_LATE:
		if (gone && !scene_left_unseen(&scene))
			prose_add(p, "the %s came %s after the sender had given up", code.s,
				  duration_short_text(reply ? at_ns - gone->time_ns : 0).s);
		else
			prose_add(p, "the %s came after %s, when the sender had given up", code.s,
				  duration_short_text(reply ? at_ns - eod_time(&scene) : 0).s);
		break;
	case CAUSE_REPLY_LOST:
		prose_add(p, "the server answered, and its %s was lost on the way", code.s);
		break;
	case CAUSE_ANSWERED_BETWEEN:
		prose_add(p, "something on the way answered in the server's name");
		break;
	case CAUSE_REPLY_PARTIAL:
		if (scene_unsettling(&scene)) {
			prose_add(p, "the server's %s neither confirmed nor refused it", code.s);
			break;
		}
		prose_add(p,
			  scene_is_babble(&scene)
				  ? "what the server answered within %s has no code, and is no reply"
				  : "only the beginning of a reply came within %s",
			  waited.s);
		break;
	case CAUSE_SERVER_CLOSED:
		prose_add(p, "the server %s the connection %s",
			  left && left->kind == EVENT_RST ? "reset" : "closed",
			  scene.attempt->eod == NO_EVENT ? "within the message"
							 : "instead of answering");
		break;
	case CAUSE_SERVER_SILENT:
		prose_add(p, "the server was silent for %s, and the sender gave up", waited.s);
		break;
	case CAUSE_NO_REPLY:
		prose_add(p, "no reply came within %s, and the sender gave up", waited.s);
		break;
	case CAUSE_NOT_RECEIVED:
		prose_add(p, scene.attempt->eod != NO_EVENT
				     ? "the end of the message was never TCP-acknowledged"
				     : "the end of the message never arrived");
		break;
	case CAUSE_STILL_WAITING:
		prose_add(p,
			  subject->is_over
				  ? "the capture ends while the sender waits, for %s so far"
				  : "the sender is waiting, for %s so far",
			  waited.s);
		break;
	case CAUSE_CLIENT_CLOSED:
		prose_add(p, "the sender broke off within the message");
		break;
	case CAUSE_DATA_STALLED:
		prose_add(p, "the message got stuck on its way");
		break;
	case CAUSE_STILL_SENDING:
		prose_add(p, subject->is_over ? "the capture ends within the message"
					      : "the message is being sent");
		break;
	case CAUSE_CAPTURE_GAP:
		prose_add(p, "the capture lacks the packets that would tell");
		break;
	case CAUSE_SENT_AGAIN:
		prose_add(p, "confirmed, and sent again all the same");
		break;
	case CAUSE_NONE:
	case CAUSES:
		break;
	}
}

static uint32_t tries_ended(const struct subject *subject, enum outcome outcome)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < subject->delivery->try_count; i++)
		count += subject->delivery->tries[i].verdict.outcome == outcome;
	return count;
}

/* Whether the server had a whole message before it refused it: then it could have kept it. */
static bool has_refused_whole(const struct subject *subject)
{
	for (uint32_t i = 0; i < subject->delivery->try_count; i++) {
		struct scene scene = scene_of(subject, i);
		if (scene.verdict->outcome == OUTCOME_REJECTED && scene.attempt->eod != NO_EVENT &&
		    !(scene.recipient && scene.recipient->rcpt_code >= 400))
			return true;
	}
	return false;
}

/* Every attempt was confirmed or refused. */
static void head_answered(const struct subject *subject, struct prose *p)
{
	uint32_t last = subject->delivery->try_count - 1;
	uint32_t refused = tries_ended(subject, OUTCOME_REJECTED);
	struct scene scene = scene_of(subject, last);

	if (refused > last) {
		prose_add(p, "refused");
		if (refused > 1)
			prose_add(p, " %s", times_text(refused).s);
		if (scene.verdict->reply_code)
			prose_add(p, ", with %u%s", scene.verdict->reply_code,
				  refused > 1 ? " the last time" : "");
	} else if (refused) {
		prose_add(p, "refused %s, then confirmed: no second copy%s", times_text(refused).s,
			  has_refused_whole(subject) ? ", if the server keeps its word" : "");
	} else {
		add_ending(&scene, p);
		if (scene_is_encrypted(&scene))
			prose_add(p, " (encrypted, so in doubt)");
	}
}

void story_headline(const struct subject *subject, struct prose *out)
{
	const struct delivery *delivery = subject->delivery;
	uint32_t last = delivery->try_count - 1;
	uint32_t count = tries_with(subject, delivery->cause);

	prose_clear(out);
	if (!delivery->try_count)
		return;
	if (delivery->cause == CAUSE_NONE) {
		head_answered(subject, out);
		return;
	}
	if (count > 1)
		prose_add(out, "%s ", times_text(count).s);
	head_unanswered(subject, delivery->cause, out);
	if (!last || delivery->cause == CAUSE_SENT_AGAIN)
		return;
	struct scene scene = scene_of(subject, last);
	if (scene.verdict->outcome == OUTCOME_ACCEPTED)
		prose_add(out, "; attempt %u was confirmed", last + 1);
	else if (scene_is_encrypted(&scene) && scene_is_answered(&scene))
		prose_add(out, "; attempt %u was probably confirmed", last + 1);
}
