/* SPDX-License-Identifier: MIT */
#include "report/lanes_scale.h"

#include "report/scene.h"

#include <stdlib.h>

/* Columns that the parts of an attempt need to be read: "╺MAIL━DATA━━●┄┄✖", or "╺DATA━●┄✖". */
struct look {
	double to_mail;
	double to_data;
	double to_eod;
	double to_refusal;
	double wait;
	double after;
	double fold;
};

static const struct look roomy = {1, 5, 7, 7, 3, 3, 10};
static const struct look tight = {1, 0, 6, 6, 2, 2, 9};

#define WIDE_LANES 90	 /* columns, from which a long label has room behind the last mark */
#define WIDE_MARGIN 17	 /* " 250 after 0.1 s" */
#define MARGIN 5	 /* " 250" */
#define ROOMY_SHARE 0.65 /* of the width, at most, may go into readability the roomy way, */
#define TIGHT_SHARE 0.7	 /* and the tight one */
#define MOMENTS_PER_TRY 6
#define SEARCH_STEPS 60

/* From one moment to another at least so many columns. */
struct need {
	int64_t from_ns;
	int64_t to_ns;
	size_t from; /* the moments' indices */
	size_t to;
	double columns;
};

struct draft {
	const struct look *look;
	int64_t *moments; /* sorted, each once */
	size_t moment_count;
	struct need *needs;
	size_t need_count;
	bool *folded;	  /* by moment: the piece that begins there */
	double *position; /* by moment */
};

static void draft_free(struct draft *draft)
{
	free(draft->moments);
	free(draft->needs);
	free(draft->folded);
	free(draft->position);
}

static bool draft_alloc(struct draft *draft, size_t tries)
{
	size_t moments = tries * MOMENTS_PER_TRY + 2;

	*draft = (struct draft){
		.moments = calloc(moments, sizeof *draft->moments),
		.needs = calloc(moments, sizeof *draft->needs),
		.folded = calloc(moments, sizeof *draft->folded),
		.position = calloc(moments, sizeof *draft->position),
	};
	return draft->moments && draft->needs && draft->folded && draft->position;
}

static int64_t clamped(const struct lanes_scale *scale, int64_t time_ns)
{
	if (time_ns < scale->start_ns)
		return scale->start_ns;
	return time_ns > scale->end_ns ? scale->end_ns : time_ns;
}

bool lanes_scale_shows(const struct lanes_scale *scale, int64_t time_ns)
{
	return time_ns >= scale->start_ns && time_ns <= scale->end_ns;
}

/* ---- The window ---------------------------------------------------------------------------- */

/* The attempts shown, from the first one's beginning to the last one's end. */
static void choose_window(struct lanes_scale *scale, const struct subject *subject,
			  const struct lanes_options *options)
{
	scale->start_ns = INT64_MAX;
	scale->end_ns = INT64_MIN;
	for (uint32_t i = 0; i < scale->try_count; i++) {
		struct scene scene = scene_of(subject, scale->first_try + i);
		int64_t start_ns = scene_start(&scene);
		int64_t end_ns = scene_end(&scene);
		if (start_ns < scale->start_ns)
			scale->start_ns = start_ns;
		if (end_ns > scale->end_ns)
			scale->end_ns = end_ns;
	}
	if (options->start_ns != NO_TIME)
		scale->start_ns = options->start_ns;
	if (options->end_ns != NO_TIME)
		scale->end_ns = options->end_ns;
	if (scale->end_ns <= scale->start_ns)
		scale->end_ns = scale->start_ns + 1;
}

/* ---- Moments and needs --------------------------------------------------------------------- */

/* Adds a moment that comes after another one, COLUMNS away at least. */
static int64_t add_moment(struct draft *draft, const struct lanes_scale *scale, int64_t from_ns,
			  int64_t time_ns, double columns)
{
	if (!lanes_scale_shows(scale, time_ns))
		return from_ns;
	draft->moments[draft->moment_count++] = time_ns;
	if (time_ns <= from_ns)
		return from_ns;
	if (lanes_scale_shows(scale, from_ns))
		draft->needs[draft->need_count++] =
			(struct need){.from_ns = from_ns, .to_ns = time_ns, .columns = columns};
	return time_ns;
}

static int64_t add_event(struct draft *draft, const struct lanes_scale *scale,
			 const struct scene *scene, int64_t from_ns, uint32_t index, double columns)
{
	const struct event *event = scene_event(scene, index);

	return event ? add_moment(draft, scale, from_ns, event->time_ns, columns) : from_ns;
}

