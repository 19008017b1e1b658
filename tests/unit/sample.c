/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BATCH_PACKETS 1000

struct sample sample_read(const char *name)
{
	const struct analysis_options options = {.delivery.timer_ns = DEFAULT_TIMER_NS, .seed = 1};
	struct fault fault = {0};
	char path[100];
	struct sample sample = {.source = source_new(NULL)};

	snprintf(path, sizeof path, "pcaps/%s.pcap", name);
	assert_non_null(sample.source);
	assert_true(source_add_file(sample.source, path, &fault));
	sample.analysis = analysis_new(sample.source, &options);
	assert_non_null(sample.analysis);
	while (analysis_read(sample.analysis, BATCH_PACKETS, &fault) != SOURCE_END)
		assert_true(analysis_update(sample.analysis, NO_TIME));
	assert_true(analysis_update(sample.analysis, NO_TIME));
	sample.ledger = analysis_ledger(sample.analysis);
	sample.deliveries = analysis_deliveries(sample.analysis);
	return sample;
}

void sample_close(struct sample *sample)
{
	analysis_free(sample->analysis);
	source_free(sample->source);
}
