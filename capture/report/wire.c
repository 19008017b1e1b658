/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include "bounds.h"
#include "report/wire_bodies.h"
#include "report/wire_store.h"

#include <stdlib.h>

static const struct span no_bytes = {(const uint8_t *)"", 0};

struct wire {
	struct source *source;
	const struct session *session;
	const struct analysis *analysis;
	struct decoder *decoder;
	struct tcp *tcp;
	struct tcp_connection *connection; /* NULL before it begins, and when it is over */
	bool has_begun;
	bool is_flipped;   /* the tcp layer took the sides the wrong way round */
	bool has_shift[2]; /* how far offsets are from those of events is known */
	uint64_t shift[2];
	struct wire_track tracks[2];
	struct wire_store store;
	struct wire_bodies bodies;
	uint16_t file;     /* what is read next */
	uint32_t frame;    /* 0: not known yet */
	uint32_t last_frame; /* of the session's events */
	uint32_t event_count; /* when it was looked at last */
	uint32_t gone_first;
	uint32_t gone_last;
	struct fault gone;
	bool is_whole;
};

const char *gap_words(enum gap_kind kind)
{
	switch (kind) {
	case GAP_CAPTURE:
		return "not in this capture";
	case GAP_SNAPLEN:
		return "cut off by the capture's snaplen";
	case GAP_LIMIT:
		return "given up: too much came early";
	case GAP_MISSING:
		return "never arrived";
	}
	return "missing";
}

/* ---- Events --------------------------------------------------------------------------------- */

/* Takes in what events the session has by now. */
static bool look_at_events(struct wire *wire)
{
	const struct session *session = wire->session;

	if (!wire_bodies_find(&wire->bodies, session))
		return false;
	wire->event_count = session->event_count;
	for (uint32_t i = 0; i < session->event_count; i++) {
		uint32_t frame = session_event(session, i)->frame;
		wire->last_frame = frame > wire->last_frame ? frame : wire->last_frame;
	}
	return true;
}

/* ---- The sink of the tcp layer -------------------------------------------------------------- */

static enum side side_of(const struct wire *wire, enum side side)
{
	return wire->is_flipped ? side_other(side) : side;
}

/* SEQ of SIDE (as events have it) as a position that events would give it. */
static uint64_t position_of(struct wire *wire, enum side side, int64_t position)
{
	const struct session *session = wire->session;

	if (!wire->has_shift[side]) {
		uint32_t isn = side == SIDE_CLIENT ? session->isn_client : session->isn_server;
		wire->has_shift[side] = true;
		if (session->has_isn)
			wire->shift[side] = (uint64_t)tcp_position(
				wire->connection, side_of(wire, side), isn + 1);
	}
	return (uint64_t)position - wire->shift[side];
}

static void *open_connection(void *context, struct tcp_connection *connection,
			     const struct tcp_endpoints *endpoints)
{
	struct wire *wire = context;

	if (wire->has_begun)
		return NULL;
	wire->has_begun = true;
	wire->connection = connection;
	wire->is_flipped = memcmp(&endpoints->client, &wire->session->client,
				  sizeof endpoints->client) != 0;
	return wire;
}

/* Keeps a run of LENGTH bytes, or says that they are a gap, message by message. */
static void keep_run(struct wire *wire, const struct wire_piece *run, struct span bytes)
{
	struct wire_piece piece = *run;
	uint64_t left = run->length;

	while (left) {
		bool is_wanted = true;
		piece.kind = run->kind;
		piece.length = left;
		if (run->side == SIDE_CLIENT)
			piece.length = wire_bodies_run(&wire->bodies, piece.offset, left,
						       &piece.is_message, &is_wanted);
		struct span some = span_take(bytes, (size_t)piece.length);
		bytes = span_skip(bytes, some.n);
		if (!is_wanted && run->kind == WIRE_BYTES)
			piece.kind = WIRE_LEFT_OUT;
		wire_store_add(&wire->store, &piece,
			       piece.kind == WIRE_BYTES ? some : no_bytes);
		piece.offset += (uint32_t)piece.length;
		left -= piece.length;
	}
}

static void take_bytes(void *owner, enum side side, struct span bytes, uint64_t offset,
		       const struct mark *mark, uint16_t file)
{
	struct wire *wire = owner;
	struct wire_piece run = {.mark = *mark, .kind = WIRE_BYTES, .length = bytes.n};

	(void)file;
	if (!wire)
		return;
	run.side = side_of(wire, side);
	run.offset = (uint32_t)position_of(wire, run.side, (int64_t)offset);
	keep_run(wire, &run, bytes);
}

