/* SPDX-License-Identifier: MIT */
/*
 * Settings: whatever a file says, it is read or refused with its line; and what was read, dumped
 * and read again is the same.
 */
#include "fuzz.h"

#include "run/settings.h"

#include <stdlib.h>
#include <string.h>

static char *dump(const struct options *options)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	settings_dump(options, "config", out);
	fclose(out);
	return text;
}

/* The dumps differ only in where each value came from: that of a second reading is its line. */
static void expect_same(const struct options *options)
{
	struct options again;
	struct fault fault = {0};
	char *text = dump(options);

	options_init(&again);
	assert(settings_read_text(&again, "config", text, &fault));
	assert(again.delivery.timer_ns == options->delivery.timer_ns);
	assert(again.ring_bytes == options->ring_bytes);
	assert(again.theme == options->theme && again.when == options->when);
	for (int i = 0; i < MOST_LISTS; i++) {
		assert(strcmp(again.lists[i].columns, options->lists[i].columns) == 0);
		assert(strcmp(again.lists[i].sort, options->lists[i].sort) == 0);
	}
	options_clear(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options;
	struct fault fault = {0};
	char *text = calloc(1, size + 1);

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	options_init(&options);
	bool is_fine = settings_read_text(&options, "config", text, &fault);
	assert(is_fine == (fault.kind == FAULT_NONE));
	if (is_fine)
		expect_same(&options);
	else
		assert(strncmp(fault.text, "config:", 7) == 0);
	options_clear(&options);
	free(text);
	return 0;
}
