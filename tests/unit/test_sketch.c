/* SPDX-License-Identifier: MIT */
/* Quantiles of many times in bounded memory: how wrong they may be, and that merging is exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mark.h"
#include "sketch.h"

/* xorshift64: the same times in every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Times from nanoseconds to months, each order of magnitude as likely as another. */
static int64_t random_time(uint64_t *state)
{
	uint64_t bits = next_random(state) % 52;

	return (int64_t)(next_random(state) & ((UINT64_C(2) << bits) - 1));
}

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* The nearest rank among COUNT SORTED times. */
static int64_t true_quantile(const int64_t *sorted, uint32_t count, uint32_t per_mille)
{
	uint32_t rank = (count * per_mille + 999) / 1000;

	return sorted[rank ? rank - 1 : 0];
}

static void test_sketch_quantile_is_within_one_part_in_128(void **state)
{
	static const uint32_t per_mille[] = {0, 1, 250, 500, 900, 950, 990, 999, 1000};
	uint64_t random = 42;

	(void)state;
	for (int round = 0; round < 60; round++) {
		uint32_t count = (uint32_t)(1 + next_random(&random) % 900);
		int64_t times[900];
		struct sketch sketch = {0};
		for (uint32_t i = 0; i < count; i++) {
			times[i] = random_time(&random);
			assert_true(sketch_add(&sketch, times[i]));
		}
		qsort(times, count, sizeof *times, compare_times);
		for (size_t q = 0; q < sizeof per_mille / sizeof *per_mille; q++) {
			int64_t expected = true_quantile(times, count, per_mille[q]);
			int64_t off = llabs(sketch_quantile(&sketch, per_mille[q]) - expected);
			assert_true(off <= expected / 128);
		}
		sketch_clear(&sketch);
	}
}

static void test_sketch_merge_equals_the_sketch_of_all(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct sketch parts[2] = {{0}, {0}};
		struct sketch all = {0};
		uint32_t count = (uint32_t)(next_random(&random) % 300);
		for (uint32_t i = 0; i < count; i++) {
			int64_t time = random_time(&random);
			assert_true(sketch_add(&parts[next_random(&random) % 2], time));
			assert_true(sketch_add(&all, time));
		}
		assert_true(sketch_merge(&parts[0], &parts[1]));
		assert_int_equal(parts[0].count, all.count);
		assert_int_equal(parts[0].used, all.used);
		if (all.used)
			assert_memory_equal(parts[0].buckets, all.buckets,
					    all.used * sizeof *all.buckets);
		assert_int_equal(parts[0].least_ns, all.least_ns);
		assert_int_equal(parts[0].most_ns, all.most_ns);
		sketch_clear(&parts[0]);
		sketch_clear(&parts[1]);
		sketch_clear(&all);
	}
}

static void test_sketch_least_and_most_are_exact(void **state)
{
	struct sketch sketch = {0};

	(void)state;
	assert_true(sketch_add(&sketch, 100063 * NS_PER_MS));
	assert_int_equal(sketch_quantile(&sketch, 500), 100063 * NS_PER_MS);
	assert_true(sketch_add(&sketch, 4117 * NS_PER_MS));
	assert_int_equal(sketch_quantile(&sketch, 0), 4117 * NS_PER_MS);
	assert_int_equal(sketch_quantile(&sketch, 1000), 100063 * NS_PER_MS);
	sketch_clear(&sketch);
}

static void test_sketch_counts_each_time_in_one_range(void **state)
{
	struct sketch sketch = {0};
	uint64_t random = 3;

	(void)state;
	for (int i = 0; i < 500; i++)
		assert_true(sketch_add(&sketch, random_time(&random)));
	uint64_t below = sketch_count_between(&sketch, 0, NS_PER_SECOND);
	uint64_t above = sketch_count_between(&sketch, NS_PER_SECOND, INT64_MAX);
	assert_true(below > 0 && above > 0);
	assert_int_equal(below + above, 500);
	sketch_clear(&sketch);
}

static void test_sketch_takes_any_time_in_bounded_memory(void **state)
{
	struct sketch sketch = {0};

	(void)state;
	for (int bit = 0; bit < 63; bit++)
		for (int64_t part = 0; part < 256; part++)
			assert_true(sketch_add(&sketch, ((INT64_C(1) << bit) / 256) * (256 + part)));
	assert_true(sketch_add(&sketch, INT64_MIN));
	assert_true(sketch_add(&sketch, INT64_MAX));
	assert_true(sketch.used <= SKETCH_BUCKETS);
	assert_int_equal(sketch.most_ns, INT64_MAX);
	assert_int_equal(sketch.least_ns, 0);
	sketch_clear(&sketch);
}

static void test_sketch_of_nothing_has_no_times(void **state)
{
	struct sketch sketch = {0};

	(void)state;
	assert_int_equal(sketch_quantile(&sketch, 500), 0);
	assert_int_equal(sketch_count_between(&sketch, 0, INT64_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sketch_quantile_is_within_one_part_in_128),
		cmocka_unit_test(test_sketch_merge_equals_the_sketch_of_all),
		cmocka_unit_test(test_sketch_least_and_most_are_exact),
		cmocka_unit_test(test_sketch_counts_each_time_in_one_range),
		cmocka_unit_test(test_sketch_takes_any_time_in_bounded_memory),
		cmocka_unit_test(test_sketch_of_nothing_has_no_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
