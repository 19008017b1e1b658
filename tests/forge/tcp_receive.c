/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lex.h"
#include "tcp_inner.h"

#define RTO_VARIANCE_NS                                                                            \
	(200 * NS_PER_MS) /* Linux's floor for what the RTO adds to the round trip */

static const struct stretch no_stretch = {0, 0};

static void tell(const struct tcp_end *end, enum tcp_news news)
{
	end->outside->tell(end->outside->context, end->side, news);
}

/* RFC 9293 3.5.2: the RST takes its number from what it answers. */
static void answer_with_reset(struct tcp_end *end, const struct segment *segment)
{
	if (!(segment->flags & TCP_RST))
		forge_tcp_send_segment(end, TCP_RST, segment->ack, 0);
}

static void measure_round_trip(struct tcp_end *end)
{
	end->rto_ns = events_now(end->events) - end->syn_sent_ns + RTO_VARIANCE_NS;
	end->rto_at_ns = 0;
	end->backoff = 0;
}

static void open_end(struct tcp_end *end)
{
	end->state = TCP_OPEN;
	end->una = end->nxt = 1;
	measure_round_trip(end);
}

static bool shake_hands(struct tcp_end *end, const struct segment *segment)
{
	bool is_syn = segment->flags & TCP_SYN;

	if (end->state == TCP_IDLE && is_syn) {
		end->state = TCP_SYN_RECEIVED;
		end->rcv_nxt = 1;
		end->nxt = 1;
		end->syn_sent_ns = events_now(end->events);
		forge_tcp_send_segment(end, TCP_SYN | TCP_ACK, 0, 0);
		end->rto_at_ns = end->syn_sent_ns + end->rto_ns;
		forge_tcp_arm(end);
		return true;
	}
	if (end->state == TCP_SYN_RECEIVED && is_syn) {
		forge_tcp_send_segment(end, TCP_SYN | TCP_ACK, 0, 0);
		return true;
	}
	if (end->state == TCP_SYN_SENT && is_syn) {
		end->rcv_nxt = 1;
		open_end(end);
		forge_tcp_send_ack(end, no_stretch);
		tell(end, TCP_NEWS_CONNECTED);
		return true;
	}
	if (end->state == TCP_SYN_RECEIVED && segment->ack >= 1) {
		open_end(end);
		tell(end, TCP_NEWS_CONNECTED);
	}
	return end->state != TCP_OPEN;
}

static void grow_cwnd(struct tcp_end *end, uint64_t acked)
{
	end->cwnd += end->cwnd < end->ssthresh ? acked : end->mss * acked / end->cwnd;
}

static void take_new_ack(struct tcp_end *end, uint64_t ack)
{
	uint64_t acked = ack - end->una;

	end->una = ack;
	if (end->nxt < ack)
		end->nxt = ack;
	end->backoff = 0;
	end->duplicate_acks = 0;
	end->rto_at_ns = 0;
	grow_cwnd(end, acked);
	if (end->is_recovering && ack >= end->recover)
		end->is_recovering = false;
	else if (end->is_recovering)
		forge_tcp_retransmit(end); /* the next hole (RFC 6582) */
	if (end->fin && ack > end->fin)
		end->fin_acked_ns = events_now(end->events);
}

static void take_duplicate_ack(struct tcp_end *end)
{
	if (++end->duplicate_acks != 3 || end->is_recovering)
		return;
	end->is_recovering = true;
	end->recover = end->nxt;
	end->ssthresh = (end->nxt - end->una) / 2;
	if (end->ssthresh < 2 * (uint64_t)end->mss)
		end->ssthresh = 2 * (uint64_t)end->mss;
	end->cwnd = end->ssthresh;
	forge_tcp_retransmit(end);
}

static void take_ack(struct tcp_end *end, const struct segment *segment)
{
	bool is_same_window = segment->window == end->window;

	if (!(segment->flags & TCP_ACK) || segment->ack > end->max_sent)
		return;
	end->window = segment->window;
	if (segment->ack > end->una)
		take_new_ack(end, segment->ack);
	else if (segment->ack == end->una && !segment->len && !(segment->flags & TCP_FIN) &&
		 is_same_window && end->nxt > end->una)
		take_duplicate_ack(end);
	if (!is_same_window && end->nxt == end->una) {
		end->rto_at_ns = 0;
		end->backoff = 0;
	}
	forge_tcp_send_pending(end);
}

