/* SPDX-License-Identifier: MIT */
/*
 * An open dialogue goes on in another ledger: each id that it remembers is mapped. Attempt 1 of
 * session 1 is attempt 0 of session 0 there; attempt 0 was let go.
 */
#include "smtp/dialogue_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define OLD 1u
#define GONE 0u
#define NEW 0u

struct bench {
	struct ledger *before;
	struct ledger *after;
	struct dialogues *all;
	struct dialogue dialogue;
	uint32_t sessions[2];
	uint32_t attempts[2];
	struct moves moves;
};

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	assert_non_null(bench);
	bench->before = ledger_new(1);
	bench->after = ledger_new(1);
	bench->all = dialogues_new(bench->before);
	assert_true(bench->before && bench->after && bench->all);
	(void)ledger_add_session(bench->before);
	bench->dialogue.session = ledger_add_session(bench->before);
	assert_non_null(bench->dialogue.session);
	assert_non_null(ledger_add_session(bench->after));
	bench->dialogue.all = bench->all;
	bench->dialogue.attempt = bench->dialogue.attempt_before = NO_ATTEMPT;
	bench->dialogue.attempt_gapped = bench->dialogue.attempt_answered = NO_ATTEMPT;
	bench->sessions[GONE] = NO_SESSION;
	bench->attempts[GONE] = NO_ATTEMPT;
	bench->sessions[OLD] = bench->attempts[OLD] = NEW;
	bench->moves = (struct moves){.before = bench->before,
				      .after = bench->after,
				      .sessions = bench->sessions,
				      .attempts = bench->attempts,
				      .session_count = 2,
				      .attempt_count = 2};
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	queue_close(&bench->dialogue.queue);
	dialogues_free(bench->all);
	ledger_free(bench->before);
	ledger_free(bench->after);
	free(bench);
	return 0;
}

static void move(struct bench *bench)
{
	dialogues_begin_move(bench->all, bench->after);
	dialogue_move(&bench->dialogue, &bench->moves);
}

static void test_dialogue_move_goes_on_with_its_session(void **state)
{
	struct bench *bench = *state;

	move(bench);
	assert_ptr_equal(bench->dialogue.session, ledger_session(bench->after, NEW));
}

static void test_dialogue_move_maps_the_attempts_of_transactions(void **state)
{
	struct bench *bench = *state;
	struct dialogue *dialogue = &bench->dialogue;

	dialogue->attempt = dialogue->attempt_before = OLD;
	dialogue->attempt_gapped = dialogue->attempt_answered = OLD;
	move(bench);
	assert_int_equal(dialogue->attempt, NEW);
	assert_int_equal(dialogue->attempt_before, NEW);
	assert_int_equal(dialogue->attempt_gapped, NEW);
	assert_int_equal(dialogue->attempt_answered, NEW);
}

static void test_dialogue_move_forgets_attempts_that_were_let_go(void **state)
{
	struct bench *bench = *state;

	bench->dialogue.attempt_before = GONE;
	move(bench);
	assert_int_equal(bench->dialogue.attempt_before, NO_ATTEMPT);
	assert_int_equal(bench->dialogue.attempt, NO_ATTEMPT);
}

static void test_dialogue_move_maps_the_attempts_behind_tls(void **state)
{
	struct bench *bench = *state;

	bench->dialogue.tls.attempt = OLD + 1; /* 0 is none */
	bench->dialogue.tls.unanswered = OLD + 1;
	move(bench);
	assert_int_equal(bench->dialogue.tls.attempt, NEW + 1);
	assert_int_equal(bench->dialogue.tls.unanswered, NEW + 1);
}

static void test_dialogue_move_leaves_no_attempt_behind_tls_none(void **state)
{
	struct bench *bench = *state;

	move(bench);
	assert_int_equal(bench->dialogue.tls.attempt, 0);
	assert_int_equal(bench->dialogue.tls.unanswered, 0);
}

static void test_dialogue_move_maps_attempts_that_await_evidence(void **state)
{
	struct bench *bench = *state;

	bench->dialogue.open_count = 2;
	bench->dialogue.open[0].attempt = GONE;
	bench->dialogue.open[1].attempt = OLD;
	move(bench);
	assert_int_equal(bench->dialogue.open[0].attempt, NO_ATTEMPT);
	assert_int_equal(bench->dialogue.open[1].attempt, NEW);
}

static void test_dialogue_move_maps_what_due_replies_bear_on(void **state)
{
	struct bench *bench = *state;
	struct due due = {.kind = DUE_COMMAND, .verb = VERB_MAIL, .attempt = OLD, .before = OLD};

	assert_true(queue_add(&bench->dialogue.queue, &due));
	move(bench);
	assert_int_equal(queue_peek(&bench->dialogue.queue, 0)->attempt, NEW);
	assert_int_equal(queue_peek(&bench->dialogue.queue, 0)->before, NEW);
}

static void test_dialogue_move_keeps_the_name_that_a_due_reply_accepts(void **state)
{
	struct bench *bench = *state;
	struct due due = {.kind = DUE_COMMAND, .verb = VERB_EHLO, .attempt = NO_ATTEMPT,
			  .before = NO_ATTEMPT};

	(void)ledger_keep(bench->before, span_of("another"));
	due.text = ledger_keep(bench->before, span_of("relay.example"));
	assert_true(queue_add(&bench->dialogue.queue, &due));
	move(bench);
	struct span name = ledger_text(bench->after, queue_peek(&bench->dialogue.queue, 0)->text);
	assert_int_equal(name.n, 13);
	assert_memory_equal(name.p, "relay.example", 13);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_dialogue_move_goes_on_with_its_session),
		WITH_BENCH(test_dialogue_move_maps_the_attempts_of_transactions),
		WITH_BENCH(test_dialogue_move_forgets_attempts_that_were_let_go),
		WITH_BENCH(test_dialogue_move_maps_the_attempts_behind_tls),
		WITH_BENCH(test_dialogue_move_leaves_no_attempt_behind_tls_none),
		WITH_BENCH(test_dialogue_move_maps_attempts_that_await_evidence),
		WITH_BENCH(test_dialogue_move_maps_what_due_replies_bear_on),
		WITH_BENCH(test_dialogue_move_keeps_the_name_that_a_due_reply_accepts),
	};

	return cmocka_run_group_tests_name("dialogue_move", tests, NULL, NULL);
}
