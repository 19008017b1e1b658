/* SPDX-License-Identifier: MIT */
/*
 * Bytes in causal order. A segment is handed on when nothing is missing before it in its own
 * stream, and everything its ACK number covers has been handed on in the other one. Where that
 * does not come about, reassembly_force() decides what the capture has lost.
 */
#include "tcp/connection.h"

#include <stdlib.h>

void reassembly_begin(struct stream *stream, uint32_t seq)
{
	stream->first = seq;
	stream->has_first = true;
	if (stream->is_settled)
		return;
	if (stream->is_placed) {
		int64_t position = stream_position(stream, seq);
		uint64_t at = position < 0 ? 0 : (uint64_t)position;
		/* What was acknowledged so far was acknowledged of this stream. */
		if (stream->acked < at || !stream->acked_mark.frame)
			stream->acked = at;
		stream->next = at;
	} else {
		stream->base = seq;
		stream->next = stream->acked = 0;
	}
	stream->is_placed = stream->is_settled = true;
}

void reassembly_place(struct stream *stream, uint32_t seq)
{
	stream->base = seq - (uint32_t)STREAM_HEADROOM;
	stream->next = stream->acked = STREAM_HEADROOM;
	stream->is_placed = true;
}

/* How far the other side may have received: a FIN counts as one (RFC 9293 3.4). */
static uint64_t stream_end(const struct stream *stream)
{
	return stream->next + (stream->has_fin && stream->fin_at == stream->next ? 1 : 0);
}

/* Whether all that the sender of a segment had received, up to NEEDS, has been handed on. */
static bool is_free(const struct stream *other, uint64_t needs)
{
	return !other->is_placed || (other->is_settled && needs <= stream_end(other));
}

static void report_gap(struct tcp_connection *connection, unsigned end, uint64_t to,
		       enum gap_kind kind, const struct mark *mark)
{
	struct stream *stream = &connection->stream[end];
	struct tcp *tcp = connection->tcp;
	uint64_t from = stream->next;

	stream->next = to;
	if (kind != GAP_MISSING) {
		tcp->counts.gaps++;
		tcp->counts.gap_bytes += to - from;
		tcp->counts.cuts += kind == GAP_SNAPLEN;
	}
	if (!connection->is_ignored)
		tcp->sink.gap(connection->owner, end_side(connection, end), from, to - from, kind,
			      mark);
}

static uint64_t stream_number(const struct tcp_connection *connection, unsigned end)
{
	return connection->serial * 2 + end;
}

/* Hands on LEN bytes at OFFSET, of which PAYLOAD were captured, but none a second time. */
static void hand_on(struct tcp_connection *connection, unsigned end, struct span payload,
		    uint64_t offset, uint32_t len, const struct mark *mark, uint16_t file)
{
	struct stream *stream = &connection->stream[end];
	uint64_t until = offset + len, from = stream->next;

	if (until <= from)
		return;
	payload = span_skip(payload, (size_t)(from - offset));
	stream->next = from + payload.n;
	if (payload.n && !connection->is_ignored)
		handed_note(connection->tcp->handed, stream_number(connection, end), from, payload);
	if (payload.n && !connection->is_ignored)
		connection->tcp->sink.bytes(connection->owner, end_side(connection, end), payload,
					    from, mark, file);
	if (stream->next < until)
		report_gap(connection, end, until, GAP_SNAPLEN, mark);
}

static struct early *take_early(struct tcp_connection *connection, struct stream *stream)
{
	struct early *early = early_take(&stream->early);
	if (early)
		connection->tcp->early_total -= early->captured;
	return early;
}

/* Hands on the early segments of END that nothing stands in the way of any more. */
static bool drain_end(struct tcp_connection *connection, unsigned end)
{
	struct stream *stream = &connection->stream[end], *other = &connection->stream[1 - end];
	bool has_progress = false;

	while (stream->is_settled && stream->early.first &&
	       stream->early.first->offset <= stream->next &&
	       is_free(other, stream->early.first->needs)) {
		struct early *early = take_early(connection, stream);
		hand_on(connection, end, (struct span){early->bytes, early->captured},
			early->offset, early->len, &early->mark, early->file);
		free(early);
		has_progress = true;
	}
	return has_progress;
}

static bool drain(struct tcp_connection *connection)
{
	bool has_progress = false, goes_on = true;

	while (goes_on) {
		goes_on = drain_end(connection, 0);
		goes_on |= drain_end(connection, 1);
		has_progress |= goes_on;
	}
	return has_progress;
}

/* Where the bytes end that STREAM lacks although the other side acknowledged them. */
static uint64_t lost_until(const struct stream *stream)
{
	uint64_t until = stream->acked;
	if (stream->early.first && stream->early.first->offset < until)
		until = stream->early.first->offset;
	if (stream->has_fin && stream->fin_at < until)
		until = stream->fin_at;
	return until;
}

