/* SPDX-License-Identifier: MIT */
#include "report/lanes_glyphs.h"
#include "report/lanes_pen.h"
#include "report/lanes_scale.h"

static void put_glyph(const struct pen *pen, int row, int column, enum lanes_glyph glyph,
		      enum canvas_style style)
{
	canvas_put(pen->canvas, row, column, lanes_glyph(glyph, pen->ascii_only), style);
}

static void put_mark(const struct pen *pen, int row, int64_t time_ns, enum lanes_glyph glyph,
		     enum canvas_style style)
{
	if (lanes_scale_shows(pen->scale, time_ns))
		put_glyph(pen, row, lanes_column_of(pen->scale, time_ns), glyph, style);
}

/* From FROM_NS on, up to but without the column of TO_NS, clipped to the window. */
static void put_run(const struct pen *pen, int row, int64_t from_ns, int64_t to_ns,
		    enum lanes_glyph glyph, enum canvas_style style)
{
	if (to_ns < pen->scale->start_ns || from_ns > pen->scale->end_ns)
		return;
	int end = lanes_column_of(pen->scale, to_ns) + (to_ns > pen->scale->end_ns);
	for (int column = lanes_column_of(pen->scale, from_ns); column < end; column++)
		put_glyph(pen, row, column, glyph, style);
}

/* ---- The client's line --------------------------------------------------------------------- */

/* Until when the client spoke: the end of its message, or what came of it before. */
static int64_t speech_end(const struct scene *scene)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);

	return eod ? eod->time_ns : scene_end(scene);
}

static void draw_wait(const struct pen *pen)
{
	const struct event *eod = scene_event(&pen->scene, pen->scene.attempt->eod);
	int64_t end_ns = scene_wait_end(&pen->scene);

	if (!eod || end_ns == NO_TIME)
		return;
	int64_t timer_ns = eod->time_ns + pen->scene.subject->timer_ns;
	put_run(pen, pen->client_row, eod->time_ns, end_ns, GLYPH_WAIT, STYLE_WAITING);
	if (timer_ns < end_ns) {
		put_run(pen, pen->client_row, timer_ns, end_ns, GLYPH_EXPIRED, STYLE_EXPIRED);
		put_mark(pen, pen->client_row, timer_ns, GLYPH_TIMER, STYLE_EXPIRED);
	}
	put_mark(pen, pen->client_row, eod->time_ns, GLYPH_EOD, STYLE_EOD);
}

/* How the attempt ended for the client. */
static void draw_end(const struct pen *pen)
{
	const struct scene *scene = &pen->scene;
	int64_t end_ns = scene_wait_end(scene);

	if (end_ns == NO_TIME)
		end_ns = scene_end(scene);
	if (scene->verdict->cause == CAUSE_CAPTURE_GAP)
		put_mark(pen, pen->client_row, end_ns, GLYPH_GAP, STYLE_GAP);
	else if (scene->verdict->outcome == OUTCOME_REJECTED)
		put_mark(pen, pen->client_row, end_ns, GLYPH_REFUSED, STYLE_REFUSED);
	else if (scene_is_answered(scene))
		put_mark(pen, pen->client_row, end_ns, GLYPH_CONFIRMED, STYLE_REPLY);
	else if (scene_who_left(scene) == LEFT_CLIENT)
		put_mark(pen, pen->client_row, end_ns, GLYPH_GAVE_UP, STYLE_EXPIRED);
	else if (scene_who_left(scene) == LEFT_SERVER)
		put_mark(pen, pen->server_row, end_ns, GLYPH_GAVE_UP, STYLE_LOST);
	else
		put_mark(pen, pen->client_row, end_ns, GLYPH_NOW, STYLE_WAITING);
}

static void draw_link(const struct pen *pen)
{
	int64_t start_ns = scene_start(&pen->scene);
	int column = lanes_column_of(pen->scale, start_ns) - 1;

	if (pen->scene.item->relation != RELATION_FIRST && column >= pen->scale->gutter &&
	    lanes_scale_shows(pen->scale, start_ns))
		put_glyph(pen, pen->client_row, column, GLYPH_LINK, STYLE_LINK);
}

/* ---- Single facts -------------------------------------------------------------------------- */

