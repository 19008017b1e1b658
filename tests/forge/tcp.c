/* SPDX-License-Identifier: MIT */
#include "tcp.h"

#include "lex.h"
#include "tcp_inner.h"

#define INITIAL_WINDOW_SEGMENTS 10 /* RFC 6928 */
#define RTO_MIN_NS (200 * NS_PER_MS)
#define RTO_MAX_NS (120 * NS_PER_S)
#define SYN_RTO_NS NS_PER_S
#define SYN_RETRIES 6
#define DATA_RETRIES 15
#define ORPHAN_RETRIES 8
#define QUICK_ACKS 2

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void forge_tcp_init(struct tcp_end *end, enum side side, uint32_t mss, uint32_t clock_base,
		    const struct events *events, const struct tcp_outside *outside)
{
	*end = (struct tcp_end){
		.outside = outside,
		.events = events,
		.side = side,
		.clock_base = clock_base,
		.mss = mss,
		.cwnd = (uint64_t)mss * INITIAL_WINDOW_SEGMENTS,
		.ssthresh = UINT64_MAX,
		.window = TCP_RECEIVE_BUFFER,
		.rto_ns = SYN_RTO_NS,
		.read_limit = UINT64_MAX,
		.quick_acks = QUICK_ACKS,
		.written = 1,
	};
}

void forge_tcp_arm(struct tcp_end *end)
{
	int64_t next = end->rto_at_ns;

	if (end->ack_at_ns && (!next || end->ack_at_ns < next))
		next = end->ack_at_ns;
	if (!next || (end->wake_at_ns && end->wake_at_ns <= next))
		return;
	end->wake_at_ns = next;
	end->outside->wake(end->outside->context, end->side, next);
}

static void arm_rto(struct tcp_end *end)
{
	int64_t rto = end->rto_ns;

	for (unsigned i = 0; i < end->backoff && rto < RTO_MAX_NS; i++)
		rto *= 2;
	end->rto_at_ns = events_now(end->events) + (rto < RTO_MAX_NS ? rto : RTO_MAX_NS);
	forge_tcp_arm(end);
}

void forge_tcp_die(struct tcp_end *end)
{
	end->state = TCP_DEAD;
	end->rto_at_ns = 0;
	end->ack_at_ns = 0;
}

uint32_t forge_tcp_receive_window(struct tcp_end *end)
{
	uint64_t edge = forge_tcp_read(end) + 1 + TCP_RECEIVE_BUFFER;

	if (edge < end->advertised)
		edge = end->advertised;
	end->advertised = edge;
	if (edge <= end->rcv_nxt)
		return 0;
	return (uint32_t)(edge - end->rcv_nxt) >> TCP_WINDOW_SCALE << TCP_WINDOW_SCALE;
}

static void fill_and_send(struct tcp_end *end, struct segment *segment)
{
	if (segment->flags & TCP_ACK) {
		segment->ack = end->rcv_nxt;
		end->acked_to = end->rcv_nxt;
		end->ack_at_ns = 0;
	}
	segment->from = end->side;
	segment->window = forge_tcp_receive_window(end);
	segment->timestamp = end->clock_base + (uint32_t)(events_now(end->events) / NS_PER_MS);
	segment->timestamp_echo = end->timestamp_recent;
	for (unsigned i = 0; i < end->early_count && segment->sack_count < TCP_SACK_MAX; i++)
		segment->sack[segment->sack_count++] = end->early[i];
	end->outside->send(end->outside->context, segment);
}

void forge_tcp_send_segment(struct tcp_end *end, uint8_t flags, uint64_t position, uint32_t len)
{
	struct segment segment = {.flags = flags, .position = position, .len = len};

	fill_and_send(end, &segment);
	position += len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
	if (position > end->max_sent)
		end->max_sent = position;
}

void forge_tcp_send_ack(struct tcp_end *end, struct stretch duplicate)
{
	struct segment segment = {.flags = TCP_ACK, .position = end->nxt};

	if (duplicate.from < duplicate.to)
		segment.sack[segment.sack_count++] = duplicate;
	fill_and_send(end, &segment);
}

static uint8_t data_flags(const struct tcp_end *end, uint64_t position_after)
{
	return (uint8_t)(TCP_ACK | (position_after == end->written ? TCP_PSH : 0));
}

void forge_tcp_send_pending(struct tcp_end *end)
{
	uint64_t edge = end->una + min_u64(end->cwnd, end->window);

	if (end->state != TCP_OPEN)
		return;
	while (end->nxt < end->written && end->nxt < edge) {
		uint64_t left = end->written - end->nxt;
		uint64_t n = min_u64(min_u64(end->mss, left), edge - end->nxt);

		if (n < end->mss && n < left && end->nxt > end->una)
			break; /* no silly small segment while ACKs are under way */
		forge_tcp_send_segment(end, data_flags(end, end->nxt + n), end->nxt, (uint32_t)n);
		end->nxt += n;
	}
	if (end->fin && end->nxt == end->fin) {
		forge_tcp_send_segment(end, TCP_FIN | TCP_ACK, end->nxt, 0);
		end->nxt++;
	}
	/* with a closed window the same timer paces the probes */
	if (!end->rto_at_ns && (end->nxt > end->una || end->nxt < end->written))
		arm_rto(end);
}

