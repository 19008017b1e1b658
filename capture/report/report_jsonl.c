/* SPDX-License-Identifier: MIT */
#include "report/report_ops.h"

#include "chosen.h"
#include "report/jsonl.h"

#include <stdlib.h>

enum phase { PHASE_CHOOSE, PHASE_SESSIONS, PHASE_ATTEMPTS, PHASE_DELIVERIES, PHASE_COUNT, PHASE_REST };

/* What there is of each is as of the beginning: more may come while the report is written. */
struct jsonl_report {
	struct json json;
	struct analysis *analysis;
	const struct deliveries *deliveries;
	const struct report_options *options;
	struct chosen chosen;
	struct longest_waits *by_attempt; /* what a walk over its session told */
	struct verdict *verdicts;	  /* of one attempt's recipients */
	uint32_t verdict_room;
	enum phase phase;
	uint32_t next; /* of the phase's sessions, attempts or deliveries */
	uint32_t session_count;
	uint32_t attempt_count;
	uint32_t delivery_count;
	struct chosen_by by; /* what the tally counts */
	struct tally *tally;
};

static void write_captures(struct json *json, struct analysis *analysis)
{
	struct source *source = analysis_source(analysis);
	struct capture_counts counts = {.gaps = analysis_tcp(analysis)->gaps};

	for (int i = 0; i < SKIP_REASONS; i++)
		counts.skipped[i] = analysis_skipped(analysis, (enum skip_reason)i);
	for (size_t i = 0; i < source_inputs(source); i++)
		jsonl_capture(json, source_input(source, i),
			      deliveries_file_vantage(analysis_deliveries(analysis),
						      (uint16_t)i, NULL), i ? NULL : &counts);
}

/* What a bounded memory has no room for is told of in sums alone. */
static void write_let_go(struct json *json, struct analysis *analysis)
{
	const struct let_go *let_go = deliveries_let_go(analysis_deliveries(analysis));

	if (let_go->sessions)
		jsonl_let_go(json, let_go);
}

static void write_session(struct jsonl_report *report, uint32_t id)
{
	const struct session *session = ledger_session(report->json.ledger, id);
	struct longest_waits waits;

	if (!chosen_session(&report->chosen, id))
		return;
	waits_collect(report->json.ledger, session, &waits, report->by_attempt);
	jsonl_session(&report->json, session, &waits);
}

/* Room for the verdicts on COUNT recipients. */
static bool make_room(struct jsonl_report *report, uint32_t count)
{
	struct verdict *grown;

	if (count <= report->verdict_room)
		return true;
	grown = reallocarray(report->verdicts, count, sizeof *grown);
	if (!grown)
		return false;
	report->verdicts = grown;
	report->verdict_room = count;
	return true;
}

