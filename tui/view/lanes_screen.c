/* SPDX-License-Identifier: MIT */
/*
 * The screen of one delivery:
 *
 *     alice@msn.example -> bob@example.net                    DUPLICATED, 3 copies
 *     "quarterly figures"  27 kB  <8F2A.1@msn.example>
 *     twice the 250 came ten seconds after the sender had given up
 *     (the lanes)
 *     ── step 14 of 31 ── frame 44 ── 10:03:41.218 ── +90.052 s ── attempt 1 of 3 ──
 *     The timer ran out: 90.0 s without an answer. ...
 *     timer [██████████████████████████████████████] 90.0 / 90 s  EXPIRED
 */
#include "view/lanes_view.h"

#include "list/details.h"
#include "terminal/screen.h"
#include "text.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

/** How the rows of the screen are shared out. */
struct shares {
	int header;
	int lanes;
	int sentence;
	int verdict; /* where there is room to spare */
};

#define HEADLINE_ROWS 2
#define SENTENCE_ROWS 6 /* a sentence is seldom longer at 80 columns */

/** Rows that TEXT takes when it is wrapped, at most MOST. */
static int wrapped_rows(const char *text, int columns, int most)
{
	int rows = 0;
	const char *rest = text;
	columns = screen_prose_columns(columns);
	while (rows < most && prose_next_line(&rest, columns).p)
		rows++;
	return rows;
}

/** Attempts come first; what they do not need goes to the sentence. */
static struct shares share_rows(int rows, uint32_t tries, int headline_rows)
{
	struct shares s;
	s.header = rows >= 17 ? 2 + headline_rows : rows >= 12 ? 2 : 1;
	int rest = rows - s.header - 2; /* the rule and the gauge */
	int least = rest >= 14 ? 4 : rest >= 10 ? 3 : 2;
	int64_t wanted = LANES_HEADER_ROWS + (int64_t)tries * LANES_ROWS_PER_TRY + 1;
	s.lanes = rest - least;
	if (wanted < s.lanes)
		s.lanes = (int)wanted;
	s.sentence = rest - s.lanes;
	s.verdict = s.sentence - SENTENCE_ROWS - 1;
	if (s.verdict < 2)
		s.verdict = 0;
	else
		s.sentence = SENTENCE_ROWS;
	return s;
}

static void clean_text(const struct lanes_view *lanes, text_id id, char *out, size_t size)
{
	text_clean(ledger_text(lanes->subject.ledger, id), out, size, 200,
		   lanes->subject.ascii_only);
}

static uint64_t message_size(const struct lanes_view *lanes)
{
	const struct delivery *d = lanes->subject.delivery;
	uint64_t size = 0;
	for (uint32_t i = 0; i < d->try_count; i++) {
		uint64_t n = ledger_attempt(lanes->subject.ledger, d->tries[i].attempt)->size;
		size = n > size ? n : size;
	}
	return size;
}

static void draw_title(const struct lanes_view *lanes, const struct app *app, struct canvas *canvas)
{
	const struct delivery *d = lanes->subject.delivery;
	bool ascii = lanes->subject.ascii_only;
	char state[64];
	char title[1100];
	details_state(d, state, sizeof state);
	details_envelope(&app->model, d, title, sizeof title);
	screen_paint(canvas, 0, 0, canvas->columns, SCREEN_TITLE);
	int state_columns = (int)strlen(state);
	screen_text(canvas, 0, 1, canvas->columns - state_columns - 4, title, ascii, SCREEN_TITLE);
	screen_text_right(canvas, 0, canvas->columns - state_columns - 1, state_columns, state,
			  ascii, screen_state_style(d->state));
	screen_paint(canvas, 0, canvas->columns - state_columns - 2, 1,
		     screen_state_style(d->state));
	screen_paint(canvas, 0, canvas->columns - 1, 1, screen_state_style(d->state));
}

static void draw_message(const struct lanes_view *lanes, struct canvas *canvas)
{
	const struct delivery *d = lanes->subject.delivery;
	char subject[512];
	char id[512];
	char line[1200];
	uint64_t size = message_size(lanes);
	clean_text(lanes, d->subject, subject, sizeof subject);
	clean_text(lanes, d->message_id, id, sizeof id);
	int used = subject[0] ? snprintf(line, sizeof line, "\"%s\"", subject)
			      : snprintf(line, sizeof line, "(no subject seen)");
	if (size)
		used += snprintf(line + used, sizeof line - (size_t)used, "  %s",
				 size_text(size).s);
	if (id[0])
		snprintf(line + used, sizeof line - (size_t)used, "  <%s>", id);
	screen_text(canvas, 1, 1, canvas->columns - 2, line, lanes->subject.ascii_only,
		    SCREEN_TEXT);
}

