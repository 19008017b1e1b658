/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "chosen.h"
#include "report/jsonl.h"

#include <stdlib.h>

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

/* The sessions; BY_ATTEMPT gets what their attempts waited for. */
static void write_sessions(struct json *json, const struct chosen *chosen,
			   struct longest_waits *by_attempt)
{
	for (uint32_t i = 0; i < ledger_session_count(json->ledger); i++) {
		const struct session *session = ledger_session(json->ledger, i);
		struct longest_waits waits;
		if (!chosen_session(chosen, i))
			continue;
		waits_collect(json->ledger, session, &waits, by_attempt);
		jsonl_session(json, session, &waits);
	}
}

static bool write_attempts(struct json *json, struct analysis *analysis,
			   const struct chosen *chosen, const struct longest_waits *by_attempt)
{
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	struct verdict *verdicts = NULL;
	uint32_t room = 0;

	for (uint32_t i = 0; i < ledger_attempt_count(json->ledger); i++) {
		const struct attempt *attempt = ledger_attempt(json->ledger, i);
		uint32_t count = attempt->recipient_count ? attempt->recipient_count : 1;
		if (!attempt_is_judged(attempt) || !chosen_attempt(chosen, i))
			continue;
		if (count > room) {
			struct verdict *grown = reallocarray(verdicts, count, sizeof *grown);
			if (!grown) {
				free(verdicts);
				return false;
			}
			verdicts = grown;
			room = count;
		}
		for (uint32_t k = 0; k < count; k++)
			deliveries_judge(deliveries, i, k, &verdicts[k]);
		jsonl_attempt(json, attempt, verdicts, &by_attempt[i]);
	}
	free(verdicts);
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

static void write_deliveries(struct json *json, struct analysis *analysis, struct filter *where)
{
	const struct deliveries *deliveries = analysis_deliveries(analysis);

	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (delivery->try_count && filter_matches(where, json->ledger, delivery))
			put_delivery(json, deliveries, delivery);
	}
}

/* Sessions and attempts, which a walk over each session tells more of. False: no memory. */
static bool write_dialogues(struct json *json, struct analysis *analysis,
			    const struct chosen *chosen)
{
	uint32_t count = ledger_attempt_count(json->ledger);
	struct longest_waits *by_attempt = calloc(count ? count : 1, sizeof *by_attempt);

	if (!by_attempt)
		return false;
	write_sessions(json, chosen, by_attempt);
	bool is_fine = write_attempts(json, analysis, chosen, by_attempt);
	free(by_attempt);
	return is_fine;
}

static bool write_parties(struct json *json, struct analysis *analysis,
			  struct delivery_choice choice)
{
	struct tally *tally = tally_new();
	bool is_fine = tally && tally_collect(tally, json->ledger, analysis_deliveries(analysis),
					      choice);

	for (uint32_t i = 0; is_fine && i < tally_server_count(tally); i++)
		jsonl_server(json, tally_server(tally, i));
	for (uint32_t i = 0; is_fine && i < tally_sender_count(tally); i++)
		jsonl_sender(json, tally_sender(tally, i));
	tally_free(tally);
	return is_fine;
}

static void write_what_if(struct json *json, struct analysis *analysis,
			  const struct report_options *options, struct delivery_choice choice)
{
	for (size_t i = 0; options && i < options->what_if_count; i++) {
		struct what_if_sums sums =
			what_if_sum(json->ledger, analysis_deliveries(analysis), choice,
				    options->what_if_ns[i]);
		jsonl_what_if(json, &sums);
	}
}

/* All of the report. False: no memory. */
static bool write_all(struct json *json, struct analysis *analysis,
		      const struct report_options *options)
{
	struct chosen_by by = {options ? options->where : NULL, json->ledger};
	struct chosen chosen;

	write_captures(json, analysis);
	bool is_fine = chosen_make(&chosen, analysis, by.where) &&
		       write_dialogues(json, analysis, &chosen);
	chosen_free(&chosen);
	if (!is_fine)
		return false;
	write_deliveries(json, analysis, by.where);
	if (!write_parties(json, analysis, chosen_choice(&by)))
		return false;
	write_what_if(json, analysis, options, chosen_choice(&by));
	return true;
}

bool report_jsonl(FILE *out, struct analysis *analysis, const struct report_options *options,
		  struct fault *fault)
{
	struct json json;

	if (!json_init(&json, out, analysis_ledger(analysis)))
		return fault_set(fault, FAULT_MEMORY, "no memory for the report");
	bool is_fine = write_all(&json, analysis, options) ||
		       fault_set(fault, FAULT_MEMORY, "no memory for the report");
	is_fine = is_fine && json_flush(&json, fault);
	json_free(&json);
	return is_fine;
}

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
