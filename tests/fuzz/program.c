/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "mark.h"
#include "tcp.h"

#include <netinet/in.h>
#include <pcap/dlt.h>
#include <stdlib.h>

#define FLOWS 6
#define SEGMENTS_MAX 400
#define BYTES_MAX (1u << 17)
#define SEGMENT_MAX 65000
#define FIRST_NS (INT64_C(847102931) * NS_PER_SECOND)
#define HEADERS 40 /* IPv4 and TCP */
#define LINKTYPE_RAW 101
#define PCAP_NANO 0xa1b23c4du
#define FILE_HEADER 24
#define RECORD_HEADER 16

static const uint16_t server_ports[FLOWS] = {25, 25, 587, 24, 465, 10025};

struct flow {
	uint16_t number;
	uint32_t next[2];   /* sequence number of each side's next byte */
	uint32_t got[2];    /* what the other side has of it */
	uint16_t window[2];
};

struct sent {
	int64_t time_ns;
	const struct flow *flow;
	enum side side;
	uint8_t flags;
	bool is_missed;    /* by the capture */
	bool has_no_length;
	uint16_t window;
	uint32_t seq, ack;
	struct span payload; /* of the program */
	size_t kept;         /* bytes of it that the capture holds */
};

struct play_state {
	struct flow flows[FLOWS];
	struct flow *flow; /* spoken of */
	int64_t now_ns;
	size_t segment_bytes;
	uint32_t early;    /* O */
	bool is_missed;    /* L */
	bool is_lost;      /* X */
	size_t total;      /* bytes of payload */
	struct sent sent[SEGMENTS_MAX];
	uint32_t count;
	struct program_capture capture;
};

/* The decimal number at the start of TEXT, at most six digits. */
static int32_t number_at(struct span text)
{
	bool is_negative = text.n && text.p[0] == '-';
	int32_t number = 0;

	text = span_skip(text, is_negative);
	for (size_t i = 0; i < text.n && i < 6 && text.p[i] >= '0' && text.p[i] <= '9'; i++)
		number = number * 10 + (text.p[i] - '0');
	return is_negative ? -number : number;
}

static void begin_flow(struct flow *flow, uint16_t number)
{
	flow->number = number;
	flow->next[SIDE_CLIENT] = flow->got[SIDE_CLIENT] = 1000u + number;
	flow->next[SIDE_SERVER] = flow->got[SIDE_SERVER] = 500000u + number;
	flow->window[SIDE_CLIENT] = flow->window[SIDE_SERVER] = UINT16_MAX;
}

/* The other side takes in what of SEGMENT goes on where it had come to. */
static void receive(struct flow *flow, const struct sent *segment)
{
	uint32_t length = (uint32_t)segment->payload.n +
			  (segment->flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	uint32_t end = segment->seq + length;
	uint32_t *got = &flow->got[segment->side];

	if ((int32_t)(*got - segment->seq) >= 0 && (int32_t)(end - *got) > 0)
		*got = end;
}

static void send_one(struct play_state *state, enum side side, unsigned flags, struct span payload)
{
	struct flow *flow = state->flow;
	uint32_t length = (uint32_t)payload.n + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);

	if (state->count == SEGMENTS_MAX || state->total + payload.n > BYTES_MAX)
		return;
	struct sent *sent = &state->sent[state->count++];
	*sent = (struct sent){
		.time_ns = state->now_ns,
		.flow = flow,
		.side = side,
		.flags = (uint8_t)flags,
		.is_missed = state->is_missed || state->is_lost,
		.window = flow->window[side],
		.seq = flow->next[side] - state->early,
		.ack = flags & TCP_ACK ? flow->got[side_other(side)] : 0,
		.payload = payload,
		.kept = payload.n,
	};
	state->total += payload.n;
	state->now_ns += NS_PER_MS;
	if ((int32_t)(sent->seq + length - flow->next[side]) > 0)
		flow->next[side] = sent->seq + length;
	if (!state->is_lost)
		receive(flow, sent);
	state->early = 0;
	state->is_missed = state->is_lost = false;
}

static const struct span nothing = {(const uint8_t *)"", 0};