static void draw_header(const struct lanes_view *lanes, const struct app *app,
			struct canvas *canvas, int rows, const char *headline)
{
	draw_title(lanes, app, canvas);
	if (rows >= 3)
		draw_message(lanes, canvas);
	int row = rows >= 3 ? 2 : 1;
	screen_prose(canvas, row, 1, rows - row, canvas->columns - 2, headline,
		     lanes->subject.ascii_only, SCREEN_STRONG);
}

/** "1-2 of 3" beside the ruler, where not all attempts have room: [ and ] go to the others. */
static void draw_part(const struct lanes_view *lanes, struct canvas *canvas, int row)
{
	const struct lanes_scale *scale = &lanes->scale;
	uint32_t all = lanes->subject.delivery->try_count;
	uint32_t last = scale->first_try + scale->try_count;
	char words[48];
	int room = scale->gutter - 1;
	if (scale->try_count >= all)
		return;
	int columns = scale->try_count > 1 ? snprintf(words, sizeof words, "%u-%u of %u",
						      scale->first_try + 1, last, all)
					   : snprintf(words, sizeof words, "%u of %u", last, all);
	if (columns > room)
		columns = snprintf(words, sizeof words, "of %u", all);
	screen_text(canvas, row, 0, columns < room ? columns : room, words,
		    lanes->subject.ascii_only, SCREEN_WARNING);
}

static void draw_lanes(struct lanes_view *lanes, struct canvas *canvas, int row, int rows)
{
	struct canvas area;
	struct lanes_options options = {
		.first_try = lanes->first_try,
		.start_ns = lanes->start_ns,
		.end_ns = lanes->end_ns,
		.fold = true,
		.step = lanes->story.count ? lanes->step : NO_STEP,
		.playhead_ns = lanes->playhead_ns,
	};
	if (rows <= 0 || !canvas_init(&area, rows, canvas->columns))
		return;
	if (lanes->has_scale)
		lanes_scale_free(&lanes->scale);
	lanes->has_scale =
		lanes_draw(&lanes->subject, &lanes->story, &options, &area, &lanes->scale);
	lanes->lanes_row = row;
	if (lanes->has_scale) {
		screen_copy(canvas, row, 0, &area);
		draw_part(lanes, canvas, row + 1);
	}
	canvas_free(&area);
}

/** Adds " ── WORDS" to the rule's line. */
static void add_item(struct prose *line, bool ascii, const char *words)
{
	if (words[0])
		prose_add(line, "%s%s %s", line->used ? " " : "", ascii ? "--" : "──", words);
}

/** "── step 14 of 31 ── frame 44 ── 10:03:41.218 ── +90.052 s ── attempt 1 of 3 ──" */
static void draw_rule(const struct lanes_view *lanes, const struct app *app, struct canvas *canvas,
		      int row)
{
	struct prose line;
	char text[96];
	char when[WHEN_TEXT];
	bool ascii = lanes->subject.ascii_only;
	prose_clear(&line);
	screen_rule(canvas, row, 0, ascii);
	if (!lanes->story.count)
		return;
	const struct step *step = &lanes->story.steps[lanes->step];
	int64_t before = lanes->step ? step[-1].mark.time_ns : NO_TIME;
	snprintf(text, sizeof text, "step %u of %u", lanes->step + 1, lanes->story.count);
	add_item(&line, ascii, text);
	if (lanes->is_playing) {
		snprintf(text, sizeof text, "playing %ux", lanes_speeds[lanes->speed]);
		add_item(&line, ascii, text);
	}
	if (step->mark.frame) {
		snprintf(text, sizeof text, "frame %u", step->mark.frame);
		add_item(&line, ascii, text);
	}
	when_print(app->model.when, lanes_view_time(lanes), app->model.origin_ns, before, 3, when);
	add_item(&line, ascii, when);
	if (before != NO_TIME && app->model.when != WHEN_DELTA && !lanes->is_playing)
		add_item(&line, ascii, delta_text(step->mark.time_ns - before).s);
	snprintf(text, sizeof text, "attempt %u of %u ", step->try + 1,
		 lanes->subject.delivery->try_count);
	add_item(&line, ascii, text);
	screen_text(canvas, row, 0, canvas->columns, line.text, ascii, SCREEN_STRONG);
}

static void draw_sentence(const struct lanes_view *lanes, struct canvas *canvas, int row, int rows)
{
	struct prose prose;
	prose_clear(&prose);
	if (!lanes->story.count)
		prose_add(&prose, "Nothing of this delivery was seen.");
	else
		story_sentence(&lanes->subject, &lanes->story, lanes->step, &prose);
	screen_prose(canvas, row, 1, rows, canvas->columns - 2, prose.text,
		     lanes->subject.ascii_only, SCREEN_TEXT);
}

