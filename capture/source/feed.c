/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include "bounds.h"
#include "records.h"
#include "unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_BUFFER (128u << 10)
#define PACKED_SIZE (128u << 10)
#define PLAIN_SIZE (256u << 10) /* to begin with; a longer record makes it grow */
#define PLAIN_ROOM (64u << 10)	/* worth a read */
#define START_SIZE 16

/* What reading says beside a number of bytes. */
#define READ_END 0
#define READ_NOTHING (-1)
#define READ_FAILED (-2)

enum failure {
	FAILURE_NONE,
	FAILURE_READ,	 /* with errno */
	FAILURE_CUT,	 /* the packed stream ends inside a member */
	FAILURE_DAMAGED, /* it cannot be unpacked */
	FAILURE_SHRUNK,	 /* the followed file became shorter */
	FAILURE_MEMORY,
};

struct feed {
	int fd;
	bool is_regular;
	bool follows;
	uint64_t read_bytes;

	bool is_recognised; /* packing and unpacker are settled */
	enum packing packing;
	struct unpacker *unpacker;
	struct span packed; /* in packed_bytes: what has not been unpacked yet */

	/* plain[taken..released] is for the stream; plain[released..end] is a record's beginning */
	uint8_t *plain;
	size_t plain_size;
	size_t taken;
	size_t released;
	size_t end;
	uint64_t taken_before; /* bytes that have left plain */
	struct records records;

	bool has_ended;
	enum failure failure;
	int error;
	size_t start_n;
	uint8_t start[START_SIZE];
	uint8_t packed_bytes[PACKED_SIZE];
	char stream_buffer[STREAM_BUFFER];
};

struct feed *feed_new(int fd, bool is_regular, bool follows)
{
	struct feed *feed = calloc(1, sizeof *feed);

	if (!feed)
		return NULL;
	feed->fd = fd;
	feed->is_regular = is_regular;
	feed->follows = follows;
	return feed;
}

void feed_free(struct feed *feed)
{
	if (!feed)
		return;
	unpacker_free(feed->unpacker);
	free(feed->plain);
	free(feed);
}

static ssize_t feed_fail(struct feed *feed, enum failure failure)
{
	feed->failure = failure;
	feed->error = errno;
	return READ_FAILED;
}

/* A file's end is the end, unless it is followed; then it must not have become shorter. */
static ssize_t feed_at_end(struct feed *feed)
{
	struct stat status;

	if (!feed->follows)
		return READ_END;
	if (feed->is_regular && fstat(feed->fd, &status) == 0 &&
	    (uint64_t)status.st_size < feed->read_bytes)
		return feed_fail(feed, FAILURE_SHRUNK);
	return READ_NOTHING;
}

static ssize_t feed_read(struct feed *feed, uint8_t *out, size_t n)
{
	struct pollfd fd = {.fd = feed->fd, .events = POLLIN};
	ssize_t got;

	if (!feed->is_regular && poll(&fd, 1, 0) <= 0)
		return READ_NOTHING;
	if (feed->is_regular)
		got = pread(feed->fd, out, n, (off_t)feed->read_bytes);
	else
		got = read(feed->fd, out, n);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return READ_NOTHING;
	if (got < 0)
		return feed_fail(feed, FAILURE_READ);
	if (got == 0)
		return feed_at_end(feed);
	feed->read_bytes += (uint64_t)got;
	return got;
}

/* Gathers enough of the stream's start to tell its packing. */
static ssize_t feed_recognise(struct feed *feed)
{
	size_t have = feed->packed.n;
	ssize_t got = feed_read(feed, feed->packed_bytes + have, PACKED_SIZE - have);

	if (got == READ_NOTHING || got == READ_FAILED)
		return got;
	feed->packed = (struct span){feed->packed_bytes, have + (size_t)got};
	if (got != READ_END && feed->packed.n < PACKING_MAGIC)
		return READ_NOTHING;

	feed->packing = packing_recognise(feed->packed);
	feed->is_recognised = true;
	if (feed->packing != PACKING_GZIP && feed->packing != PACKING_ZSTD)
		return got;
	feed->unpacker = unpacker_new(feed->packing);
	return feed->unpacker ? got : feed_fail(feed, FAILURE_MEMORY);
}

static ssize_t feed_unpack(struct feed *feed, uint8_t *out, size_t n)
{
	for (;;) {
		ssize_t got = unpacker_run(feed->unpacker, &feed->packed, out, n);
		if (got > 0)
			return got;
		if (got < 0)
			return feed_fail(feed, FAILURE_DAMAGED);
		got = feed_read(feed, feed->packed_bytes, PACKED_SIZE);
		if (got == READ_END && !unpacker_is_whole(feed->unpacker))
			return feed_fail(feed, FAILURE_CUT);
		if (got <= 0)
			return got;
		feed->packed = (struct span){feed->packed_bytes, (size_t)got};
	}
}

static ssize_t feed_copy(struct feed *feed, uint8_t *out, size_t n)
{
	struct span first = span_take(feed->packed, n);

	if (!first.n)
		return feed_read(feed, out, n);
	memcpy(out, first.p, first.n);
	feed->packed = span_skip(feed->packed, first.n);
	return (ssize_t)first.n;
}

