/* SPDX-License-Identifier: MIT */
#include "report/held.h"

#define LONG_NS (2 * NS_PER_SECOND) /* sooner than this no sender gives up */

/* As two captures saw it. False: they do not tell. */
static bool ask_both(const struct scene *scene, enum held *held)
{
	struct views v;

	if (!scene_views(scene, &v) || !v.is_aligned || v.eod_near_ns == NO_TIME ||
	    v.eod_far_ns == NO_TIME || v.reply_far_ns == NO_TIME || v.reply_near_ns == NO_TIME)
		return false;
	int64_t up_ns = v.eod_far_ns - v.eod_near_ns;
	int64_t thought_ns = v.reply_far_ns - v.eod_far_ns;
	int64_t back_ns = v.reply_near_ns - v.reply_far_ns;
	*held = HELD_NOT;
	if (up_ns > LONG_NS && up_ns > thought_ns + back_ns)
		*held = HELD_END;
	else if (back_ns > LONG_NS && back_ns > thought_ns && v.sending == SENDING_IN_TIME)
		*held = HELD_REPLY;
	return *held != HELD_NOT;
}

static int64_t upload_ns(const struct scene *scene)
{
	const struct event *begin = scene_event(scene, scene->attempt->message);
	const struct event *end = scene_event(scene, scene->attempt->eod);

	return begin && end ? end->time_ns - begin->time_ns : 0;
}

/* Whether the reply is known to have been sent while the client still waited. */
static bool was_sent_in_time(const struct scene *scene, const struct event *reply)
{
	const struct event *held_up = scene_event(scene, scene->attempt->held_up);
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	if (!held_up)
		return false;
	if (left && !scene_left_unseen(scene))
		return held_up->time_ns < left->time_ns;
	return 2 * scene_after_eod(scene, held_up) < scene_after_eod(scene, reply);
}

enum held held_of(const struct scene *scene)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	const struct event *acked = scene_event(scene, scene->attempt->eod_acked);
	const struct event *reply = scene_event(scene, scene->reply);
	enum held held;

	if (scene->verdict->cause != CAUSE_REPLY_LATE || !eod || !reply)
		return HELD_NOT;
	if (ask_both(scene, &held))
		return held;
	if (was_sent_in_time(scene, reply))
		return HELD_REPLY;
	if (acked && scene->attempt->eod_resent != NO_EVENT &&
	    acked->time_ns - eod->time_ns > LONG_NS &&
	    acked->time_ns - eod->time_ns > reply->time_ns - acked->time_ns)
		return HELD_END;
	if (scene_left_unseen(scene) && upload_ns(scene) > LONG_NS &&
	    upload_ns(scene) > reply->time_ns - eod->time_ns)
		return HELD_MESSAGE;
	return HELD_NOT;
}

void held_tell(const struct scene *scene, struct prose *out)
{
	const struct event *held_up = scene_event(scene, scene->attempt->held_up);

	switch (held_of(scene)) {
	case HELD_NOT:
		break;
	case HELD_REPLY:
		prose_add(out, "The line held the server's reply up; the server was not slow");
		if (held_up)
			prose_add(out, ": a packet that lay behind the reply had come %s after the end "
				       "of the message (%s)",
				  duration_text(scene_after_eod(scene, held_up)).s,
				  frame_words(scene, held_up).s);
		prose_add(out, ".");
		break;
	case HELD_END:
		prose_add(out, "The line held up the end of the message, which was sent %s; the server "
			       "was not slow.",
			  times_text(scene->attempt->eod_sends).s);
		break;
	case HELD_MESSAGE:
		prose_add(out,
			  "The message itself had taken %s to go out: the line, or the server's full "
			  "window, held it up. The sender's clock may have run since its program "
			  "had handed all of it to its machine.",
			  duration_text(upload_ns(scene)).s);
		break;
	}
}