static bool write_attempt(struct jsonl_report *report, uint32_t id)
{
	const struct attempt *attempt = ledger_attempt(report->json.ledger, id);
	uint32_t count = attempt->recipient_count ? attempt->recipient_count : 1;

	if (!attempt_is_judged(attempt) || !chosen_attempt(&report->chosen, attempt->number))
		return true;
	if (!make_room(report, count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		deliveries_judge(report->deliveries, id, i, &report->verdicts[i]);
	jsonl_attempt(&report->json, attempt, report->verdicts, &report->by_attempt[id]);
	return true;
}

static void put_twins(struct json *json, const struct deliveries *deliveries,
		      const struct delivery *delivery)
{
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		struct views views;
		if (delivery->tries[i].twin != NO_ATTEMPT &&
		    deliveries_views(deliveries, &delivery->tries[i], &views))
			jsonl_twin(json, &views);
	}
}

static void put_delivery(struct json *json, const struct deliveries *deliveries,
			 const struct delivery *delivery)
{
	put_twins(json, deliveries, delivery);
	jsonl_delivery(json, delivery, deliveries_recipients(deliveries, delivery));
}

static void write_delivery(struct jsonl_report *report, uint32_t id)
{
	const struct delivery *delivery = delivery_get(report->deliveries, id);

	if (delivery->try_count &&
	    filter_matches(report->options->where, report->json.ledger, delivery))
		put_delivery(&report->json, report->deliveries, delivery);
}

/* Counts servers and senders. False: no memory. */
static bool count_parties(struct jsonl_report *report, uint32_t most)
{
	const struct ledger *ledger = report->json.ledger;

	if (!report->tally) {
		report->tally = tally_new();
		report->by = (struct chosen_by){report->options->where, ledger};
		return report->tally && tally_begin(report->tally, ledger, report->deliveries,
						    chosen_choice(&report->by));
	}
	if (tally_step(report->tally, most))
		return true;
	report->phase = PHASE_REST;
	return tally_is_whole(report->tally);
}

static void write_parties(struct json *json, const struct tally *tally)
{
	for (uint32_t i = 0; i < tally_server_count(tally); i++)
		jsonl_server(json, tally_server(tally, i));
	for (uint32_t i = 0; i < tally_sender_count(tally); i++)
		jsonl_sender(json, tally_sender(tally, i));
}

static void write_what_if(struct jsonl_report *report)
{
	const struct report_options *options = report->options;

	for (size_t i = 0; i < options->what_if_count; i++) {
		struct what_if_sums sums = what_if_sum(report->json.ledger, report->deliveries,
						       chosen_choice(&report->by),
						       options->what_if_ns[i]);
		jsonl_what_if(&report->json, &sums);
	}
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void end(void *writer)
{
	struct jsonl_report *report = writer;

	chosen_free(&report->chosen);
	free(report->by_attempt);
	free(report->verdicts);
	tally_free(report->tally);
	json_free(&report->json);
	free(report);
}

static void *begin(FILE *out, struct analysis *analysis, const struct report_options *options)
{
	struct jsonl_report *report = calloc(1, sizeof *report);

	if (!report)
		return NULL;
	if (!json_init(&report->json, out, analysis_ledger(analysis))) {
		free(report);
		return NULL;
	}
	report->analysis = analysis;
	report->deliveries = analysis_deliveries(analysis);
	report->options = options;
	report->session_count = ledger_session_count(report->json.ledger);
	report->attempt_count = ledger_attempt_count(report->json.ledger);
	report->delivery_count = deliveries_count(report->deliveries);
	report->by_attempt = calloc(report->attempt_count + 1u, sizeof *report->by_attempt);
	if (report->by_attempt)
		return report;
	end(report);
	return NULL;
}

/* How many sessions, attempts or deliveries the phase goes through. */
static uint32_t count_of(const struct jsonl_report *report, enum phase phase)
{
	switch (phase) {
	case PHASE_SESSIONS:
		return report->session_count;
	case PHASE_ATTEMPTS:
		return report->attempt_count;
	case PHASE_DELIVERIES:
		return report->delivery_count;
	case PHASE_CHOOSE:
	case PHASE_COUNT:
	case PHASE_REST:
		break;
	}
	return 0;
}

static bool write_next(struct jsonl_report *report)
{
	uint32_t id = report->next++;

	if (report->phase == PHASE_SESSIONS)
		write_session(report, id);
	else if (report->phase == PHASE_DELIVERIES)
		write_delivery(report, id);
	else
		return write_attempt(report, id);
	return true;
}

static bool choose(struct jsonl_report *report)
{
	write_captures(&report->json, report->analysis);
	write_let_go(&report->json, report->analysis);
	return chosen_make(&report->chosen, report->analysis, report->options->where);
}

static enum report_state step(void *writer, uint32_t most)
{
	struct jsonl_report *report = writer;

	if (report->phase == PHASE_COUNT)
		return count_parties(report, most) ? REPORT_GOES_ON : REPORT_FAILED;
	if (report->phase == PHASE_REST) {
		write_parties(&report->json, report->tally);
		write_what_if(report);
		return REPORT_DONE;
	}
	if (report->phase == PHASE_CHOOSE && !choose(report))
		return REPORT_FAILED;
	for (uint32_t i = 0; i < most && report->next < count_of(report, report->phase); i++)
		if (!write_next(report))
			return REPORT_FAILED;
	if (report->next >= count_of(report, report->phase)) {
		report->phase = (enum phase)(report->phase + 1);
		report->next = 0;
	}
	return REPORT_GOES_ON;
}

static double share(const void *writer)
{
	const struct jsonl_report *report = writer;
	double counted = report->tally ? tally_share(report->tally) : 0;
	double all = 1.0 + report->session_count;
	double done = report->next + report->session_count * counted;

	for (int i = 0; i <= PHASE_REST; i++) {
		double count = count_of(report, (enum phase)i);
		all += count;
		done += (enum phase)i < report->phase ? count : 0;
	}
	return done / all;
}

const struct report_ops report_jsonl_ops = {begin, step, share, end};

bool report_jsonl_delivery(FILE *out, struct analysis *analysis, const struct delivery *delivery,
			   struct fault *fault)
{
	struct json json;

	if (!json_init(&json, out, analysis_ledger(analysis)))
		return fault_set(fault, FAULT_MEMORY, "no memory for the report");
	put_delivery(&json, analysis_deliveries(analysis), delivery);
	bool is_fine = json_flush(&json, fault);
	json_free(&json);
	return is_fine;
}
