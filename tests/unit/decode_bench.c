/* SPDX-License-Identifier: MIT */
#include "decode_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

int bench_setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	if (!bench)
		return -1;
	bench->decoder = decoder_new(1);
	*state = bench;
	return bench->decoder ? 0 : -1;
}

int bench_teardown(void **state)
{
	struct bench *bench = *state;

	decoder_free(bench->decoder);
	free(bench);
	return 0;
}

bool bench_decode(struct bench *bench, int link, const char *digits)
{
	struct packet packet = bench->packet;

	bench->frame.n = 0;
	hex_add(&bench->frame, digits);
	bench->packet.mark.frame++;
	packet.mark.frame = bench->packet.mark.frame;
	packet.link = link;
	packet.bytes = hex_span(&bench->frame);
	if (!packet.wire_len)
		packet.wire_len = (uint32_t)packet.bytes.n;
	return decode_packet(bench->decoder, &packet, &bench->segment);
}

void bench_expect_payload(const struct bench *bench, const char *text)
{
	assert_int_equal(bench->segment.payload.n, strlen(text));
	assert_memory_equal(bench->segment.payload.p, text, strlen(text));
}

void bench_expect_skipped(const struct bench *bench, enum skip_reason reason, uint64_t n)
{
	for (enum skip_reason r = 0; r < SKIP_REASONS; r++)
		assert_int_equal(decoder_skipped(bench->decoder, r), r == reason ? n : 0);
}
