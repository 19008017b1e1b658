/* SPDX-License-Identifier: MIT */
/*
 * sample: a capture of pcaps/, read to its end.
 */
#ifndef SMTPSCOPE_TESTS_SAMPLE_H
#define SMTPSCOPE_TESTS_SAMPLE_H

#include "analysis.h"

struct sample {
	struct source *source;
	struct analysis *analysis;
	const struct ledger *ledger;
	struct deliveries *deliveries;
};

/** Reads pcaps/NAME.pcap, with a timer of 90 s; fails the test where it cannot. */
struct sample sample_read(const char *name);
void sample_close(struct sample *sample);

#endif
