/* SPDX-License-Identifier: MIT */
/* Which attempts and which stretch of time the lanes show. */
#include "lanes.h"

#include "report/scene.h"

#define NEAREST_NS NS_PER_MS /* a window is never narrower */

uint32_t lanes_tries_shown(int rows)
{
	int tries = (rows - LANES_HEADER_ROWS) / LANES_ROWS_PER_TRY;

	return tries > 1 ? (uint32_t)tries : 1;
}

uint32_t lanes_try_at(const struct lanes_scale *scale, int row)
{
	if (row < scale->first_row)
		return UINT32_MAX;
	uint32_t try = (uint32_t)(row - scale->first_row) / LANES_ROWS_PER_TRY;

	return try < scale->try_count ? scale->first_try + try : UINT32_MAX;
}

uint32_t lanes_scroll_to(uint32_t first, uint32_t try, uint32_t try_count, int rows)
{
	uint32_t shown = lanes_tries_shown(rows);

	if (try_count <= shown)
		return 0;
	if (try < first)
		first = try;
	else if (try >= first + shown)
		first = try - shown + 1;
	return first > try_count - shown ? try_count - shown : first;
}

/* The whole time of a delivery. */
static void whole(const struct subject *subject, int64_t *start_ns, int64_t *end_ns)
{
	*start_ns = INT64_MAX;
	*end_ns = INT64_MIN;
	for (uint32_t i = 0; i < subject->delivery->try_count; i++) {
		struct scene scene = scene_of(subject, i);
		if (scene_start(&scene) < *start_ns)
			*start_ns = scene_start(&scene);
		if (scene_end(&scene) > *end_ns)
			*end_ns = scene_end(&scene);
	}
	if (*end_ns <= *start_ns)
		*end_ns = *start_ns + NEAREST_NS;
}

/* A window of LENGTH at START, moved so that it lies inside the delivery. */
static void settle(const struct subject *subject, int64_t start, int64_t length, int64_t *start_ns,
		   int64_t *end_ns)
{
	int64_t first_ns;
	int64_t last_ns;

	whole(subject, &first_ns, &last_ns);
	if (length < NEAREST_NS)
		length = NEAREST_NS;
	if (length >= last_ns - first_ns) {
		*start_ns = *end_ns = NO_TIME;
		return;
	}
	if (start > last_ns - length)
		start = last_ns - length;
	if (start < first_ns)
		start = first_ns;
	*start_ns = start;
	*end_ns = start + length;
}

static void make_explicit(const struct subject *subject, int64_t *start_ns, int64_t *end_ns)
{
	int64_t first_ns;
	int64_t last_ns;

	whole(subject, &first_ns, &last_ns);
	if (*start_ns == NO_TIME)
		*start_ns = first_ns;
	if (*end_ns == NO_TIME)
		*end_ns = last_ns;
}

void lanes_zoom(const struct subject *subject, int64_t *start_ns, int64_t *end_ns, double factor,
		int64_t around_ns)
{
	make_explicit(subject, start_ns, end_ns);
	int64_t length = *end_ns - *start_ns;
	double wanted = (double)length / factor;
	int64_t zoomed = wanted > (double)(INT64_MAX / 4) ? INT64_MAX / 4 : (int64_t)wanted;
	double part = length > 0 ? (double)(around_ns - *start_ns) / (double)length : 0;

	if (part < 0 || part > 1)
		part = 0.5;
	settle(subject, around_ns - (int64_t)(part * (double)zoomed), zoomed, start_ns, end_ns);
}

void lanes_pan(const struct subject *subject, int64_t *start_ns, int64_t *end_ns, double share)
{
	if (*start_ns == NO_TIME && *end_ns == NO_TIME)
		return;
	make_explicit(subject, start_ns, end_ns);
	int64_t length = *end_ns - *start_ns;

	settle(subject, *start_ns + (int64_t)(share * (double)length), length, start_ns, end_ns);
}
