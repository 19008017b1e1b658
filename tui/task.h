/* SPDX-License-Identifier: MIT */
/*
 * task: work over many rows in steps, so that no key waits for it.
 *
 * Whoever has work that may take longer than a frame describes it as a task and gives it to
 * app_start(). Between keys and packets the application has it do one step after the other, the
 * newest task first, and shows how far it is where the loading bar stands. Esc on the first
 * screen cancels it. On a script's clock, which stands still, all tasks are done at once.
 *
 * Rows must keep their ids while there are tasks (app_is_busy()).
 *
 * A task is its owner's, who keeps it while it runs, and who takes it back with app_stop() if it
 * goes away itself before.
 */
#ifndef SMTPSCOPE_TUI_TASK_H
#define SMTPSCOPE_TUI_TASK_H

#include <stdbool.h>
#include <stdint.h>

struct app;

struct task {
	const char *name; /* "sorting"; NULL: nobody asked for it, and nobody is told of it */
	bool is_counted;  /* told as "120 000 of 1 000 000", else as "34 %" */
	uint64_t done;	  /* how much of the work, of `total`, which is not 0 */
	uint64_t total;
	/* Does a step, half a millisecond at the most. False: that was the last one. */
	bool (*step)(struct task *task, struct app *app);
	/* The user wants it no more: all is to be as it was before. NULL: it goes on. */
	void (*cancel)(struct task *task, struct app *app);
	void *owner;
	int64_t started_ns; /* the application's business */
};

#define TASK_TEXT 160

/** "sorting 34 %", "searching 120 000 of 1 000 000"; returns OUT. */
const char *task_tell(const struct task *task, char out[static TASK_TEXT]);

/** How much of it is done, 0 to 1. */
double task_share(const struct task *task);

/** The tasks that are under way, in the order of their start. Begin with zeros. */
#define MOST_TASKS 8

struct tasks {
	struct task *all[MOST_TASKS];
	int count;
};

/** Puts TASK last; one that is among them begins anew. */
void tasks_add(struct tasks *tasks, struct task *task);

/** Forgets TASK, if it is among them. */
void tasks_remove(struct tasks *tasks, const struct task *task);

/** Whether TASK is among them. */
bool tasks_have(const struct tasks *tasks, const struct task *task);

/** The newest one; NULL: there is none. */
struct task *tasks_newest(const struct tasks *tasks);

#endif
