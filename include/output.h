/* SPDX-License-Identifier: MIT */
/*
 * output: a file to write to, which is never one that is being read.
 *
 * It is opened before anything is read, while there still are the rights to do so, and made empty
 * only when the first byte goes to it: what was there stays if nothing comes of it.
 */
#ifndef SMTPSCOPE_OUTPUT_H
#define SMTPSCOPE_OUTPUT_H

#include "fault.h"
#include "source.h"

#include <stdbool.h>

/**
 * Opens PATH, "-" for standard output, for writing; SOURCE's files and, with IS_BINARY, terminals
 * are refused. Returns a descriptor for close(), or -1 with the reason in FAULT.
 */
int output_open(const char *path, const struct source *source, bool is_binary, struct fault *fault);

/** Makes the open file FD empty, if it keeps what was written and is not to be appended to. */
bool output_clear(int fd, struct fault *fault);

#endif
