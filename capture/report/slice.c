/* SPDX-License-Identifier: MIT */
#include "slice.h"

#include "output.h"
#include "replay.h"
#include "report/packet_file.h"
#include "report/slice_pick.h"
#include "report/slice_redact.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum phase { PHASE_NEW, PHASE_PICK, PHASE_MARK, PHASE_WRITE, PHASE_OVER };

/* A frame that holds a fragment, and where that begins in it. */
struct cut {
	uint16_t file;
	uint32_t frame;
	uint32_t at;
};

struct slice {
	struct analysis *analysis;
	struct source *source;
	const struct ledger *ledger;
	bool redacts;
	uint64_t seed;
	enum phase phase;
	uint32_t session_count;
	bool *chosen; /* of each session */

	struct frame_set frames; /* first all, then those to write */
	struct replay *replay;
	struct decoder *decoder;
	struct pick *pick;
	struct redact *redact;   /* with redacts */
	struct origins origins;
	struct cut *cuts;        /* by frame; with redacts */
	uint32_t cut_count;
	uint32_t cut_room;
	uint64_t marked;
	uint64_t known;          /* packets of all inputs */
	FILE *out;
	uint8_t *copy;           /* of the frame being blanked */
	size_t copy_size;
	struct slice_counts counts;
};

struct slice *slice_new(struct analysis *analysis, bool redacts, uint64_t seed)
{
	struct slice *slice = calloc(1, sizeof *slice);

	if (!slice)
		return NULL;
	slice->analysis = analysis;
	slice->source = analysis_source(analysis);
	slice->ledger = analysis_ledger(analysis);
	slice->redacts = slice->counts.is_redacted = redacts;
	slice->seed = seed;
	slice->session_count = ledger_session_count(slice->ledger);
	slice->chosen = calloc(slice->session_count + 1u, sizeof *slice->chosen);
	if (slice->chosen)
		return slice;
	slice_free(slice);
	return NULL;
}

void slice_free(struct slice *slice)
{
	if (!slice)
		return;
	replay_free(slice->replay);
	decoder_free(slice->decoder);
	pick_free(slice->pick);
	redact_free(slice->redact);
	origins_free(&slice->origins);
	frame_set_free(&slice->frames);
	if (slice->out)
		(void)fclose(slice->out);
	free(slice->cuts);
	free(slice->copy);
	free(slice->chosen);
	free(slice);
}

/* ---- What is chosen ------------------------------------------------------------------------ */

/* Whether EVENT is an AUTH or its answer with a secret, kept in the ledger or not. */
static bool holds_password(const struct ledger *ledger, const struct event *event)
{
	struct span text = ledger_text(ledger, event->text);
	uint32_t words = 1;

	if (event->kind != EVENT_COMMAND || event->bits & EVENT_SECRET)
		return event->kind == EVENT_COMMAND;
	if (event->value != VERB_AUTH)
		return event->value == VERB_AUTH_ANSWER && text.n && text.p[0] != '*';
	for (size_t i = 1; i < text.n; i++)
		words += text.p[i] != ' ' && text.p[i - 1] == ' ';
	return words > 2;
}

/* A connection goes by its first session: those behind a TURN come with that. */
void slice_add_session(struct slice *slice, uint32_t id)
{
	while (id < slice->session_count && !slice->chosen[id]) {
		const struct session *session = ledger_session(slice->ledger, id);
		slice->chosen[id] = true;
		slice->counts.connections += session->turned_from == NO_SESSION;
		for (uint32_t i = 0; i < session->event_count; i++)
			slice->counts.passwords +=
				holds_password(slice->ledger, session_event(session, i));
		id = session->turned_from;
	}
}

void slice_add(struct slice *slice, const struct delivery *delivery)
{
	slice->counts.deliveries += delivery->try_count > 0;
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		slice_add_session(slice, ledger_attempt(slice->ledger, try->attempt)->session);
		if (try->twin == NO_ATTEMPT)
			continue;
		slice->counts.has_twins = true;
		slice_add_session(slice, ledger_attempt(slice->ledger, try->twin)->session);
	}
}

/* ---- The first reading: which frames ------------------------------------------------------- */

static bool no_memory(struct fault *fault)
{
	return fault_set(fault, FAULT_MEMORY, "no memory for the slice");
}

/* A decoder for another reading. */
static bool renew_decoder(struct slice *slice)
{
	decoder_free(slice->decoder);
	slice->decoder = decoder_new(slice->seed);
	if (slice->decoder)
		decoder_keep_copies(slice->decoder);
	return slice->decoder != NULL;
}

static bool begin(struct slice *slice, struct fault *fault)
{
	slice->pick = pick_new(slice->ledger, slice->chosen, slice->seed);
	if (slice->redacts)
		slice->redact = redact_new(slice->ledger, slice->chosen, slice->seed);
	if (!frame_set_init(&slice->frames, slice->source) || !slice->pick ||
	    (slice->redacts && !slice->redact) || !renew_decoder(slice))
		return no_memory(fault);
	for (size_t i = 0; i < slice->frames.files; i++)
		slice->known += slice->frames.frames[i];
	slice->replay = replay_new(slice->source, &slice->frames, false);
	slice->phase = PHASE_PICK;
	return slice->replay || no_memory(fault);
}

