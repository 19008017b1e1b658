/* SPDX-License-Identifier: MIT */
#include "tcp/handed.h"

#include "bounds.h"
#include "hash.h"
#include "hash_key.h"

#include <stdlib.h>

/* One piece. What stands for stream and offset is 64 bits wide: that two are taken for one is
 * not to be expected. */
struct piece {
	uint64_t place;
	uint32_t digest;
	uint32_t len;    /* 0: free */
};

struct handed {
	uint64_t seed;
	struct piece pieces[LIMIT_HANDED];
};

struct handed *handed_new(uint64_t seed)
{
	struct handed *handed = calloc(1, sizeof *handed);
	if (handed)
		handed->seed = seed;
	return handed;
}

void handed_free(struct handed *handed)
{
	free(handed);
}

static uint64_t place_of(const struct handed *handed, uint64_t stream, uint64_t offset)
{
	const uint64_t key[2] = {stream, offset};
	return hash_key(key, sizeof key, handed->seed);
}

static uint32_t digest_of(const struct handed *handed, struct span bytes)
{
	return (uint32_t)hash_bytes(bytes, handed->seed);
}

void handed_note(struct handed *handed, uint64_t stream, uint64_t offset, struct span bytes)
{
	uint64_t place = place_of(handed, stream, offset);

	handed->pieces[place % LIMIT_HANDED] =
		(struct piece){place, digest_of(handed, bytes), (uint32_t)bytes.n};
}

bool handed_differs(const struct handed *handed, uint64_t stream, uint64_t offset,
		    struct span bytes)
{
	while (bytes.n) {
		uint64_t place = place_of(handed, stream, offset);
		const struct piece *piece = &handed->pieces[place % LIMIT_HANDED];
		if (piece->place != place || !piece->len || piece->len > bytes.n)
			return false;
		if (digest_of(handed, span_take(bytes, piece->len)) != piece->digest)
			return true;
		offset += piece->len;
		bytes = span_skip(bytes, piece->len);
	}
	return false;
}
