/* SPDX-License-Identifier: MIT */
#include "run/inputs.h"

#include "demo.h"

#include <string.h>

static void note(struct input_faults *faults, const struct fault *fault)
{
	if (faults->count < MOST_FAULTS)
		faults->list[faults->count] = *fault;
	faults->count++;
}

bool inputs_take_stdin(const struct options *options)
{
	for (size_t i = 0; i < options->file_count; i++)
		if (strcmp(options->files[i], "-") == 0)
			return true;
	return false;
}

/** Adds everything; returns how many inputs there are. */
static size_t add_all(const struct options *options, struct source *source,
		      struct input_faults *faults)
{
	struct fault fault = {0};
	if (options->is_demo && !source_add_memory(source, "demo", demo_capture(), &fault))
		note(faults, &fault);
	if (options->interface &&
	    !source_add_interface(source, options->interface, options->filter, &fault))
		note(faults, &fault);
	for (size_t i = 0; i < options->file_count; i++)
		if (!source_add_file(source, options->files[i], &fault))
			note(faults, &fault);
	return source_inputs(source);
}

struct source *inputs_open(const struct options *options, struct input_faults *faults)
{
	struct source_options source_options = {.follow = options->is_follow,
						.ring_bytes = options->ring_bytes};
	struct source *source = source_new(&source_options);
	*faults = (struct input_faults){0};
	if (!source) {
		struct fault fault;
		fault_set(&fault, FAULT_MEMORY, "no memory");
		note(faults, &fault);
		return NULL;
	}
	if (add_all(options, source, faults) == 0) {
		source_free(source);
		return NULL;
	}
	return source;
}