static void take_gap(void *owner, enum side side, uint64_t offset, uint64_t length,
		     enum gap_kind kind, const struct mark *mark)
{
	struct wire *wire = owner;
	struct wire_piece run = {.mark = *mark, .kind = WIRE_GAP, .length = length, .gap = kind};

	if (!wire)
		return;
	run.side = side_of(wire, side);
	run.offset = (uint32_t)position_of(wire, run.side, (int64_t)offset);
	keep_run(wire, &run, no_bytes);
}

static void take_fact(void *owner, const struct fact *fact)
{
	(void)owner;
	(void)fact;
}

static void close_connection(void *owner, enum close_kind kind, const struct mark *mark)
{
	struct wire *wire = owner;

	(void)kind;
	(void)mark;
	if (wire)
		wire->connection = NULL;
}

/* ---- Frames --------------------------------------------------------------------------------- */

static uint32_t frames_of(const struct wire *wire)
{
	uint64_t packets = source_input(wire->source, wire->file)->packets;
	return packets < UINT32_MAX ? (uint32_t)packets : UINT32_MAX;
}

/* Whether FRAME can be read and is as old as the session, or younger. */
static bool is_young(const struct wire *wire, uint32_t frame)
{
	struct packet packet;
	struct fault fault = {0};

	return source_reread(wire->source, wire->file, frame, &packet, &fault) &&
	       packet.mark.time_ns >= wire->session->start_ns;
}

/* The first frame of the file that may belong to the session. Times mostly rise. */
static uint32_t find_first(const struct wire *wire)
{
	uint32_t low = 1, high = frames_of(wire) + 1;
	uint32_t first = UINT32_MAX;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (is_young(wire, middle))
			high = middle;
		else
			low = middle + 1;
	}
	if (wire->session->is_swapped_file)
		return low;
	for (uint32_t i = 0; i < wire->session->event_count; i++) {
		uint32_t frame = session_event(wire->session, i)->frame;
		first = frame && frame < first ? frame : first;
	}
	return first < low ? first : low;
}

/* Another file goes on where this one ended, if the session came from several. */
static bool next_file(struct wire *wire)
{
	if (!wire->session->is_swapped_file)
		return false;
	while (++wire->file < source_inputs(wire->source)) {
		const struct source_input *input = source_input(wire->source, wire->file);
		if (input->packets && input->last_ns >= wire->session->start_ns &&
		    input->first_ns <= wire->session->end_ns) {
			wire->frame = 0;
			return true;
		}
	}
	wire->file--;
	return false;
}

static bool is_of_session(const struct wire *wire, const struct segment *segment)
{
	const struct session *s = wire->session;
	size_t size = sizeof s->client;

	return segment->tap == s->tap &&
	       ((!memcmp(&segment->source, &s->client, size) &&
		 !memcmp(&segment->destination, &s->server, size)) ||
		(!memcmp(&segment->source, &s->server, size) &&
		 !memcmp(&segment->destination, &s->client, size)));
}

static void note_segment(struct wire *wire, const struct segment *segment)
{
	bool is_client = !memcmp(&segment->source, &wire->session->client, sizeof segment->source);
	struct wire_segment note = {
		.mark = segment->mark,
		.length = segment->len,
		.captured = (uint32_t)segment->payload.n,
		.window = segment->window,
		.flags = segment->flags,
		.side = is_client ? SIDE_CLIENT : SIDE_SERVER,
	};

	if (!wire->connection)
		return;
	uint32_t seq = segment->seq + (segment->flags & TCP_SYN ? 1 : 0);
	uint64_t position = position_of(wire, note.side,
					tcp_position(wire->connection, side_of(wire, note.side),
						     seq));
	note.offset = (uint32_t)position;
	note.fate = wire_track_take(&wire->tracks[note.side], (int64_t)position, note.length,
				    &note.hole);
	wire_store_add_segment(&wire->store, &note);
}

static void take_packet(struct wire *wire, const struct packet *packet)
{
	struct segment segment;

	tcp_tick(wire->tcp, packet->mark.time_ns);
	if (!decode_packet(wire->decoder, packet, &segment) || !is_of_session(wire, &segment))
		return;
	if (!tcp_feed(wire->tcp, &segment))
		wire->store.has_failed = true;
	note_segment(wire, &segment);
}

static void note_gone(struct wire *wire, const struct fault *fault)
{
	wire->gone = *fault;
	wire->gone_last = wire->frame;
	if (!wire->gone_first)
		wire->gone_first = wire->frame;
}