static bool note_cut(struct slice *slice, const struct fragment_part *part)
{
	if (slice->cut_count == slice->cut_room) {
		uint32_t room = slice->cut_room ? slice->cut_room * 2 : 64;
		struct cut *cuts = reallocarray(slice->cuts, room, sizeof *cuts);
		if (!cuts)
			return false;
		slice->cuts = cuts;
		slice->cut_room = room;
	}
	slice->cuts[slice->cut_count++] = (struct cut){part->file, part->frame, part->payload_at};
	return true;
}

static void mark_frame(struct slice *slice, uint16_t file, uint32_t frame)
{
	slice->marked += !frame_set_has(&slice->frames, file, frame);
	frame_set_add(&slice->frames, file, frame);
}

/* The frames that SEGMENT, of a chosen session, came in. */
static bool mark_frames(struct slice *slice, const struct segment *segment)
{
	size_t count;
	const struct fragment_part *parts = decoder_parts(slice->decoder, &count);

	if (!count)
		mark_frame(slice, segment->file, segment->mark.frame);
	for (size_t i = 0; i < count; i++) {
		mark_frame(slice, parts[i].file, parts[i].frame);
		if (slice->redacts && !note_cut(slice, &parts[i]))
			return false;
	}
	return true;
}

/* The chosen session of the segment that a router refused, or NULL. */
static const struct session *refused_session(struct slice *slice, const struct refusal *refusal)
{
	const struct segment quoted = {.file = refusal->file,
				       .tap = refusal->tap,
				       .source = refusal->source,
				       .destination = refusal->destination,
				       .seq = refusal->seq};

	return pick_session(slice->pick, &quoted);
}

static bool mark_packet(struct slice *slice, const struct packet *packet)
{
	struct segment segment;
	const struct refusal *refusal;

	if (!decode_packet(slice->decoder, packet, &segment)) {
		refusal = decoder_refusal(slice->decoder);
		if (!refusal || !refused_session(slice, refusal))
			return true;
		mark_frame(slice, packet->file, packet->mark.frame);
		return origins_note(&slice->origins, packet);
	}
	const struct session *session = pick_session(slice->pick, &segment);
	if (!session)
		return true;
	if (slice->redact)
		redact_learn(slice->redact, session, &segment);
	return mark_frames(slice, &segment) && origins_note(&slice->origins, packet);
}

static int compare_cuts(const void *left, const void *right)
{
	const struct cut *a = left, *b = right;

	if (a->file != b->file)
		return (int)a->file - (int)b->file;
	return (a->frame > b->frame) - (a->frame < b->frame);
}

static const char *name_of(const void *context, uint16_t file)
{
	const char *path = source_input(context, file)->name;
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "standard input";
	return slash ? slash + 1 : path;
}

/* All frames are known: goes over to writing them. */
static bool begin_writing(struct slice *slice, int fd, struct fault *fault)
{
	slice->counts.lost = replay_lost(slice->replay);
	replay_free(slice->replay);
	slice->replay = replay_new(slice->source, &slice->frames, true);
	if (slice->redact)
		slice->counts.is_limited = !redact_finish(slice->redact);
	if (slice->cut_count)
		qsort(slice->cuts, slice->cut_count, sizeof *slice->cuts, compare_cuts);
	pick_restart(slice->pick);
	if (!slice->replay || !renew_decoder(slice))
		return no_memory(fault);
	if (!output_clear(fd, fault))
		return false;
	int own = dup(fd);
	slice->out = own < 0 ? NULL : fdopen(own, "wb");
	if (!slice->out) {
		if (own >= 0)
			close(own);
		return no_memory(fault);
	}
	slice->counts.is_pcapng = origins_are_pcapng(&slice->origins);
	packet_file_begin(slice->out, &slice->origins, name_of, slice->source);
	slice->phase = PHASE_WRITE;
	return true;
}

/* ---- The second reading: the frames themselves --------------------------------------------- */

static void write_packet(struct slice *slice, const struct packet *packet)
{
	if (!slice->counts.packets) {
		slice->counts.first_frame = packet->mark.frame;
		slice->counts.first_file = name_of(slice->source, packet->file);
	}
	slice->counts.packets++;
	packet_file_put(slice->out, &slice->origins, packet);
}

static void write_cut(struct slice *slice, const struct packet *packet, size_t n)
{
	struct packet cut = *packet;

	if (cut.wire_len < cut.bytes.n)
		cut.wire_len = (uint32_t)cut.bytes.n;
	slice->counts.cut++;
	cut.bytes = span_take(cut.bytes, n);
	write_packet(slice, &cut);
}

static const struct cut *find_cut(const struct slice *slice, const struct packet *packet)
{
	const struct cut key = {packet->file, packet->mark.frame, 0};

	return slice->cut_count ? bsearch(&key, slice->cuts, slice->cut_count,
					  sizeof *slice->cuts, compare_cuts)
				: NULL;
}

