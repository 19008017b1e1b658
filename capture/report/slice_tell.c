/* SPDX-License-Identifier: MIT */
#include "slice.h"

#include <inttypes.h>
#include <stdio.h>

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void tell_size(const struct slice_counts *c, const char *name, char *out)
{
	snprintf(out, SLICE_TEXT,
		 "%" PRIu64 " packet%s of %u connection%s (%u %s) written to %.120s%s%s",
		 c->packets, plural(c->packets), c->connections, plural(c->connections),
		 c->deliveries, c->deliveries == 1 ? "delivery" : "deliveries", name,
		 c->is_pcapng ? ", as pcapng" : "",
		 c->is_redacted ? "; passwords and messages are blanked" : "");
}

static void tell_frames(const struct slice_counts *c, char *out)
{
	snprintf(out, SLICE_TEXT, "frames are counted anew in it: frame 1 was frame %u of %.120s",
		 c->first_frame, c->first_file);
}

static void tell_passwords(const struct slice_counts *c, char *out)
{
	snprintf(out, SLICE_TEXT, "it holds %u AUTH answer%s in clear; --redact blanks %s",
		 c->passwords, plural(c->passwords), c->passwords == 1 ? "it" : "them");
}

static void tell_lost(const struct slice_counts *c, char *out)
{
	snprintf(out, SLICE_TEXT,
		 "%" PRIu64 " packet%s of the input could not be read again: those of them that "
		 "belong to it are missing",
		 c->lost, plural(c->lost));
}

static void tell_cut(const struct slice_counts *c, char *out)
{
	snprintf(out, SLICE_TEXT,
		 "%" PRIu64 " frame%s of it %s cut, not blanked: fragments, what routers quote, and TURN",
		 c->cut, plural(c->cut), c->cut == 1 ? "is" : "are");
}

static void tell_twins(char *out)
{
	snprintf(out, SLICE_TEXT,
		 "two captures of the same connections are one in it: a slice of each keeps what one "
		 "saw and the other did not");
}

int slice_tell(const struct slice_counts *counts, const char *name, char out[][SLICE_TEXT])
{
	int n = 0;

	tell_size(counts, name, out[n++]);
	if (counts->first_frame)
		tell_frames(counts, out[n++]);
	if (counts->has_twins)
		tell_twins(out[n++]);
	if (counts->passwords && !counts->is_redacted)
		tell_passwords(counts, out[n++]);
	if (counts->lost)
		tell_lost(counts, out[n++]);
	if (counts->cut)
		tell_cut(counts, out[n++]);
	if (counts->is_limited)
		snprintf(out[n++], SLICE_TEXT,
			 "memory ran short: more of it is blanked than had to be");
	return n;
}
