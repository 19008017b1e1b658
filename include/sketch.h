/* SPDX-License-Identifier: MIT */
/*
 * sketch: how a set of times is spread, in bounded memory, however many there are.
 *
 * Times are counted in buckets whose width grows with them: 64 for each doubling, as in an HDR
 * histogram. Any quantile is known to within 1/128 (0.8 %) of itself; the least and the greatest
 * time are exact. Only buckets that hold something take memory (8 bytes each); there are at most
 * SKETCH_BUCKETS of them. Two sketches can be merged, and then tell exactly what one sketch of
 * all their times would.
 */
#ifndef SMTPSCOPE_SKETCH_H
#define SMTPSCOPE_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#define SKETCH_PART 64 /* buckets for each doubling */
#define SKETCH_MOST_NS (INT64_C(1) << 56) /* two years; what is longer counts as that */
#define SKETCH_BUCKETS (SKETCH_PART * 51 + 1)

struct sketch_bucket {
	uint32_t number;
	uint32_t count;
};

/** Begin with zeros; free it with sketch_clear(). */
struct sketch {
	uint64_t count;
	int64_t least_ns; /* these two with a count only */
	int64_t most_ns;
	struct sketch_bucket *buckets; /* by number */
	uint32_t used;
	uint32_t room;
};

/** Adds a time; a negative one counts as 0. False: no memory, and it is not in. */
bool sketch_add(struct sketch *sketch, int64_t time_ns);

/** Adds all of FROM to INTO. False: no memory, and INTO is as it was. */
bool sketch_merge(struct sketch *into, const struct sketch *from);

void sketch_clear(struct sketch *sketch);

/**
 * The time that PER_MILLE of all do not exceed (500: the median; 950), as the nearest rank has
 * it: the smallest time with at least that many times at or below it. 0 if empty.
 */
int64_t sketch_quantile(const struct sketch *sketch, uint32_t per_mille);

/** How many times lie in the buckets from FROM_NS on and below TO_NS: whole buckets only. */
uint64_t sketch_count_between(const struct sketch *sketch, int64_t from_ns, int64_t to_ns);

#endif