static bool copy_frame(struct slice *slice, struct span bytes)
{
	if (slice->copy_size < bytes.n) {
		uint8_t *copy = realloc(slice->copy, bytes.n);
		if (!copy)
			return false;
		slice->copy = copy;
		slice->copy_size = bytes.n;
	}
	if (bytes.n)
		memcpy(slice->copy, bytes.p, bytes.n);
	return true;
}

/* Where BYTES begin in PACKET's; 0 if they do not lie there. */
static size_t place_in(const struct packet *packet, struct span bytes)
{
	uintptr_t at = (uintptr_t)bytes.p - (uintptr_t)packet->bytes.p;

	return at <= packet->bytes.n ? at : 0;
}

/* Blanks what SEGMENT brings of the client; what lies behind its payload, padding or worse, is
 * made zero. Where anything is not as it was in the first reading, the whole frame goes. */
static bool redact_packet(struct slice *slice, const struct packet *packet)
{
	const struct cut *cut = find_cut(slice, packet);
	struct segment segment;
	bool is_whole = decode_packet(slice->decoder, packet, &segment);
	const struct session *session = is_whole ? pick_session(slice->pick, &segment) : NULL;
	const struct refusal *refusal = is_whole ? NULL : decoder_refusal(slice->decoder);
	struct span payload = is_whole ? segment.payload : (struct span){0};
	size_t at = place_in(packet, payload);

	if (cut || refusal) {
		write_cut(slice, packet, cut ? cut->at : place_in(packet, refusal->rest));
		return true;
	}
	if (!session || payload.n > packet->bytes.n - at) {
		write_cut(slice, packet, 0);
		return true;
	}
	if (!copy_frame(slice, packet->bytes))
		return false;
	bool from_client = memcmp(&segment.source, &session->client, sizeof segment.source) == 0;
	if (!from_client && payload.n && session->closed_by == CLOSED_TURNED) {
		write_cut(slice, packet, at); /* behind the TURN it sends the messages */
		return true;
	}
	size_t end = at + payload.n;
	memset(slice->copy + end, 0, packet->bytes.n - end);
	if (from_client)
		redact_segment(slice->redact, session, &segment, slice->copy, at);
	struct packet blank = *packet;
	blank.bytes.p = slice->copy;
	write_packet(slice, &blank);
	return true;
}

static bool not_written(struct fault *fault)
{
	return fault_set(fault, FAULT_READ, "the slice could not be written: %s", strerror(errno));
}

static bool finish(struct slice *slice, struct fault *fault)
{
	FILE *out = slice->out;

	slice->out = NULL;
	if (fclose(out) != 0)
		return not_written(fault);
	slice->counts.lost += replay_lost(slice->replay);
	slice->phase = PHASE_OVER;
	return true;
}

/* ---- Steps --------------------------------------------------------------------------------- */

static bool mark_some(struct slice *slice, int fd, uint32_t max_packets, struct fault *fault)
{
	struct packet packet;

	for (uint32_t i = 0; i < max_packets; i++) {
		if (!replay_next(slice->replay, &packet))
			return begin_writing(slice, fd, fault);
		if (!mark_packet(slice, &packet))
			return no_memory(fault);
	}
	return true;
}

static bool write_some(struct slice *slice, uint32_t max_packets, struct fault *fault)
{
	struct packet packet;

	for (uint32_t i = 0; i < max_packets; i++) {
		if (!replay_next(slice->replay, &packet))
			return finish(slice, fault);
		if (!slice->redacts)
			write_packet(slice, &packet);
		else if (!redact_packet(slice, &packet))
			return no_memory(fault);
		if (ferror(slice->out))
			return not_written(fault);
	}
	return true;
}

enum slice_state slice_step(struct slice *slice, int fd, uint32_t max_packets, struct fault *fault)
{
	bool is_fine = true;

	if (slice->phase == PHASE_NEW)
		is_fine = begin(slice, fault);
	if (is_fine && slice->replay)
		replay_resume(slice->replay);
	if (is_fine && slice->phase == PHASE_PICK)
		slice->phase = pick_fill(slice->pick, max_packets) ? PHASE_PICK : PHASE_MARK;
	else if (is_fine && slice->phase == PHASE_MARK)
		is_fine = mark_some(slice, fd, max_packets, fault);
	else if (is_fine && slice->phase == PHASE_WRITE)
		is_fine = write_some(slice, max_packets, fault);
	if (!is_fine)
		return SLICE_FAILED;
	return slice->phase == PHASE_OVER ? SLICE_DONE : SLICE_GOES_ON;
}

int slice_progress(const struct slice *slice)
{
	uint64_t all = slice->known + slice->marked + 1;
	uint64_t done = slice->replay ? replay_done(slice->replay) : 0;

	if (slice->phase == PHASE_WRITE)
		done += slice->known;
	return slice->phase == PHASE_OVER ? 100 : (int)(done * 100 / all);
}

struct slice_counts slice_counts(const struct slice *slice)
{
	return slice->counts;
}
