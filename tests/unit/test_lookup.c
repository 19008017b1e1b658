/* SPDX-License-Identifier: MIT */
/*
 * Numbers found by their keys (lookup, keys), also while a table grows.
 */
#include "delivery/keys.h"
#include "lookup.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MANY 20000u

/** Bits that differ all over, from N. */
static uint64_t mixed(uint32_t n)
{
	return (n + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15);
}

/** Here a number stands for itself. */
static bool is_number(const void *owner, const void *key, uint32_t number)
{
	(void)owner;
	return *(const uint32_t *)key == number;
}

static uint32_t *find(const struct lookup *lookup, uint32_t number)
{
	return lookup_find(lookup, (uint32_t)mixed(number), is_number, NULL, &number);
}

static void test_lookup_finds_all_numbers_at_every_size(void **state)
{
	struct lookup *lookup = lookup_new();
	(void)state;
	for (uint32_t n = 0; n < MANY; n++) {
		assert_null(find(lookup, n));
		assert_true(lookup_add(lookup, (uint32_t)mixed(n), n));
		for (uint32_t before = n; before > 0; before /= 2)
			assert_int_equal(*find(lookup, before), before);
	}
	lookup_free(lookup);
}

static void test_lookup_tells_keys_of_one_hash_apart(void **state)
{
	struct lookup *lookup = lookup_new();
	(void)state;
	for (uint32_t n = 0; n < 5; n++)
		assert_true(lookup_add(lookup, 7, n));
	for (uint32_t n = 0; n < 5; n++)
		assert_int_equal(*lookup_find(lookup, 7, is_number, NULL, &n), n);
	lookup_free(lookup);
}

static void test_keys_find_all_numbers_at_every_size(void **state)
{
	struct keys *keys = keys_new();
	(void)state;
	for (uint32_t n = 0; n < MANY; n++) {
		assert_int_equal(keys_get(keys, mixed(n)), NO_KEY);
		assert_true(keys_set(keys, mixed(n), n));
		for (uint32_t before = n; before > 0; before /= 2)
			assert_int_equal(keys_get(keys, mixed(before)), before);
	}
	keys_free(keys);
}

static void test_keys_keep_the_newest_number_at_every_size(void **state)
{
	struct keys *keys = keys_new();
	(void)state;
	for (uint32_t n = 0; n < MANY; n++) {
		assert_true(keys_set(keys, mixed(n), n));
		assert_true(keys_set(keys, mixed(n / 2), n));
	}
	for (uint32_t n = 1; n < MANY / 2; n++)
		assert_int_equal(keys_get(keys, mixed(n)), 2 * n + 1);
	keys_free(keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup_finds_all_numbers_at_every_size),
		cmocka_unit_test(test_lookup_tells_keys_of_one_hash_apart),
		cmocka_unit_test(test_keys_find_all_numbers_at_every_size),
		cmocka_unit_test(test_keys_keep_the_newest_number_at_every_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