static void add_try(struct draft *draft, const struct lanes_scale *scale, const struct scene *scene)
{
	const struct attempt *a = scene->attempt;
	const struct look *look = draft->look;
	int64_t at_ns = scene_start(scene);
	int64_t wait_end_ns = scene_wait_end(scene);

	if (lanes_scale_shows(scale, at_ns))
		draft->moments[draft->moment_count++] = at_ns;
	at_ns = add_event(draft, scale, scene, at_ns, a->mail, look->to_mail);
	if (a->refusal != NO_EVENT)
		at_ns = add_event(draft, scale, scene, at_ns, a->refusal, look->to_refusal);
	else
		at_ns = add_event(draft, scale, scene, at_ns, a->data, look->to_data);
	at_ns = add_event(draft, scale, scene, at_ns, a->eod, look->to_eod);
	if (wait_end_ns != NO_TIME)
		at_ns = add_moment(draft, scale, at_ns, wait_end_ns, look->wait);
	add_moment(draft, scale, at_ns, scene_end(scene), look->after);
}

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left;
	int64_t b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

static int compare_needs(const void *left, const void *right)
{
	const struct need *a = left;
	const struct need *b = right;

	return a->from < b->from ? -1 : a->from > b->from;
}

static size_t moment_index(const struct draft *draft, int64_t time_ns)
{
	const int64_t *found = bsearch(&time_ns, draft->moments, draft->moment_count,
				       sizeof *draft->moments, compare_times);

	return found ? (size_t)(found - draft->moments) : 0;
}

static void sort_moments(struct draft *draft)
{
	size_t kept = 0;

	qsort(draft->moments, draft->moment_count, sizeof *draft->moments, compare_times);
	for (size_t i = 0; i < draft->moment_count; i++)
		if (i == 0 || draft->moments[i] != draft->moments[kept - 1])
			draft->moments[kept++] = draft->moments[i];
	draft->moment_count = kept;
	for (size_t i = 0; i < draft->need_count; i++) {
		draft->needs[i].from = moment_index(draft, draft->needs[i].from_ns);
		draft->needs[i].to = moment_index(draft, draft->needs[i].to_ns);
	}
	if (draft->need_count)
		qsort(draft->needs, draft->need_count, sizeof *draft->needs, compare_needs);
}

static void collect(struct draft *draft, const struct lanes_scale *scale,
		    const struct subject *subject)
{
	draft->moments[draft->moment_count++] = scale->start_ns;
	draft->moments[draft->moment_count++] = scale->end_ns;
	for (uint32_t i = 0; i < scale->try_count; i++) {
		struct scene scene = scene_of(subject, scale->first_try + i);
		add_try(draft, scale, &scene);
	}
	sort_moments(draft);
}

/* ---- Folding ------------------------------------------------------------------------------- */

static bool is_idle(const struct lanes_scale *scale, const struct subject *subject,
		    int64_t start_ns, int64_t end_ns)
{
	for (uint32_t i = 0; i < scale->try_count; i++) {
		struct scene scene = scene_of(subject, scale->first_try + i);
		if (scene_start(&scene) < end_ns && scene_end(&scene) > start_ns)
			return false;
	}
	return true;
}

/* Folds the idle pieces that are longer than half of all the time in which something goes on. */
static void fold(struct draft *draft, const struct lanes_scale *scale,
		 const struct subject *subject)
{
	int64_t busy_ns = 0;

	for (size_t i = 0; i + 1 < draft->moment_count; i++) {
		int64_t start_ns = draft->moments[i];
		int64_t end_ns = draft->moments[i + 1];
		draft->folded[i] = is_idle(scale, subject, start_ns, end_ns);
		if (!draft->folded[i])
			busy_ns += end_ns - start_ns;
	}
	for (size_t i = 0; i + 1 < draft->moment_count; i++)
		if (draft->moments[i + 1] - draft->moments[i] <= busy_ns / 2 || busy_ns == 0)
			draft->folded[i] = false;
}

/* ---- Positions ----------------------------------------------------------------------------- */

/* Places every moment with PACE columns a nanosecond and SHARE of each need; the total width. */
static double place(struct draft *draft, double pace, double share)
{
	size_t need = 0;
	double end = 0;

	for (size_t i = 0; i < draft->moment_count; i++) {
		double at = 0;
		if (i) {
			double length = (double)(draft->moments[i] - draft->moments[i - 1]) * pace;
			at = draft->position[i - 1] +
			     (draft->folded[i - 1] ? draft->look->fold * share : length);
		}
		if (at < draft->position[i])
			at = draft->position[i]; /* a need has asked for more */
		draft->position[i] = end = at;
		for (; need < draft->need_count && draft->needs[need].from == i; need++) {
			size_t to = draft->needs[need].to;
			double least = at + draft->needs[need].columns * share;
			if (draft->position[to] < least)
				draft->position[to] = least;
		}
	}
	return end;
}

