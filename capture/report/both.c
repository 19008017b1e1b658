/* SPDX-License-Identifier: MIT */
#include "report/both.h"

#include "source.h"
#include "text.h"

#include <string.h>

#define SHORT_NS (10 * NS_PER_SECOND) /* a wait that nobody asks about */

/* ---- Proofs -------------------------------------------------------------------------------- */

/* The far capture may have been taken anywhere on the way. */
static const char *place_of(const struct scene *far)
{
	return far->vantage == VANTAGE_SERVER ? "at the server" : "where the other capture was taken";
}

/* When the reply passed there, and how often. */
static void add_sent(const struct scene *far, struct prose *p)
{
	const struct event *reply = scene_event(far, far->reply);

	prose_add(p, "the server's %s was seen %s, %s after the end of the message had come there "
		     "(%s)",
		  code_words(reply).s, place_of(far),
		  duration_text(scene_after_eod(far, reply)).s, frame_words(far, reply).s);
	if (far->attempt->reply_sends > 1)
		prose_add(p, ", and was sent %s in all", times_text(far->attempt->reply_sends).s);
}

static void add_leaving(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	if (left)
		prose_add(p, ", which left after %s (%s)",
			  duration_text(scene_after_eod(scene, left)).s,
			  frame_words(scene, left).s);
}

static void prove_lost(const struct scene *scene, const struct scene *far, struct prose *p)
{
	add_sent(far, p);
	prose_add(p, "; %s came to the client",
		  far->attempt->reply_sends > 1 ? "none of these" : "it never");
	add_leaving(scene, p);
}

static void prove_late(const struct scene *scene, const struct scene *far,
		       const struct views *views, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	add_sent(far, p);
	if (left && views->sending == SENDING_LATE)
		prose_add(p, ", %s after the client had left (%s): the server was slow",
			  duration_text(views->reply_far_ns - left->time_ns).s,
			  frame_words(scene, left).s);
	else if (left && views->sending == SENDING_IN_TIME)
		prose_add(p, ", %s before the client left (%s): it was held up on its way",
			  duration_text(left->time_ns - views->reply_far_ns).s,
			  frame_words(scene, left).s);
	if (views->reply_near_ns == NO_TIME)
		prose_add(p, "; it never came to the client");
	else if (views->is_aligned)
		prose_add(p, "; it came to the client %s later (%s)",
			  duration_text(views->reply_near_ns - views->reply_far_ns).s,
			  frame_words(scene, scene_event(scene, scene->reply)).s);
}

static void prove_not_received(const struct scene *scene, const struct scene *far,
			       struct prose *p)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);

	prose_add(p, "the client sent the end of the message (%s)", frame_words(scene, eod).s);
	if (scene->attempt->eod_sends > 1)
		prose_add(p, ", %s in all", times_text(scene->attempt->eod_sends).s);
	prose_add(p, ", and it was never seen %s", place_of(far));
}

static void prove_silent(const struct scene *scene, const struct scene *far, struct prose *p)
{
	const struct event *eod = scene_event(far, far->attempt->eod);

	prose_add(p, "the end of the message came to the server (%s), which sent nothing until the "
		     "client had left",
		  frame_words(far, eod).s);
	add_leaving(scene, p);
}

static void prove_closed_between(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->server_left);

	prose_add(p, "a %s came to the client in the server's name (%s), which the server never "
		     "sent",
		  left->kind == EVENT_RST ? "reset" : "FIN", frame_words(scene, left).s);
}

static void prove_answered_between(const struct scene *scene, struct prose *p)
{
	const struct event *reply = scene_event(scene, scene->reply);

	prose_add(p, "the client was given a %s (%s), which the server never sent",
		  code_words(reply).s, frame_words(scene, reply).s);
}

bool both_prove(const struct scene *scene, struct prose *out)
{
	struct views views;

	if (!scene_views(scene, &views))
		return false;
	struct scene far = scene_far(scene, &views);
	bool has_far_reply = scene_event(&far, far.reply) != NULL;

	switch (scene->verdict->cause) {
	case CAUSE_REPLY_LOST:
		if (!views.is_reply_lost || !has_far_reply)
			return false;
		prove_lost(scene, &far, out);
		return true;
	case CAUSE_REPLY_LATE:
		if (!has_far_reply)
			return false;
		prove_late(scene, &far, &views, out);
		return true;
	case CAUSE_NOT_RECEIVED:
		if (!views.is_eod_lost)
			return false;
		prove_not_received(scene, &far, out);
		return true;
	case CAUSE_SERVER_SILENT:
		if (scene->attempt->silent_after != NO_EVENT || far.attempt->eod == NO_EVENT)
			return false;
		prove_silent(scene, &far, out);
		return true;
	case CAUSE_SERVER_CLOSED:
		if (!views.is_close_between)
			return false;
		prove_closed_between(scene, out);
		return true;
	case CAUSE_ANSWERED_BETWEEN:
		prove_answered_between(scene, out);
		return true;
	case CAUSE_NONE:
	case CAUSE_CAPTURE_GAP:
	case CAUSE_REPLY_PARTIAL:
	case CAUSE_NO_REPLY:
	case CAUSE_STILL_WAITING:
	case CAUSE_CLIENT_CLOSED:
	case CAUSE_DATA_STALLED:
	case CAUSE_STILL_SENDING:
	case CAUSE_SENT_AGAIN:
	case CAUSES:
		break;
	}
	return false;
}

