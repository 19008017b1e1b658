/* SPDX-License-Identifier: MIT */
/*
 * view: one screen of the program.
 *
 * Views lie on a stack; the topmost one is drawn and gets the actions. A view draws all rows but
 * the last one, which the application uses for footer, prompt and messages. The struct of a view
 * begins with a struct view.
 */
#ifndef SMTPSCOPE_TUI_VIEW_H
#define SMTPSCOPE_TUI_VIEW_H

#include "canvas.h"
#include "keys.h"

#include <stdint.h>

struct app;
struct shift;
struct prompt;
struct save_offer;
struct view;

struct view_ops {
	enum context context;
	void (*draw)(struct view *view, struct app *app, struct canvas *canvas);
	/* COUNT: as "5j" says, 0 if no count was typed. False: it is none of the view's. */
	bool (*act)(struct view *view, struct app *app, enum action action, uint32_t count);
	/* The model changed; NULL: the view does not care. */
	void (*update)(struct view *view, struct app *app);
	/* Time to take in what is new, where that takes more than drawing does; NULL: it does not.
	 */
	void (*refresh)(struct view *view, struct app *app);
	/* A click at ROW, COLUMN; NULL: does nothing. */
	void (*click)(struct view *view, struct app *app, int row, int column);
	/* The prompt that the view asked for ended with TEXT, or the timer was set to it; NULL: it
	   does not care. */
	void (*answer)(struct view *view, struct app *app, enum action asked, const char *text);
	/* The prompt that the view asked for was opened, or typed in: says what is wrong with its
	   text, and what may be typed. NULL: anything may. */
	void (*advise)(struct view *view, struct app *app, enum action asked,
		       struct prompt *prompt);
	/* When that happened which is selected, or NO_TIME. NULL: nothing has a time. */
	int64_t (*moment)(struct view *view, struct app *app);
	/* It is CLOCK_NS on the clock that playing runs by; true: draw again. NULL: nothing moves.
	 */
	bool (*tick)(struct view *view, struct app *app, int64_t clock_ns);
	/* What there is to save; NULL: nothing. */
	void (*offer)(struct view *view, struct app *app, struct save_offer *out);
	/* Draws all of it on a canvas that has room for it, and forgets having done so; NULL: as
	   draw(). */
	void (*draw_whole)(struct view *view, struct app *app, struct canvas *canvas);
	/* Calls KEEP, with TO, for the sessions that it shows; NULL: it shows none. */
	void (*pin)(struct view *view, struct app *app, void (*keep)(void *to, uint32_t session),
		    void *to);
	/* Ids have changed, and all that it has from the model is of no use; NULL: it has none. */
	void (*moved)(struct view *view, struct app *app, const struct shift *shift);
	void (*close)(struct view *view);
};

struct view {
	const struct view_ops *ops;
};

#endif
