/* SPDX-License-Identifier: MIT */
/*
 * A capture file, as it may lie on a disk: pcap, pcapng, packed or broken. Its packets come one
 * by one, and again when asked for by number.
 */
#include "fuzz.h"

#include "bounds.h"
#include "source.h"

#include <string.h>

#define PACKETS_MAX 2000   /* of an input: packed ones may unfold to millions */
#define REREADS 8
#define WARNINGS_MAX 100

static uint32_t bytes_sum(struct span bytes)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < bytes.n; i++)
		sum = sum * 31 + bytes.p[i];
	return sum;
}

struct seen {
	uint32_t sums[PACKETS_MAX];
	uint32_t count;
};

static void read_all(struct source *source, struct seen *seen)
{
	struct packet packet;
	struct fault fault;

	for (int warnings = 0; seen->count < PACKETS_MAX;) {
		switch (source_next(source, &packet, &fault)) {
		case SOURCE_PACKET:
			assert(packet.file == 0 && packet.bytes.n <= LIMIT_SNAPLEN);
			assert(packet.mark.frame == seen->count + 1);
			seen->sums[seen->count++] = bytes_sum(packet.bytes);
			break;
		case SOURCE_WARNING:
			assert(fault.kind != FAULT_NONE && fault.text[0]);
			assert(++warnings < WARNINGS_MAX);
			break;
		case SOURCE_WAIT: /* a file in memory has nothing to wait for */
			assert(false);
			break;
		case SOURCE_END:
			return;
		}
	}
}

static void read_some_again(struct source *source, const struct seen *seen)
{
	struct packet packet;
	struct fault fault = {0};

	for (uint32_t i = 0; i < REREADS && seen->count; i++) {
		/* Back and forth, so that reading on does not do. */
		uint32_t frame = 1 + (i * 7919u + (i & 1) * seen->count / 2) % seen->count;
		if (source_reread(source, 0, frame, &packet, &fault)) {
			assert(packet.mark.frame == frame);
			assert(bytes_sum(packet.bytes) == seen->sums[frame - 1]);
		} else {
			assert(fault.kind != FAULT_NONE);
		}
	}
	assert(!source_reread(source, 0, 0, &packet, &fault));
	assert(!source_reread(source, 1, 1, &packet, &fault));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct source_options options = {.ring_bytes = 1 << 16};
	struct source *source = source_new(&options);
	struct fault fault = {0};
	struct seen seen = {.count = 0};

	if (!source)
		return 0;
	if (source_add_memory(source, "fuzz", (struct span){data, size}, &fault)) {
		read_all(source, &seen);
		assert(source_inputs(source) == 1);
		assert(source_input(source, 0)->packets == seen.count);
		read_some_again(source, &seen);
	} else {
		assert(fault.kind != FAULT_NONE && fault.text[0]);
		assert(source_inputs(source) == 0);
	}
	source_free(source);
	return 0;
}