/* The mark of a step that is drawn as one; false: it is not. */
static bool mark_of(const struct pen *pen, const struct step *step, enum lanes_glyph *glyph,
		    enum canvas_style *style)
{
	static const struct {
		enum lanes_glyph glyph;
		enum canvas_style style;
	} marks[STEPS] = {
		[STEP_EOD_ACKED] = {GLYPH_ACK, STYLE_ACK},
		[STEP_REPLY_SENT] = {GLYPH_REPLY, STYLE_REPLY},
		[STEP_EOD_RESENT] = {GLYPH_RESENT, STYLE_RESENT},
		[STEP_REPLY_RESENT] = {GLYPH_RESENT, STYLE_RESENT},
		[STEP_FIN_RESENT] = {GLYPH_RESENT, STYLE_RESENT},
		[STEP_SILENT] = {GLYPH_SILENT, STYLE_PROOF},
		[STEP_HOLE] = {GLYPH_LOST, STYLE_LOST},
		[STEP_REPLY_PART] = {GLYPH_PART, STYLE_LOST},
		[STEP_WINDOW_SHUT] = {GLYPH_SHUT, STYLE_GAP},
		[STEP_TOO_BIG] = {GLYPH_SHUT, STYLE_GAP},
		[STEP_UNREACHABLE] = {GLYPH_SHUT, STYLE_GAP},
		[STEP_CONFLICT] = {GLYPH_SHUT, STYLE_GAP},
		[STEP_GAP] = {GLYPH_GAP, STYLE_GAP},
		[STEP_CLOSED] = {GLYPH_LEFT, STYLE_CLOSE},
		[STEP_SERVER_LEFT] = {GLYPH_LEFT, STYLE_CLOSE},
		[STEP_REFUSED] = {GLYPH_REPLY, STYLE_REFUSED},
		[STEP_REPLY] = {GLYPH_REPLY, STYLE_REPLY},
		[STEP_REPLY_LATE] = {GLYPH_LATE, STYLE_LATE},
		[STEP_REPLY_LOST] = {GLYPH_LOST, STYLE_LOST},
	};
	struct scene scene = scene_of_step(pen->scene.subject, step);
	const struct event *event = scene.event;

	*glyph = marks[step->kind].glyph;
	*style = marks[step->kind].style;
	if ((step->kind == STEP_REPLY || step->kind == STEP_REPLY_LATE) && event &&
	    event->value >= 400)
		*style = STYLE_REFUSED;
	if (step->kind == STEP_RCPT_REPLY && step->is_trouble) {
		*glyph = GLYPH_REPLY;
		*style = STYLE_REFUSED;
	}
	return *style != STYLE_NONE;
}

/* Replies stand over everything; facts over lines only; retransmissions come last. */
enum rank { RANK_REPLY, RANK_FACT, RANK_REPEAT };

static enum rank rank_of(enum step_kind kind)
{
	if (kind == STEP_REPLY || kind == STEP_REPLY_LATE || kind == STEP_REPLY_LOST ||
	    kind == STEP_REFUSED || kind == STEP_RCPT_REPLY)
		return RANK_REPLY;
	if (kind == STEP_EOD_RESENT || kind == STEP_REPLY_RESENT)
		return RANK_REPEAT;
	return RANK_FACT;
}

static bool is_line(const struct pen *pen, int row, int column)
{
	const struct canvas_cell *cell = canvas_at(pen->canvas, row, column);

	if (!cell || !cell->glyph[0])
		return cell;
	return strcmp(cell->glyph, lanes_glyph(GLYPH_WAIT, pen->ascii_only)) == 0 ||
	       strcmp(cell->glyph, lanes_glyph(GLYPH_EXPIRED, pen->ascii_only)) == 0 ||
	       strcmp(cell->glyph, lanes_glyph(GLYPH_LINE, pen->ascii_only)) == 0;
}

/* Beside a label a mark would read as one of its letters. */
static bool touches_word(const struct pen *pen, int row, int column)
{
	const struct canvas_cell *left = canvas_at(pen->canvas, row, column - 1);
	const struct canvas_cell *right = canvas_at(pen->canvas, row, column + 1);

	return (left && left->is_word) || (right && right->is_word);
}

static void draw_steps(const struct pen *pen, enum rank rank)
{
	for (uint32_t i = 0; i < pen->story->count; i++) {
		const struct step *step = &pen->story->steps[i];
		enum lanes_glyph glyph;
		enum canvas_style style;

		if (step->try != pen->scene.try || rank_of(step->kind) != rank ||
		    !lanes_scale_shows(pen->scale, step->mark.time_ns) ||
		    !mark_of(pen, step, &glyph, &style))
			continue;
		int row = step->is_server ? pen->server_row : pen->client_row;
		int column = lanes_column_of(pen->scale, step->mark.time_ns);
		if (rank == RANK_REPLY ||
		    (is_line(pen, row, column) && !touches_word(pen, row, column)))
			put_glyph(pen, row, column, glyph, style);
	}
}

void lanes_draw_marks(const struct pen *pen)
{
	int64_t start_ns = scene_start(&pen->scene);

	put_run(pen, pen->client_row, start_ns, speech_end(&pen->scene), GLYPH_LINE, STYLE_CLIENT);
	put_mark(pen, pen->client_row, start_ns, GLYPH_START, STYLE_CLIENT);
	draw_wait(pen);
	draw_end(pen);
	draw_link(pen);
	draw_steps(pen, RANK_REPLY);
	draw_steps(pen, RANK_FACT);
}

void lanes_draw_repeats(const struct pen *pen)
{
	draw_steps(pen, RANK_REPEAT);
}
