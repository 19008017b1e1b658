/* SPDX-License-Identifier: MIT */
#include "play_capture.h"

#include "capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define IP_BYTES 20
#define TCP_BYTES 20
#define FILE_ROOM CAPTURE_MAX

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value);
}

/** As pcap files have numbers here: little endian. */
static void put32le(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static void put_headers(uint8_t *p, const struct segment *segment)
{
	memset(p, 0, IP_BYTES + TCP_BYTES);
	p[0] = 0x45;
	put16(p + 2, IP_BYTES + TCP_BYTES + segment->len);
	p[8] = segment->ttl ? segment->ttl : 64;
	p[9] = 6;
	memcpy(p + 12, segment->source.address + 12, 4);
	memcpy(p + 16, segment->destination.address + 12, 4);
	p += IP_BYTES;
	put16(p, segment->source.port);
	put16(p + 2, segment->destination.port);
	put32(p + 4, segment->seq);
	put32(p + 8, segment->ack);
	p[12] = TCP_BYTES / 4 << 4;
	p[13] = segment->flags;
	put16(p + 14, segment->window);
}

static void put_frame(struct played *played, const struct segment *segment)
{
	uint32_t n = IP_BYTES + TCP_BYTES + (uint32_t)segment->payload.n;
	uint8_t *p = played->file + played->file_n;
	assert_true(played->file_n + 16 + n <= FILE_ROOM);
	put32le(p, (uint32_t)(segment->mark.time_ns / NS_PER_SECOND));
	put32le(p + 4, (uint32_t)(segment->mark.time_ns % NS_PER_SECOND));
	put32le(p + 8, n);
	put32le(p + 12, IP_BYTES + TCP_BYTES + segment->len);
	put_headers(p + 16, segment);
	if (segment->payload.n)
		memcpy(p + 16 + IP_BYTES + TCP_BYTES, segment->payload.p, segment->payload.n);
	played->file_n += 16 + n;
}

static void put_header(struct played *played)
{
	static const uint8_t header[24] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, [18] = 4,
					   [20] = 101 /* raw IP */};
	memcpy(played->file + played->file_n, header, sizeof header);
	played->file_n += sizeof header;
}

/** Two files, if SECOND is not 0: the segment that begins the other one. */
static void put_files(struct played *played, const struct play *play, uint32_t second)
{
	played->file = malloc(FILE_ROOM);
	assert_non_null(played->file);
	played->file_n = 0;
	put_header(played);
	for (uint32_t i = 0; i < play->count; i++) {
		if (i && i == second) {
			played->split = played->file_n;
			put_header(played);
		}
		put_frame(played, &play->segments[i]);
	}
}

/** Adds the file as it lies in memory; or as a pipe, which can be read again from the ring alone. */
static bool add_input(struct played *played, bool is_pipe, struct fault *fault)
{
	struct span file = {played->file, played->file_n};
	if (played->split)
		return source_add_memory(played->source, "1.pcap", span_take(file, played->split),
					 fault) &&
		       source_add_memory(played->source, "2.pcap", span_skip(file, played->split),
					 fault);
	if (!is_pipe)
		return source_add_memory(played->source, "play.pcap", file, fault);
	capture_add_pipe(played->source, file);
	return true;
}

static void read_play(struct played *played, struct play *play, size_t ring_bytes, uint32_t second)
{
	const struct analysis_options options = {.delivery.timer_ns = DEFAULT_TIMER_NS, .seed = 1};
	const struct source_options source_options = {.ring_bytes = ring_bytes};
	struct fault fault = {0};
	put_files(played, play, second);
	play_end(play);
	played->source = source_new(&source_options);
	assert_non_null(played->source);
	if (!add_input(played, ring_bytes > 0, &fault))
		fail_msg("%s", fault.text);
	played->analysis = analysis_new(played->source, &options);
	assert_non_null(played->analysis);
	while (analysis_read(played->analysis, 1000, &fault) == SOURCE_PACKET)
		;
	if (fault.kind != FAULT_NONE)
		fail_msg("%s", fault.text);
	assert_true(analysis_update(played->analysis, NO_TIME));
}

void played_read(struct played *played, struct play *play, size_t ring_bytes)
{
	read_play(played, play, ring_bytes, 0);
}

void played_read_two(struct played *played, struct play *play, uint32_t first)
{
	read_play(played, play, 0, first);
}

void played_end(struct played *played)
{
	analysis_free(played->analysis);
	source_free(played->source);
	free(played->file);
}
