/* SPDX-License-Identifier: MIT */
/*
 * A program (see program.h) -> a capture -> everything that is made of it: the whole way of the
 * product. What is known is looked at in the middle, too; looking must not change the verdicts.
 */
#include "fuzz.h"

#include "program.h"
#include "walk.h"

#include <stdlib.h>

#define PROGRAM_MAX 16384
#define SEED 1 /* of the hashes */

/* Reads on until PACKETS have been read, or to the end. */
static void read_until(struct analysis *analysis, uint32_t packets)
{
	struct fault fault;
	uint64_t before = analysis_packets(analysis);

	if (packets > before)
		(void)analysis_read(analysis, packets - (uint32_t)before, &fault);
}

static struct analysis *analyse(struct source *source, const struct program_capture *capture,
				bool with_looks)
{
	const struct analysis_options options = {.seed = SEED};
	struct analysis *analysis = analysis_new(source, &options);
	struct fault fault;

	assert(analysis);
	for (uint32_t i = 0; with_looks && i < capture->look_count; i++) {
		read_until(analysis, capture->looks[i]);
		assert(analysis_update(analysis, NO_TIME));
		walk_ledger(analysis);
		walk_deliveries(analysis);
	}
	assert(analysis_read(analysis, capture->packets + 1, &fault) == SOURCE_END);
	assert(analysis_packets(analysis) == capture->packets);
	assert(analysis_update(analysis, NO_TIME));
	return analysis;
}

/* Looking on the way changes nothing of what is said in the end. */
static void expect_same_verdicts(struct analysis *a, struct analysis *b)
{
	uint32_t count = ledger_attempt_count(analysis_ledger(a));

	assert(ledger_attempt_count(analysis_ledger(b)) == count);
	for (uint32_t i = 0; i < count; i++) {
		const struct attempt *attempt = ledger_attempt(analysis_ledger(a), i);
		uint32_t recipients = attempt->recipient_count;
		for (uint32_t k = 0; k < (recipients ? recipients : 1); k++) {
			struct verdict va, vb;
			deliveries_judge(analysis_deliveries(a), i, k, &va);
			deliveries_judge(analysis_deliveries(b), i, k, &vb);
			assert(va.outcome == vb.outcome && va.cause == vb.cause);
			assert(va.reply == vb.reply && va.left == vb.left);
			assert(va.copies_min == vb.copies_min && va.copies_max == vb.copies_max);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > PROGRAM_MAX)
		return 0;
	struct program_capture capture = program_play((struct span){data, size});
	struct source *source = program_open(&capture);
	struct analysis *analysis = analyse(source, &capture, true);

	walk_ledger(analysis);
	walk_deliveries(analysis);
	walk_jsonl(analysis);
	walk_csv(analysis);
	if (capture.look_count) {
		struct source *again = program_open(&capture);
		struct analysis *plain = analyse(again, &capture, false);
		expect_same_verdicts(analysis, plain);
		analysis_free(plain);
		source_free(again);
	}
	analysis_free(analysis);
	source_free(source);
	free(capture.bytes);
	return 0;
}
