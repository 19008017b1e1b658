/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "timetext.h"

#include <stdio.h>

double task_share(const struct task *task)
{
	double share = task->total ? (double)task->done / (double)task->total : 0;
	return share < 1 ? share : 1;
}

const char *task_tell(const struct task *task, char out[static TASK_TEXT])
{
	if (task->is_counted)
		snprintf(out, TASK_TEXT, "%s %s of %s", task->name, number_text(task->done).s,
			 number_text(task->total).s);
	else
		snprintf(out, TASK_TEXT, "%s %d %%", task->name, (int)(task_share(task) * 100));
	return out;
}

void tasks_remove(struct tasks *tasks, const struct task *task)
{
	int kept = 0;
	for (int i = 0; i < tasks->count; i++)
		if (tasks->all[i] != task)
			tasks->all[kept++] = tasks->all[i];
	tasks->count = kept;
}

void tasks_add(struct tasks *tasks, struct task *task)
{
	tasks_remove(tasks, task);
	if (tasks->count < MOST_TASKS)
		tasks->all[tasks->count++] = task;
}

bool tasks_have(const struct tasks *tasks, const struct task *task)
{
	for (int i = 0; i < tasks->count; i++)
		if (tasks->all[i] == task)
			return true;
	return false;
}

struct task *tasks_newest(const struct tasks *tasks)
{
	return tasks->count ? tasks->all[tasks->count - 1] : NULL;
}
