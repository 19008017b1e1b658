/* SPDX-License-Identifier: MIT */
/*
 * No verdict is stronger than the truth: random scenarios are played, seen from several places,
 * and the copies that servers have really stored lie within the bounds that smtpscope states.
 *
 * SEED and CASES ask for other scenarios, and more of them (make soak).
 */
#include "forged.h"
#include "random_scenario.h"

#include "analysis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FLAGS_AT 47 /* Ethernet, IPv4 without options, TCP */
#define TCP_AT 34
#define FLAG_FIN 0x01
#define FLAG_RST 0x04

enum { AT_CLIENT = 0, BETWEEN = 50, AT_SERVER = 100 };

/* ---- What is stated ------------------------------------------------------------------------- */

struct bounds {
	uint32_t min;
	uint32_t max;
};

struct reading {
	struct source *source;
	struct analysis *analysis;
};

static void add_capture(struct source *source, const struct forged *forged, const char *name)
{
	struct fault fault;
	struct span bytes = {forged->pcap, forged->pcap_len};

	if (forged->frame_count)
		assert_true(source_add_memory(source, name, bytes, &fault));
}

static struct reading read_captures(const struct forged *first, const struct forged *second)
{
	const struct analysis_options options = {.seed = 1, .delivery = {.seed = 1}};
	struct reading reading = {.source = source_new(NULL)};
	enum source_state state;
	struct fault fault;

	assert_non_null(reading.source);
	add_capture(reading.source, first, "first");
	if (second)
		add_capture(reading.source, second, "second");
	reading.analysis = analysis_new(reading.source, &options);
	assert_non_null(reading.analysis);
	do {
		state = analysis_read(reading.analysis, 100000, &fault);
		assert_int_not_equal(state, SOURCE_WARNING);
	} while (state != SOURCE_END);
	assert_true(analysis_update(reading.analysis, NO_TIME));
	return reading;
}

static void close_reading(struct reading *reading)
{
	analysis_free(reading->analysis);
	source_free(reading->source);
}

/* What is stated for RECIPIENT. A delivery whose recipient was not seen may be anybody's. */
static struct bounds bounds_of(const struct reading *reading, const char *recipient)
{
	struct bounds bounds = {0, 0};
	const struct deliveries *deliveries = analysis_deliveries(reading->analysis);

	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		struct span name = ledger_text(analysis_ledger(reading->analysis),
					       delivery->recipient);
		if (delivery->try_count == 0)
			continue;
		if (!delivery->recipient) {
			bounds.max += delivery->copies_max;
		} else if (name.n == strlen(recipient) && memcmp(name.p, recipient, name.n) == 0) {
			bounds.min += delivery->copies_min;
			bounds.max += delivery->copies_max;
		}
	}
	return bounds;
}

/* ---- The property --------------------------------------------------------------------------- */

struct tally {
	unsigned answered;  /* recipients of scenarios where every end of data was answered, */
	unsigned exact;     /* and of these, seen from the client, those with equal bounds */
	unsigned faults;
};

static void complain(const struct reading *reading, const char *where, uint64_t seed,
		     const struct forged_copies *copies, struct bounds bounds)
{
	const struct deliveries *deliveries = analysis_deliveries(reading->analysis);

	print_error("seed %llu, seen %s: %s has %u copies, said to have %u..%u\n",
		    (unsigned long long)seed, where, copies->recipient, copies->count, bounds.min,
		    bounds.max);
	for (uint32_t i = 0; i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		struct span name = ledger_text(analysis_ledger(reading->analysis),
					       delivery->recipient);
		for (uint32_t k = 0; k < delivery->try_count; k++)
			print_error("    %.*s: %s %s, %u..%u\n", (int)name.n, (const char *)name.p,
				    outcome_name(delivery->tries[k].verdict.outcome),
				    cause_name(delivery->tries[k].verdict.cause),
				    delivery->tries[k].verdict.copies_min,
				    delivery->tries[k].verdict.copies_max);
	}
}

static void compare(const struct forged *truth, const struct forged *first,
		    const struct forged *second, const char *where, uint64_t seed,
		    bool should_be_exact, struct tally *tally)
{
	struct reading reading = read_captures(first, second);

	for (size_t i = 0; i < truth->copies_count; i++) {
		const struct forged_copies *copies = &truth->copies[i];
		struct bounds bounds = bounds_of(&reading, copies->recipient);

		if (should_be_exact) {
			tally->answered++;
			tally->exact += bounds.min == bounds.max;
		}
		if (bounds.min <= copies->count && copies->count <= bounds.max)
			continue;
		tally->faults++;
		complain(&reading, where, seed, copies, bounds);
	}
	close_reading(&reading);
}

/* ---- Seen from everywhere ------------------------------------------------------------------- */

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *wish = getenv(name);
	return wish ? strtoull(wish, NULL, 10) : otherwise;
}

