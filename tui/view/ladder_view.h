/* SPDX-License-Identifier: MIT */
/*
 * ladder_view: one session as a ladder, between its actions (view_ladder.c) and its drawing
 * (ladder_screen.c).
 */
#ifndef SMTPSCOPE_TUI_LADDER_VIEW_H
#define SMTPSCOPE_TUI_LADDER_VIEW_H

#include "app.h"
#include "list/list.h"
#include "view/ladder.h"
#include "view/ladder_run.h"

#define LADDER_HEADER_ROWS 2

struct ladder_view {
	struct view view;
	uint32_t session;
	struct list rows; /* for its selection alone: row n is event n, but for those of the run */
	uint32_t height;
	struct wire *wire; /* NULL until a row is opened */
	struct wire_contents contents;
	struct ladder_run run; /* its rows stand behind that of its event */
	bool is_reading;
	uint32_t frame; /* the one to be selected once it is read; 0: none */
};

#define NO_SEGMENT UINT32_MAX

static inline const struct session *ladder_view_session(const struct ladder_view *ladder,
							const struct app *app)
{
	return ledger_session(app->model.ledger, ladder->session);
}

/** The event that row INDEX shows or belongs to; SEGMENT gets the index in the run. */
uint32_t ladder_view_event(const struct ladder_view *ladder, uint32_t index, uint32_t *segment);

/** Row INDEX. */
void ladder_view_row(const struct ladder_view *ladder, const struct app *app, uint32_t index,
		     struct ladder_row *out);

/** What row INDEX says and means. */
void ladder_view_explain(const struct ladder_view *ladder, const struct app *app, uint32_t index,
			 struct prose *out);

void ladder_view_draw(struct view *view, struct app *app, struct canvas *canvas);

#endif
