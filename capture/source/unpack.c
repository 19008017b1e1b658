/* SPDX-License-Identifier: MIT */
#include "unpack.h"

#include "bounds.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#define GZIP_ONLY (15 + 16) /* zlib's way to ask for the largest window and the gzip header */
#define GZIP_MAGIC 0x1f

struct unpacker {
	enum packing packing;
	bool is_whole;	   /* at the end of a member */
	bool holds_output; /* zstd filled the last output and has more; behind what gzip may
			      hold there is always more input, its trailer */
	bool is_damaged;
	z_stream gzip;
	ZSTD_DStream *zstd;
};

enum packing packing_recognise(struct span start)
{
	static const struct {
		enum packing packing;
		uint8_t n;
		uint8_t magic[PACKING_MAGIC];
	} known[] = {
		{PACKING_GZIP, 2, {GZIP_MAGIC, 0x8b}},
		{PACKING_ZSTD, 4, {0x28, 0xb5, 0x2f, 0xfd}},
		{PACKING_BZIP2, 3, {'B', 'Z', 'h'}},
		{PACKING_XZ, 6, {0xfd, '7', 'z', 'X', 'Z', 0}},
		{PACKING_LZ4, 4, {0x04, 0x22, 0x4d, 0x18}},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (start.n >= known[i].n && memcmp(start.p, known[i].magic, known[i].n) == 0)
			return known[i].packing;
	return PACKING_NONE;
}

const char *packing_tool(enum packing packing)
{
	switch (packing) {
	case PACKING_NONE:
		break;
	case PACKING_GZIP:
		return "gzip";
	case PACKING_ZSTD:
		return "zstd";
	case PACKING_BZIP2:
		return "bzip2";
	case PACKING_XZ:
		return "xz";
	case PACKING_LZ4:
		return "lz4";
	}
	return "cat";
}

struct unpacker *unpacker_new(enum packing packing)
{
	struct unpacker *unpacker = calloc(1, sizeof *unpacker);
	if (!unpacker)
		return NULL;

	unpacker->packing = packing;
	if (packing == PACKING_GZIP && inflateInit2(&unpacker->gzip, GZIP_ONLY) == Z_OK)
		return unpacker;
	if (packing == PACKING_ZSTD) {
		unpacker->zstd = ZSTD_createDStream();
		if (unpacker->zstd &&
		    !ZSTD_isError(ZSTD_DCtx_setParameter(unpacker->zstd, ZSTD_d_windowLogMax,
							 LIMIT_ZSTD_WINDOW_LOG)))
			return unpacker;
		ZSTD_freeDStream(unpacker->zstd);
	}
	free(unpacker);
	return NULL;
}

void unpacker_free(struct unpacker *unpacker)
{
	if (!unpacker)
		return;
	if (unpacker->packing == PACKING_GZIP)
		(void)inflateEnd(&unpacker->gzip);
	ZSTD_freeDStream(unpacker->zstd);
	free(unpacker);
}

/* After the end of a member: another one, or what gzip(1) too calls trailing garbage. */
static bool gzip_enter_member(struct unpacker *unpacker, struct span *in)
{
	if (!unpacker->is_whole)
		return true;
	if (in->p[0] != GZIP_MAGIC) {
		*in = span_skip(*in, in->n);
		return false;
	}
	unpacker->is_whole = false;
	return inflateReset(&unpacker->gzip) == Z_OK;
}

static ssize_t gzip_run(struct unpacker *unpacker, struct span *in, uint8_t *out, size_t n)
{
	z_stream *z = &unpacker->gzip;

	z->next_out = out;
	z->avail_out = (uInt)n;
	while (z->avail_out && in->n && !unpacker->is_damaged && gzip_enter_member(unpacker, in)) {
		z->next_in = in->p;
		z->avail_in = (uInt)in->n;
		int state = inflate(z, Z_NO_FLUSH);
		*in = span_skip(*in, in->n - z->avail_in);
		unpacker->is_whole = state == Z_STREAM_END;
		unpacker->is_damaged =
			state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR;
	}
	return (ssize_t)(n - z->avail_out);
}

static ssize_t zstd_run(struct unpacker *unpacker, struct span *in, uint8_t *out, size_t n)
{
	ZSTD_inBuffer from = {in->p, in->n, 0};
	ZSTD_outBuffer to = {out, n, 0};

	while (to.pos < to.size && (from.pos < from.size || unpacker->holds_output)) {
		size_t left = ZSTD_decompressStream(unpacker->zstd, &to, &from);
		unpacker->is_damaged = ZSTD_isError(left);
		if (unpacker->is_damaged)
			break;
		unpacker->is_whole = left == 0;
		unpacker->holds_output = !unpacker->is_whole && to.pos == to.size;
	}
	*in = span_skip(*in, from.pos);
	return (ssize_t)to.pos;
}

ssize_t unpacker_run(struct unpacker *unpacker, struct span *in, uint8_t *out, size_t n)
{
	ssize_t got = 0;

	if (!unpacker->is_damaged && unpacker->packing == PACKING_GZIP)
		got = gzip_run(unpacker, in, out, n);
	if (!unpacker->is_damaged && unpacker->packing == PACKING_ZSTD)
		got = zstd_run(unpacker, in, out, n);
	return got == 0 && unpacker->is_damaged ? -1 : got;
}

bool unpacker_is_whole(const struct unpacker *unpacker)
{
	return unpacker->is_whole;
}
