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
	return true;
}

/* Beside its mark: to the right, else to the left, else the shorter one, else none. */
static void label_mark(const struct pen *pen, int row, int64_t time_ns, const char *label,
		       const char *shorter, enum canvas_style style)
{
	if (!lanes_scale_shows(pen->scale, time_ns))
		return;
	int mark = lanes_column_of(pen->scale, time_ns);
	const char *const labels[] = {label, shorter};
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
		int length = (int)strlen(labels[i]);
		if (length && (put_apart(pen, row, mark + 2, labels[i], style) ||
			       put_apart(pen, row, mark - 1 - length, labels[i], style)))
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
		const struct canvas_cell *cell = canvas_at(pen->canvas, pen->client_row, column + i);
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

static void label_end(const struct pen *pen)
{
	const struct scene *scene = &pen->scene;
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	int64_t end_ns = scene_wait_end(scene);
	char label[LABEL_SIZE];

	if (!eod || end_ns == NO_TIME || scene_is_answered(scene))
		return;
	struct time_text waited = duration_short_text(end_ns - eod->time_ns);
	switch (scene_who_left(scene)) {
	case LEFT_CLIENT:
		snprintf(label, sizeof label, "%s, gave up", waited.s);
		label_mark(pen, pen->client_row, end_ns, label, waited.s, STYLE_EXPIRED);
		break;
	case LEFT_SERVER:
		snprintf(label, sizeof label, "server left, at %s", waited.s);
		label_mark(pen, pen->server_row, end_ns, label, "left", STYLE_LOST);
		break;
	case LEFT_NOBODY:
		snprintf(label, sizeof label, "%s, %s", waited.s,
			 scene->subject->is_over ? "capture ends" : "waiting");
		label_mark(pen, pen->client_row, end_ns, label, waited.s, STYLE_WAITING);
		break;
	}
}

static void label_reply(const struct pen *pen)
{
	const struct scene *scene = &pen->scene;
	const struct event *reply = scene_event(scene, scene->reply);
	enum canvas_style style = STYLE_REPLY;
	const char *how = "after";
	char label[LABEL_SIZE];

	if (!reply)
		return;
	if (reply->value >= 400)
		style = STYLE_REFUSED;
	if (scene->verdict->cause == CAUSE_REPLY_LATE) {
		style = STYLE_LATE;
		how = "too late, at";
	} else if (scene->verdict->cause == CAUSE_REPLY_LOST) {
		style = STYLE_LOST;
		how = "lost, last seen at";
	}
	snprintf(label, sizeof label, "%.8s %s %s", code_words(reply).s, how,
		 duration_short_text(scene_after_eod(scene, reply)).s);
	label_mark(pen, pen->server_row, reply->time_ns, label, code_words(reply).s, style);
}

static void label_refusal(const struct pen *pen)
{
	const struct attempt *a = pen->scene.attempt;
	const struct event *refusal = scene_event(&pen->scene, a->refusal);
	char label[LABEL_SIZE];

	if (!refusal || a->refusal == pen->scene.reply)
		return;
	snprintf(label, sizeof label, "%.8s refused", code_words(refusal).s);
	label_mark(pen, pen->server_row, refusal->time_ns, label, code_words(refusal).s,
		   STYLE_REFUSED);
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

static void label_facts(const struct pen *pen)
{
	static const struct {
		enum step_kind kind;
		const char *label;
		const char *shorter;
		enum canvas_style style;
	} facts[] = {
		{STEP_HOLE, "a reply was lost", "lost", STYLE_LOST},
		{STEP_SILENT, "had sent nothing", "silent", STYLE_PROOF},
		{STEP_REPLY_PART, "part of a reply", "part", STYLE_LOST},
		{STEP_GAP, "not captured", "gap", STYLE_GAP},
		{STEP_WINDOW_SHUT, "takes no more", "full", STYLE_GAP},
		{STEP_EOD_ACKED, "TCP ACK", "ACK", STYLE_ACK},
		{STEP_EOD_RESENT, "sent again by TCP", "TCP", STYLE_RESENT},
		{STEP_REPLY_RESENT, "sent again by TCP", "TCP", STYLE_RESENT},
		{STEP_CLOSED, "closed", "", STYLE_CLOSE},
	};

	for (size_t k = 0; k < sizeof facts / sizeof facts[0]; k++) {
		for (uint32_t i = 0; i < pen->story->count; i++) {
			const struct step *step = &pen->story->steps[i];
			if (step->try != pen->scene.try || step->kind != facts[k].kind)
				continue;
			label_mark(pen, step->is_server ? pen->server_row : pen->client_row,
				   step->mark.time_ns, facts[k].label, facts[k].shorter,
				   facts[k].style);
			break;
		}
	}
}

void lanes_draw_labels(const struct pen *pen)
{
	label_speech(pen);
	label_end(pen);
	label_reply(pen);
	label_refusal(pen);
	label_link(pen);
	label_facts(pen);
}