static bool is_waiting(const struct stream *stream)
{
	return stream->early.first || (stream->is_placed && lost_until(stream) > stream->next);
}

/* Keeps the list of stuck connections right: since when nothing has gone on. */
static void note_stuck(struct tcp_connection *connection, bool has_progress)
{
	struct connection_list *stuck = &connection->tcp->stuck;
	bool waits = is_waiting(&connection->stream[0]) || is_waiting(&connection->stream[1]);

	if (connection->has_ended)
		return;
	if (connection->list && (!waits || has_progress))
		list_leave(connection);
	if (waits && !connection->list)
		list_append(stuck, connection);
}

/* A stream whose beginning was not seen begins with the first of its bytes that we have. */
static void settle(struct stream *stream)
{
	if (!stream->is_placed || stream->is_settled)
		return;
	if (!stream->is_seen)
		stream->is_absent = true;
	if (stream->early.first) {
		stream->next = stream->early.first->offset;
		if (stream->acked < stream->next || !stream->acked_mark.frame)
			stream->acked = stream->next;
	}
	stream->is_settled = true;
}

/*
 * The capture lacks what the other side has acknowledged. One byte with nothing behind it is
 * taken for a FIN: no line of a dialogue is one byte long. What the other side says next may
 * need only a part of what is missing: then the gap ends there, and the rest comes behind it.
 */
static bool skip_lost(struct tcp_connection *connection, unsigned end)
{
	struct stream *stream = &connection->stream[end];
	const struct early *reply = connection->stream[1 - end].early.first;
	uint64_t until = lost_until(stream);

	if (!stream->is_settled || until <= stream->next)
		return false;
	if (until == stream->next + 1 && !stream->has_fin && !stream->early.first &&
	    !stream->is_absent) {
		stream->has_fin = true;
		stream->fin_at = stream->next;
		return true;
	}
	if (reply && reply->needs > stream->next && reply->needs < until)
		until = reply->needs;
	struct mark mark = stream->early.first ? stream->early.first->mark : stream->acked_mark;
	report_gap(connection, end, until, GAP_CAPTURE, &mark);
	return true;
}

/* Skips one gap; first on the side whose next segment waits for nothing of the other one. */
static bool skip_one(struct tcp_connection *connection)
{
	const struct early *first = connection->stream[1].early.first;
	unsigned end = first && first->needs <= connection->stream[0].next ? 1 : 0;

	return skip_lost(connection, end) || skip_lost(connection, 1 - end);
}

void reassembly_force(struct tcp_connection *connection)
{
	settle(&connection->stream[0]);
	settle(&connection->stream[1]);
	do
		drain(connection);
	while (skip_one(connection));
	note_stuck(connection, true);
}

/* Gives the hole before the first early segment of END up. */
static bool skip_hole(struct tcp_connection *connection, unsigned end, enum gap_kind kind)
{
	struct stream *stream = &connection->stream[end];
	const struct early *early = stream->early.first;

	if (!early || early->offset <= stream->next)
		return false;
	struct mark mark = early->mark;
	report_gap(connection, end, early->offset, kind, &mark);
	return true;
}

void reassembly_finish(struct tcp_connection *connection)
{
	do
		reassembly_force(connection);
	while (skip_hole(connection, 0, GAP_MISSING) || skip_hole(connection, 1, GAP_MISSING));
	reassembly_drop(connection);
	note_stuck(connection, true);
}

void reassembly_drop(struct tcp_connection *connection)
{
	for (unsigned end = 0; end < 2; end++) {
		connection->tcp->early_total -= connection->stream[end].early.bytes;
		early_empty(&connection->stream[end].early);
	}
}

/* Lets early bytes of others go, those first that have waited longest, until N more find room. */
static bool make_room(const struct tcp_connection *connection, uint64_t n)
{
	struct tcp *tcp = connection->tcp;
	struct tcp_connection *other = tcp->stuck.first;

	while (other && tcp->early_total + n > LIMIT_EARLY_TOTAL) {
		struct tcp_connection *next = other->list_next;
		if (other != connection) {
			tcp->counts.limit_early++;
			do
				reassembly_force(other);
			while (skip_hole(other, 0, GAP_LIMIT) || skip_hole(other, 1, GAP_LIMIT));
		}
		other = next;
	}
	return tcp->early_total + n <= LIMIT_EARLY_TOTAL;
}

static enum early_result insert(struct tcp_connection *connection, struct stream *stream,
				const struct early *piece, struct span payload)
{
	struct tcp *tcp = connection->tcp;
	uint64_t before = stream->early.bytes;

	if (!make_room(connection, payload.n))
		return EARLY_NO_ROOM;
	enum early_result result =
		early_insert(&stream->early, piece, payload, &tcp->counts.conflicts);
	tcp->early_total += stream->early.bytes - before;
	return result;
}

/* A segment of STREAM brought nothing new. */
static void note_resent(struct tcp_connection *connection, struct stream *stream)
{
	stream->retransmitted++;
	stream->resent_in_vain++;
	connection->tcp->counts.retransmitted++;
}

