/* SPDX-License-Identifier: MIT */
/*
 * Measures what bounded memory costs while a capture is read: let_go FILE BYTES reads FILE in
 * batches, as the program does between keys, with all brought up to date after each, and prints how
 * often sessions were let go, the longest batch of all and the longest that did not end with it,
 * and the most memory that the process has had.
 */
#include "analysis.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH 1024

struct bench {
	unsigned moves;
	double began; /* this batch */
	double longest;
	double longest_moving;
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void count_move(void *context, const struct moves *moves, const struct deliveries *before,
		       const struct deliveries *after)
{
	struct bench *bench = context;

	(void)moves;
	(void)before;
	(void)after;
	bench->moves++;
}

/* Reads a batch. False: that was all. */
static bool read_batch(struct bench *bench, struct analysis *analysis)
{
	unsigned moves = bench->moves;
	double began = seconds_now();
	struct fault fault;
	enum source_state state = analysis_read(analysis, BATCH, &fault);

	if (state == SOURCE_END)
		return false;
	if (!analysis_update(analysis, NO_TIME))
		abort();
	double took = seconds_now() - began;
	double *longest = moves == bench->moves ? &bench->longest : &bench->longest_moving;
	*longest = took > *longest ? took : *longest;
	return true;
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	const struct analysis_keeper keeper = {.context = &bench, .moved = count_move};
	struct analysis_options options = {.seed = 1, .delivery = {.seed = 1}};
	struct source *source = source_new(NULL);
	struct rusage usage;
	struct fault fault;

	if (argc != 3 || !source || !source_add_file(source, argv[1], &fault)) {
		fprintf(stderr, "usage: let_go FILE BYTES\n");
		return 2;
	}
	options.memory = strtoull(argv[2], NULL, 10);
	struct analysis *analysis = analysis_new(source, &options);
	if (!analysis)
		abort();
	analysis_set_keeper(analysis, &keeper);
	double began = seconds_now();
	while (read_batch(&bench, analysis))
		;
	getrusage(RUSAGE_SELF, &usage);
	printf("%llu sessions let go in %u times, %u kept, in %.1f s; longest batch %.1f ms, with "
	       "moves %.1f ms; %ld MB at most\n",
	       (unsigned long long)deliveries_let_go(analysis_deliveries(analysis))->sessions,
	       bench.moves, ledger_session_count(analysis_ledger(analysis)),
	       seconds_now() - began, bench.longest * 1e3, bench.longest_moving * 1e3,
	       usage.ru_maxrss / 1024);
	analysis_free(analysis);
	source_free(source);
	return 0;
}
