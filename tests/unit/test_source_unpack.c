/* SPDX-License-Identifier: MIT */
/* Streams unpacked in the smallest steps there are. */
#include "source/unpack.h"

#include "capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ZEROS 5000

static void expect_unpacked_in_steps(enum capture_packing pack, enum packing packing,
				     size_t in_step, size_t out_step)
{
	static const uint8_t zeros[ZEROS];
	static uint8_t packed[CAPTURE_MAX];
	uint8_t out[ZEROS + 1];
	struct span rest = {packed, capture_pack((struct span){zeros, ZEROS}, pack, packed)};
	struct unpacker *unpacker = unpacker_new(packing);
	size_t unpacked = 0;

	assert_int_equal(packing_recognise(rest), packing);
	while (rest.n) {
		struct span in = span_take(rest, in_step);
		ssize_t got;
		rest = span_skip(rest, in.n);
		do {
			assert_true(unpacked + out_step <= sizeof out);
			got = unpacker_run(unpacker, &in, out + unpacked, out_step);
			assert_true(got >= 0);
			unpacked += (size_t)got;
		} while (got > 0);
		assert_int_equal(in.n, 0);
		assert_int_equal(unpacker_is_whole(unpacker), rest.n == 0);
	}
	assert_int_equal(unpacked, ZEROS);
	assert_memory_equal(out, zeros, ZEROS);
	unpacker_free(unpacker);
}

static void test_source_unpack_gives_gzip_byte_by_byte(void **state)
{
	(void)state;
	expect_unpacked_in_steps(PACK_GZIP, PACKING_GZIP, CAPTURE_MAX, 1);
	expect_unpacked_in_steps(PACK_GZIP, PACKING_GZIP, 1, 1);
}

static void test_source_unpack_gives_zstd_byte_by_byte(void **state)
{
	(void)state;
	expect_unpacked_in_steps(PACK_ZSTD, PACKING_ZSTD, CAPTURE_MAX, 1);
	expect_unpacked_in_steps(PACK_ZSTD, PACKING_ZSTD, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_unpack_gives_gzip_byte_by_byte),
		cmocka_unit_test(test_source_unpack_gives_zstd_byte_by_byte),
	};

	return cmocka_run_group_tests_name("source unpack", tests, NULL, NULL);
}
