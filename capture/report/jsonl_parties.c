/* SPDX-License-Identifier: MIT */
/*
 * jsonl: servers, senders, waits, and other timers.
 */
#include "report/jsonl.h"

#include "party_words.h"

#include <string.h>

static void put_count(struct json *json, const char *key, uint64_t count)
{
	json_key(json, key);
	json_number(json, count);
}

/* A duration; null for NO_TIME. */
static void put_time(struct json *json, const char *key, int64_t time_ns)
{
	json_key(json, key);
	if (time_ns == NO_TIME)
		json_null(json);
	else
		json_duration(json, time_ns);
}

void jsonl_put_waits(struct json *json, const struct longest_waits *waits, enum wait_kind from,
		     enum wait_kind to)
{
	json_object(json, "waits");
	for (int kind = (int)from; kind <= (int)to; kind++)
		put_time(json, wait_kind_name((enum wait_kind)kind), waits->waited_ns[kind]);
	json_close_object(json);
	json_array(json, "over_minimum");
	for (int kind = (int)from; kind <= (int)to; kind++) {
		int64_t minimum_ns = timer_minimum((enum wait_kind)kind);
		if (minimum_ns && waits->waited_ns[kind] > minimum_ns)
			json_string(json, wait_kind_name((enum wait_kind)kind));
	}
	json_close_array(json);
}

/* ---- What servers and senders share -------------------------------------------------------- */

static void put_address(struct json *json, const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT];

	json_key(json, "address");
	json_string(json, endpoint->port ? endpoint_format(endpoint, text)
					 : endpoint_format_address(endpoint, text));
}

static void put_counts(struct json *json, const struct party *party)
{
	put_count(json, "sessions", party->sessions);
	put_count(json, "messages", party->messages);
	put_count(json, "attempts", party->attempts);
	put_count(json, "deliveries", party->deliveries);
	put_count(json, "duplicated", party->duplicated);
	put_count(json, "maybe_duplicated", party->maybe_duplicated);
	put_count(json, "refused", party->refused);
	put_count(json, "encrypted", party->encrypted);
	put_count(json, "ends", party->ends);
	put_count(json, "answered", party->answered);
	put_count(json, "unanswered", party->unanswered);
	put_count(json, "waiting", party->waiting);
	put_count(json, "unseen", party->unseen);
	put_count(json, "past_timer", party->past_timer);
}

/* Quantiles are within 1/128 of themselves, the least and the most are exact. */
static void put_spread(struct json *json, const char *key, const struct sketch *sketch)
{
	json_key(json, key);
	if (!sketch->count) {
		json_null(json);
		return;
	}
	yajl_gen_map_open(json->gen);
	put_count(json, "count", sketch->count);
	put_time(json, "least", sketch->least_ns);
	put_time(json, "median", sketch_quantile(sketch, 500));
	put_time(json, "p95", sketch_quantile(sketch, 950));
	put_time(json, "p99", sketch_quantile(sketch, 990));
	put_time(json, "most", sketch->most_ns);
	json_close_object(json);
}

static void put_wait_sums(struct json *json, const struct party *party)
{
	json_object(json, "waits");
	for (int kind = 0; kind < WAITS; kind++) {
		const struct wait_sums *sums = &party->waits[kind];
		json_object(json, wait_kind_name((enum wait_kind)kind));
		put_count(json, "count", sums->count);
		put_time(json, "longest", sums->count ? sums->longest_ns : NO_TIME);
		put_count(json, "over_minimum", sums->over_minimum);
		put_count(json, "given_up", sums->give_ups.count);
		json_close_object(json);
	}
	json_close_object(json);
}

static void put_party(struct json *json, const struct party *party)
{
	put_address(json, &party->endpoint);
	json_key(json, "name");
	json_text(json, party->name);
	put_counts(json, party);
	put_spread(json, "answers", &party->answers);
	put_time(json, "longest_unanswered",
		 party->unanswered || party->waiting ? party->longest_unanswered_ns : NO_TIME);
	put_wait_sums(json, party);
}

void jsonl_server(struct json *json, const struct party *party)
{
	json_begin(json, "server");
	put_party(json, party);
	json_end(json);
}

/* ---- Senders ------------------------------------------------------------------------------- */

static void put_owners(struct json *json, const struct timer_guess *guess)
{
	json_array(json, "software");
	for (size_t i = 1; guess->is_usual && known_timer(i); i++)
		if (known_timer(i)->seconds[guess->kind] * NS_PER_SECOND == guess->timer_ns)
			json_string(json, known_timer(i)->software);
	json_close_array(json);
}

static void put_guess(struct json *json, const struct timer_guess *guess)
{
	yajl_gen_map_open(json->gen);
	json_key(json, "wait");
	json_string(json, wait_kind_name(guess->kind));
	put_count(json, "given_up", guess->give_ups);
	put_time(json, "least", guess->least_ns);
	put_time(json, "median", guess->median_ns);
	put_time(json, "most", guess->most_ns);
	put_time(json, "median_from_tcp_ack", guess->since_acked_ns);
	put_time(json, "guess", guess->timer_ns ? guess->timer_ns : NO_TIME);
	put_owners(json, guess);
	json_close_object(json);
}

static void put_timers(struct json *json, const struct party *party)
{
	json_array(json, "timers");
	for (int i = 0; i < WAITS; i++) {
		enum wait_kind kind = (enum wait_kind)i;
		struct timer_guess guess = timer_guess_from(kind, &party->waits[i].give_ups);
		if (guess.give_ups)
			put_guess(json, &guess);
	}
	json_close_array(json);
}

static void put_schedule(struct json *json, enum schedule schedule)
{
	static const char *const names[SCHEDULES + 1] = {
		[SCHEDULE_FIXED] = "fixed",   [SCHEDULE_POSTFIX] = "postfix",
		[SCHEDULE_SQUARES] = "qmail", [SCHEDULE_HARAKA] = "haraka",
		[SCHEDULE_DMA] = "dma",	      [SCHEDULES] = NULL,
	};

	json_key(json, "schedule");
	json_string(json, names[schedule]);
}

void jsonl_sender(struct json *json, const struct party *party)
{
	json_begin(json, "sender");
	put_party(json, party);
	put_timers(json, party);
	put_spread(json, "retries", &party->retries.intervals);
	put_count(json, "next_server", party->retries.next_server);
	put_schedule(json, party_schedule(party));
	json_end(json);
}

/* ---- Another timer ------------------------------------------------------------------------- */

void jsonl_what_if(struct json *json, const struct what_if_sums *sums)
{
	json_begin(json, "what-if");
	put_time(json, "timer", sums->timer_ns);
	put_count(json, "attempts", sums->attempts);
	put_count(json, "confirmed", sums->confirmed);
	put_count(json, "encrypted", sums->encrypted);
	put_count(json, "refused", sums->refused);
	put_count(json, "too_late", sums->too_late);
	put_count(json, "unknown", sums->unknown);
	put_count(json, "spared", sums->spared);
	json_end(json);
}