/* ---- The wait, split ------------------------------------------------------------------------ */

/* The TCP ACK came back after one round trip; what the reply took longer, the server took. At the
 * server itself there is no way in between. */
static void split_by_ack(const struct scene *scene, struct prose *out)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	const struct event *acked = scene_event(scene, scene->attempt->eod_acked);
	const struct event *reply = scene_event(scene, scene->reply);

	if (!eod || !acked || !reply || acked->time_ns > reply->time_ns)
		return;
	/* Then it is not known whose time it was. */
	if (scene->verdict->cause == CAUSE_REPLY_LATE && !scene_was_sent_late(scene))
		return;
	prose_break(out);
	if (scene->vantage == VANTAGE_SERVER)
		prose_add(out, "Captured at the server, so all of these %s were the server's own.",
			  duration_text(reply->time_ns - eod->time_ns).s);
	else if (scene->vantage == VANTAGE_CLIENT)
		prose_add(out, "Of these %s the line took %s, to and fro, as the TCP ACK shows; the "
			       "rest was the server's%s.",
			  duration_text(reply->time_ns - eod->time_ns).s,
			  duration_text(acked->time_ns - eod->time_ns).s,
			  scene_was_sent_late(scene) ? "" : ", or its reply got lost at first");
}

void both_split(const struct scene *scene, struct prose *out)
{
	struct views views;

	if (!scene->verdict->has_waited || scene->verdict->waited_ns < SHORT_NS)
		return;
	if (!scene_views(scene, &views) || !views.is_aligned || views.eod_near_ns == NO_TIME ||
	    views.eod_far_ns == NO_TIME) {
		split_by_ack(scene, out);
		return;
	}
	/* The way is shorter than the clocks are known: then it is nought, not negative. */
	int64_t up_ns = views.eod_far_ns - views.eod_near_ns;
	prose_break(out);
	prose_add(out, "Seen in both captures: the end of the message took %s up",
		  duration_text(up_ns > 0 ? up_ns : 0).s);
	if (views.reply_far_ns != NO_TIME)
		prose_add(out, ", the server %s to answer",
			  duration_text(views.reply_far_ns - views.eod_far_ns).s);
	if (views.reply_far_ns != NO_TIME && views.reply_near_ns != NO_TIME) {
		int64_t down_ns = views.reply_near_ns - views.reply_far_ns;
		prose_add(out, ", the reply %s back", duration_text(down_ns > 0 ? down_ns : 0).s);
	}
	prose_add(out, " (the two clocks are %s apart, give or take %s).",
		  duration_text(views.offset_ns < 0 ? -views.offset_ns : views.offset_ns).s,
		  duration_text(views.error_ns).s);
}

/* ---- Files ---------------------------------------------------------------------------------- */

#define NAMED_FILES 16 /* more than anybody looks up */
#define NAME_COLUMNS 40

/* A session of ATTEMPT's, by the file it lies in. */
static void note_file(const struct subject *subject, uint32_t attempt,
		      const struct session *files[static NAMED_FILES])
{
	const struct session *session =
		attempt == NO_ATTEMPT
			? NULL
			: attempt_session(subject->ledger, ledger_attempt(subject->ledger, attempt));

	if (session && session->file < NAMED_FILES)
		files[session->file] = session;
}

/* Which files the attempts lie in; returns how many. */
static uint32_t note_files(const struct subject *subject,
			   const struct session *files[static NAMED_FILES])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < subject->delivery->try_count; i++) {
		note_file(subject, subject->delivery->tries[i].attempt, files);
		note_file(subject, subject->delivery->tries[i].twin, files);
	}
	for (uint32_t i = 0; i < NAMED_FILES; i++)
		count += files[i] != NULL;
	return count;
}

static void add_name(const struct subject *subject, const struct session *session,
		     struct prose *out)
{
	const char *path = source_input(subject->source, session->file)->name;
	const char *slash = strrchr(path, '/');
	char name[4 * NAME_COLUMNS + 1];
	enum vantage vantage =
		subject->vantage ? subject->vantage(subject->context, session) : VANTAGE_UNKNOWN;

	text_clean(span_of(slash && slash[1] ? slash + 1 : path), name, sizeof name, NAME_COLUMNS,
		   subject->ascii_only);
	prose_add(out, "file %u is %s", session->file + 1u, name);
	if (vantage == VANTAGE_CLIENT || vantage == VANTAGE_SERVER)
		prose_add(out, ", taken at the %s", vantage_name(vantage));
}

void both_name_files(const struct subject *subject, struct prose *out)
{
	const struct session *files[NAMED_FILES] = {NULL};
	const char *join = "Here ";

	if (!subject->source || note_files(subject, files) < 2)
		return;
	prose_break(out);
	for (uint32_t i = 0; i < NAMED_FILES; i++) {
		if (!files[i])
			continue;
		prose_add(out, "%s", join);
		add_name(subject, files[i], out);
		join = "; ";
	}
	prose_add(out, ".");
}
