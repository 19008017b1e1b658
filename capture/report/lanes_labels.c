/* SPDX-License-Identifier: MIT */
#include "report/lanes_glyphs.h"
#include "report/lanes_pen.h"
#include "report/lanes_scale.h"

#include <stdio.h>

#define LABEL_SIZE 80

/* ---- The rule ------------------------------------------------------------------------------ */

/* Whether FROM up to but without TO is blank; beyond the lane's edges there is nothing. */
static bool is_free(const struct pen *pen, int row, int from, int to)
{
	if (from < pen->scale->gutter)
		from = pen->scale->gutter;
	if (to > pen->canvas->columns)
		to = pen->canvas->columns;
	return canvas_is_blank(pen->canvas, row, from, to - from);
}

/* A label whose blank neighbours keep it apart from everything else. All labels are ASCII. */
static bool put_apart(const struct pen *pen, int row, int column, const char *label,
		      enum canvas_style style)
{
	int length = (int)strlen(label);

	if (column < pen->scale->gutter || column + length > pen->canvas->columns ||
	    !is_free(pen, row, column - 1, column + length + 1))
		return false;
	canvas_put(pen->canvas, row, column, label, style);
	for (int i = 0; i < length; i++)
		canvas_at(pen->canvas, row, column + i)->is_word = true;
	return true;
}

/* What a label may be, from the best to the shortest. */
struct wordings {
	char said[3][LABEL_SIZE];
};

/* Beside its mark: to the right, else to the left; the first wording that has room, or none. */
static void label_mark(const struct pen *pen, int row, int64_t time_ns,
		       const struct wordings *wordings, enum canvas_style style)
{
	if (!lanes_scale_shows(pen->scale, time_ns))
		return;
	int mark = lanes_column_of(pen->scale, time_ns);
	for (size_t i = 0; i < sizeof wordings->said / sizeof wordings->said[0]; i++) {
		const char *label = wordings->said[i];
		int length = (int)strlen(label);
		if (length && (put_apart(pen, row, mark + 2, label, style) ||
			       put_apart(pen, row, mark - 1 - length, label, style)))
			return;
	}
}

/* A word on the line that the client draws while it speaks, only where it is all line. */
static void put_on_line(const struct pen *pen, uint32_t index, const char *word)
{
	const struct event *event = scene_event(&pen->scene, index);

	if (!event || !lanes_scale_shows(pen->scale, event->time_ns))
		return;
	int column = lanes_column_of(pen->scale, event->time_ns);
	int length = (int)strlen(word);
	for (int i = 0; i <= length; i++) {
		const struct canvas_cell *cell =
			canvas_at(pen->canvas, pen->client_row, column + i);
		if (!cell || cell->style != STYLE_CLIENT ||
		    strcmp(cell->glyph, lanes_glyph(GLYPH_LINE, pen->ascii_only)) != 0)
			return;
	}
	canvas_put(pen->canvas, pen->client_row, column, word, STYLE_CLIENT);
}

/* ---- What is said -------------------------------------------------------------------------- */

static void label_speech(const struct pen *pen)
{
	const struct attempt *a = pen->scene.attempt;

	if (a->is_encrypted)
		put_on_line(pen, a->message, "TLS");
	put_on_line(pen, a->data, a->is_bdat ? "BDAT" : "DATA");
	put_on_line(pen, a->mail, "MAIL");
}

/* The wait ended without an answer, or the message without its end. */
static void label_end(const struct pen *pen)
{
	const struct scene *scene = &pen->scene;
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	int64_t end_ns = eod ? scene_wait_end(scene) : scene_end(scene);
	struct wordings w = {{""}};
	struct prose ending;

	if (scene_is_answered(scene))
		return;
	struct time_text waited = duration_short_text(eod ? end_ns - eod->time_ns : 0);
	story_ending(scene->subject, scene->try, &ending);
	if (scene->verdict->cause == CAUSE_CAPTURE_GAP) {
		snprintf(w.said[0], LABEL_SIZE, "not captured");
		label_mark(pen, pen->client_row, end_ns, &w, STYLE_GAP);
		return;
	}
	switch (scene_who_left(scene)) {
	case LEFT_CLIENT:
		snprintf(w.said[0], LABEL_SIZE,
			 scene_left_unseen(scene) ? "%s, gone"
			 : eod                    ? "%s, gave up"
						  : "broke off",
			 waited.s);
		snprintf(w.said[1], LABEL_SIZE, eod ? "%s" : "left", waited.s);
		label_mark(pen, pen->client_row, end_ns, &w, STYLE_EXPIRED);
		break;
	case LEFT_SERVER:
		snprintf(w.said[0], LABEL_SIZE, eod ? "server left, at %s" : "server left",
			 waited.s);
		snprintf(w.said[1], LABEL_SIZE, "left");
		label_mark(pen, pen->server_row, end_ns, &w, STYLE_LOST);
		break;
	case LEFT_NOBODY:
		snprintf(w.said[0], LABEL_SIZE, "%.60s", ending.text);
		snprintf(w.said[1], LABEL_SIZE, "%s", eod ? waited.s : "");
		label_mark(pen, pen->client_row, end_ns, &w, STYLE_WAITING);
		break;
	}
}

