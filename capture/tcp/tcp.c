/* SPDX-License-Identifier: MIT */
/*
 * The life of connections: which one a segment belongs to, when one begins, and when it ends.
 */
#include "tcp.h"

#include "tcp/flows.h"

#include <stdlib.h>

#define EVICTION_SAMPLE 64u

/* Longer than any timeout of a sender that retransmits what was acknowledged (RFC 6298 2.4). */
#define HEARD_AGAIN_NS (60 * NS_PER_SECOND)

struct tcp *tcp_new(const struct tcp_sink *sink, uint64_t seed)
{
	struct tcp *tcp = calloc(1, sizeof *tcp);
	if (!tcp)
		return NULL;
	tcp->sink = *sink;
	tcp->most = LIMIT_CONNECTIONS;
	tcp->flows = flows_new(seed);
	tcp->handed = handed_new(seed);
	if (tcp->flows && tcp->handed)
		return tcp;
	tcp_free(tcp);
	return NULL;
}

void tcp_follow_at_most(struct tcp *tcp, uint32_t most)
{
	tcp->most = most;
}

static void end_connection(struct tcp_connection *connection, enum close_kind kind)
{
	struct tcp *tcp = connection->tcp;
	struct mark mark = {connection->last_ns, 0};

	if (!connection->is_ignored)
		reassembly_finish(connection);
	list_leave(connection);
	tcp->sink.close(connection->owner, kind, &mark);
	reassembly_drop(connection);
	flows_remove(tcp->flows, connection);
	tcp->counts.open--;
}

void tcp_free(struct tcp *tcp)
{
	if (!tcp)
		return;
	for (uint32_t i = 0; tcp->flows && i < flows_indices(tcp->flows); i++) {
		struct tcp_connection *connection = flows_at(tcp->flows, i);
		if (connection)
			end_connection(connection, CLOSE_INPUT);
	}
	flows_free(tcp->flows);
	handed_free(tcp->handed);
	free(tcp);
}

const struct tcp_counts *tcp_counts(const struct tcp *tcp)
{
	return &tcp->counts;
}

/* Whether CONNECTION has been in its list for longer than LIMIT_NS, or the clock was set back by so
 * much: else one packet with a time to come would hold up all that are behind it. */
static bool is_due(const struct tcp_connection *connection, int64_t now_ns, int64_t limit_ns)
{
	return connection && (now_ns - connection->since_ns > limit_ns ||
			      connection->since_ns - now_ns > limit_ns);
}

static void end_lingering(struct connection_list *list, int64_t now_ns, int64_t linger_ns)
{
	while (is_due(list->first, now_ns, linger_ns))
		end_connection(list->first, CLOSE_ENDED);
}

void tcp_tick(struct tcp *tcp, int64_t now_ns)
{
	tcp->now_ns = now_ns;
	while (is_due(tcp->stuck.first, now_ns, LIMIT_EARLY_WAIT_NS))
		reassembly_force(tcp->stuck.first);
	end_lingering(&tcp->ended, now_ns, LIMIT_LINGER_NS);
	end_lingering(&tcp->reset, now_ns, LIMIT_LINGER_RESET_NS);
}

void tcp_finish(struct tcp *tcp)
{
	for (uint32_t i = 0; i < flows_indices(tcp->flows); i++) {
		struct tcp_connection *connection = flows_at(tcp->flows, i);
		if (connection)
			end_connection(connection, connection->has_ended ? CLOSE_ENDED
									    : CLOSE_INPUT);
	}
}

void tcp_visit(const struct tcp *tcp, void (*visit)(void *context, void *owner), void *context)
{
	for (uint32_t i = 0; i < flows_indices(tcp->flows); i++) {
		const struct tcp_connection *connection = flows_at(tcp->flows, i);
		if (connection)
			visit(context, connection->owner);
	}
}

bool tcp_is_mail_port(uint16_t port)
{
	return port == 25 || port == 465 || port == 587 || port == 2525 || port == 24;
}

/* Which end is the client: who sent the SYN, else who is not on a mail port, else who has the
 * higher port. The dialogue may know better later. */
static uint8_t guess_client(const struct flow_key *key, unsigned end,
			    const struct segment *segment)
{
	bool is_mail_0 = tcp_is_mail_port(key->end[0].port);
	bool is_mail_1 = tcp_is_mail_port(key->end[1].port);

	if (segment->flags & TCP_SYN)
		return (uint8_t)(segment->flags & TCP_ACK ? 1 - end : end);
	if (is_mail_0 != is_mail_1)
		return is_mail_0 ? 1 : 0;
	return key->end[0].port < key->end[1].port ? 1 : 0;
}

