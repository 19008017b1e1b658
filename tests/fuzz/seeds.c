/* SPDX-License-Identifier: MIT */
/*
 * seeds - inputs for the fuzz targets, out of captures: seeds FOLDER CAPTURE...
 *
 * Of each capture FOLDER gets its frames (decode), its conversations as a program (dialogue), and
 * its beginning in the formats that a source reads (source). They are many, and alike: those to
 * keep are told by libFuzzer's -merge=1.
 */
#include "capture_file.h"
#include "decode.h"
#include "program.h"
#include "tcp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FRAMES_A_SEED 12
#define SEGMENTS_A_SEED 300
#define PACKETS_A_SEED 12
#define HEAD 60 /* bytes of a long segment that are kept, and of its end */
#define TAIL 40
#define LOOK_BACK 32 /* segments looked back for one that came before */
#define FLOWS 6
#define PATH_SIZE 4096

struct seeds {
	const char *folder;
	const char *name; /* of the capture */
	uint32_t number;
};

static FILE *open_seed(struct seeds *seeds, const char *target)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s", seeds->folder, target);
	if (mkdir(path, 0777) != 0 && errno != EEXIST) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	snprintf(path, sizeof path, "%s/%s/%s-%u", seeds->folder, target, seeds->name,
		 seeds->number++);
	FILE *file = fopen(path, "wb");
	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	return file;
}

static struct source *open_source(const char *path)
{
	struct fault fault;
	struct source *source = source_new(NULL);

	if (!source || !source_add_file(source, path, &fault)) {
		fprintf(stderr, "%s\n", fault.text);
		exit(EXIT_FAILURE);
	}
	return source;
}

static bool next_packet(struct source *source, struct packet *packet)
{
	struct fault fault;

	return source_next(source, packet, &fault) == SOURCE_PACKET;
}

/* ---- Frames ------------------------------------------------------------------------------ */

/* Only Ethernet and raw IP, by their place in the list of fuzz_decode.c. */
static void write_frames(struct seeds *seeds, const char *path)
{
	struct source *source = open_source(path);
	struct packet packet;
	FILE *out = NULL;
	int64_t before_ns = 0;

	while (next_packet(source, &packet)) {
		if ((packet.mark.frame - 1) % FRAMES_A_SEED == 0) {
			if (out)
				fclose(out);
			out = open_seed(seeds, "decode");
			fputc(packet.link == DLT_EN10MB ? 0 : 1, out);
			before_ns = packet.mark.time_ns;
		}
		int64_t ms = (packet.mark.time_ns - before_ns) / NS_PER_MS + 8;
		before_ns = packet.mark.time_ns;
		fputc((int)(packet.bytes.n & 0xff), out);
		fputc((int)(packet.bytes.n >> 8), out);
		fputc(ms < 0 ? 0 : ms > 255 ? 255 : (int)ms, out);
		fwrite(packet.bytes.p, 1, packet.bytes.n, out);
	}
	if (out)
		fclose(out);
	source_free(source);
}

/* ---- Programs ---------------------------------------------------------------------------- */

struct spoken {
	struct endpoint client, server;
	uint32_t next[2];
};

struct writer {
	FILE *out;
	struct spoken flows[FLOWS];
	uint32_t flow_count;
	uint32_t flow; /* spoken of */
	int64_t before_ns;
	struct {
		uint32_t seq, len;
	} sent[SEGMENTS_A_SEED + 3];
	uint32_t sent_count;
};

static bool is_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* The connection of SEGMENT, which is spoken of from now on. */
static struct spoken *find_flow(struct writer *w, const struct segment *segment, enum side *side)
{
	uint32_t at;

	for (at = 0; at < w->flow_count && at < FLOWS; at++) {
		const struct spoken *flow = &w->flows[at];
		*side = is_end(&segment->source, &flow->client) ? SIDE_CLIENT : SIDE_SERVER;
		if (is_end(&segment->source, *side == SIDE_CLIENT ? &flow->client : &flow->server) &&
		    is_end(&segment->destination,
			   *side == SIDE_CLIENT ? &flow->server : &flow->client))
			break;
	}
	if (at == w->flow_count || at == FLOWS) {
		at = w->flow_count < FLOWS ? w->flow_count++ : 0;
		*side = segment->source.port > segment->destination.port ? SIDE_CLIENT : SIDE_SERVER;
		w->flows[at] = (struct spoken){
			.client = *side == SIDE_CLIENT ? segment->source : segment->destination,
			.server = *side == SIDE_CLIENT ? segment->destination : segment->source,
		};
		w->flows[at].next[*side] = segment->seq;
		w->flows[at].next[side_other(*side)] = segment->ack;
	}
	if (at != w->flow)
		fprintf(w->out, "P%u\xff", at);
	w->flow = at;
	return &w->flows[at];
}

static void write_text(struct writer *w, enum side side, struct span text)
{
	fputc(side == SIDE_CLIENT ? 'C' : 's', w->out);
	for (size_t i = 0; i < text.n; i++) {
		if (text.n > HEAD + TAIL && i == HEAD)
			i = text.n - TAIL;
		fputc(text.p[i] == PROGRAM_END ? 0xfe : text.p[i], w->out);
	}
	fputc(PROGRAM_END, w->out);
}

