/* SPDX-License-Identifier: MIT */
/*
 * store: bytes that can be read at any place, in a regular file or in memory.
 *
 * Several streams may read one store, each with a place of its own, so that one can go back
 * while another goes on.
 */
#ifndef SMTPSCOPE_SOURCE_STORE_H
#define SMTPSCOPE_SOURCE_STORE_H

#include "span.h"

#include <stdio.h>
#include <sys/types.h>

struct store {
	int fd;		    /* -1: in memory. Not owned */
	struct span memory; /* not owned */
};

/** A stream over STORE from its start, for fclose(); STORE must outlive it. NULL: no memory. */
FILE *store_open_stream(const struct store *store);

/** Reads up to N bytes at OFFSET; returns how many, 0 at the end, -1 with errno on failure. */
ssize_t store_read(const struct store *store, off_t offset, void *out, size_t n);

#endif
