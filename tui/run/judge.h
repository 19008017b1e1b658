/* SPDX-License-Identifier: MIT */
/*
 * judge: another timer is set, and all deliveries are judged by it, in steps.
 */
#ifndef SMTPSCOPE_TUI_JUDGE_H
#define SMTPSCOPE_TUI_JUDGE_H

#include "task.h"

#define JUDGE_TEXT 32

struct judge {
	struct task task;
	int64_t before_ns;     /* the timer that it was, if nobody wants this one any more */
	char text[JUDGE_TEXT]; /* the new one, as it was typed; "": it goes back to the one before */
};

/** Begins to judge by TIMER_NS, typed as TEXT; at the end the topmost view is told. */
void judge_begin(struct judge *judge, struct app *app, int64_t timer_ns, const char *text);

#endif
