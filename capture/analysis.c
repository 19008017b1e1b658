/* SPDX-License-Identifier: MIT */
#include "analysis.h"

#include "compaction.h"
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
	struct compaction *compaction; /* under way, or NULL */
	const struct analysis_keeper *keeper;
	size_t memory;                 /* the budget, 0: none */
	size_t most;                   /* from so much on sessions are let go */
	uint64_t seed;
	uint64_t packets;
	int64_t now_ns;
	bool is_over;
	uint32_t holds[HELD_KINDS];
};

/* While what is kept is copied there are two of it: three eighths of the budget are for that. */
#define MOST_OF(budget) ((budget) / 8 * 5)
#define KEPT_OF(budget) ((budget) / 16 * 5)
#define MINDED_PACKETS 64   /* so often is looked after memory */
#define JOINED_PACKETS 4096 /* so often what was read is joined, when it begins to matter */
#define COPIED_SESSIONS 64  /* at a time: more than so many packets can bring */

struct analysis *analysis_new(struct source *source, const struct analysis_options *options)
{
	struct analysis *a = calloc(1, sizeof *a);
	struct delivery_options delivery = options->delivery;

	if (!a)
		return NULL;
	a->source = source;
	a->log = options->log;
	a->seed = options->seed;
	a->memory = options->memory;
	a->most = MOST_OF(options->memory);
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
	compaction_free(analysis->compaction);
	tcp_free(analysis->tcp);
	dialogues_free(analysis->dialogues);
	deliveries_free(analysis->deliveries);
	ledger_free(analysis->ledger);
	decoder_free(analysis->decoder);
	free(analysis);
}

/* ---- Memory -------------------------------------------------------------------------------- */

void analysis_set_keeper(struct analysis *analysis, const struct analysis_keeper *keeper)
{
	analysis->keeper = keeper;
}

size_t analysis_memory(const struct analysis *analysis)
{
	return ledger_memory(analysis->ledger) + deliveries_memory(analysis->deliveries);
}

void analysis_hold(struct analysis *analysis, enum analysis_held what)
{
	analysis->holds[what]++;
}

void analysis_release(struct analysis *analysis, enum analysis_held what)
{
	analysis->holds[what]--;
}

static bool may_move(const struct analysis *a)
{
	if (a->holds[HELD_IDS] || a->holds[HELD_DELIVERIES])
		return false;
	return !a->keeper || !a->keeper->may_move || a->keeper->may_move(a->keeper->context);
}

static void pin(void *context, void (*keep)(void *to, uint32_t session), void *to)
{
	const struct analysis *a = context;

	if (a->keeper && a->keeper->pin)
		a->keeper->pin(a->keeper->context, keep, to);
}

static bool begin_compaction(struct analysis *a, double share)
{
	if (deliveries_update(a->deliveries, a->now_ns, false))
		a->compaction = compaction_new(a->ledger, a->deliveries, a->seed, share);
	return a->compaction != NULL;
}

static enum compaction_state step_compaction(struct analysis *a, uint32_t most)
{
	if (!deliveries_update(a->deliveries, a->now_ns, false))
		return COMPACTION_FAILED;
	return compaction_step(a->compaction, most, a->now_ns,
			       &(struct compaction_pins){pin, a});
}

static void drop_compaction(struct analysis *a)
{
	compaction_free(a->compaction);
	a->compaction = NULL;
}

static void move_dialogue(void *context, void *owner)
{
	dialogue_move(owner, context);
}

/* All that is kept was copied: it takes the place of what there was. */
static void switch_over(struct analysis *a)
{
	struct compacted made = compaction_take(a->compaction);
	struct ledger *ledger = a->ledger;
	struct deliveries *deliveries = a->deliveries;

	a->ledger = made.ledger;
	a->deliveries = made.deliveries;
	dialogues_begin_move(a->dialogues, a->ledger);
	tcp_visit(a->tcp, move_dialogue, &made.moves);
	if (a->keeper && a->keeper->moved)
		a->keeper->moved(a->keeper->context, &made.moves, deliveries, a->deliveries);
	moves_clear(&made.moves);
	deliveries_free(deliveries);
	ledger_free(ledger);
}

static bool end_compaction(struct analysis *a)
{
	bool is_fine = compaction_finish(a->compaction, a->now_ns,
					 &(struct compaction_pins){pin, a});

	if (is_fine)
		switch_over(a);
	drop_compaction(a);
	return is_fine;
}

bool analysis_let_go(struct analysis *analysis, double share)
{
	enum compaction_state state = COMPACTION_GOES_ON;

	if (analysis->is_over || !may_move(analysis))
		return false;
	drop_compaction(analysis);
	if (!begin_compaction(analysis, share))
		return false;
	while (state == COMPACTION_GOES_ON)
		state = step_compaction(analysis, UINT32_MAX);
	if (state == COMPACTION_READY)
		return end_compaction(analysis);
	drop_compaction(analysis);
	return false;
}

/* The next look is at twice of what there is, where that does not shrink as much as it should. */
static void set_next(struct analysis *a)
{
	size_t twice = analysis_memory(a) * 2;

	a->most = twice > MOST_OF(a->memory) ? twice : MOST_OF(a->memory);
}

/* Works on for a moment. */
static void go_on_compacting(struct analysis *a)
{
	switch (step_compaction(a, COPIED_SESSIONS)) {
	case COMPACTION_GOES_ON:
		return;
	case COMPACTION_READY:
		(void)end_compaction(a);
		break;
	case COMPACTION_FAILED:
		drop_compaction(a);
		break;
	}
	set_next(a);
}

static void mind_memory(struct analysis *a)
{
	if (!a->memory || a->is_over || !may_move(a))
		return;
	if (a->compaction) {
		go_on_compacting(a);
		return;
	}
	size_t bytes = analysis_memory(a);
	if (bytes > a->most / 2 && a->packets % JOINED_PACKETS < MINDED_PACKETS)
		(void)deliveries_update(a->deliveries, a->now_ns, false);
	if (bytes > a->most &&
	    !begin_compaction(a, (double)KEPT_OF(a->memory) / (double)bytes))
		set_next(a);
}

/* ---- Packets ------------------------------------------------------------------------------- */

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
			if (analysis->packets % MINDED_PACKETS == 0)
				mind_memory(analysis);
			continue;
		}
		if (state == SOURCE_END && !analysis->is_over) {
			analysis->is_over = true;
			drop_compaction(analysis);
			tcp_finish(analysis->tcp);
			cover_files(analysis);
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
	if (analysis->holds[HELD_DELIVERIES])
		return true;
	if (analysis->compaction && may_move(analysis))
		go_on_compacting(analysis);
	return deliveries_update(analysis->deliveries, analysis->now_ns, analysis->is_over);
}

bool analysis_update_some(struct analysis *analysis, uint32_t most)
{
	bool goes_on;

	return !analysis->holds[HELD_DELIVERIES] &&
	       deliveries_take(analysis->deliveries, analysis->now_ns, analysis->is_over, most,
			       &goes_on) &&
	       goes_on;
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
