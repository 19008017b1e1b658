/* SPDX-License-Identifier: MIT */
#include "report/proofs.h"

#include "report/both.h"

/* A client may give up and stay on the connection. */
static const char *way_of(const struct event *left)
{
	return left->kind == EVENT_COMMAND ? "gave up" : "left";
}

/* The client's own leaving sent nothing. */
static void prove_late_unseen(const struct scene *scene, struct prose *p)
{
	const struct event *closed = scene_event(scene, scene->attempt->half_closed);
	const struct event *left = scene_event(scene, scene->attempt->client_left);
	const struct event *reply = scene_event(scene, scene->reply);

	if (closed)
		prose_add(p,
			  "the client closed its side straight behind the message (%s), as Exim "
			  "does, which waits on; ",
			  frame_words(scene, closed).s);
	prose_add(p,
		  "when the server's %s came, after %s (%s), the client was gone, and its machine "
		  "refused it (%s)",
		  reply ? code_words(reply).s : "reply",
		  duration_text(scene_after_eod(scene, reply)).s, frame_words(scene, reply).s,
		  frame_words(scene, left).s);
}

static void prove_late(const struct scene *scene, struct prose *p)
{
	const struct event *reply = scene_event(scene, scene->reply);
	const struct event *left = scene_event(scene, scene->attempt->client_left);
	const struct event *silent = scene_event(scene, scene->attempt->silent_after);

	if (scene_left_unseen(scene)) {
		prove_late_unseen(scene, p);
		return;
	}
	if (left)
		prose_add(p, "the client %s %s after the end of the message (%s)%s ", way_of(left),
			  duration_text(scene_after_eod(scene, left)).s, frame_words(scene, left).s,
			  silent ? ";" : ", and");
	if (silent)
		prose_add(p, "until then the server had sent nothing (%s proves it), and ",
			  frame_words(scene, silent).s);
	prose_add(p, "the server's %s came after %s (%s)", reply ? code_words(reply).s : "reply",
		  duration_text(scene_after_eod(scene, reply)).s, frame_words(scene, reply).s);
}

static void prove_lost(const struct scene *scene, struct prose *p)
{
	const struct event *reply = scene_event(scene, scene->reply);
	const struct event *hole = scene_event(scene, scene->attempt->hole);

	if (reply) {
		prose_add(p, "the server's %s passed %s after the end of the message (%s)",
			  code_words(reply).s, duration_text(scene_after_eod(scene, reply)).s,
			  frame_words(scene, reply).s);
		if (scene->attempt->reply_sends > 1)
			prose_add(p, ", was sent %s in all",
				  times_text(scene->attempt->reply_sends).s);
		prose_add(p, ", and the client's TCP never acknowledged it");
	} else if (hole) {
		prose_add(p,
			  "the server's %s lies %s beyond what had arrived, so a reply of that "
			  "length was sent and lost",
			  frame_words(scene, hole).s, bytes_words(hole->length).s);
	}
}

static void prove_left(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);
	int64_t waited_ns =
		scene_wait_end(scene) - scene_event(scene, scene->attempt->eod)->time_ns;

	if (left)
		prose_add(p, "the client waited %s and %s (%s)", duration_text(waited_ns).s,
			  way_of(left), frame_words(scene, left).s);
	else if (scene->try + 1 < scene->subject->delivery->try_count)
		prose_add(p, "and the client waited %s at most, until attempt %u began",
			  duration_text(waited_ns).s, scene->try + 2);
	else
		prose_add(p, "and the client has waited %s so far", duration_text(waited_ns).s);
}

/* After the client's FIN was sent again and again. */
static void prove_dead_path(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);
	const struct event *end = scene_event(scene, scene->attempt->server_left);

	prose_add(p, ", and then not even a TCP ACK came from the server");
	if (left && end && end->time_ns > left->time_ns)
		prose_add(p, ", until it %s the connection %s later (%s)",
			  end->kind == EVENT_RST ? "reset" : "closed",
			  duration_text(end->time_ns - left->time_ns).s, frame_words(scene, end).s);
}

static void prove_unended(const struct scene *scene, struct prose *p)
{
	enum who_left who = scene_who_left(scene);
	const struct event *left =
		scene_event(scene, who == LEFT_SERVER ? scene->attempt->server_left
						      : scene->attempt->client_left);

	prose_add(p, "%s of the message were seen here, its end never was",
		  bytes_words(scene->attempt->size).s);
	if (left)
		prose_add(p, "; then the %s left (%s)", who == LEFT_SERVER ? "server" : "client",
			  frame_words(scene, left).s);
}

static void prove_unanswered(const struct scene *scene, struct prose *p)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	const struct event *acked = scene_event(scene, scene->attempt->eod_acked);
	const struct event *proof = scene_event(scene, scene->verdict->proof);

	if (!proof)
		proof = scene_event(scene, scene->attempt->silent_after);
	if (!eod) {
		prove_unended(scene, p);
		return;
	}
	prose_add(p, "the message ended in %s", frame_words(scene, eod).s);
	if (acked)
		prose_add(p, ", its end was TCP-acknowledged (%s)", frame_words(scene, acked).s);
	else
		prose_add(p, ", its end was never TCP-acknowledged");
	prose_add(p, ", ");
	prove_left(scene, p);
	if (scene->verdict->cause == CAUSE_SERVER_SILENT && proof)
		prose_add(p, ", and %s proves that the server had sent nothing",
			  frame_words(scene, proof).s);
	else if (scene->verdict->cause == CAUSE_SERVER_SILENT)
		prose_add(p, ", and the server, seen from beside it, sent nothing");
	else if (scene->verdict->path_is_dead)
		prove_dead_path(scene, p);
}