static void label_reply(const struct pen *pen)
{
	const struct scene *scene = &pen->scene;
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	int64_t time_ns;
	const struct event *reply = scene_any_reply(scene, &time_ns);
	enum canvas_style style = STYLE_REPLY;
	struct wordings w = {{""}};

	if (!reply)
		return;
	struct words code = code_words(reply);
	struct time_text at = duration_short_text(eod ? time_ns - eod->time_ns : 0);
	snprintf(w.said[2], LABEL_SIZE, "%.8s", code.s);
	if (reply->value >= 400)
		style = STYLE_REFUSED;
	if (scene->verdict->cause == CAUSE_REPLY_LATE) {
		style = STYLE_LATE;
		snprintf(w.said[0], LABEL_SIZE, "%.8s too late, at %s", code.s, at.s);
		snprintf(w.said[1], LABEL_SIZE, "%.8s too late", code.s);
	} else if (scene->verdict->cause == CAUSE_REPLY_LOST) {
		style = STYLE_LOST;
		snprintf(w.said[0], LABEL_SIZE, "%.8s lost, last seen at %s", code.s, at.s);
		snprintf(w.said[1], LABEL_SIZE, "%.8s lost", code.s);
	} else {
		snprintf(w.said[0], LABEL_SIZE, "%.8s after %s", code.s, at.s);
	}
	label_mark(pen, pen->server_row, time_ns, &w, style);
}

static void label_refusal(const struct pen *pen)
{
	const struct attempt *a = pen->scene.attempt;
	const struct event *refusal = scene_event(&pen->scene, a->refusal);
	struct wordings w = {{""}};

	if (!refusal || a->refusal == pen->scene.reply)
		return;
	snprintf(w.said[0], LABEL_SIZE, "%.8s refused", code_words(refusal).s);
	snprintf(w.said[1], LABEL_SIZE, "%.8s", code_words(refusal).s);
	label_mark(pen, pen->server_row, refusal->time_ns, &w, STYLE_REFUSED);
}

static void label_link(const struct pen *pen)
{
	static const char *const words[] = {
		[RELATION_FIRST] = "",
		[RELATION_RESEND] = "resent",
		[RELATION_RETRY] = "retry",
		[RELATION_SENT_AGAIN] = "again",
	};
	const char *word = words[pen->scene.item->relation];
	int64_t start_ns = scene_start(&pen->scene);
	int link = lanes_column_of(pen->scale, start_ns) - 1;

	if (*word && lanes_scale_shows(pen->scale, start_ns))
		put_apart(pen, pen->client_row, link - 1 - (int)strlen(word), word, STYLE_LINK);
}

struct fact_label {
	enum step_kind kind;
	enum canvas_style style;
	struct wordings wordings;
};

static const struct fact_label facts[] = {
	{STEP_HOLE, STYLE_LOST, {{"a reply was lost", "lost"}}},
	{STEP_SILENT, STYLE_PROOF, {{"had sent nothing", "silent"}}},
	{STEP_REPLY_PART, STYLE_LOST, {{"part of a reply", "part"}}},
	{STEP_GAP, STYLE_GAP, {{"not captured", "gap"}}},
	{STEP_FIN_RESENT, STYLE_RESENT, {{"nothing comes back", "no way back"}}},
	{STEP_WINDOW_SHUT, STYLE_GAP, {{"takes no more", "full"}}},
	{STEP_TOO_BIG, STYLE_GAP, {{"packet too big", "too big"}}},
	{STEP_UNREACHABLE, STYLE_GAP, {{"unreachable", "unr."}}},
	{STEP_CONFLICT, STYLE_GAP, {{"other bytes", "other"}}},
	{STEP_EOD_ACKED, STYLE_ACK, {{"TCP ACK", "ACK"}}},
	{STEP_EOD_RESENT, STYLE_RESENT, {{"sent again by TCP", "TCP"}}},
	{STEP_REPLY_RESENT, STYLE_RESENT, {{"sent again by TCP", "TCP"}}},
	{STEP_SERVER_LEFT, STYLE_CLOSE, {{"closed"}}},
	{STEP_CLOSED, STYLE_CLOSE, {{"closed"}}},
};

/* What came before the silence changes its words; a reset is no orderly end. */
static const struct wordings *words_of(const struct pen *pen, const struct fact_label *fact,
				       const struct step *step)
{
	static const struct wordings no_more = {{"sent no more", "no more"}};
	static const struct wordings reset = {{"reset"}};
	struct scene scene = scene_of_step(pen->scene.subject, step);
	const struct event *event = scene.event;

	if (fact->kind == STEP_SILENT && pen->scene.attempt->reply_part != NO_EVENT)
		return &no_more;
	if (fact->style == STYLE_CLOSE && event && event->kind == EVENT_RST)
		return &reset;
	return &fact->wordings;
}

/* Whether the step's own mark is what is seen there. */
static bool is_seen(const struct pen *pen, int row, const struct step *step,
		    enum canvas_style style)
{
	const struct canvas_cell *cell =
		canvas_at(pen->canvas, row, lanes_column_of(pen->scale, step->mark.time_ns));

	return cell && cell->style == style;
}

/* The first of a kind is labelled; the others look alike. */
static void label_fact(const struct pen *pen, const struct fact_label *fact)
{
	for (uint32_t i = 0; i < pen->story->count; i++) {
		const struct step *step = &pen->story->steps[i];
		int row = step->is_server ? pen->server_row : pen->client_row;
		if (step->try != pen->scene.try || step->kind != fact->kind)
			continue;
		if (is_seen(pen, row, step, fact->style))
			label_mark(pen, row, step->mark.time_ns, words_of(pen, fact, step),
				   fact->style);
		return;
	}
}

void lanes_draw_main_labels(const struct pen *pen)
{
	label_speech(pen);
	label_end(pen);
	label_reply(pen);
	label_refusal(pen);
	label_link(pen);
}

void lanes_draw_other_labels(const struct pen *pen)
{
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
		label_fact(pen, &facts[i]);
}
