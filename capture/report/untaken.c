/* SPDX-License-Identifier: MIT */
#include "report/untaken.h"

/* Who closes sooner than this behind a reply was done. */
#define PATIENCE_NS (2 * NS_PER_SECOND)

/* The client's FIN or RST behind the reply, where it had said nothing since the end of data; NULL: it
 * spoke, or the server left first. */
static const struct event *wordless_end(const struct scene *scene)
{
	const struct event *event;

	for (uint32_t i = scene->attempt->eod + 1; (event = scene_event(scene, i)); i++) {
		bool is_end = event->kind == EVENT_FIN || event->kind == EVENT_RST;
		if (event->bits & EVENT_FROM_SERVER ? is_end : event->kind == EVENT_COMMAND)
			return NULL;
		if (is_end)
			return i > scene->reply ? event : NULL;
	}
	return NULL;
}

static void tell_form(const struct scene *scene, const struct event *reply, struct prose *out)
{
	struct span text = ledger_text(scene->subject->ledger, reply->text);

	if (reply->bits & EVENT_BARE_LF)
		prose_add(out, " That reply ends in a bare LF, not CR LF (RFC 5321 2.3.8): some "
			       "senders wait for its end.");
	else if (text.n == 3)
		prose_add(out, " That reply is its code alone, without a blank behind it: some "
			       "senders do not understand it.");
}

/* What the server said before the reply that is none to a message, and that Exim and Courier take for
 * a refusal; NULL: nothing. */
static const struct event *strange_answer(const struct scene *scene)
{
	const struct event *event;

	for (uint32_t i = scene->attempt->eod + 1; i < scene->reply; i++) {
		event = scene_event(scene, i);
		if (event && event->bits & EVENT_FROM_SERVER &&
		    (event->kind == EVENT_LINE ||
		     (event->kind == EVENT_REPLY && event->value / 100 == 3 && event->value != 353)))
			return event;
	}
	return NULL;
}

bool untaken_tell(const struct scene *scene, struct prose *out)
{
	const struct event *reply = scene_event(scene, scene->reply);

	if (!reply || scene->attempt->eod == NO_EVENT || scene_is_encrypted(scene) ||
	    !scene_is_answered(scene) || !reply_accepts(reply->value))
		return false;
	const struct event *strange = strange_answer(scene);
	if (strange) {
		prose_add(out,
			  "Attempt %u was confirmed, but the sender may not have taken it: before the "
			  "%u the server had said %s (%s), which is no answer to a message, and which "
			  "some senders take for a refusal.",
			  scene->try + 1, reply->value, reply_words(scene, strange).s,
			  frame_words(scene, strange).s);
		return true;
	}
	const struct event *end = wordless_end(scene);
	if (!end || (end->kind == EVENT_FIN && end->time_ns - reply->time_ns < PATIENCE_NS))
		return false;
	prose_add(out, "Attempt %u was confirmed, but the sender may not have taken it: ",
		  scene->try + 1);
	if (end->kind == EVENT_FIN)
		prose_add(out,
			  "without a word, not even QUIT, it waited %s behind the %u and closed "
			  "(%s).",
			  duration_text(end->time_ns - reply->time_ns).s, reply->value,
			  frame_words(scene, end).s);
	else
		prose_add(out,
			  "%s behind the %u, without a word, it reset the connection (%s), as "
			  "programs do that close without having read all; its timer may have run "
			  "out.",
			  duration_text(end->time_ns - reply->time_ns).s, reply->value,
			  frame_words(scene, end).s);
	tell_form(scene, reply, out);
	return true;
}
