/* SPDX-License-Identifier: MIT */
#include "prompt/prompt_filter.h"

#include "filter.h"
#include "filter_complete.h"

#include <stdio.h>
#include <string.h>

static const char how[] = "a text, or a field with = != < > ~ and a value: waited>90s and to ~ net "
			  "(Tab completes, Up: those before).";

/** How many bytes all names have in common at their beginning. */
static size_t common(const struct filter_completion *completion)
{
	size_t n = strlen(completion->names[0]);
	for (size_t i = 1; i < completion->count; i++)
		for (size_t k = 0; k < n; k++)
			if (completion->names[i][k] != completion->names[0][k])
				n = k;
	return n;
}

/** What Tab makes of the name that was begun. */
static void offer(struct prompt *prompt, const struct filter_completion *completion)
{
	if (!completion->count || completion->start == prompt->cursor)
		return;
	prompt->more_from = completion->start;
	snprintf(prompt->more, sizeof prompt->more, "%.*s%s", (int)common(completion),
		 completion->names[0], completion->count == 1 ? completion->behind : "");
}

static void list_names(struct prompt *prompt, const struct filter_completion *completion)
{
	size_t size = sizeof prompt->hint;
	size_t used = 0;
	if (!prompt->len)
		used = (size_t)snprintf(prompt->hint, size, "%s Fields:", how);
	for (size_t i = 0; i < completion->count && used < size; i++)
		used += (size_t)snprintf(prompt->hint + used, size - used, "%s%s", used ? " " : "",
					 completion->names[i]);
}

void prompt_filter_advise(struct prompt *prompt)
{
	char before[PROMPT_SIZE];
	struct filter_fault fault;
	snprintf(before, sizeof before, "%.*s", (int)prompt->cursor, prompt->text);
	struct filter_completion completion = filter_complete(before);
	struct filter *filter = filter_parse(prompt->text, &fault);
	bool may_end_well = fault.at >= completion.start || !fault.length;
	if (completion.count)
		list_names(prompt, &completion);
	else if (completion.example)
		snprintf(prompt->hint, sizeof prompt->hint, "such as %s", completion.example);
	offer(prompt, &completion);
	if (!filter && !(prompt->hint[0] && may_end_well))
		prompt_mark(prompt, fault.at, fault.length, fault.fault.text);
	filter_free(filter);
}
