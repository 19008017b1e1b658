/* SPDX-License-Identifier: MIT */
#include "report/slice_redact.h"

#include "bounds.h"
#include "report/slice_stream.h"

#include <stdlib.h>

#define CHECKSUM_AT 16u /* in the TCP header (RFC 9293 3.1) */

/* What the sink of the second reading gets: one connection of a chosen session. */
struct lesson {
	struct redact *redact;
	struct stream_reader *reader;
	struct tcp_connection *connection;
	bool is_swapped; /* tcp takes the ledger's client for the server */
};

struct redact {
	const struct ledger *ledger;
	uint32_t session_count;
	struct stream_reader **readers; /* of sessions, NULL where not chosen */
	struct digest_numbers numbers;
	struct tcp *tcp;
	const struct session *session; /* of the segment being learned */
	uint64_t patch_count;
	bool has_failed;
};

/* ---- Numbers for messages ------------------------------------------------------------------ */

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

static bool count_digests(struct redact *redact, const bool *chosen)
{
	struct digest_numbers *numbers = &redact->numbers;
	uint32_t attempts = ledger_attempt_count(redact->ledger), distinct = 0;

	numbers->all = calloc(attempts * 2u + 1u, sizeof *numbers->all);
	if (!numbers->all)
		return false;
	for (uint32_t i = 0; i < attempts; i++) {
		const struct attempt *attempt = ledger_attempt(redact->ledger, i);
		if (!attempt->has_digest || !chosen[attempt->session])
			continue;
		numbers->all[numbers->count++] = attempt->digest;
		numbers->all[numbers->count++] = attempt->body_digest;
	}
	qsort(numbers->all, numbers->count, sizeof *numbers->all, compare_digests);
	for (uint32_t i = 0; i < numbers->count; i++)
		if (i == 0 || compare_digests(&numbers->all[i], &numbers->all[distinct - 1]) != 0)
			numbers->all[distinct++] = numbers->all[i];
	numbers->count = distinct;
	return true;
}

/* ---- The second reading -------------------------------------------------------------------- */

static void *open_lesson(void *context, struct tcp_connection *connection,
			 const struct tcp_endpoints *endpoints)
{
	struct redact *redact = context;
	const struct session *session = redact->session;
	struct stream_reader *reader = redact->readers[session->id];
	struct lesson *lesson;

	/* Late segments may look like another connection: they bring nothing new. */
	if (reader->next_event || !(lesson = calloc(1, sizeof *lesson))) {
		tcp_ignore(connection);
		return NULL;
	}
	*lesson = (struct lesson){
		.redact = redact,
		.reader = reader,
		.connection = connection,
		.is_swapped = memcmp(&endpoints->client, &session->client,
				     sizeof session->client) != 0,
	};
	return lesson;
}

/* Where OFFSET of tcp's is in the ledger's stream. False: not the client's, or too far on. */
static bool translate(const struct lesson *lesson, enum side side, uint64_t offset, uint32_t *at)
{
	const struct session *session = lesson->reader->session;
	enum side client = lesson->is_swapped ? SIDE_SERVER : SIDE_CLIENT;
	uint32_t base = tcp_side_facts(lesson->connection, client).base;
	int64_t place = (int64_t)offset + (int32_t)(base - session->base_client);

	*at = (uint32_t)place;
	return side == client && place >= 0 && place < INT64_C(1) << 31;
}

static void take_bytes(void *owner, enum side side, struct span bytes, uint64_t offset,
		       const struct mark *mark, uint16_t file)
{
	struct lesson *lesson = owner;
	uint32_t at, before;

	(void)mark;
	(void)file;
	if (!lesson || lesson->redact->has_failed || !translate(lesson, side, offset, &at))
		return;
	before = lesson->reader->patches.count;
	stream_take(lesson->reader, bytes, at);
	lesson->redact->patch_count += lesson->reader->patches.count - before;
	lesson->redact->has_failed = lesson->reader->has_failed ||
				     lesson->redact->patch_count > LIMIT_PATCHES;
}