/* Room for one more connection: of some, the one that was silent longest and awaits nothing. */
static void evict_one(struct tcp *tcp)
{
	struct tcp_connection *oldest = NULL;
	uint32_t indices = flows_indices(tcp->flows);
	uint32_t first = (uint32_t)(tcp->counts.connections * EVICTION_SAMPLE % indices);

	for (uint32_t i = 0, seen = 0; i < indices && seen < EVICTION_SAMPLE; i++) {
		struct tcp_connection *connection = flows_at(tcp->flows, (first + i) % indices);
		if (!connection)
			continue;
		seen++;
		if (!oldest || (oldest->is_attended && !connection->is_attended) ||
		    (oldest->is_attended == connection->is_attended &&
		     connection->last_ns < oldest->last_ns))
			oldest = connection;
	}
	tcp->counts.limit_connections++;
	if (oldest)
		end_connection(oldest, CLOSE_EVICTED);
}

static struct tcp_connection *begin_connection(struct tcp *tcp, const struct flow_key *key,
					       unsigned end, const struct segment *segment)
{
	if (flows_count(tcp->flows) >= tcp->most)
		evict_one(tcp);
	struct tcp_connection *connection = flows_add(tcp->flows, key);
	if (!connection)
		return NULL;
	connection->tcp = tcp;
	connection->client = guess_client(key, end, segment);
	connection->file = segment->file;
	connection->serial = tcp->counts.connections++;
	tcp->counts.open++;
	struct tcp_endpoints endpoints = {
		.client = key->end[connection->client],
		.server = key->end[1 - connection->client],
		.file = segment->file,
		.tap = segment->tap,
		.saw_syn = (segment->flags & TCP_SYN) != 0,
	};
	connection->last_ns = segment->mark.time_ns;
	connection->owner = tcp->sink.open(tcp->sink.context, connection, &endpoints);
	return connection;
}

/* Whether a SYN of SEGMENT's number is another capture's of the same connection: a later file, and
 * no retransmission, as both sides have spoken since. */
static bool is_captured_again(const struct tcp_connection *connection, const struct segment *segment)
{
	const struct stream *a = &connection->stream[0], *b = &connection->stream[1];

	return segment->file != connection->file && a->has_first && b->has_first &&
	       stream_position(a, a->first) < (int64_t)a->next &&
	       stream_position(b, b->first) < (int64_t)b->next;
}

/* Whether SEGMENT's bytes are another capture's, by a clock that is ahead: a later file, and long
 * after they, and more behind them, were acknowledged. */
static bool is_heard_again(const struct tcp_connection *connection, const struct stream *mine,
			   const struct segment *segment)
{
	int64_t until = stream_position(mine, segment->seq) + segment->len;

	return segment->len && segment->file != connection->file && mine->is_settled &&
	       segment->mark.time_ns - connection->last_ns > HEARD_AGAIN_NS &&
	       until < (int64_t)mine->acked;
}

/* A SYN tells whether SEGMENT belongs to this incarnation of the port pair or begins another. */
static bool is_other_incarnation(const struct tcp_connection *connection, unsigned end,
				 const struct segment *segment)
{
	const struct stream *mine = &connection->stream[end];
	const struct stream *other = &connection->stream[1 - end];
	uint32_t first = segment->seq + 1;

	if (!(segment->flags & TCP_SYN))
		return is_heard_again(connection, mine, segment);
	if (mine->has_first)
		return mine->first != first || is_captured_again(connection, segment);
	if (segment->flags & TCP_ACK && other->has_first)
		return segment->ack != other->first;
	if (!mine->is_placed)
		return false;
	if (mine->is_settled)
		return true;
	int64_t before = (int64_t)mine->next - stream_position(mine, first);
	return before < 0 || before > (int64_t)STREAM_HEADROOM;
}

static void report_syn(struct tcp_connection *connection, unsigned end,
		       const struct segment *segment, bool is_again)
{
	struct fact fact = {.kind = FACT_SYN,
			    .side = end_side(connection, end),
			    .mark = segment->mark,
			    .file = segment->file,
			    .is_again = is_again};
	if (!connection->is_ignored)
		connection->tcp->sink.fact(connection->owner, &fact);
}

/* Places both streams as far as SEGMENT tells. */
static void place(struct tcp_connection *connection, unsigned end, const struct segment *segment)
{
	struct stream *mine = &connection->stream[end], *other = &connection->stream[1 - end];

	if (!mine->is_seen) {
		mine->is_seen = true;
		mine->is_absent = false;
		mine->ttl = segment->ttl;
	}
	mine->last_ns = segment->mark.time_ns;
	if (!(segment->flags & TCP_RST))
		mine->ttl_newest = segment->ttl;
	if (segment->len || segment->flags & TCP_FIN)
		mine->data_ns = segment->mark.time_ns;
	if (segment->flags & TCP_SYN) {
		bool is_again = mine->has_isn;
		reassembly_begin(mine, segment->seq + 1);
		mine->has_isn = true;
		if (segment->flags & TCP_ACK)
			reassembly_begin(other, segment->ack);
		report_syn(connection, end, segment, is_again);
	}
	if (!mine->is_placed)
		reassembly_place(mine, segment->seq);
	if (segment->flags & TCP_ACK && !other->is_placed) {
		reassembly_place(other, segment->ack);
		other->acked_mark = segment->mark;
		other->acked_file = segment->file;
	}
}

/* An ended connection stays a while for its late segments, longer if it was reset while an
 * answer was awaited. */
