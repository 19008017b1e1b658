/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include "pool.h"
#include "replay.h"
#include "report/slice_pick.h"

#include <stdlib.h>

enum phase { PHASE_CHOOSING, PHASE_PICKING, PHASE_READING, PHASE_OVER };

/* A session that is read again, by its number in the second ledger. */
struct reread {
	uint32_t known; /* the same session in the analysis; NO_SESSION: not found */
	uint32_t next;	/* its first attempt that no message was matched with yet */
};

/* A message under way. */
struct passing {
	struct messages *messages;
	const struct attempt *again; /* in the second ledger */
	const struct attempt *known; /* NULL: not found yet, or not wanted */
	void *owner;		     /* the sink's */
	bool has_looked;
};

struct messages {
	struct analysis *analysis;
	const struct ledger *known;
	const struct message_sink *sink; /* the caller's */
	uint64_t seed;
	enum phase phase;
	uint32_t attempt_count;
	uint32_t session_count;
	bool *wanted;	  /* of each attempt */
	bool *chosen;	  /* of each session, for PICK */
	uint32_t *turned; /* of each session: the one that TURN made follow it, or NO_SESSION */
	struct frame_set frames;
	struct replay *replay;
	uint64_t packets; /* to be read */
	struct decoder *decoder;
	struct pick *pick;
	struct message_sink own;
	struct ledger *again;
	struct dialogues *dialogues;
	struct tcp *tcp;
	struct pool rereads;
};

/* ---- Which message it is -------------------------------------------------------------------- */

/* Where ATTEMPT's message begins among the client's sequence numbers, which are the same in both
 * readings; without any byte of it, where its DATA ends. */
static uint32_t place_of(const struct session *session, const struct attempt *attempt)
{
	uint32_t index = attempt->message != NO_EVENT ? attempt->message : attempt->data;
	const struct event *event = session_event(session, index);

	return session->base_client + (event ? event->offset : 0);
}

/* Whether a message that was found again at PLACE is that of ATTEMPT, or goes on amid it. */
static bool lies_at(const struct session *session, const struct attempt *attempt, uint32_t place)
{
	const struct event *end = session_event(session, attempt->eod);
	uint32_t behind = place - place_of(session, attempt);

	if (behind == 0)
		return true;
	return attempt->message != NO_EVENT && end &&
	       behind < end->offset + session->base_client - place_of(session, attempt);
}

static const struct attempt *match(struct messages *messages, struct reread *reread,
				   uint32_t place)
{
	const struct session *session = ledger_session(messages->known, reread->known);
	uint32_t id = reread->next;

	while (session && id < messages->attempt_count) {
		const struct attempt *attempt = ledger_attempt(messages->known, id);
		if ((int32_t)(place_of(session, attempt) - place) > 0 && attempt->has_begun)
			break;
		id = attempt->next_in_session;
		if (!attempt->has_begun || !lies_at(session, attempt, place))
			continue;
		reread->next = id;
		return messages->wanted[attempt->id] ? attempt : NULL;
	}
	return NULL;
}

/* The session of the analysis whose connection SESSION is on, or its first one there. */
static uint32_t find_first(struct messages *messages, const struct session *session)
{
	const struct segment of_it = {.tap = session->tap,
				      .source = session->client,
				      .destination = session->server,
				      .seq = session->base_client};
	const struct session *first = pick_session(messages->pick, &of_it);

	return first ? first->id : NO_SESSION;
}

/* The session of the analysis that SESSION is again: FIRST, or one that TURN made follow it. */
static uint32_t find_known(const struct messages *messages, uint32_t first,
			   const struct session *session)
{
	while (first < messages->session_count) {
		const struct session *known = ledger_session(messages->known, first);
		if (memcmp(&known->client, &session->client, sizeof known->client) == 0)
			break;
		first = messages->turned[first];
	}
	return first;
}

static struct reread *add_reread(struct messages *messages)
{
	uint32_t index;
	struct reread *reread = pool_add(&messages->rereads, &index);

	if (!reread)
		return NULL;
	const struct session *session = ledger_session(messages->again, index);
	const struct reread *before = pool_get(&messages->rereads, session->turned_from);
	uint32_t first = before ? before->known : find_first(messages, session);
	if (before && first != NO_SESSION)
		first = messages->turned[first];
	reread->known = find_known(messages, first, session);
	const struct session *known = ledger_session(messages->known, reread->known);
	reread->next = known ? known->first_attempt : NO_ATTEMPT;
	return reread;
}

/* What is known of SESSION of the second ledger; NULL: no memory. */
static struct reread *find_reread(struct messages *messages, const struct session *session)
{
	while (messages->rereads.count <= session->id)
		if (!add_reread(messages))
			return NULL;
	return pool_get(&messages->rereads, session->id);
}

