/* SPDX-License-Identifier: MIT */
/*
 * fuzz: what the fuzz targets share.
 *
 * A target is a file fuzz_NAME.c with the one function below; libFuzzer drives it to find new
 * inputs, replay.c to run those in tests/fuzz/corpus and tests/fuzz/regress again. A target goes
 * in by the same functions as the program, and asserts what must hold for every input.
 */
#ifndef SMTPSCOPE_FUZZ_H
#define SMTPSCOPE_FUZZ_H

#undef NDEBUG
#include <assert.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Takes one input; always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * Asserts that a terminal may show TEXT: valid UTF-8 without control characters, format
 * characters and what is unassigned; newlines only if WITH_LINES; nothing beyond ASCII if
 * ASCII_ONLY.
 */
void expect_shown(const char *text, bool with_lines, bool ascii_only);

#endif
