/* SPDX-License-Identifier: MIT */
/* Messages read again from a capture: they are what went by the first time. */
#include "messages.h"
#include "play_capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glob.h>

#define MOST_ATTEMPTS 4096

/* What came of one attempt's message. */
struct kept {
	uint8_t *bytes;
	size_t n;
	bool has_begun;
	bool has_ended;
	bool is_whole;
};

/* A sink that keeps all it is given, by the numbers of attempts. */
struct keeper {
	struct message_sink sink;
	uint32_t count;
	struct kept kept[MOST_ATTEMPTS];
};

static void *keep_begin(void *context, const struct session *session,
			const struct attempt *attempt)
{
	(void)session;
	struct keeper *keeper = context;
	assert_true(attempt->id < MOST_ATTEMPTS);
	struct kept *kept = &keeper->kept[attempt->id];
	assert_false(kept->has_begun);
	kept->has_begun = true;
	keeper->count++;
	return kept;
}

static void keep_bytes(void *owner, struct span bytes)
{
	struct kept *kept = owner;
	assert_false(kept->has_ended);
	kept->bytes = realloc(kept->bytes, kept->n + bytes.n);
	memcpy(kept->bytes + kept->n, bytes.p, bytes.n);
	kept->n += bytes.n;
}

static void keep_end(void *owner, bool is_whole)
{
	struct kept *kept = owner;
	assert_false(kept->has_ended);
	kept->has_ended = true;
	kept->is_whole = is_whole;
}

static struct keeper *keeper_new(void)
{
	struct keeper *keeper = calloc(1, sizeof *keeper);
	keeper->sink = (struct message_sink){keeper, keep_begin, keep_bytes, keep_end};
	return keeper;
}

static void keeper_free(struct keeper *keeper)
{
	for (uint32_t i = 0; i < MOST_ATTEMPTS; i++)
		free(keeper->kept[i].bytes);
	free(keeper);
}

static struct kept *kept_of(struct keeper *keeper, uint32_t attempt)
{
	return &keeper->kept[attempt];
}

/* Reads the messages of ATTEMPT, or of all, again; STEP packets at a time. */
static struct keeper *read_again(struct analysis *analysis, uint32_t attempt, uint32_t step,
				 uint64_t *lost)
{
	struct keeper *keeper = keeper_new();
	struct messages *messages = messages_new(analysis, &keeper->sink, 1);
	enum messages_state state = MESSAGES_GO_ON;
	assert_non_null(messages);
	for (uint32_t i = 0; i < ledger_attempt_count(analysis_ledger(analysis)); i++)
		if (attempt == NO_ATTEMPT || attempt == i)
			messages_add(messages, i);
	for (int last = 0; state == MESSAGES_GO_ON; last = messages_progress(messages)) {
		state = messages_step(messages, step);
		assert_true(messages_progress(messages) >= last);
	}
	assert_int_equal(state, MESSAGES_DONE);
	assert_int_equal(messages_progress(messages), 100);
	if (lost)
		*lost = messages_lost(messages);
	messages_free(messages);
	return keeper;
}

static void expect_same(const char *name, uint32_t attempt, const struct kept *first,
			const struct kept *again)
{
	if (first->has_begun != again->has_begun || first->has_ended != again->has_ended ||
	    first->is_whole != again->is_whole || first->n != again->n ||
	    (first->n && memcmp(first->bytes, again->bytes, first->n) != 0))
		fail_msg("%s: message of attempt %u: %d %d %zu, read again %d %d %zu", name,
			 attempt, first->has_begun, first->is_whole, first->n, again->has_begun,
			 again->is_whole, again->n);
}

/* All messages of the capture at PATH read again, and then one by one. */
static uint32_t compare_capture(const char *path)
{
	struct fault fault = {0};
	struct keeper *first = keeper_new();
	const struct analysis_options options = {.seed = 1, .messages = &first->sink};
	struct source *source = source_new(NULL);
	if (!source_add_file(source, path, &fault))
		fail_msg("%s", fault.text);
	struct analysis *analysis = analysis_new(source, &options);
	while (analysis_read(analysis, 1000, &fault) != SOURCE_END)
		;
	uint32_t count = ledger_attempt_count(analysis_ledger(analysis));
	struct keeper *all = read_again(analysis, NO_ATTEMPT, 7, NULL);
	for (uint32_t i = 0; i < count; i++) {
		expect_same(path, i, kept_of(first, i), kept_of(all, i));
		struct keeper *one = read_again(analysis, i, 1000, NULL);
		expect_same(path, i, kept_of(first, i), kept_of(one, i));
		assert_int_equal(one->count, kept_of(first, i)->has_begun);
		keeper_free(one);
	}
	count = all->count;
	keeper_free(all);
	analysis_free(analysis);
	source_free(source);
	keeper_free(first);
	return count;
}

