/* SPDX-License-Identifier: MIT */
#include "sketch.h"

#include <stdlib.h>
#include <string.h>

/* Bits of a time that tell its bucket within a doubling, the leading one among them. */
#define KEPT_BITS 7

/* Times below 2^KEPT_BITS ns have a bucket each. Beyond that the leading KEPT_BITS bits count. */
static uint32_t bucket_of(int64_t time_ns)
{
	uint64_t time = time_ns > 0 ? (uint64_t)time_ns : 0;

	if (time > (uint64_t)SKETCH_MOST_NS)
		time = (uint64_t)SKETCH_MOST_NS;
	if (time < 1u << KEPT_BITS)
		return (uint32_t)time;
	uint32_t shift = 64 - KEPT_BITS - (uint32_t)__builtin_clzll(time);
	return shift * SKETCH_PART + (uint32_t)(time >> shift);
}

/* The least time that bucket NUMBER takes. */
static int64_t bucket_start(uint32_t number)
{
	if (number < 1u << KEPT_BITS)
		return number;
	uint32_t shift = number / SKETCH_PART - 1;
	return (int64_t)(number - shift * SKETCH_PART) << shift;
}

static int64_t bucket_middle(uint32_t number)
{
	int64_t start = bucket_start(number), end = bucket_start(number + 1);

	return start + (end - 1 - start) / 2;
}

/* Index of the first bucket that is not before NUMBER. */
static uint32_t find_bucket(const struct sketch *sketch, uint32_t number)
{
	uint32_t low = 0, high = sketch->used;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (sketch->buckets[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool make_room(struct sketch *sketch, uint32_t needed)
{
	uint32_t room = sketch->room ? sketch->room : 8;

	if (needed <= sketch->room)
		return true;
	while (room < needed)
		room *= 2;
	struct sketch_bucket *grown = reallocarray(sketch->buckets, room, sizeof *grown);
	if (!grown)
		return false;
	sketch->buckets = grown;
	sketch->room = room;
	return true;
}

/* Adds COUNT times to bucket NUMBER; there is room for one bucket more. */
static void add_to_bucket(struct sketch *sketch, uint32_t number, uint32_t count)
{
	uint32_t at = find_bucket(sketch, number);

	if (at == sketch->used || sketch->buckets[at].number != number) {
		memmove(&sketch->buckets[at + 1], &sketch->buckets[at],
			(sketch->used - at) * sizeof *sketch->buckets);
		sketch->buckets[at] = (struct sketch_bucket){.number = number};
		sketch->used++;
	}
	uint32_t *sum = &sketch->buckets[at].count;
	*sum = count > UINT32_MAX - *sum ? UINT32_MAX : *sum + count;
}

static void widen(struct sketch *sketch, int64_t least_ns, int64_t most_ns)
{
	if (!sketch->count || least_ns < sketch->least_ns)
		sketch->least_ns = least_ns;
	if (!sketch->count || most_ns > sketch->most_ns)
		sketch->most_ns = most_ns;
}

bool sketch_add(struct sketch *sketch, int64_t time_ns)
{
	int64_t time = time_ns > 0 ? time_ns : 0;

	if (!make_room(sketch, sketch->used + 1))
		return false;
	add_to_bucket(sketch, bucket_of(time), 1);
	widen(sketch, time, time);
	sketch->count++;
	return true;
}

bool sketch_merge(struct sketch *into, const struct sketch *from)
{
	if (!from->count)
		return true;
	if (!make_room(into, into->used + from->used))
		return false;
	for (uint32_t i = 0; i < from->used; i++)
		add_to_bucket(into, from->buckets[i].number, from->buckets[i].count);
	widen(into, from->least_ns, from->most_ns);
	into->count += from->count;
	return true;
}

void sketch_clear(struct sketch *sketch)
{
	free(sketch->buckets);
	*sketch = (struct sketch){0};
}

int64_t sketch_quantile(const struct sketch *sketch, uint32_t per_mille)
{
	uint64_t rank = sketch->count / 1000 * per_mille +
			(sketch->count % 1000 * per_mille + 999) / 1000;
	uint64_t passed = 0;

	if (rank <= 1)
		return sketch->count ? sketch->least_ns : 0;
	if (rank >= sketch->count)
		return sketch->most_ns;
	for (uint32_t i = 0; i < sketch->used; i++) {
		passed += sketch->buckets[i].count;
		if (passed < rank)
			continue;
		int64_t time = bucket_middle(sketch->buckets[i].number);
		if (time < sketch->least_ns)
			return sketch->least_ns;
		return time > sketch->most_ns ? sketch->most_ns : time;
	}
	return sketch->most_ns;
}

uint64_t sketch_count_between(const struct sketch *sketch, int64_t from_ns, int64_t to_ns)
{
	uint32_t last = to_ns > SKETCH_MOST_NS ? SKETCH_BUCKETS : bucket_of(to_ns);
	uint64_t sum = 0;

	for (uint32_t i = find_bucket(sketch, bucket_of(from_ns)); i < sketch->used; i++) {
		if (sketch->buckets[i].number >= last)
			break;
		sum += sketch->buckets[i].count;
	}
	return sum;
}