static void say(struct play_state *state, enum side side, struct span text)
{
	do {
		send_one(state, side, TCP_ACK | TCP_PSH, span_take(text, state->segment_bytes));
		text = span_skip(text, state->segment_bytes);
	} while (text.n && state->count < SEGMENTS_MAX);
}

static void shake_hands(struct play_state *state)
{
	state->flow->got[SIDE_CLIENT] = state->flow->next[SIDE_CLIENT];
	state->flow->got[SIDE_SERVER] = state->flow->next[SIDE_SERVER];
	send_one(state, SIDE_CLIENT, TCP_SYN, nothing);
	state->now_ns += 40 * NS_PER_MS;
	send_one(state, SIDE_SERVER, TCP_SYN | TCP_ACK, nothing);
	send_one(state, SIDE_CLIENT, TCP_ACK, nothing);
}

static void begin_anew(struct flow *flow)
{
	for (int side = 0; side < 2; side++) {
		flow->next[side] += 1u << 28;
		flow->got[side] = flow->next[side];
	}
}

/* The N-th last segment comes again, from 1. */
static void send_again(struct play_state *state, int32_t n)
{
	if (n < 1 || (uint32_t)n > state->count || state->count == SEGMENTS_MAX ||
	    state->total + state->sent[state->count - (uint32_t)n].payload.n > BYTES_MAX)
		return;
	struct sent *again = &state->sent[state->count];
	*again = state->sent[state->count - (uint32_t)n];
	state->count++;
	state->total += again->payload.n;
	again->time_ns = state->now_ns;
	again->is_missed = state->is_missed || state->is_lost;
	if (!state->is_lost)
		receive(&state->flows[again->flow->number], again);
	state->now_ns += NS_PER_MS;
	state->is_missed = state->is_lost = false;
}

/* The last segment goes by before the N ones before it. */
static void overtake(struct play_state *state, int32_t n)
{
	for (uint32_t at = state->count - 1; state->count && n > 0 && at > 0; n--, at--) {
		struct sent last = state->sent[at];
		int64_t time_ns = state->sent[at - 1].time_ns;
		state->sent[at] = state->sent[at - 1];
		state->sent[at].time_ns = last.time_ns;
		state->sent[at - 1] = last;
		state->sent[at - 1].time_ns = time_ns;
	}
}

static uint32_t packets_so_far(const struct play_state *state)
{
	uint32_t packets = 0;

	for (uint32_t i = 0; i < state->count; i++)
		packets += !state->sent[i].is_missed;
	return packets;
}

static void run_side(struct play_state *state, uint8_t what, enum side side, struct span text)
{
	switch (what | 0x20) {
	case 'a':
		send_one(state, side, TCP_ACK, nothing);
		break;
	case 'f':
		send_one(state, side, TCP_ACK | TCP_FIN, nothing);
		break;
	case 'r':
		send_one(state, side, TCP_ACK | TCP_RST, nothing);
		break;
	case 'i':
		state->flow->window[side] = (uint16_t)number_at(text);
		break;
	case 'q':
		state->flow->next[side] = state->flow->got[side] = 0u - (uint32_t)number_at(text);
		break;
	default:
		break;
	}
}

static void run_record(struct play_state *state, uint8_t what, struct span text)
{
	struct sent *last = state->count ? &state->sent[state->count - 1] : NULL;
	int32_t n = number_at(text);

	switch (what) {
	case 'C':
	case 's':
		say(state, what == 'C' ? SIDE_CLIENT : SIDE_SERVER, text);
		break;
	case 'H':
		shake_hands(state);
		break;
	case 'P':
		state->flow = &state->flows[(uint32_t)n % FLOWS];
		break;
	case 'N':
		begin_anew(state->flow);
		break;
	case 'T':
		state->now_ns += n * NS_PER_MS;
		break;
	case 'M':
		state->segment_bytes = n > 0 && n < SEGMENT_MAX ? (size_t)n : SEGMENT_MAX;
		break;
	case 'O':
		state->early = (uint32_t)n;
		break;
	case 'L':
		state->is_missed = true;
		break;
	case 'X':
		state->is_lost = true;
		break;
	case 'G':
		send_again(state, n);
		break;
	case 'W':
		overtake(state, n);
		break;
	case 'K':
		if (last && n >= 0 && (size_t)n < last->kept)
			last->kept = (size_t)n;
		break;
	case 'Z':
		if (last)
			last->has_no_length = true;
		break;
	case 'U':
		if (state->capture.look_count < PROGRAM_LOOKS_MAX)
			state->capture.looks[state->capture.look_count++] = packets_so_far(state);
		break;
	default:
		run_side(state, what, what & 0x20 ? SIDE_SERVER : SIDE_CLIENT, text);
		break;
	}
}

