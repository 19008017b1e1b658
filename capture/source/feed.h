/* SPDX-License-Identifier: MIT */
/*
 * feed: a descriptor's bytes as a savefile may read them, without ever blocking.
 *
 * For pipes, packed files and files that are followed while they grow. A feed reads what is
 * there, unpacks it, and releases it to its stream up to the end of the last whole record. So
 * the stream seems to end between two records, and after a clearerr() it goes on there.
 */
#ifndef SMTPSCOPE_SOURCE_FEED_H
#define SMTPSCOPE_SOURCE_FEED_H

#include "fault.h"
#include "span.h"

#include <poll.h>
#include <stdio.h>

struct feed;

enum feed_state {
	FEED_READY,   /* whole records are released */
	FEED_NOTHING, /* none now, more may come */
	FEED_ENDED,   /* all bytes are released */
	FEED_FAILED,  /* as FEED_ENDED, and feed_explain() says why */
};

/**
 * A feed from FD, which stays the caller's. IS_REGULAR: it is a file, read from its start, else
 * a pipe, polled before it is read. FOLLOWS: more may come after the file's end. NULL: no memory.
 */
struct feed *feed_new(int fd, bool is_regular, bool follows);
void feed_free(struct feed *feed);

/** The stream over what is released, for fclose(); FEED must outlive it. NULL: no memory. */
FILE *feed_open_stream(struct feed *feed);

/** Reads on until a record is released. */
enum feed_state feed_fill(struct feed *feed);

/** Whether the stream can be opened, or all is there that there is to complain about. */
bool feed_has_header(struct feed *feed);

/** Why the feed failed, in one line for the input NAME. */
void feed_explain(const struct feed *feed, const char *name, struct fault *fault);

/** The first bytes of the capture, unpacked: as many as there are, at most 16. */
struct span feed_start(const struct feed *feed);

/** Bytes read from the descriptor so far. */
uint64_t feed_read_bytes(const struct feed *feed);

/** What to poll while there is nothing; false: a file, ask again later. */
bool feed_poll(const struct feed *feed, struct pollfd *fd);

#endif