/** The whole verdict below the sentence, under a title. */
static void draw_verdict(const struct lanes_view *lanes, struct canvas *canvas, int row, int rows)
{
	struct prose prose;
	bool ascii = lanes->subject.ascii_only;
	lanes_view_conclude(lanes, &prose);
	screen_rule(canvas, row, 0, ascii);
	screen_text(canvas, row, 3, canvas->columns - 3, " verdict ", ascii, SCREEN_DIM);
	screen_prose(canvas, row + 1, 1, rows, canvas->columns - 2, prose.text, ascii, SCREEN_TEXT);
}

static enum screen_style gauge_style(const struct wait_gauge *gauge, int64_t timer_ns)
{
	if (gauge->is_expired)
		return SCREEN_BAR_HOT;
	return gauge->waited_ns * 3 >= timer_ns * 2 ? SCREEN_BAR_WARM : SCREEN_BAR;
}

static const char *gauge_word(const struct wait_gauge *gauge)
{
	if (gauge->is_answered)
		return gauge->is_expired ? "ANSWERED, TOO LATE" : "ANSWERED";
	if (gauge->is_expired)
		return "EXPIRED";
	return gauge->is_left ? "ENDED" : "RUNNING";
}

/** "timer [████████····] 61.2 / 90 s  RUNNING" */
static void draw_gauge(const struct lanes_view *lanes, struct canvas *canvas, int row)
{
	struct wait_gauge gauge;
	char words[96];
	bool ascii = lanes->subject.ascii_only;
	int64_t timer_ns = lanes->subject.timer_ns;
	int column = 1 + screen_text(canvas, row, 1, 6, "timer ", ascii, SCREEN_TEXT);
	if (!lanes->story.count ||
	    !story_gauge(&lanes->subject, lanes->story.steps[lanes->step].try,
			 lanes_view_time(lanes), &gauge)) {
		snprintf(words, sizeof words, "of %s: starts at the end of data",
			 duration_short_text(timer_ns).s);
		screen_text(canvas, row, column, canvas->columns - column - 1, words, ascii,
			    SCREEN_DIM);
		return;
	}
	enum screen_style style = gauge_style(&gauge, timer_ns);
	int words_columns =
		snprintf(words, sizeof words, "%.1f / %s  %s", (double)gauge.waited_ns / 1e9,
			 duration_short_text(timer_ns).s, gauge_word(&gauge));
	int bar = canvas->columns - column - words_columns - 3;
	screen_bar(canvas, row, column, bar, (double)gauge.waited_ns / (double)timer_ns, ascii,
		   style);
	screen_text(canvas, row, column + bar + 2, words_columns, words, ascii, style);
}

#define MOST_VERDICT_ROWS 60

int lanes_view_rows(const struct lanes_view *lanes, int columns)
{
	struct prose verdict;
	lanes_view_conclude(lanes, &verdict);
	uint32_t tries = lanes->subject.delivery->try_count;
	int lanes_rows = LANES_HEADER_ROWS + LANES_ROWS_PER_TRY * (int)tries + 1;
	int verdict_rows = wrapped_rows(verdict.text, columns - 2, MOST_VERDICT_ROWS);
	/* header, lanes, rule, sentence, rule, verdict, gauge, footer */
	return 2 + HEADLINE_ROWS + lanes_rows + 1 + SENTENCE_ROWS + 1 + verdict_rows + 2;
}

void lanes_view_draw(struct view *view, struct app *app, struct canvas *canvas)
{
	struct lanes_view *lanes = (struct lanes_view *)view;
	struct prose headline;
	if (!lanes->subject.delivery)
		return;
	prose_clear(&headline);
	story_headline(&lanes->subject, &headline);
	uint32_t tries = lanes->subject.delivery->try_count;
	struct shares shares =
		share_rows(canvas->rows - 1, tries,
			   wrapped_rows(headline.text, canvas->columns - 2, HEADLINE_ROWS));
	if (lanes->story.count)
		lanes->first_try = lanes_scroll_to(
			lanes->first_try, lanes->story.steps[lanes->step].try, tries, shares.lanes);
	int row = shares.header;
	draw_header(lanes, app, canvas, shares.header, headline.text);
	draw_lanes(lanes, canvas, row, shares.lanes);
	row += shares.lanes;
	draw_rule(lanes, app, canvas, row);
	draw_sentence(lanes, canvas, row + 1, shares.sentence);
	if (shares.verdict)
		draw_verdict(lanes, canvas, row + 1 + shares.sentence, shares.verdict);
	draw_gauge(lanes, canvas, canvas->rows - 2);
}
