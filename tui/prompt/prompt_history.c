/* SPDX-License-Identifier: MIT */
#include "prompt/prompt_history.h"

#include <stdio.h>
#include <string.h>

void prompt_history_begin(struct prompt_history *history)
{
	history->at = history->count;
}

static void forget(struct prompt_history *history, size_t i)
{
	memmove(&history->texts[i], &history->texts[i + 1],
		(history->count - i - 1) * sizeof *history->texts);
	history->count--;
}

void prompt_history_add(struct prompt_history *history, int asked, const char *text)
{
	if (!text[0])
		return;
	for (size_t i = history->count; i > 0; i--)
		if (history->texts[i - 1].asked == asked &&
		    strcmp(history->texts[i - 1].text, text) == 0)
			forget(history, i - 1);
	if (history->count == HISTORY_TEXTS)
		forget(history, 0);
	history->texts[history->count].asked = asked;
	snprintf(history->texts[history->count].text, PROMPT_SIZE, "%s", text);
	history->at = ++history->count;
}

bool prompt_history_step(struct prompt_history *history, int asked, int by, struct prompt *prompt)
{
	size_t to = history->at;
	do {
		if (by < 0 ? to == 0 : to == history->count)
			return false;
		to = by < 0 ? to - 1 : to + 1;
	} while (to < history->count && history->texts[to].asked != asked);
	if (history->at == history->count)
		memcpy(history->typed, prompt->text, sizeof history->typed);
	history->at = to;
	prompt_replace(prompt, to == history->count ? history->typed : history->texts[to].text);
	return true;
}