/* All that there is was read: what still waits for lost bytes is handed on if none can come. */
static void finish(struct wire *wire)
{
	if (wire->is_whole || (!wire->session->is_closed && !analysis_is_over(wire->analysis)))
		return;
	wire->is_whole = true;
	tcp_finish(wire->tcp);
}

/* Reads the next frame. False: there is none (as yet) that may be of the session. */
static bool read_frame(struct wire *wire)
{
	struct packet packet;
	struct fault fault = {0};

	if (wire->is_whole || wire->store.is_cut_after)
		return false;
	if (wire->frame > frames_of(wire))
		return next_file(wire);
	bool is_behind = wire->session->is_swapped_file || wire->frame > wire->last_frame;
	if (!source_reread(wire->source, wire->file, wire->frame, &packet, &fault)) {
		if (is_behind)
			return false;
		note_gone(wire, &fault);
	} else {
		if (is_behind && packet.mark.time_ns > wire->session->end_ns)
			return false;
		take_packet(wire, &packet);
	}
	wire->frame++;
	return true;
}

bool wire_read(struct wire *wire, uint32_t max_frames)
{
	if (wire->event_count != wire->session->event_count && !look_at_events(wire))
		wire->store.has_failed = wire->store.is_cut_after = true;
	for (uint32_t i = 0; i < max_frames; i++) {
		if (!wire->frame)
			wire->frame = find_first(wire);
		if (!read_frame(wire)) {
			finish(wire);
			return false;
		}
	}
	return true;
}

double wire_share(const struct wire *wire)
{
	const struct session *session = wire->session;
	double whole = (double)session->end_ns - (double)session->start_ns;
	const struct wire_store *store = &wire->store;

	if (wire->is_whole || whole <= 0)
		return 1;
	if (!store->segment_count)
		return 0;
	const struct wire_segment *last = &store->segments[store->segment_count - 1];
	double share = ((double)last->mark.time_ns - (double)session->start_ns) / whole;
	return share < 0 ? 0 : share > 1 ? 1 : share; /* a clock may have been set */
}

struct wire_contents wire_contents(const struct wire *wire)
{
	const struct wire_store *store = &wire->store;

	return (struct wire_contents){
		.pieces = store->pieces,
		.piece_count = store->piece_count,
		.segments = store->segments,
		.segment_count = store->segment_count,
		.bytes = {{store->bytes[0], store->byte_count[0]},
			  {store->bytes[1], store->byte_count[1]}},
		.is_cut_before = store->is_cut_before,
		.is_cut_after = store->is_cut_after,
		.gone_first = wire->gone_first,
		.gone_last = wire->gone_last,
		.gone = wire->gone,
		.is_offset_sure = !wire->gone_first || wire->session->has_isn,
	};
}

/* ---- Its life ------------------------------------------------------------------------------- */

static bool begin(struct wire *wire)
{
	const struct tcp_sink sink = {
		.context = wire,
		.open = open_connection,
		.bytes = take_bytes,
		.gap = take_gap,
		.fact = take_fact,
		.close = close_connection,
	};

	wire->decoder = decoder_new(1);
	wire->tcp = tcp_new(&sink, 1);
	return wire->decoder && wire->tcp && look_at_events(wire);
}

struct wire *wire_new(struct analysis *analysis, const struct session *session,
		      const struct wire_options *options)
{
	struct wire *wire = calloc(1, sizeof *wire);
	const struct event *wanted = session_event(session, options->event);
	uint64_t body = options->body_bytes ? options->body_bytes : WIRE_BODY_BYTES;

	if (!wire)
		return NULL;
	wire->source = analysis_source(analysis);
	wire->analysis = analysis;
	wire->session = session;
	wire->file = session->file;
	wire->bodies.wanted = body < LIMIT_WIRE_BODY ? body : LIMIT_WIRE_BODY;
	wire->store.most_bytes = LIMIT_WIRE_BYTES;
	if (2 * wire->bodies.wanted > LIMIT_WIRE_BYTES)
		wire->store.most_bytes = (size_t)(2 * wire->bodies.wanted);
	wire->store.wanted_ns = wanted ? wanted->time_ns : NO_TIME;
	if (begin(wire))
		return wire;
	wire_free(wire);
	return NULL;
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	tcp_free(wire->tcp);
	decoder_free(wire->decoder);
	wire_store_clear(&wire->store);
	wire_bodies_clear(&wire->bodies);
	free(wire);
}

void wire_move(struct wire *wire, const struct session *session)
{
	if (wire)
		wire->session = session;
}
