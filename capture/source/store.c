/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* libpcap through stdio's default of 4 KiB takes up to 1.9 times as long. */
#define STREAM_BUFFER (128u << 10)

struct store_stream {
	const struct store *store;
	off_t offset;
	char buffer[STREAM_BUFFER]; /* glibc takes a size only with a buffer */
};

ssize_t store_read(const struct store *store, off_t offset, void *out, size_t n)
{
	if (store->fd >= 0) {
		ssize_t got;
		do
			got = pread(store->fd, out, n, offset);
		while (got < 0 && errno == EINTR);
		return got;
	}
	struct span found = span_take(span_skip(store->memory, (size_t)offset), n);
	if (found.n)
		memcpy(out, found.p, found.n);
	return (ssize_t)found.n;
}

static ssize_t stream_read(void *cookie, char *out, size_t n)
{
	struct store_stream *stream = cookie;
	ssize_t got = store_read(stream->store, stream->offset, out, n);

	if (got > 0)
		stream->offset += got;
	return got;
}

/* Nothing seeks from the end. */
static int stream_seek(void *cookie, off64_t *offset, int whence)
{
	struct store_stream *stream = cookie;
	off64_t from = whence == SEEK_CUR ? stream->offset : 0;

	if (whence == SEEK_END || *offset < -from) {
		errno = EINVAL;
		return -1;
	}
	stream->offset = from + *offset;
	*offset = stream->offset;
	return 0;
}

static int stream_close(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *store_open_stream(const struct store *store)
{
	struct store_stream *stream = malloc(sizeof *stream);
	if (!stream)
		return NULL;
	stream->store = store;
	stream->offset = 0;

	FILE *file = fopencookie(stream, "rb",
				 (cookie_io_functions_t){
					 .read = stream_read,
					 .seek = stream_seek,
					 .close = stream_close,
				 });
	if (!file) {
		free(stream);
		return NULL;
	}
	(void)setvbuf(file, stream->buffer, _IOFBF, sizeof stream->buffer);
	return file;
}
