/* SPDX-License-Identifier: MIT */
#include "report/commands.h"

#include "story.h"

static bool begins_with(struct span line, const char *beginning)
{
	size_t n = strlen(beginning);

	return line.n >= n && memcmp(line.p, beginning, n) == 0;
}

struct span story_command(struct span line)
{
	static const char *const beginnings[] = {COMMAND_AT_SERVER, COMMAND_AT_CLIENT,
						 COMMAND_AGAIN};

	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		struct span command = span_skip(line, strlen(beginnings[i]));
		if (!begins_with(line, beginnings[i]) || !begins_with(command, "tcpdump "))
			continue;
		command.n -= command.p[command.n - 1] == '.'; /* ends the sentence */
		return command;
	}
	return (struct span){NULL, 0};
}