/* ---- The capture --------------------------------------------------------------------------- */

static void put_big(uint8_t **at, uint32_t value, int bytes)
{
	while (bytes--)
		*(*at)++ = (uint8_t)(value >> 8 * bytes);
}

static void put_address(uint8_t **at, const struct sent *sent, enum side side)
{
	put_big(at, side == SIDE_CLIENT ? 0xc0000201 : 0xc6336401u + (sent->flow->number == 1), 4);
}

static void put_packet(uint8_t **at, const struct sent *sent)
{
	uint16_t ports[2] = {(uint16_t)(40000 + sent->flow->number),
			     server_ports[sent->flow->number]};
	uint32_t wire = HEADERS + (uint32_t)sent->payload.n;
	int64_t time_ns = sent->time_ns > 0 ? sent->time_ns : 0;

	put_big(at, (uint32_t)(time_ns / NS_PER_SECOND), 4);
	put_big(at, (uint32_t)(time_ns % NS_PER_SECOND), 4);
	put_big(at, HEADERS + (uint32_t)sent->kept, 4);
	put_big(at, wire, 4);
	put_big(at, 0x4500, 2);
	put_big(at, sent->has_no_length ? 0 : wire, 2);
	put_big(at, 0x00004000, 4);
	put_big(at, sent->side == SIDE_CLIENT ? 64 : 55, 1);
	put_big(at, IPPROTO_TCP, 1);
	put_big(at, 0, 2);
	put_address(at, sent, sent->side);
	put_address(at, sent, side_other(sent->side));
	put_big(at, ports[sent->side], 2);
	put_big(at, ports[side_other(sent->side)], 2);
	put_big(at, sent->seq, 4);
	put_big(at, sent->ack, 4);
	put_big(at, 0x5000u | sent->flags, 2);
	put_big(at, sent->window, 2);
	put_big(at, 0, 4);
	if (sent->kept)
		memcpy(*at, sent->payload.p, sent->kept);
	*at += sent->kept;
}

static void write_capture(struct play_state *state)
{
	size_t room = FILE_HEADER + state->total + state->count * (RECORD_HEADER + HEADERS);
	uint8_t *at = state->capture.bytes = malloc(room);

	if (!at)
		abort();
	put_big(&at, PCAP_NANO, 4);
	put_big(&at, 0x00020004, 4);
	put_big(&at, 0, 4);
	put_big(&at, 0, 4);
	put_big(&at, 262144, 4);
	put_big(&at, LINKTYPE_RAW, 4);
	for (uint32_t i = 0; i < state->count; i++) {
		if (state->sent[i].is_missed)
			continue;
		put_packet(&at, &state->sent[i]);
		state->capture.packets++;
	}
	state->capture.n = (size_t)(at - state->capture.bytes);
}

struct program_capture program_play(struct span program)
{
	struct play_state *state = calloc(1, sizeof *state);

	if (!state)
		abort();
	state->now_ns = FIRST_NS;
	state->segment_bytes = SEGMENT_MAX;
	state->flow = &state->flows[0];
	for (uint16_t i = 0; i < FLOWS; i++)
		begin_flow(&state->flows[i], i);
	while (program.n) {
		const uint8_t *end = memchr(program.p, PROGRAM_END, program.n);
		size_t n = end ? (size_t)(end - program.p) : program.n;
		struct span record = span_take(program, n);
		if (record.n)
			run_record(state, record.p[0], span_skip(record, 1));
		program = span_skip(program, n + 1);
	}
	write_capture(state);
	struct program_capture capture = state->capture;
	free(state);
	return capture;
}

struct source *program_open(const struct program_capture *capture)
{
	struct fault fault;
	struct source *source = source_new(NULL);

	if (!source || !source_add_memory(source, "program",
					  (struct span){capture->bytes, capture->n}, &fault))
		abort();
	return source;
}