static void look(struct passing *passing)
{
	struct messages *messages = passing->messages;
	const struct session *session = attempt_session(messages->again, passing->again);
	struct reread *reread = find_reread(messages, session);

	passing->has_looked = true;
	if (reread)
		passing->known = match(messages, reread, place_of(session, passing->again));
	if (passing->known)
		passing->owner = messages->sink->begin(
			messages->sink->context,
			attempt_session(messages->known, passing->known), passing->known);
}

/* ---- The sink of the dialogues -------------------------------------------------------------- */

static void *begin_message(void *context, const struct session *session,
			   const struct attempt *attempt)
{
	struct messages *messages = context;
	struct passing *passing = calloc(1, sizeof *passing);

	/* Its session, while its packets go by. */
	(void)find_reread(messages, session);
	if (passing)
		*passing = (struct passing){.messages = messages, .again = attempt};
	return passing;
}

static void take_bytes(void *owner, struct span bytes)
{
	struct passing *passing = owner;

	if (!passing->has_looked)
		look(passing);
	if (passing->owner)
		passing->messages->sink->bytes(passing->owner, bytes);
}

/* Whether the message is what the analysis saw. */
static bool is_same(const struct attempt *known, const struct attempt *again)
{
	return known->has_digest && known->digest.high == again->digest.high &&
	       known->digest.low == again->digest.low;
}

static void end_message(void *owner, bool is_whole)
{
	struct passing *passing = owner;

	if (!passing->has_looked)
		look(passing);
	if (passing->owner)
		passing->messages->sink->end(passing->owner,
					     is_whole && is_same(passing->known, passing->again));
	free(passing);
}

/* ---- Choosing ------------------------------------------------------------------------------- */

struct messages *messages_new(struct analysis *analysis, const struct message_sink *sink,
			      uint64_t seed)
{
	struct messages *messages = calloc(1, sizeof *messages);

	if (!messages)
		return NULL;
	messages->analysis = analysis;
	messages->known = analysis_ledger(analysis);
	messages->sink = sink;
	messages->seed = seed;
	messages->own = (struct message_sink){messages, begin_message, take_bytes, end_message};
	messages->rereads = pool_of(sizeof(struct reread));
	messages->attempt_count = ledger_attempt_count(messages->known);
	messages->session_count = ledger_session_count(messages->known);
	messages->wanted = calloc(messages->attempt_count + 1u, sizeof *messages->wanted);
	messages->chosen = calloc(messages->session_count + 1u, sizeof *messages->chosen);
	messages->turned = calloc(messages->session_count + 1u, sizeof *messages->turned);
	if (messages->wanted && messages->chosen && messages->turned)
		return messages;
	messages_free(messages);
	return NULL;
}

void messages_free(struct messages *messages)
{
	if (!messages)
		return;
	tcp_free(messages->tcp);
	dialogues_free(messages->dialogues);
	ledger_free(messages->again);
	pool_empty(&messages->rereads);
	pick_free(messages->pick);
	decoder_free(messages->decoder);
	replay_free(messages->replay);
	frame_set_free(&messages->frames);
	free(messages->turned);
	free(messages->chosen);
	free(messages->wanted);
	free(messages);
}

bool messages_can_give(const struct attempt *attempt)
{
	return attempt->has_begun && !attempt->is_encrypted;
}

void messages_add(struct messages *messages, uint32_t id)
{
	const struct attempt *attempt = ledger_attempt(messages->known, id);

	if (id >= messages->attempt_count || !messages_can_give(attempt))
		return;
	messages->wanted[id] = true;
	/* A connection goes by its first session: those behind a TURN come with that. */
	uint32_t session = attempt->session;
	while (session < messages->session_count && !messages->chosen[session]) {
		messages->chosen[session] = true;
		session = ledger_session(messages->known, session)->turned_from;
	}
}

/* ---- Which packets -------------------------------------------------------------------------- */

/* Frames of a file from FIRST to LAST. */
struct range {
	uint32_t first; /* 0: none */
	uint32_t last;
};

static void widen(struct range *range, uint32_t first, uint32_t last)
{
	if (!range->first || first < range->first)
		range->first = first;
	if (last > range->last)
		range->last = last;
}

/* Whether all of SESSION lies between its first and its last event. */
static bool has_both_ends(const struct session *session)
{
	switch ((enum closed_by)session->closed_by) {
	case CLOSED_CLIENT:
	case CLOSED_SERVER:
	case CLOSED_CLIENT_RESET:
	case CLOSED_SERVER_RESET:
		return session->is_closed && !session->is_swapped_file;
	case CLOSED_OPEN:
	case CLOSED_UNSEEN:
	case CLOSED_TURNED:
		break;
	}
	return false;
}