static void linger_if_ended(struct tcp_connection *connection)
{
	const struct stream *a = &connection->stream[0], *b = &connection->stream[1];
	bool is_closed = a->has_fin && b->has_fin && a->acked > a->fin_at && b->acked > b->fin_at;
	struct tcp *tcp = connection->tcp;

	if (connection->has_ended || (!is_closed && !connection->is_reset))
		return;
	list_leave(connection);
	connection->has_ended = true;
	list_append(connection->is_reset && connection->is_attended ? &tcp->reset : &tcp->ended,
		    connection);
}

/* Bytes that come after the end keep the connection: a forged reset ends nothing. */
static void linger_on(struct tcp_connection *connection, const struct segment *segment)
{
	struct connection_list *list = connection->list;

	if (!connection->has_ended || !segment->len || segment->flags & TCP_RST)
		return;
	list_leave(connection);
	list_append(list, connection);
}

/* The key of a packet from SOURCE to DESTINATION; returns which end SOURCE is. */
static unsigned make_key(const struct endpoint *source, const struct endpoint *destination,
			 uint16_t tap, struct flow_key *key)
{
	int order = memcmp(source->address, destination->address, sizeof source->address);
	unsigned end = order > 0 || (order == 0 && source->port > destination->port);

	key->end[end] = *source;
	key->end[1 - end] = *destination;
	key->tap = tap;
	key->zero = 0;
	return end;
}

bool tcp_feed(struct tcp *tcp, const struct segment *segment)
{
	struct flow_key key;
	unsigned end = make_key(&segment->source, &segment->destination, segment->tap, &key);

	tcp->counts.segments++;
	tcp_tick(tcp, segment->mark.time_ns);
	struct tcp_connection *connection = flows_find(tcp->flows, &key);
	if (connection && is_other_incarnation(connection, end, segment)) {
		end_connection(connection, CLOSE_REPLACED);
		connection = NULL;
	}
	if (!connection) {
		if (!(segment->flags & TCP_SYN) && segment->len == 0)
			return true;
		connection = begin_connection(tcp, &key, end, segment);
		if (!connection)
			return false;
	}
	connection->last_ns = segment->mark.time_ns;
	place(connection, end, segment);
	facts_of_segment(connection, end, segment);
	reassembly_take(connection, end, segment);
	linger_on(connection, segment);
	linger_if_ended(connection);
	return true;
}

void tcp_feed_refusal(struct tcp *tcp, const struct refusal *refusal)
{
	struct flow_key key;
	unsigned end = make_key(&refusal->source, &refusal->destination, refusal->tap, &key);

	tcp_tick(tcp, refusal->mark.time_ns);
	struct tcp_connection *connection = flows_find(tcp->flows, &key);
	if (!connection || connection->is_ignored || !connection->stream[end].is_placed)
		return;
	int64_t position = stream_position(&connection->stream[end], refusal->seq);
	struct fact fact = {.kind = refusal->is_too_big ? FACT_TOO_BIG : FACT_UNREACHABLE,
			    .side = end_side(connection, end),
			    .mark = refusal->mark,
			    .file = refusal->file,
			    .offset = position < 0 ? 0 : (uint64_t)position,
			    .length = refusal->mtu,
			    .router = refusal->router};
	tcp->sink.fact(connection->owner, &fact);
}

void tcp_watch(struct tcp_connection *connection, enum side side, uint64_t offset)
{
	unsigned end = side_end(connection, side);
	struct stream *stream = &connection->stream[end];

	if (stream->watch_count == LIMIT_WATCHES) {
		for (uint8_t i = 1; i < LIMIT_WATCHES; i++)
			stream->watch[i - 1] = stream->watch[i];
		stream->watch_count--;
	}
	stream->watch[stream->watch_count++] = offset;
	if (stream->acked >= offset)
		facts_of_ack(connection, end, &stream->acked_mark, stream->acked_file);
}

void tcp_attend(struct tcp_connection *connection, bool attend)
{
	connection->is_attended = attend;
}

void tcp_ignore(struct tcp_connection *connection)
{
	connection->is_ignored = true;
}

void tcp_swap_sides(struct tcp_connection *connection)
{
	connection->client = (uint8_t)(1 - connection->client);
}

struct tcp_side_facts tcp_side_facts(const struct tcp_connection *connection, enum side side)
{
	const struct stream *stream = &connection->stream[side_end(connection, side)];
	uint64_t reached = stream->early.last ? stream->early.last->offset + stream->early.last->len
					      : stream->next;

	return (struct tcp_side_facts){.unacked = reached > stream->acked ? reached - stream->acked : 0,
				       .data_ns = stream->data_ns,
				       .last_ns = stream->last_ns,
				       .seen = stream->is_seen,
				       .has_isn = stream->has_isn,
				       .isn = stream->first - 1,
				       .base = stream->base,
				       .ttl = stream->ttl,
				       .retransmitted = stream->retransmitted,
				       .resent_in_vain = stream->resent_in_vain};
}

int64_t tcp_position(const struct tcp_connection *connection, enum side side, uint32_t seq)
{
	return stream_position(&connection->stream[side_end(connection, side)], seq);
}