static double width_at(struct draft *draft, double pace, double share)
{
	for (size_t i = 0; i < draft->moment_count; i++)
		draft->position[i] = 0;
	return place(draft, pace, share);
}

/* The largest pace with which all fits into WIDTH columns. */
static double choose_pace(struct draft *draft, int64_t length_ns, double width, double share)
{
	double low = 0;
	double high = width / (double)length_ns;

	for (size_t i = 0; i + 1 < draft->moment_count; i++)
		if (draft->folded[i])
			length_ns -= draft->moments[i + 1] - draft->moments[i];
	if (length_ns > 0)
		high = width / (double)length_ns;
	for (int i = 0; i < SEARCH_STEPS; i++) {
		double middle = (low + high) / 2;
		if (width_at(draft, middle, share) <= width)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool keep_pieces(struct lanes_scale *scale, const struct draft *draft, double pace)
{
	scale->pieces = calloc(draft->moment_count, sizeof *scale->pieces);
	if (!scale->pieces)
		return false;
	scale->count = (uint32_t)draft->moment_count;
	for (size_t i = 0; i < draft->moment_count; i++) {
		struct lanes_piece *piece = &scale->pieces[i];
		*piece = (struct lanes_piece){.start_ns = draft->moments[i],
					      .column = draft->position[i]};
		if (i + 1 == draft->moment_count)
			break;
		double length = (double)(draft->moments[i + 1] - draft->moments[i]) * pace;
		piece->is_folded = draft->folded[i];
		piece->is_stretched = !piece->is_folded &&
				      draft->position[i + 1] - draft->position[i] > length + 1;
	}
	return true;
}

/* Collects anew with LOOK; the columns that it asks for. */
static double draft_with(struct draft *draft, const struct look *look,
			 const struct lanes_scale *scale, const struct subject *subject, bool folds)
{
	draft->look = look;
	draft->moment_count = 0;
	draft->need_count = 0;
	collect(draft, scale, subject);
	if (folds)
		fold(draft, scale, subject);
	return width_at(draft, 0, 1);
}

static double usable_width(const struct lanes_scale *scale)
{
	int margin = scale->columns >= WIDE_LANES ? WIDE_MARGIN : MARGIN;

	return scale->columns > 2 * margin ? scale->columns - 1 - margin : scale->columns / 2;
}

bool lanes_scale_make(struct lanes_scale *scale, const struct subject *subject,
		      const struct lanes_options *options)
{
	double width = usable_width(scale);
	double share = 1;
	struct draft draft;
	bool is_made = draft_alloc(&draft, scale->try_count);

	if (is_made) {
		choose_window(scale, subject, options);
		double asked = draft_with(&draft, &roomy, scale, subject, options->fold);
		if (asked > width * ROOMY_SHARE)
			asked = draft_with(&draft, &tight, scale, subject, options->fold);
		if (asked > width * TIGHT_SHARE)
			share = width * TIGHT_SHARE / asked;
		scale->pace = choose_pace(&draft, scale->end_ns - scale->start_ns, width, share);
		width_at(&draft, scale->pace, share);
		is_made = keep_pieces(scale, &draft, scale->pace);
	}
	draft_free(&draft);
	return is_made;
}

void lanes_scale_free(struct lanes_scale *scale)
{
	free(scale->pieces);
	*scale = (struct lanes_scale){0};
}

/* ---- The map ------------------------------------------------------------------------------- */

int lanes_column_of(const struct lanes_scale *scale, int64_t time_ns)
{
	int64_t at_ns = clamped(scale, time_ns);
	uint32_t i = 0;

	if (!scale->count)
		return scale->gutter;
	while (i + 2 < scale->count && scale->pieces[i + 1].start_ns <= at_ns)
		i++;
	double column = scale->pieces[i].column;
	if (i + 1 < scale->count) {
		const struct lanes_piece *from = &scale->pieces[i];
		const struct lanes_piece *to = &scale->pieces[i + 1];
		column += (to->column - from->column) * (double)(at_ns - from->start_ns) /
			  (double)(to->start_ns - from->start_ns);
	}
	return scale->gutter + (int)(column + 0.5);
}

int64_t lanes_time_at(const struct lanes_scale *scale, int column)
{
	double at = column - scale->gutter;
	uint32_t i = 0;

	if (!scale->count)
		return 0;
	if (at <= 0)
		return scale->start_ns;
	while (i + 2 < scale->count && scale->pieces[i + 1].column <= at)
		i++;
	if (i + 1 >= scale->count)
		return scale->start_ns;
	const struct lanes_piece *from = &scale->pieces[i];
	const struct lanes_piece *to = &scale->pieces[i + 1];
	if (at >= to->column)
		return to->start_ns;
	double part = (at - from->column) / (to->column - from->column);
	return from->start_ns + (int64_t)(part * (double)(to->start_ns - from->start_ns));
}