/* The first bytes that are missing; where they are none, a side's packets are. */
static void prove_gap(const struct scene *scene, struct prose *p)
{
	const struct event *event;

	prose_add(p, "the capture lacks the packets that would tell");
	for (uint32_t i = scene_first_event(scene); (event = scene_event(scene, i)); i++) {
		if (event->kind != EVENT_GAP)
			continue;
		prose_add(p, ": %s of the %s are missing before %s", bytes_words(event->length).s,
			  event->bits & EVENT_FROM_SERVER ? "server" : "client",
			  frame_words(scene, event).s);
		return;
	}
}

static void prove_server_left(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->server_left);
	const struct event *reply = scene_event(scene, scene->verdict->reply);

	prose_add(p, "the server %s the connection",
		  left && left->kind == EVENT_RST ? "reset" : "closed");
	if (left)
		prose_add(p, " (%s)", frame_words(scene, left).s);
	if (left && left->bits & EVENT_FOREIGN)
		prose_add(p, ", by a packet with a TTL that no other packet of it has,");
	if (scene->attempt->eod != NO_EVENT)
		prose_add(p, " %s after the end of the message, %s",
			  duration_text(scene_after_eod(scene, left)).s,
			  reply ? "before its reply" : "without a reply");
	else
		prose_add(p, " within the message");
	if (left && reply)
		prose_add(p, "; its %s came %s later (%s), and the client could not take it",
			  code_words(reply).s, duration_text(reply->time_ns - left->time_ns).s,
			  frame_words(scene, reply).s);
}

/* A whole reply, but none that a client can take for an answer. */
static void prove_unsettled(const struct scene *scene, const struct event *reply, struct prose *p)
{
	prose_add(p, "the server's %s (%s: %s) neither confirms nor refuses the message",
		  code_words(reply).s, frame_words(scene, reply).s, reply_words(scene, reply).s);
}

static void prove_part(const struct scene *scene, struct prose *p)
{
	const struct event *unsettling = scene_unsettling(scene);
	const struct event *part = scene_event(scene, scene->attempt->reply_part);
	const struct event *left = scene_event(scene, scene->attempt->server_left);
	const struct event *silent = scene_event(scene, scene->attempt->silent_after);

	if (unsettling) {
		prove_unsettled(scene, unsettling, p);
		return;
	}
	if (part && scene_is_babble(scene))
		prose_add(p, "the server said %s (%s), which has no code and is no reply; ",
			  reply_words(scene, part).s, frame_words(scene, part).s);
	else if (part)
		prose_add(p, "the server's reply began (%s: %s) and never ended; ",
			  frame_words(scene, part).s, reply_words(scene, part).s);
	if (scene_who_left(scene) == LEFT_SERVER)
		prose_add(p, "%s after the end of the message the server %s the connection (%s)",
			  duration_text(scene_after_eod(scene, left)).s,
			  left->kind == EVENT_RST ? "reset" : "closed", frame_words(scene, left).s);
	else
		prove_left(scene, p);
	if (silent)
		prose_add(p, ", and %s proves that the server had sent no more",
			  frame_words(scene, silent).s);
}

static void prove_client_closed(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	prose_add(p, "the client left within the message");
	if (left)
		prose_add(p, " (%s)", frame_words(scene, left).s);
	prose_add(p, "; without its end no copy comes of it");
}

static void prove_answered(const struct scene *scene, struct prose *p)
{
	const struct event *reply = scene_event(scene, scene->verdict->reply);

	if (!reply)
		reply = scene_event(scene, scene->reply);
	prose_add(p, "%s", scene->verdict->outcome == OUTCOME_REJECTED ? "refused" : "confirmed");
	if (scene->attempt->eod != NO_EVENT && reply)
		prose_add(p, " after %s", duration_text(scene_after_eod(scene, reply)).s);
	if (reply)
		prose_add(p, " (%s): %s", frame_words(scene, reply).s, reply_words(scene, reply).s);
}

void proof_of(const struct scene *scene, struct prose *out)
{
	if (both_prove(scene, out))
		return;
	if (scene_is_answered(scene)) {
		prove_answered(scene, out);
		return;
	}
	switch (scene->verdict->cause) {
	case CAUSE_REPLY_LATE:
		prove_late(scene, out);
		break;
	case CAUSE_REPLY_LOST:
		prove_lost(scene, out);
		break;
	case CAUSE_SERVER_CLOSED:
		prove_server_left(scene, out);
		break;
	case CAUSE_CAPTURE_GAP:
		prove_gap(scene, out);
		break;
	case CAUSE_CLIENT_CLOSED:
		prove_client_closed(scene, out);
		break;
	case CAUSE_DATA_STALLED:
	case CAUSE_STILL_SENDING:
		prove_unended(scene, out);
		break;
	case CAUSE_REPLY_PARTIAL:
		prove_part(scene, out);
		break;
	case CAUSE_SERVER_SILENT:
	case CAUSE_NO_REPLY:
	case CAUSE_NOT_RECEIVED:
	case CAUSE_STILL_WAITING:
	case CAUSE_NONE:
	case CAUSE_SENT_AGAIN:
	case CAUSE_ANSWERED_BETWEEN:
	case CAUSES:
		prove_unanswered(scene, out);
		break;
	}
}
