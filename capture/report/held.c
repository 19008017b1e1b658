/* SPDX-License-Identifier: MIT */
#include "report/held.h"

#define LONG_NS (2 * NS_PER_SECOND) /* sooner than this no sender gives up */

/* Where the time went, as two captures saw it. */
struct split {
	int64_t up_ns;      /* of the end of the message, on its way to the server */
	int64_t thought_ns; /* of the server */
	int64_t back_ns;    /* of the reply */
	bool was_in_time;   /* it is known to have been sent before the client left */
};

/* False: they do not tell. */
static bool split_wait(const struct scene *scene, struct split *split)
{
	struct views v;

	if (!scene_views(scene, &v) || !v.is_aligned || v.eod_near_ns == NO_TIME ||
	    v.eod_far_ns == NO_TIME || v.reply_far_ns == NO_TIME || v.reply_near_ns == NO_TIME)
		return false;
	*split = (struct split){.up_ns = v.eod_far_ns - v.eod_near_ns,
				.thought_ns = v.reply_far_ns - v.eod_far_ns,
				.back_ns = v.reply_near_ns - v.reply_far_ns,
				.was_in_time = v.sending == SENDING_IN_TIME};
	return true;
}

bool held_by_server(const struct scene *scene)
{
	struct split split;

	return split_wait(scene, &split) && split.thought_ns > split.up_ns + split.back_ns;
}

static enum held held_between(const struct split *split)
{
	if (split->up_ns > LONG_NS && split->up_ns > split->thought_ns + split->back_ns)
		return HELD_END;
	if (split->back_ns > LONG_NS && split->back_ns > split->thought_ns && split->was_in_time)
		return HELD_REPLY;
	return HELD_NOT;
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
	struct split split;

	if (scene->verdict->cause != CAUSE_REPLY_LATE || !eod || !reply)
		return HELD_NOT;
	if (split_wait(scene, &split) && held_between(&split) != HELD_NOT)
		return held_between(&split);
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
