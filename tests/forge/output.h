/* SPDX-License-Identifier: MIT */
/*
 * output - where the frames go: a pcap file with nanoseconds, an interface in (scaled) real time,
 * or a mere count.
 */
#ifndef FORGE_OUTPUT_H
#define FORGE_OUTPUT_H

#include <stdio.h>

#include "craft.h"
#include "scenario.h"
#include "truth.h"

/**
 * Plays the scenario into the file `path` ("-": standard output). False on failure, and then
 * `error` (at least 512 bytes) says why.
 */
bool output_write_file(const struct scenario *scenario, const char *path, char *error,
		       size_t error_size);

/**
 * Plays the scenario onto `device`, `speed` times as fast as its clock; says on `log` what it will
 * send, first. False on failure.
 */
bool output_inject(const struct scenario *scenario, const char *device, double speed, FILE *log,
		   char *error, size_t error_size);

/** Plays the scenario for nobody, and adds what the servers have stored to `truth`. False on
 * failure. */
bool output_find_truth(const struct scenario *scenario, struct truth *truth, char *error,
		       size_t error_size);

#endif