static void try_seed(uint64_t seed, struct tally *tally)
{
	struct random_scenario scenario = random_scenario(seed, true);
	struct forged client = forged_play(scenario.text, AT_CLIENT, 0);
	struct forged between = forged_play(scenario.text, BETWEEN, 0);
	struct forged server = forged_play(scenario.text, AT_SERVER, 0);
	struct forged ahead = forged_play(scenario.text, AT_SERVER, INT64_C(3600) * NS_PER_SECOND);
	unsigned faults = tally->faults;

	compare(&client, &client, NULL, "at the client", seed, scenario.is_answered, tally);
	compare(&client, &between, NULL, "between", seed, false, tally);
	compare(&client, &server, NULL, "at the server", seed, false, tally);
	compare(&client, &client, &server, "at both", seed, false, tally);
	compare(&client, &ahead, &client, "at both, the clocks an hour apart", seed, false, tally);
	if (tally->faults > faults && number_from("CASES", 0) == 1)
		print_error("%s", scenario.text);
	forged_free(&client);
	forged_free(&between);
	forged_free(&server);
	forged_free(&ahead);
	free(scenario.text);
}

static bool holds(struct span bytes, const char *text)
{
	return memmem(bytes.p, bytes.n, text, strlen(text)) != NULL;
}

/* Without its envelope nobody knows whose an attempt is, or in what protocol; without its end none
 * knows whether a connection went on, and without TCP ACKs that anything is missing. */
static bool is_kept(const struct forged *forged, size_t frame)
{
	struct span bytes = forged_frame(forged, frame);
	uint8_t flags = bytes.p[FLAGS_AT];

	bool is_empty = bytes.n == TCP_AT + 4U * (bytes.p[TCP_AT + 12] >> 4);

	return is_empty || flags & (FLAG_FIN | FLAG_RST) || holds(bytes, "LHLO") ||
	       holds(bytes, "MAIL FROM:") || holds(bytes, "RCPT TO:");
}

/* A tap that is overrun misses single frames, and whole runs of them. */
static void thin(struct forged *forged, uint64_t *random)
{
	uint32_t one_in = 10 + random_below(random, 200);

	for (size_t i = forged->frame_count; i-- > 0;) {
		uint32_t run = random_below(random, 8) ? 1 : 1 + random_below(random, 12);
		if (random_below(random, one_in))
			continue;
		while (run-- && i < forged->frame_count && !is_kept(forged, i))
			forged_drop(forged, i);
	}
}

static void try_seed_with_loss(uint64_t seed, struct tally *tally)
{
	struct random_scenario scenario = random_scenario(seed, false);
	struct forged whole = forged_play(scenario.text, AT_CLIENT, 0);
	struct forged client = forged_play(scenario.text, AT_CLIENT, 0);
	struct forged between = forged_play(scenario.text, BETWEEN, 0);
	struct forged server = forged_play(scenario.text, AT_SERVER, 0);
	uint64_t random = ~seed;
	unsigned faults = tally->faults;

	thin(&client, &random);
	thin(&between, &random);
	thin(&server, &random);
	compare(&whole, &client, NULL, "at the client with loss", seed, false, tally);
	compare(&whole, &between, NULL, "between with loss", seed, false, tally);
	compare(&whole, &server, NULL, "at the server with loss", seed, false, tally);
	compare(&whole, &client, &server, "at both with loss", seed, false, tally);
	compare(&whole, &whole, &server, "at both with loss at the server", seed, false, tally);
	if (tally->faults > faults && number_from("CASES", 0) == 1)
		print_error("%s", scenario.text);
	forged_free(&whole);
	forged_free(&client);
	forged_free(&between);
	forged_free(&server);
	free(scenario.text);
}

static void test_soundness_holds_for_captures_with_loss(void **state)
{
	uint64_t first = number_from("SEED", 1), cases = number_from("CASES", 200);
	struct tally tally = {0};

	(void)state;
	for (uint64_t seed = first; seed < first + cases; seed++)
		try_seed_with_loss(seed, &tally);
	assert_int_equal(tally.faults, 0);
}

static void test_soundness_copies_lie_within_the_bounds(void **state)
{
	uint64_t first = number_from("SEED", 1), cases = number_from("CASES", 200);
	struct tally tally = {0};

	(void)state;
	for (uint64_t seed = first; seed < first + cases; seed++)
		try_seed(seed, &tally);
	print_message("%u of %u answered ones known exactly\n", tally.exact, tally.answered);
	assert_int_equal(tally.faults, 0);
	assert_true(tally.exact * 100 >= tally.answered * 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_soundness_copies_lie_within_the_bounds),
		cmocka_unit_test(test_soundness_holds_for_captures_with_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