/* Adds where the messages of SESSION lie. Its packets after its close bring none. */
static void widen_by(const struct messages *messages, const struct session *session,
		     struct range ranges[static LIMIT_SOURCES])
{
	struct range own = {0};

	for (uint32_t i = 0; i < session->event_count; i++) {
		uint32_t frame = session_event(session, i)->frame;
		if (frame)
			widen(&own, frame, frame);
	}
	if (!has_both_ends(session) || !own.first)
		own.last = UINT32_MAX;
	if (!session->is_swapped_file && own.first) {
		widen(&ranges[session->file], own.first, own.last);
		return;
	}
	for (size_t i = 0; i < messages->frames.files; i++)
		widen(&ranges[i], 1, own.last);
}

/* All frames between the first and the last one of the sessions chosen. */
static void mark_frames(struct messages *messages)
{
	struct frame_set *frames = &messages->frames;
	struct range ranges[LIMIT_SOURCES] = {0};

	for (uint32_t i = 0; i < messages->session_count; i++)
		if (messages->chosen[i])
			widen_by(messages, ledger_session(messages->known, i), ranges);
	for (size_t i = 0; i < frames->files; i++) {
		uint32_t last = ranges[i].last < frames->frames[i] ? ranges[i].last
								   : frames->frames[i];
		if (!ranges[i].first)
			continue;
		for (uint32_t frame = ranges[i].first; frame <= last; frame++)
			frame_set_add(frames, (uint16_t)i, frame);
		messages->packets += last - ranges[i].first + 1u;
	}
}

/* ---- Reading -------------------------------------------------------------------------------- */

static void find_turned(struct messages *messages)
{
	for (uint32_t i = 0; i < messages->session_count; i++)
		messages->turned[i] = NO_SESSION;
	for (uint32_t i = 0; i < messages->session_count; i++) {
		uint32_t before = ledger_session(messages->known, i)->turned_from;
		if (before < messages->session_count)
			messages->turned[before] = i;
	}
}

static bool begin(struct messages *messages)
{
	struct source *source = analysis_source(messages->analysis);

	find_turned(messages);
	messages->pick = pick_new(messages->known, messages->chosen, messages->seed);
	messages->decoder = decoder_new(messages->seed);
	messages->again = ledger_new(messages->seed);
	if (!messages->pick || !messages->decoder || !messages->again ||
	    !frame_set_init(&messages->frames, source))
		return false;
	mark_frames(messages);
	messages->replay = replay_new(source, &messages->frames, true);
	messages->dialogues = dialogues_new(messages->again);
	if (!messages->replay || !messages->dialogues)
		return false;
	dialogues_give_messages(messages->dialogues, &messages->own);
	struct tcp_sink sink = dialogues_sink(messages->dialogues);
	messages->tcp = tcp_new(&sink, messages->seed);
	messages->phase = PHASE_PICKING;
	return messages->tcp != NULL;
}

static bool take_packet(struct messages *messages, const struct packet *packet)
{
	struct segment segment;

	tcp_tick(messages->tcp, packet->mark.time_ns);
	if (!decode_packet(messages->decoder, packet, &segment))
		return true;
	return !pick_session(messages->pick, &segment) || tcp_feed(messages->tcp, &segment);
}

enum messages_state messages_step(struct messages *messages, uint32_t max_packets)
{
	struct packet packet;

	if (messages->phase == PHASE_CHOOSING && !begin(messages))
		return MESSAGES_FAILED;
	if (messages->phase == PHASE_PICKING) {
		if (!pick_fill(messages->pick, max_packets))
			messages->phase = PHASE_READING;
		return MESSAGES_GO_ON;
	}
	if (messages->phase == PHASE_READING)
		replay_resume(messages->replay);
	for (uint32_t i = 0; i < max_packets && messages->phase == PHASE_READING; i++) {
		if (!replay_next(messages->replay, &packet)) {
			messages->phase = PHASE_OVER;
			tcp_finish(messages->tcp);
		} else if (!take_packet(messages, &packet)) {
			return MESSAGES_FAILED;
		}
	}
	return messages->phase == PHASE_OVER ? MESSAGES_DONE : MESSAGES_GO_ON;
}

int messages_progress(const struct messages *messages)
{
	uint64_t done = messages->replay
				? replay_done(messages->replay) + replay_lost(messages->replay)
				: 0;

	if (messages->phase == PHASE_OVER)
		return 100;
	return (int)(done * 100 / (messages->packets + 1));
}

uint64_t messages_lost(const struct messages *messages)
{
	return messages->replay ? replay_lost(messages->replay) : 0;
}