void forge_tcp_retransmit(struct tcp_end *end)
{
	uint64_t n = min_u64(end->mss, end->written - min_u64(end->una, end->written));

	if (end->state == TCP_SYN_SENT) {
		forge_tcp_send_segment(end, TCP_SYN, 0, 0);
	} else if (end->state == TCP_SYN_RECEIVED) {
		forge_tcp_send_segment(end, TCP_SYN | TCP_ACK, 0, 0);
	} else if (n) {
		forge_tcp_send_segment(end, data_flags(end, end->una + n), end->una, (uint32_t)n);
	} else {
		forge_tcp_send_segment(end, TCP_FIN | TCP_ACK, end->una, 0);
	}
}

void forge_tcp_shrink(struct tcp_end *end, uint32_t mss)
{
	if (mss >= end->mss || end->state != TCP_OPEN)
		return;
	end->mss = mss;
	end->is_recovering = true;
	end->recover = end->nxt;
	if (end->una < end->nxt)
		forge_tcp_retransmit(end);
}

static unsigned retries_max(const struct tcp_end *end)
{
	if (end->state != TCP_OPEN)
		return SYN_RETRIES;
	return end->is_orphan ? ORPHAN_RETRIES : DATA_RETRIES;
}

static void retransmission_timeout(struct tcp_end *end)
{
	if (end->backoff >= retries_max(end)) {
		forge_tcp_die(end);
		end->outside->tell(end->outside->context, end->side, TCP_NEWS_TIMED_OUT);
		return;
	}
	end->backoff++;
	if (end->una == end->nxt) {
		forge_tcp_send_segment(end, TCP_ACK, end->una - 1, 0); /* probes a closed window */
	} else {
		if (!end->is_recovering) {
			uint64_t half = (end->nxt - end->una) / 2;

			end->ssthresh =
				half > 2 * (uint64_t)end->mss ? half : 2 * (uint64_t)end->mss;
		}
		end->is_recovering = true;
		end->recover = end->nxt;
		end->cwnd = end->mss;
		forge_tcp_retransmit(end);
	}
	arm_rto(end);
}

void forge_tcp_wake(struct tcp_end *end)
{
	int64_t now = events_now(end->events);

	if (now >= end->wake_at_ns)
		end->wake_at_ns = 0;
	if (end->ack_at_ns && end->ack_at_ns <= now)
		forge_tcp_send_ack(end, (struct stretch){0, 0});
	if (end->rto_at_ns && end->rto_at_ns <= now)
		retransmission_timeout(end);
	forge_tcp_arm(end);
}

void forge_tcp_connect(struct tcp_end *end)
{
	end->state = TCP_SYN_SENT;
	end->syn_sent_ns = events_now(end->events);
	end->nxt = 1;
	forge_tcp_send_segment(end, TCP_SYN, 0, 0);
	arm_rto(end);
}

void forge_tcp_write(struct tcp_end *end, uint64_t upto)
{
	if (end->fin)
		return;
	end->written = 1 + upto;
	forge_tcp_send_pending(end);
}

void forge_tcp_shutdown(struct tcp_end *end)
{
	if (end->state == TCP_DEAD || end->fin)
		return;
	end->fin = end->written;
	end->is_passive = end->has_eof;
	forge_tcp_send_pending(end);
}

void forge_tcp_close(struct tcp_end *end)
{
	end->is_orphan = true;
	if (end->state == TCP_IDLE || end->state == TCP_SYN_SENT)
		forge_tcp_die(end);
	else
		forge_tcp_shutdown(end);
}

void forge_tcp_abort(struct tcp_end *end)
{
	if (end->state == TCP_OPEN)
		forge_tcp_send_segment(end, TCP_RST | TCP_ACK, end->nxt, 0);
	forge_tcp_die(end);
}

void forge_tcp_limit_reading(struct tcp_end *end, uint64_t limit)
{
	bool was_shut = forge_tcp_receive_window(end) == 0;

	end->read_limit = limit;
	if (was_shut && end->state == TCP_OPEN)
		forge_tcp_send_ack(end, (struct stretch){0, 0});
}

uint64_t forge_tcp_read(const struct tcp_end *end)
{
	uint64_t bytes = end->rcv_nxt ? end->rcv_nxt - 1 : 0;

	if (end->has_eof)
		bytes--;
	return min_u64(bytes, end->read_limit);
}
