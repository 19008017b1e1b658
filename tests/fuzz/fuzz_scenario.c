/* SPDX-License-Identifier: MIT */
/*
 * A scenario text -> the frames of its capture. A text that asks for much is parsed only: how
 * long a play takes is its author's business, not an error.
 */
#include "fuzz.h"

#include "craft.h"
#include "parse.h"
#include "simulate.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 8192
#define FRAMES_MAX 300
#define MESSAGE_MAX 50000 /* bytes */
#define ERROR_SIZE 512

struct seen {
	uint32_t frames;
	int64_t last_ns;
};

static bool take_frame(void *context, int64_t time_ns, const uint8_t *frame, size_t len)
{
	struct seen *seen = context;

	assert(frame && len && (!seen->frames || time_ns >= seen->last_ns));
	seen->last_ns = time_ns;
	return ++seen->frames < FRAMES_MAX;
}

static bool is_small(const struct scenario *scenario)
{
	for (const struct message *m = scenario->messages; m; m = m->previous)
		if (m->size > MESSAGE_MAX)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > TEXT_MAX)
		return 0;
	char reason[ERROR_SIZE];
	char *error = NULL;
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	struct scenario *scenario = parse_scenario("fuzz", text, size, &error);
	assert(!scenario == (error != NULL));
	if (scenario && is_small(scenario)) {
		struct craft *craft = craft_new(reason, sizeof reason);
		struct seen seen = {0};
		assert(craft);
		(void)simulate(scenario, craft, take_frame, &seen, NULL);
		craft_free(craft);
	}
	scenario_free(scenario);
	free(error);
	free(text);
	return 0;
}
