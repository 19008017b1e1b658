/* SPDX-License-Identifier: MIT */
/*
 * lanes_pen: what the drawing of one attempt's two rows needs.
 *
 * Marks are drawn first, each where its time is; labels afterwards, most important first, each
 * only where it overlaps nothing.
 */
#ifndef SMTPSCOPE_REPORT_LANES_PEN_H
#define SMTPSCOPE_REPORT_LANES_PEN_H

#include "lanes.h"
#include "report/scene.h"

struct pen {
	struct canvas *canvas;
	const struct lanes_scale *scale;
	const struct story *story;
	struct scene scene;
	bool ascii_only;
	int client_row;
	int server_row;
};

void lanes_draw_marks(const struct pen *pen);
void lanes_draw_labels(const struct pen *pen);

#endif
