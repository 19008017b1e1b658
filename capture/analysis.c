/* SPDX-License-Identifier: MIT */
#include "analysis.h"

#include "packet_log.h"

#include <stdlib.h>

struct analysis {
	struct source *source;
	struct decoder *decoder;
	struct ledger *ledger;
	struct dialogues *dialogues;
	struct tcp *tcp;
	struct deliveries *deliveries;
	struct packet_log *log;
	uint64_t packets;
	int64_t now_ns;
	bool is_over;
};

struct analysis *analysis_new(struct source *source, const struct analysis_options *options)
{
	struct analysis *a = calloc(1, sizeof *a);
	struct delivery_options delivery = options->delivery;

	if (!a)
		return NULL;
	a->source = source;
	a->log = options->log;
	a->now_ns = NO_TIME;
	delivery.seed = options->seed;
	a->decoder = decoder_new(options->seed);
	if (a->decoder && options->keeps_copies)
		decoder_keep_copies(a->decoder);
	a->ledger = ledger_new(options->seed);
	if (a->ledger) {
		a->dialogues = dialogues_new(a->ledger);
		a->deliveries = deliveries_new(a->ledger, &delivery);
	}
	if (a->dialogues) {
		dialogues_give_messages(a->dialogues, options->messages);
		if (options->keeps_secrets)
			dialogues_keep_secrets(a->dialogues);
		struct tcp_sink sink = dialogues_sink(a->dialogues);
		a->tcp = tcp_new(&sink, options->seed);
	}
	if (!a->decoder || !a->deliveries || !a->tcp) {
		analysis_free(a);
		return NULL;
	}
	return a;
}

void analysis_free(struct analysis *analysis)
{
	if (!analysis)
		return;
	tcp_free(analysis->tcp);
	dialogues_free(analysis->dialogues);
	deliveries_free(analysis->deliveries);
	ledger_free(analysis->ledger);
	decoder_free(analysis->decoder);
	free(analysis);
}

static void take_packet(struct analysis *a, const struct packet *packet)
{
	struct segment segment;
	const struct refusal *refusal;

	a->packets++;
	if (a->log)
		packet_log_take(a->log, packet);
	if (packet->mark.time_ns > a->now_ns)
		a->now_ns = packet->mark.time_ns;
	if (decode_packet(a->decoder, packet, &segment))
		(void)tcp_feed(a->tcp, &segment);
	else if ((refusal = decoder_refusal(a->decoder)))
		tcp_feed_refusal(a->tcp, refusal);
}

/* Where the files that were read begin and end. What is live ends with the clock. */
static void cover_files(struct analysis *a)
{
	for (size_t i = 0; i < source_inputs(a->source); i++) {
		const struct source_input *input = source_input(a->source, i);
		if (!input->is_live && input->packets)
			deliveries_cover(a->deliveries, (uint16_t)i, input->first_ns,
					 input->last_ns);
	}
}

static enum source_state read_batch(struct analysis *analysis, uint32_t max_packets,
				    struct fault *fault)
{
	for (uint32_t i = 0; i < max_packets; i++) {
		struct packet packet;
		enum source_state state = source_next(analysis->source, &packet, fault);
		if (state == SOURCE_PACKET) {
			take_packet(analysis, &packet);
			continue;
		}
		if (state == SOURCE_END && !analysis->is_over) {
			analysis->is_over = true;
			tcp_finish(analysis->tcp);
			cover_files(analysis);
			(void)analysis_update(analysis, NO_TIME);
		}
		return state;
	}
	return SOURCE_PACKET;
}

enum source_state analysis_read(struct analysis *analysis, uint32_t max_packets,
				struct fault *fault)
{
	enum source_state state = read_batch(analysis, max_packets, fault);

	if (analysis->log && state != SOURCE_WARNING && !packet_log_flush(analysis->log, fault))
		return SOURCE_WARNING;
	return state;
}

bool analysis_update(struct analysis *analysis, int64_t now_ns)
{
	if (now_ns != NO_TIME && now_ns > analysis->now_ns)
		analysis->now_ns = now_ns;
	if (!analysis->is_over && now_ns != NO_TIME)
		tcp_tick(analysis->tcp, analysis->now_ns);
	return deliveries_update(analysis->deliveries, analysis->now_ns, analysis->is_over);
}

bool analysis_update_some(struct analysis *analysis, uint32_t most)
{
	return deliveries_take(analysis->deliveries, analysis->now_ns, most) &&
	       ledger_changed_count(analysis->ledger) > 0;
}

struct source *analysis_source(struct analysis *analysis)
{
	return analysis->source;
}

struct ledger *analysis_ledger(struct analysis *analysis)
{
	return analysis->ledger;
}

struct deliveries *analysis_deliveries(struct analysis *analysis)
{
	return analysis->deliveries;
}

const struct tcp_counts *analysis_tcp(const struct analysis *analysis)
{
	return tcp_counts(analysis->tcp);
}

const struct dialogue_counts *analysis_dialogues(const struct analysis *analysis)
{
	return dialogues_counts(analysis->dialogues);
}

uint64_t analysis_packets(const struct analysis *analysis)
{
	return analysis->packets;
}

uint64_t analysis_skipped(const struct analysis *analysis, enum skip_reason reason)
{
	return decoder_skipped(analysis->decoder, reason);
}

int64_t analysis_now(const struct analysis *analysis)
{
	return analysis->now_ns;
}

bool analysis_is_over(const struct analysis *analysis)
{
	return analysis->is_over;
}

const struct packet_log *analysis_log(const struct analysis *analysis)
{
	return analysis->log;
}
