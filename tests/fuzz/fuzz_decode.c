/* SPDX-License-Identifier: MIT */
/*
 * Frames -> decode -> tcp. An input is a link type (a byte, an index into the list below), and
 * frames, each behind its length (16 bits, little endian) and the milliseconds (8 bits) since the
 * one before it.
 *
 * Whatever comes: the bytes and gaps of a stream follow each other without hole or overlap, and
 * nothing is told of a connection that is closed.
 */
#include "fuzz.h"

#include "decode.h"
#include "tcp.h"

#include <pcap/dlt.h>
#include <stdlib.h>

static const int links[] = {DLT_EN10MB, DLT_RAW,  DLT_LINUX_SLL, DLT_LINUX_SLL2,
			    DLT_NULL,   DLT_LOOP, DLT_IPV4,      DLT_IPV6, DLT_PPP,
			    DLT_NFLOG,  DLT_ENC,  DLT_PFLOG,     DLT_PKTAP, DLT_PPP_SERIAL};
#define LINKS (sizeof links / sizeof links[0])

#define FRAME_HEADER 3
#define FRAMES_MAX 500

struct streams {
	struct tcp_connection *connection;
	uint64_t next[2]; /* the offset up to which each was handed on */
	uint32_t calls;
	bool was_read[2];
	bool was_watched;
};

static void *take_open(void *context, struct tcp_connection *connection,
		       const struct tcp_endpoints *endpoints)
{
	struct streams *streams = calloc(1, sizeof *streams);

	(void)endpoints;
	if (!streams)
		abort();
	++*(uint32_t *)context;
	streams->connection = connection;
	return streams;
}

static void go_on(struct streams *s, enum side side, uint64_t offset, uint64_t length)
{
	if (s->was_read[side])
		assert(offset == s->next[side]);
	s->was_read[side] = true;
	s->next[side] = offset + length;
	assert(s->next[side] >= offset);
}

static void swap_sides(struct streams *s)
{
	uint64_t next = s->next[SIDE_CLIENT];
	bool was_read = s->was_read[SIDE_CLIENT];

	tcp_swap_sides(s->connection);
	s->next[SIDE_CLIENT] = s->next[SIDE_SERVER];
	s->was_read[SIDE_CLIENT] = s->was_read[SIDE_SERVER];
	s->next[SIDE_SERVER] = next;
	s->was_read[SIDE_SERVER] = was_read;
}

static void take_bytes(void *owner, enum side side, struct span bytes, uint64_t offset,
		       const struct mark *mark, uint16_t file)
{
	struct streams *s = owner;

	(void)file;
	assert(bytes.n && bytes.p && mark->frame);
	go_on(s, side, offset, bytes.n);
	/* As the layer above does: it watches and attends now and then, and lets some go. */
	switch (++s->calls % 16) {
	case 1:
		tcp_watch(s->connection, side, offset + bytes.n);
		s->was_watched = true;
		break;
	case 5:
		tcp_attend(s->connection, s->calls % 32 < 16);
		break;
	case 9:
		if (!s->was_watched)
			swap_sides(s);
		break;
	case 15:
		if (bytes.p[0] == 0xff)
			tcp_ignore(s->connection);
		break;
	default:
		break;
	}
}

static void take_gap(void *owner, enum side side, uint64_t offset, uint64_t length,
		     enum gap_kind kind, const struct mark *mark)
{
	(void)kind;
	(void)mark;
	assert(length);
	go_on(owner, side, offset, length);
}

static void take_fact(void *owner, const struct fact *fact)
{
	struct streams *s = owner;

	assert(fact->kind <= FACT_UNREACHABLE && fact->mark.frame);
	assert(fact->kind != FACT_HOLE || fact->length);
	(void)tcp_side_facts(s->connection, fact->side);
}

static void take_close(void *owner, enum close_kind kind, const struct mark *mark)
{
	(void)kind;
	(void)mark;
	free(owner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t opened = 0;
	const struct tcp_sink sink = {&opened, take_open, take_bytes, take_gap, take_fact, take_close};
	struct decoder *decoder = decoder_new(1);
	struct tcp *tcp = tcp_new(&sink, 1);
	struct packet packet = {.mark = {INT64_C(1000000000) * NS_PER_SECOND, 0}};

	if (size && decoder && tcp) {
		packet.link = links[data[0] % LINKS];
		struct span rest = {data + 1, size - 1};
		while (rest.n > FRAME_HEADER && packet.mark.frame < FRAMES_MAX) {
			size_t n = (size_t)(rest.p[0] | rest.p[1] << 8);
			packet.mark.time_ns += (rest.p[2] - 8) * NS_PER_MS;
			packet.mark.frame++;
			packet.bytes = span_take(span_skip(rest, FRAME_HEADER), n);
			packet.wire_len = (uint32_t)n;
			rest = span_skip(rest, FRAME_HEADER + n);
			struct segment segment;
			if (decode_packet(decoder, &packet, &segment)) {
				assert(segment.payload.n <= segment.len);
				assert(tcp_feed(tcp, &segment));
			} else if (decoder_refusal(decoder)) {
				tcp_feed_refusal(tcp, decoder_refusal(decoder));
			}
		}
		tcp_finish(tcp);
		assert(tcp_counts(tcp)->connections == opened && tcp_counts(tcp)->open == 0);
	}
	tcp_free(tcp);
	decoder_free(decoder);
	return 0;
}