/* Keeps what came too early, sorted and joined; what finds no room is dropped, and comes again. */
static void keep_early(struct tcp_end *end, struct stretch stretch)
{
	unsigned at = 0, last;

	while (at < end->early_count && end->early[at].to < stretch.from)
		at++;
	for (last = at; last < end->early_count && end->early[last].from <= stretch.to; last++) {
		if (end->early[last].from < stretch.from)
			stretch.from = end->early[last].from;
		if (end->early[last].to > stretch.to)
			stretch.to = end->early[last].to;
	}
	if (last == at && end->early_count == TCP_STRETCHES_MAX)
		return;
	memmove(&end->early[at + 1], &end->early[last],
		(end->early_count - last) * sizeof(stretch));
	end->early_count -= last - at;
	end->early_count++;
	end->early[at] = stretch;
}

static void take_early(struct tcp_end *end)
{
	while (end->early_count && end->early[0].from <= end->rcv_nxt) {
		if (end->early[0].to > end->rcv_nxt)
			end->rcv_nxt = end->early[0].to;
		end->early_count--;
		memmove(&end->early[0], &end->early[1], end->early_count * sizeof(end->early[0]));
	}
}

static void owe_ack(struct tcp_end *end, bool at_once)
{
	if (end->quick_acks) {
		end->quick_acks--;
		at_once = true;
	}
	if (at_once || end->rcv_nxt - end->acked_to > end->mss) {
		forge_tcp_send_ack(end, no_stretch);
	} else if (!end->ack_at_ns) {
		end->ack_at_ns = events_now(end->events) + TCP_DELAYED_ACK_NS;
		forge_tcp_arm(end);
	}
}

static void take_data(struct tcp_end *end, const struct segment *segment)
{
	uint64_t from = segment->position, to = from + segment->len;
	bool filled_hole = end->early_count > 0;
	bool is_fin = segment->flags & TCP_FIN;

	if (to + is_fin <= end->rcv_nxt) {
		if (to + is_fin > from || from < end->rcv_nxt)
			forge_tcp_send_ack(end, (struct stretch){from, to + is_fin});
		return;
	}
	if (is_fin)
		end->peer_fin = to;
	if (from > end->rcv_nxt) {
		if (to > from)
			keep_early(end, (struct stretch){from, to});
		forge_tcp_send_ack(end, no_stretch);
		return;
	}
	end->rcv_nxt = to;
	end->timestamp_recent = segment->timestamp;
	take_early(end);
	if (end->peer_fin && end->rcv_nxt == end->peer_fin) {
		end->rcv_nxt++;
		end->has_eof = true;
	}
	owe_ack(end, filled_hole || forge_tcp_receive_window(end) == 0 || end->fin);
	if (segment->len)
		tell(end, TCP_NEWS_DATA);
	if (end->has_eof)
		tell(end, TCP_NEWS_EOF);
}

/* An orphan in FIN-WAIT takes a FIN, and no data (forge_tcp_rcv_state_process() in Linux). */
static bool is_refused(const struct tcp_end *end, const struct segment *segment)
{
	int64_t now = events_now(end->events);

	if (!end->is_orphan)
		return false;
	if (segment->len && segment->position + segment->len > end->rcv_nxt)
		return true;
	return end->fin_acked_ns && !end->has_eof && now - end->fin_acked_ns > TCP_FIN_TIMEOUT_NS;
}

void forge_tcp_receive(struct tcp_end *end, const struct segment *segment)
{
	if (end->state == TCP_DEAD) {
		answer_with_reset(end, segment);
		return;
	}
	if (segment->flags & TCP_RST) {
		forge_tcp_die(end);
		tell(end, TCP_NEWS_RESET);
		return;
	}
	if (end->state == TCP_IDLE || (segment->flags & TCP_SYN))
		end->timestamp_recent = segment->timestamp;
	if (shake_hands(end, segment))
		return;
	if (is_refused(end, segment)) {
		forge_tcp_die(end);
		answer_with_reset(end, segment);
		return;
	}
	if (segment->flags & TCP_SYN) {
		forge_tcp_send_ack(end, no_stretch);
		return;
	}
	take_ack(end, segment);
	if (segment->len || (segment->flags & TCP_FIN) || segment->position < end->rcv_nxt)
		take_data(end, segment);
	if (end->has_eof && end->fin_acked_ns && end->is_passive)
		forge_tcp_die(end);
}