/* Moves what is left to the front, and grows where one record needs all. */
static bool feed_make_room(struct feed *feed)
{
	if (feed->plain_size - feed->end >= PLAIN_ROOM)
		return true;
	if (feed->taken) {
		memmove(feed->plain, feed->plain + feed->taken, feed->end - feed->taken);
		feed->end -= feed->taken;
		feed->released -= feed->taken;
		feed->taken_before += feed->taken;
		feed->taken = 0;
	}
	if (feed->plain_size - feed->end >= PLAIN_ROOM)
		return true;
	size_t size = feed->plain_size ? feed->plain_size * 2 : PLAIN_SIZE;
	uint8_t *plain = realloc(feed->plain, size);
	if (!plain)
		return false;
	feed->plain = plain;
	feed->plain_size = size;
	return true;
}

static void feed_keep_start(struct feed *feed, struct span bytes)
{
	bytes = span_take(bytes, START_SIZE - feed->start_n);
	if (bytes.n)
		memcpy(feed->start + feed->start_n, bytes.p, bytes.n);
	feed->start_n += bytes.n;
}

static ssize_t feed_receive(struct feed *feed)
{
	if (!feed_make_room(feed))
		return feed_fail(feed, FAILURE_MEMORY);
	if (!feed->is_recognised) {
		ssize_t got = feed_recognise(feed);
		if (got == READ_FAILED || !feed->is_recognised)
			return got;
	}
	uint8_t *out = feed->plain + feed->end;
	size_t n = feed->plain_size - feed->end;
	return feed->unpacker ? feed_unpack(feed, out, n) : feed_copy(feed, out, n);
}

/* One step: FEED_READY says that something was read, though perhaps no whole record. */
static enum feed_state feed_step(struct feed *feed)
{
	if (feed->has_ended)
		return feed->failure ? FEED_FAILED : FEED_ENDED;

	ssize_t got = feed_receive(feed);
	if (got == READ_NOTHING)
		return FEED_NOTHING;
	if (got == READ_END || got == READ_FAILED) {
		feed->has_ended = true;
		feed->released = feed->end;
		return got == READ_END ? FEED_ENDED : FEED_FAILED;
	}
	feed_keep_start(feed, (struct span){feed->plain + feed->end, (size_t)got});
	feed->end += (size_t)got;
	feed->released +=
		records_advance(&feed->records, (struct span){feed->plain + feed->released,
							      feed->end - feed->released});
	return FEED_READY;
}

enum feed_state feed_fill(struct feed *feed)
{
	enum feed_state state = FEED_READY;

	while (feed->taken == feed->released) {
		state = feed_step(feed);
		if (state != FEED_READY && feed->taken == feed->released)
			return state;
	}
	return FEED_READY;
}

bool feed_has_header(struct feed *feed)
{
	while (!feed->records.has_header && !feed->has_ended && feed->end <= LIMIT_RECORD)
		if (feed_step(feed) == FEED_NOTHING)
			return false;
	return true;
}

static ssize_t stream_read(void *cookie, char *out, size_t n)
{
	struct feed *feed = cookie;

	if (feed_fill(feed) != FEED_READY)
		return 0;
	struct span bytes = {feed->plain + feed->taken, feed->released - feed->taken};
	bytes = span_take(bytes, n);
	memcpy(out, bytes.p, bytes.n);
	feed->taken += bytes.n;
	return (ssize_t)bytes.n;
}

/* A feed does not go back: only "where am I" is answered, for the index of a followed file. */
static int stream_seek(void *cookie, off64_t *offset, int whence)
{
	const struct feed *feed = cookie;

	if (whence != SEEK_CUR || *offset != 0) {
		errno = ESPIPE;
		return -1;
	}
	*offset = (off64_t)(feed->taken_before + feed->taken);
	return 0;
}

FILE *feed_open_stream(struct feed *feed)
{
	FILE *stream = fopencookie(feed, "rb",
				   (cookie_io_functions_t){
					   .read = stream_read,
					   .seek = stream_seek,
				   });

	if (stream)
		(void)setvbuf(stream, feed->stream_buffer, _IOFBF, sizeof feed->stream_buffer);
	return stream;
}

void feed_explain(const struct feed *feed, const char *name, struct fault *fault)
{
	switch (feed->failure) {
	case FAILURE_NONE:
		break;
	case FAILURE_READ:
		fault_set(fault, FAULT_READ, "%s: %s", name, strerror(feed->error));
		break;
	case FAILURE_CUT:
		fault_set(fault, FAULT_CUT_SHORT,
			  "%s: the %s stream is cut short; everything before the cut was read",
			  name, packing_tool(feed->packing));
		break;
	case FAILURE_DAMAGED:
		fault_set(fault, FAULT_READ,
			  "%s: the %s stream is damaged; everything before that was read", name,
			  packing_tool(feed->packing));
		break;
	case FAILURE_SHRUNK:
		fault_set(fault, FAULT_READ, "%s: became shorter while it was followed", name);
		break;
	case FAILURE_MEMORY:
		fault_set(fault, FAULT_MEMORY, "%s: no memory", name);
		break;
	}
}

struct span feed_start(const struct feed *feed)
{
	return (struct span){feed->start, feed->start_n};
}

uint64_t feed_read_bytes(const struct feed *feed)
{
	return feed->read_bytes;
}

bool feed_poll(const struct feed *feed, struct pollfd *fd)
{
	if (feed->is_regular || feed->has_ended)
		return false;
	*fd = (struct pollfd){.fd = feed->fd, .events = POLLIN};
	return true;
}
