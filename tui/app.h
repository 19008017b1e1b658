/* SPDX-License-Identifier: MIT */
/*
 * app: the program between its inputs and its screen, without a terminal.
 *
 * Presses go in, a canvas comes out; packets are read in between. The event loop drives it with
 * a real terminal and clock, the script mode with neither.
 */
#ifndef SMTPSCOPE_TUI_APP_H
#define SMTPSCOPE_TUI_APP_H

#include "filter.h"
#include "list/notes.h"
#include "list/search.h"
#include "model.h"
#include "prompt/prompt.h"
#include "prompt/prompt_history.h"
#include "run/judge.h"
#include "run/options.h"
#include "save/save.h"
#include "tally.h"
#include "task.h"
#include "view/view.h"

#define MOST_VIEWS 8
#define SMALLEST_ROWS 10
#define SMALLEST_COLUMNS 40

struct app {
	struct model model;
	struct notes notes;
	struct tally *tally;
	struct analysis_keeper keeper; /* shift.h */
	enum theme_choice theme;
	struct view *views[MOST_VIEWS];
	struct view *help; /* the one that is the help; NULL: none is */
	int view_count;
	struct prompt prompt;
	struct prompt_history history;
	struct save save;
	struct tasks tasks;
	struct judge judge;
	char *copied;  /* for the terminal's clipboard, which takes it away; NULL: nothing */
	bool was_root; /* when it began: rights were given up since */
	int columns; /* of the screen, when it was drawn last */
	int rows;
	enum action asked;	  /* what the open prompt is for; ACTION_NONE: none is open */
	const char *question;	  /* the prompt's label */
	char needle[PROMPT_SIZE]; /* what was searched last */
	char message[256];	  /* shown instead of the footer until the next press */
	uint32_t count;		  /* the digits typed so far */
	bool is_held;		  /* screens stay as they are while packets are read */
	bool is_over;		  /* the user quits */
	bool was_warned;	  /* that what was captured is lost with it */
	bool is_changed;	  /* the user should see something else at once */
	bool has_news;		  /* packets changed what is shown: soon */
	bool is_stale;		  /* app_refresh() is wanted: it costs more than drawing */
	bool has_mouse;		  /* the mouse is ours, where the terminal has one */
	bool wants_redraw;	  /* and every cell of it written anew */
	bool has_ended;		  /* the input has */
	bool is_moving;		  /* the playhead runs: app_tick() is wanted often */
	int64_t clock_ns;	  /* of the newest tick */
};

/** Over ANALYSIS, which stays the caller's. False: no memory. Undo with app_clear(). */
bool app_init(struct app *app, struct analysis *analysis, const struct options *options);
void app_clear(struct app *app);

/** One press of a key, or of the mouse at ROW, COLUMN. */
void app_press(struct app *app, int press, int row, int column);

/** Draws the screen as large as CANVAS is. */
void app_draw(struct app *app, struct canvas *canvas);

/** Where the cursor belongs while a prompt is open; -1: nowhere. */
int app_cursor_column(const struct app *app, const struct canvas *canvas);

/**
 * Reads packets, at most MAX_PACKETS. Returns what the source said; warnings are taken in.
 * app_update() brings screens up to date with them.
 */
enum source_state app_read(struct app *app, uint32_t max_packets);

/** Brings model and screens up to date. LIVE_NS: the time of day, where the input is live. */
void app_update(struct app *app, int64_t live_ns);

/**
 * Does a part of that: takes in MOST of the attempts that changed. False: there are no more, and
 * app_update() takes little time.
 */
bool app_update_some(struct app *app, uint32_t most);

/** It is CLOCK_NS, monotonic: what plays moves on. */
void app_tick(struct app *app, int64_t clock_ns);

/** Has the topmost view take in what is new; it may start a task for that. */
void app_refresh(struct app *app);

/** Whether there are tasks: app_work() is wanted. */
bool app_is_busy(const struct app *app);

/** Has the newest task do a step. */
void app_work(struct app *app);

/** Refreshes, and has all tasks done: for who has no clock. */
void app_finish(struct app *app);

/** The newest task that has a name and takes long enough to be told of; NULL: there is none. */
const struct task *app_task(const struct app *app);

/* For views: */

/** Puts VIEW (NULL: there was no memory for it) on top of the stack. */
void app_open(struct app *app, struct view *view);

/** The topmost view. */
struct view *app_top(const struct app *app);

/** The view below the topmost one; NULL: there is none. */
struct view *app_below(const struct app *app);

/** Closes the topmost view, which must not be used any more. */
void app_close(struct app *app);

/** Asks the user; the topmost view gets the answer. */
void app_ask(struct app *app, enum action asked, const char *question, const char *text);

/** Asks for a number, which the view's answer() gets as a text that is one. */
void app_ask_number(struct app *app, const char *question);

/** Asks again what was ASKED: the answer was refused for FAULT. */
void app_refuse(struct app *app, enum action asked, const struct filter_fault *fault);

/**
 * Searches for what was asked for last, in the rows that SEARCH names (its needle is set here),
 * and says which of how many was found. False: none, and that was said.
 */
bool app_search(struct app *app, struct search *search, int by, uint32_t *row);

/** Begins TASK, anew if it is under way. */
void app_start(struct app *app, struct task *task);

/** Forgets TASK, which may be under way. */
void app_stop(struct app *app, struct task *task);

/** Copies TEXT to the terminal's clipboard, and says that WHAT was copied. */
void app_copy(struct app *app, const char *what, const char *text);

/** Notes a warning of the input for good, and says it. */
void app_warn(struct app *app, const struct fault *fault);

void app_say(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