static void take_gap(void *owner, enum side side, uint64_t offset, uint64_t length,
		     enum gap_kind kind, const struct mark *mark)
{
	struct lesson *lesson = owner;
	uint32_t at;

	(void)kind;
	(void)mark;
	if (lesson && translate(lesson, side, offset + length, &at))
		stream_skip(lesson->reader, at);
}

static void take_fact(void *owner, const struct fact *fact)
{
	(void)owner;
	(void)fact;
}

static void close_lesson(void *owner, enum close_kind kind, const struct mark *mark)
{
	(void)kind;
	(void)mark;
	free(owner);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static bool make_readers(struct redact *redact, const bool *chosen)
{
	redact->session_count = ledger_session_count(redact->ledger);
	redact->readers = calloc(redact->session_count + 1u, sizeof *redact->readers);
	for (uint32_t i = 0; redact->readers && i < redact->session_count; i++) {
		if (!chosen[i])
			continue;
		redact->readers[i] = malloc(sizeof **redact->readers);
		if (!redact->readers[i])
			return false;
		stream_init(redact->readers[i], redact->ledger,
			    ledger_session(redact->ledger, i), &redact->numbers);
	}
	return redact->readers != NULL;
}

struct redact *redact_new(const struct ledger *ledger, const bool *chosen, uint64_t seed)
{
	struct redact *redact = calloc(1, sizeof *redact);

	if (!redact)
		return NULL;
	const struct tcp_sink sink = {redact,	 open_lesson, take_bytes,
				      take_gap, take_fact,   close_lesson};
	redact->ledger = ledger;
	redact->tcp = tcp_new(&sink, seed);
	if (redact->tcp && make_readers(redact, chosen) && count_digests(redact, chosen))
		return redact;
	redact_free(redact);
	return NULL;
}

void redact_free(struct redact *redact)
{
	if (!redact)
		return;
	tcp_free(redact->tcp);
	for (uint32_t i = 0; redact->readers && i < redact->session_count; i++) {
		if (redact->readers[i])
			patches_free(&redact->readers[i]->patches);
		free(redact->readers[i]);
	}
	free(redact->readers);
	free(redact->numbers.all);
	free(redact);
}

void redact_learn(struct redact *redact, const struct session *session,
		  const struct segment *segment)
{
	redact->session = session;
	if (!tcp_feed(redact->tcp, segment))
		redact->has_failed = true;
}

bool redact_finish(struct redact *redact)
{
	tcp_finish(redact->tcp);
	return !redact->has_failed;
}

/* RFC 1624, 3 (eqn. 3): right sums stay right, and those that a network card would have filled in
 * stay as they were. */
static void mend_checksum(uint8_t *checksum, struct span before, const uint8_t *after)
{
	uint64_t sum = (uint16_t)~(checksum[0] << 8 | checksum[1]);

	for (size_t i = 0; i < before.n; i++) {
		unsigned shift = i % 2 ? 0 : 8;
		sum += (uint16_t)~((unsigned)before.p[i] << shift);
		sum += (uint16_t)((unsigned)after[i] << shift);
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum;
	checksum[0] = (uint8_t)(sum >> 8);
	checksum[1] = (uint8_t)sum;
}

void redact_segment(const struct redact *redact, const struct session *session,
		    const struct segment *segment, uint8_t *frame, size_t payload_at)
{
	const struct stream_reader *reader = redact->readers[session->id];
	uint32_t seq = segment->seq + (segment->flags & TCP_SYN ? 1 : 0);

	patches_apply(&reader->patches, seq - session->base_client, segment->payload,
		      frame + payload_at);
	mend_checksum(frame + payload_at - segment->header_len + CHECKSUM_AT, segment->payload,
		      frame + payload_at);
}