static void test_messages_of_every_sample_are_read_again_as_they_went_by(void **state)
{
	glob_t found;
	uint32_t count = 0;
	(void)state;
	assert_int_equal(glob("pcaps/*.pcap*", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		count += compare_capture(found.gl_pathv[i]);
	globfree(&found);
	assert_true(count > 100);
}

static void say_message(struct play *play, const char *text)
{
	play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	play_say(play, SIDE_CLIENT, "RCPT TO:<b@y>\r\n");
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	play_say(play, SIDE_CLIENT, "DATA\r\n");
	play_say(play, SIDE_SERVER, "354 go\r\n");
	play_say(play, SIDE_CLIENT, text);
	play_say(play, SIDE_SERVER, "250 ok\r\n");
}

static void test_messages_of_one_connection_are_told_apart(void **state)
{
	struct play play;
	struct played played = {0};
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	say_message(&play, "one\r\n.\r\n");
	say_message(&play, ".\r\n");
	say_message(&play, "three\r\n.\r\n");
	played_read(&played, &play, 0);
	struct keeper *keeper = read_again(played.analysis, 2, 5, NULL);
	assert_int_equal(keeper->count, 1);
	assert_int_equal(kept_of(keeper, 2)->n, 7);
	assert_memory_equal(kept_of(keeper, 2)->bytes, "three\r\n", 7);
	assert_true(kept_of(keeper, 2)->is_whole);
	keeper_free(keeper);
	keeper = read_again(played.analysis, 1, 5, NULL);
	assert_int_equal(keeper->count, 1);
	assert_true(kept_of(keeper, 1)->is_whole);
	assert_int_equal(kept_of(keeper, 1)->n, 0);
	keeper_free(keeper);
	played_end(&played);
}

static void test_messages_with_a_gap_are_not_whole(void **state)
{
	struct play play;
	struct played played = {0};
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "one\r\n");
	play_say(&play, SIDE_CLIENT, "two\r\n");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_CLIENT, "three\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	played_read(&played, &play, 0);
	struct keeper *keeper = read_again(played.analysis, NO_ATTEMPT, 5, NULL);
	assert_memory_equal(kept_of(keeper, 0)->bytes, "one\r\nthree\r\n", 12);
	assert_true(kept_of(keeper, 0)->has_ended);
	assert_false(kept_of(keeper, 0)->is_whole);
	keeper_free(keeper);
	played_end(&played);
}

static void test_messages_behind_turn_are_those_of_the_other_side(void **state)
{
	struct play play;
	struct played played = {0};
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	say_message(&play, "there\r\n.\r\n");
	play_say(&play, SIDE_CLIENT, "TURN\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "220 c at your service\r\n");
	play_say(&play, SIDE_SERVER, "MAIL FROM:<d@y>\r\nRCPT TO:<e@x>\r\nDATA\r\n");
	play_say(&play, SIDE_CLIENT, "250 d\r\n250 e\r\n354 go\r\n");
	play_say(&play, SIDE_SERVER, "and back\r\n.\r\n");
	played_read(&played, &play, 0);
	struct keeper *keeper = read_again(played.analysis, 1, 5, NULL);
	assert_int_equal(keeper->count, 1);
	assert_true(kept_of(keeper, 1)->is_whole);
	assert_memory_equal(kept_of(keeper, 1)->bytes, "and back\r\n", 10);
	keeper_free(keeper);
	played_end(&played);
}

/* Two messages on two connections, of which a small ring keeps the second alone. */
static void test_messages_that_left_the_ring_do_not_come(void **state)
{
	struct play play;
	struct played played = {0};
	uint64_t lost;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "one\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_reconnect(&play, 40001);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "two\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	played_read(&played, &play, 1600);
	struct keeper *keeper = read_again(played.analysis, NO_ATTEMPT, 5, &lost);
	assert_true(lost > 0);
	assert_false(kept_of(keeper, 0)->has_begun);
	assert_true(kept_of(keeper, 1)->is_whole);
	keeper_free(keeper);
	played_end(&played);
}

/* As the beginning is gone, what is left of it goes to nobody, or to its own attempt. */
static void test_messages_that_lost_their_beginning_are_never_whole(void **state)
{
	(void)state;
	for (size_t ring = 200; ring < 2400; ring += 40) {
		struct play play;
		struct played played = {0};
		play_begin(&play);
		play_open(&play);
		play_envelope(&play, "a@x", "b@y");
		play_say_cut(&play, SIDE_CLIENT, "Subject: x\r\n\r\none\r\ntwo\r\n.\r\n", 4);
		play_say(&play, SIDE_SERVER, "250 ok\r\n");
		say_message(&play, "second\r\n.\r\n");
		played_read(&played, &play, ring);
		uint64_t lost;
		struct keeper *keeper = read_again(played.analysis, NO_ATTEMPT, 5, &lost);
		if (lost)
			assert_true(!kept_of(keeper, 0)->is_whole || kept_of(keeper, 0)->n == 24);
		if (kept_of(keeper, 1)->has_begun)
			assert_memory_equal(kept_of(keeper, 1)->bytes, "second\r\n", 8);
		keeper_free(keeper);
		played_end(&played);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_of_every_sample_are_read_again_as_they_went_by),
		cmocka_unit_test(test_messages_of_one_connection_are_told_apart),
		cmocka_unit_test(test_messages_with_a_gap_are_not_whole),
		cmocka_unit_test(test_messages_behind_turn_are_those_of_the_other_side),
		cmocka_unit_test(test_messages_that_left_the_ring_do_not_come),
		cmocka_unit_test(test_messages_that_lost_their_beginning_are_never_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
