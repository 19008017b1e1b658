/* SPDX-License-Identifier: MIT */
/* Finding one's way in a story. */
#include "report/scene.h"

uint32_t story_step_at(const struct story *story, int64_t time_ns)
{
	uint32_t low = 0;
	uint32_t high = story->count;

	if (!story->count)
		return NO_STEP;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (story->steps[middle].mark.time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? low - 1 : 0;
}

uint32_t story_first_of(const struct story *story, uint32_t try)
{
	for (uint32_t i = 0; i < story->count; i++)
		if (story->steps[i].try == try)
			return i;
	return NO_STEP;
}

uint32_t story_trouble_from(const struct story *story, uint32_t step, int direction)
{
	for (int64_t i = (int64_t)step + direction; i >= 0 && i < story->count; i += direction)
		if (story->steps[i].is_trouble)
			return (uint32_t)i;
	return NO_STEP;
}

uint32_t story_opening(const struct story *story)
{
	uint32_t trouble = NO_STEP;
	uint32_t reply = 0;

	for (uint32_t i = 0; i < story->count; i++) {
		if (story->steps[i].kind == STEP_TIMER)
			return i;
		if (story->steps[i].is_trouble && trouble == NO_STEP)
			trouble = i;
		if (story->steps[i].kind == STEP_REPLY)
			reply = i;
	}
	if (!story->count)
		return NO_STEP;
	return trouble != NO_STEP ? trouble : reply;
}

bool story_gauge(const struct subject *subject, uint32_t try, int64_t time_ns,
		 struct wait_gauge *out)
{
	struct scene scene = scene_of(subject, try);
	const struct event *eod = scene_event(&scene, scene.attempt->eod);
	int64_t end_ns = scene_wait_end(&scene);

	if (!eod || time_ns < eod->time_ns)
		return false;
	bool is_ended = time_ns >= end_ns;
	*out = (struct wait_gauge){.waited_ns = (is_ended ? end_ns : time_ns) - eod->time_ns};
	out->is_answered = is_ended && scene_is_answered(&scene);
	out->is_left =
		is_ended && !out->is_answered &&
		(scene.attempt->client_left != NO_EVENT || scene.attempt->server_left != NO_EVENT);
	out->is_expired =
		out->waited_ns >= subject->timer_ns || (is_ended && scene.verdict->timer_expired);
	return true;
}
