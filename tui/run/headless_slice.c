/* SPDX-License-Identifier: MIT */
#include "run/headless_slice.h"

#include "run/headless.h"
#include "slice.h"

#include <string.h>

/** Adds those that are wanted. */
static void choose(struct slice *slice, struct analysis *analysis, struct filter *where)
{
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (delivery->try_count &&
		    (where ? filter_matches(where, analysis_ledger(analysis), delivery)
			   : delivery_is_troubled(delivery)))
			slice_add(slice, delivery);
	}
}

static bool write_all(struct slice *slice, int fd, const char *name, struct fault *fault)
{
	char lines[SLICE_LINES][SLICE_TEXT];
	enum slice_state state = SLICE_GOES_ON;
	while (state == SLICE_GOES_ON)
		state = slice_step(slice, fd, UINT32_MAX, fault);
	if (state != SLICE_DONE)
		return false;
	struct slice_counts counts = slice_counts(slice);
	int n = slice_tell(&counts, name, lines);
	for (int i = 0; i < n; i++)
		headless_complain(lines[i]);
	return true;
}

bool headless_slice(struct analysis *analysis, const struct options *options,
		    struct filter *where, int fd, struct fault *fault)
{
	bool is_stdout = strcmp(options->slice, "-") == 0;
	struct slice *slice = slice_new(analysis, options->redacts, 1);
	if (!slice)
		return fault_set(fault, FAULT_MEMORY, "no memory for the slice");
	choose(slice, analysis, where);
	if (!slice_counts(slice).deliveries)
		headless_complain(where ? "no delivery fits --where: the slice is empty"
					: "no delivery is troubled: the slice is empty (--where EXPR "
					  "names others)");
	bool is_fine =
		write_all(slice, fd, is_stdout ? "standard output" : options->slice, fault);
	slice_free(slice);
	return is_fine;
}