static void write_record(struct writer *w, enum side side, char what)
{
	fprintf(w->out, "%c\xff", side == SIDE_CLIENT ? what : what + 0x20);
}

/* Whether SEGMENT was sent before; then it comes again. */
static bool write_again(struct writer *w, const struct segment *segment)
{
	for (uint32_t back = 1; back <= w->sent_count && back <= LOOK_BACK; back++) {
		uint32_t at = w->sent_count - back;
		if (w->sent[at].seq != segment->seq || w->sent[at].len != segment->len)
			continue;
		fprintf(w->out, "G%u\xff", back);
		return true;
	}
	return false;
}

static void remember(struct writer *w, const struct segment *segment, uint32_t count)
{
	while (count--) {
		w->sent[w->sent_count].seq = segment->seq;
		w->sent[w->sent_count++].len = segment->len;
	}
}

static void write_segment(struct writer *w, const struct segment *segment)
{
	enum side side;
	struct spoken *flow = find_flow(w, segment, &side);
	uint32_t early = flow->next[side] - segment->seq;
	int64_t ms = (segment->mark.time_ns - w->before_ns) / NS_PER_MS - 1;

	if (w->sent_count && (ms > 0 || ms < -1) && ms < 999999)
		fprintf(w->out, "T%d\xff", (int)ms);
	w->before_ns = segment->mark.time_ns;
	if (segment->flags & TCP_SYN) {
		flow->next[side] = segment->seq + 1;
		if (segment->flags & TCP_ACK) {
			fputs("N\xffH\xff", w->out);
			remember(w, segment, 3);
		}
		return;
	}
	if (segment->len && early && write_again(w, segment)) {
		remember(w, segment, 1);
		return;
	}
	if (early && segment->len)
		fprintf(w->out, "O%d\xff", (int)early % 100000);
	if (segment->payload.n)
		write_text(w, side, segment->payload);
	else if (!(segment->flags & (TCP_FIN | TCP_RST)))
		write_record(w, side, 'A');
	if (segment->flags & TCP_FIN)
		write_record(w, side, 'F');
	if (segment->flags & TCP_RST)
		write_record(w, side, 'R');
	remember(w, segment, segment->payload.n && segment->flags & TCP_FIN ? 2 : 1);
	if ((int32_t)(segment->seq + segment->len - flow->next[side]) > 0)
		flow->next[side] = segment->seq + segment->len;
	if (segment->flags & TCP_FIN)
		flow->next[side] = segment->seq + segment->len + 1;
}

static void write_program(struct seeds *seeds, const char *path)
{
	struct source *source = open_source(path);
	struct decoder *decoder = decoder_new(1);
	struct writer *w = calloc(1, sizeof *w);
	struct packet packet;
	struct segment segment;

	if (!decoder || !w)
		abort();
	w->out = open_seed(seeds, "dialogue");
	while (w->sent_count < SEGMENTS_A_SEED && next_packet(source, &packet))
		if (decode_packet(decoder, &packet, &segment))
			write_segment(w, &segment);
	fclose(w->out);
	free(w);
	decoder_free(decoder);
	source_free(source);
}

/* ---- Files ------------------------------------------------------------------------------- */

static void write_files(struct seeds *seeds, const char *path)
{
	static uint8_t packed[CAPTURE_MAX];
	struct packet packet;

	for (enum capture_format format = CAPTURE_MICRO; format <= CAPTURE_PCAPNG_BIG; format++) {
		struct capture *capture = capture_new(format, DLT_EN10MB);
		struct source *source = open_source(path);
		for (int i = 0; i < PACKETS_A_SEED && next_packet(source, &packet); i++) {
			char text[ENDPOINT_TEXT];
			snprintf(text, sizeof text, "%.*s", (int)(packet.bytes.n % 48), path);
			capture_add(capture, packet.mark.time_ns, text);
		}
		source_free(source);
		for (enum capture_packing how = PACK_NOT; how <= PACK_ZSTD; how++) {
			struct span bytes = capture_span(capture);
			if (how != PACK_NOT)
				bytes = (struct span){packed, capture_pack(bytes, how, packed)};
			FILE *out = open_seed(seeds, "source");
			fwrite(bytes.p, 1, bytes.n, out);
			fclose(out);
		}
		free(capture);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "Usage: seeds FOLDER CAPTURE...\n");
		return 2;
	}
	if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
		perror(argv[1]);
		return EXIT_FAILURE;
	}
	for (int i = 2; i < argc; i++) {
		const char *name = strrchr(argv[i], '/');
		struct seeds seeds = {argv[1], name ? name + 1 : argv[i], 0};
		write_frames(&seeds, argv[i]);
		write_program(&seeds, argv[i]);
		if (i == 2)
			write_files(&seeds, argv[i]);
	}
	return EXIT_SUCCESS;
}
