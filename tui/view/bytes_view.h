/* SPDX-License-Identifier: MIT */
/*
 * bytes_view: what one session sent, between its actions (view_bytes.c) and its drawing
 * (bytes_screen.c).
 */
#ifndef SMTPSCOPE_TUI_BYTES_VIEW_H
#define SMTPSCOPE_TUI_BYTES_VIEW_H

#include "app.h"
#include "list/list.h"
#include "view/bytes.h"

#define BYTES_HEADER_ROWS 2

struct bytes_view {
	struct view view;
	uint32_t session;
	uint32_t event; /* around which bytes are kept */
	uint32_t frame; /* the one to be selected while bytes are read; 0: that of the event */
	bool has_moved; /* the user chose a row: nothing else is selected any more */
	struct wire *wire;
	struct wire_contents contents;
	struct bytes bytes;
	struct list rows; /* for its selection alone */
	uint64_t body_bytes;
	bool is_reading;
	uint32_t height;
	int pan;
};

static inline const struct session *bytes_view_session(const struct bytes_view *view,
						       const struct app *app)
{
	return ledger_session(app->model.ledger, view->session);
}

void bytes_view_draw(struct view *view, struct app *app, struct canvas *canvas);

#endif