/* Keeps a segment that is not in order; makes room by giving the oldest hole up if need be. */
static void keep_early(struct tcp_connection *connection, unsigned end, struct early *piece,
		       struct span payload)
{
	struct stream *stream = &connection->stream[end];

	if (stream->is_settled && piece->offset < stream->next) {
		uint64_t old = stream->next - piece->offset;
		payload = span_skip(payload, (size_t)old);
		piece->len -= (uint32_t)old;
		piece->offset = stream->next;
	}
	enum early_result result = insert(connection, stream, piece, payload);
	if (result == EARLY_NO_ROOM) {
		connection->tcp->counts.limit_early++;
		reassembly_force(connection);
		if (stream->early.first)
			skip_hole(connection, end, GAP_LIMIT);
		drain(connection);
		if (piece->offset + piece->len <= stream->next)
			return;
		result = insert(connection, stream, piece, payload);
	}
	if (result == EARLY_NOTHING_NEW)
		note_resent(connection, stream);
}

/* What SEGMENT's sender had received of OTHER. In a direction that is not captured, growth of
 * the ACK number is all that is seen of it. */
static uint64_t needed(struct tcp_connection *connection, unsigned end,
		       const struct segment *segment)
{
	struct stream *other = &connection->stream[1 - end];

	if (!(segment->flags & TCP_ACK) || !other->is_placed)
		return 0;
	int64_t position = stream_acked(other, segment->ack);
	if (position <= 0)
		return 0;
	if (other->is_absent && other->is_settled && (uint64_t)position > other->next)
		report_gap(connection, 1 - end, (uint64_t)position, GAP_CAPTURE, &segment->mark);
	return (uint64_t)position;
}

/* Bytes that came before come again, and differ from what is kept: somebody on the way, or one of
 * the two ends, tells two stories. */
static void report_conflict(struct tcp_connection *connection, unsigned end,
			    const struct segment *segment, uint64_t until)
{
	struct fact fact = {.kind = FACT_CONFLICT, .offset = until, .length = segment->len};

	if (!connection->is_ignored)
		facts_report(connection, &fact, segment, end);
}

/* Compares the bytes of PAYLOAD, at OFFSET, with those that were handed on before. */
static void compare_copy(struct tcp_connection *connection, unsigned end,
			 const struct segment *segment, uint64_t offset, struct span payload)
{
	const struct stream *stream = &connection->stream[end];

	if (!stream->is_settled || offset >= stream->next || connection->is_ignored)
		return;
	payload = span_take(payload, (size_t)(stream->next - offset));
	if (!handed_differs(connection->tcp->handed, stream_number(connection, end), offset,
			    payload))
		return;
	connection->tcp->counts.conflicts++;
	report_conflict(connection, end, segment, offset + payload.n);
}

void reassembly_take(struct tcp_connection *connection, unsigned end,
		     const struct segment *segment)
{
	struct stream *stream = &connection->stream[end], *other = &connection->stream[1 - end];
	uint64_t needs = needed(connection, end, segment);
	bool has_progress = false;

	/* The bytes of a reset are a reason for humans, not data (RFC 9293 3.5.3). */
	if (segment->len && !(segment->flags & TCP_RST)) {
		int64_t begin = stream_position(stream, segment->seq) +
				(segment->flags & TCP_SYN ? 1 : 0);
		int64_t until = begin + segment->len;
		uint32_t before = begin < 0 ? (uint32_t)-begin : 0;
		uint64_t offset = begin < 0 ? 0 : (uint64_t)begin;
		uint64_t conflicts;

		if (until > 0)
			compare_copy(connection, end, segment, offset,
				     span_skip(segment->payload, before));
		conflicts = connection->tcp->counts.conflicts;
		if (until <= (stream->is_settled ? (int64_t)stream->next : 0)) {
			if (!is_keepalive(stream, segment, until))
				note_resent(connection, stream);
		} else if (stream->is_settled && !stream->early.first && offset <= stream->next &&
			   is_free(other, needs)) {
			hand_on(connection, end, span_skip(segment->payload, before), offset,
				segment->len - before, &segment->mark, segment->file);
			has_progress = true;
		} else {
			struct early piece = {.offset = offset,
					      .len = segment->len - before,
					      .needs = needs,
					      .file = segment->file,
					      .mark = segment->mark};
			keep_early(connection, end, &piece, span_skip(segment->payload, before));
			if (connection->tcp->counts.conflicts > conflicts)
				report_conflict(connection, end, segment, (uint64_t)until);
		}
	}
	if (connection->is_ignored) {
		reassembly_drop(connection);
		note_stuck(connection, true);
		return;
	}
	if (stream->early.first || other->early.first)
		has_progress |= drain(connection);
	if (connection->list || is_waiting(stream) || is_waiting(other))
		note_stuck(connection, has_progress);
}
