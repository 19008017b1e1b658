/* SPDX-License-Identifier: MIT */
/*
 * What a segment proves by itself, in the order of the packets: acknowledgements and
 * retransmissions of watched positions, FIN and RST, and where the server stands while its
 * answer is awaited.
 */
#include "tcp/connection.h"

void facts_report(struct tcp_connection *connection, struct fact *fact,
		  const struct segment *segment, unsigned end)
{
	if (connection->is_ignored)
		return;
	fact->side = end_side(connection, end);
	fact->mark = segment->mark;
	fact->file = segment->file;
	connection->tcp->sink.fact(connection->owner, fact);
}

void facts_of_ack(struct tcp_connection *connection, unsigned end, const struct mark *mark,
		  uint16_t file)
{
	struct stream *stream = &connection->stream[end];

	for (uint8_t i = 0; i < stream->watch_count;) {
		uint64_t offset = stream->watch[i];
		if (offset > stream->acked) {
			i++;
			continue;
		}
		stream->watch_count--;
		for (uint8_t k = i; k < stream->watch_count; k++)
			stream->watch[k] = stream->watch[k + 1];
		struct fact fact = {.kind = FACT_ACKED, .side = end_side(connection, end),
				    .mark = *mark, .file = file, .offset = offset,
				    .is_reset = stream->acked_by_reset};
		if (!connection->is_ignored)
			connection->tcp->sink.fact(connection->owner, &fact);
	}
}

/* The ACK number of SEGMENT moves what END's peer knows to be received. */
static void take_ack(struct tcp_connection *connection, unsigned end,
		     const struct segment *segment)
{
	struct stream *other = &connection->stream[1 - end];
	int64_t position = stream_acked(other, segment->ack);

	if (position < 0 && stream_position(other, segment->ack) > 0)
		connection->tcp->counts.disbelieved++;
	if (position <= (int64_t)other->acked)
		return;
	other->acked = (uint64_t)position;
	other->resent_in_vain = 0;
	other->acked_mark = segment->mark;
	other->acked_file = segment->file;
	other->acked_by_reset = segment->flags & TCP_RST;
	if (other->watch_count)
		facts_of_ack(connection, 1 - end, &segment->mark, segment->file);
}

static void report_resent(struct tcp_connection *connection, unsigned end,
			  const struct segment *segment, int64_t begin)
{
	struct stream *stream = &connection->stream[end];
	int64_t until = begin + segment->len;

	if (is_keepalive(stream, segment, until))
		return;
	for (uint8_t i = 0; i < stream->watch_count; i++) {
		int64_t watched = (int64_t)stream->watch[i];
		if (begin >= watched || watched > until)
			continue;
		struct fact fact = {.kind = FACT_RESENT, .offset = stream->watch[i]};
		facts_report(connection, &fact, segment, end);
	}
}

/* Whether a reset lies so far off that its receiver would not heed it (RFC 9293 3.10.7.4). */
static bool is_stray_reset(const struct stream *stream, int64_t until)
{
	int64_t off = until - (int64_t)stream->next;

	return stream->is_settled && (off > LIMIT_JUMP || off < -LIMIT_JUMP);
}

static void report_close(struct tcp_connection *connection, unsigned end,
			 const struct segment *segment, int64_t begin)
{
	struct stream *stream = &connection->stream[end];
	bool is_fin = !(segment->flags & TCP_RST);
	int64_t until = begin + segment->len;
	struct fact fact = {.kind = is_fin ? FACT_FIN : FACT_RST,
			    .offset = until < 0 ? 0 : (uint64_t)until,
			    .ack = connection->stream[1 - end].acked};

	if (is_fin) {
		fact.is_again = stream->has_fin && stream->fin_at == fact.offset;
		stream->has_fin = true;
		stream->fin_at = fact.offset;
	} else if (is_stray_reset(stream, until)) {
		connection->tcp->counts.disbelieved++;
		return;
	} else {
		connection->is_reset = true;
		fact.is_foreign = stream->ttl_newest && segment->ttl != stream->ttl &&
				  segment->ttl != stream->ttl_newest;
	}
	facts_report(connection, &fact, segment, end);
}

/* Where the server stands while its answer is awaited. An RST says nothing: its sequence number
 * is copied from the client's ACK (RFC 9293 3.10.7.1). */
static void report_standing(struct tcp_connection *connection, unsigned end,
			    const struct segment *segment, int64_t begin)
{
	struct stream *stream = &connection->stream[end];
	int64_t reached = (int64_t)stream_reached(stream);
	bool has_bytes = segment->len > 0 && begin + segment->len > reached;
	struct fact fact = {.kind = FACT_AT_NEXT, .offset = stream->next};

	if (begin > reached) {
		if ((int64_t)stream->acked > reached)
			return;
		fact.kind = FACT_HOLE;
		fact.length = (uint64_t)(begin - reached);
	} else if (has_bytes || reached != (int64_t)stream->next ||
		   (begin != reached && !is_keepalive(stream, segment, begin + segment->len))) {
		return;
	}
	facts_report(connection, &fact, segment, end);
}

static void report_window(struct tcp_connection *connection, unsigned end,
			  const struct segment *segment)
{
	struct stream *stream = &connection->stream[end];
	bool is_shut = segment->window == 0;

	if (is_shut == stream->is_window_shut)
		return;
	stream->is_window_shut = is_shut;
	struct fact fact = {.kind = is_shut ? FACT_WINDOW_SHUT : FACT_WINDOW_OPEN,
			    .offset = stream->next};
	facts_report(connection, &fact, segment, end);
}

void facts_of_segment(struct tcp_connection *connection, unsigned end,
		      const struct segment *segment)
{
	struct stream *stream = &connection->stream[end];
	int64_t begin = stream_position(stream, segment->seq) + (segment->flags & TCP_SYN ? 1 : 0);

	if (segment->flags & TCP_ACK)
		take_ack(connection, end, segment);
	if (!connection->is_open && end == connection->client && segment->flags & TCP_ACK &&
	    !(segment->flags & (TCP_SYN | TCP_RST)) && connection->stream[1 - end].has_isn) {
		connection->is_open = true;
		struct fact fact = {.kind = FACT_OPEN};
		facts_report(connection, &fact, segment, end);
	}
	if (segment->len && stream->watch_count)
		report_resent(connection, end, segment, begin);
	if (!(segment->flags & (TCP_RST | TCP_SYN))) {
		if (connection->is_attended && end != connection->client)
			report_standing(connection, end, segment, begin);
		report_window(connection, end, segment);
	}
	if (segment->flags & (TCP_FIN | TCP_RST))
		report_close(connection, end, segment, begin);
}
