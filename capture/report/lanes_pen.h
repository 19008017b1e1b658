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

/** The lines, and the marks that must be seen. */
void lanes_draw_marks(const struct pen *pen);

/** How it ended, in words. */
void lanes_draw_main_labels(const struct pen *pen);

/** TCP's retransmissions, where there is room. */
void lanes_draw_repeats(const struct pen *pen);

/** All other words. */
void lanes_draw_other_labels(const struct pen *pen);

#endif
