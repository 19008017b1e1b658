/* SPDX-License-Identifier: MIT */
/* What stands on the way between client and server, and what the servers have in the end. */
#include "forged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../forge/lex.h"
#include "../forge/tcp.h"

#define HOSTS                                                                                      \
	"delay 20 ms\n"                                                                            \
	"client c 192.0.2.1 timer 30 s\nserver s 198.51.100.1\n"                                   \
	"message m 4 kB from a@b.example to d@e.example\n"
#define DELIVER HOSTS "session c -> s\n\tdeliver m\n"

#define TTL_AT 22
#define PROTOCOL_AT 23
#define SOURCE_AT 26
#define TCP_AT 34
#define FLAGS_AT 47

enum { AT_CLIENT = 0, BETWEEN = 50, AT_SERVER = 100 };

static uint8_t byte_of(const struct forged *forged, size_t frame, size_t at)
{
	struct span bytes = forged_frame(forged, frame);

	assert_true(at < bytes.n);
	return bytes.p[at];
}

/* The first RST that the server seems to have sent, or FRAME_NONE. */
static size_t find_reset(const struct forged *forged, uint8_t from)
{
	for (size_t i = 0; i < forged->frame_count; i++) {
		if (byte_of(forged, i, FLAGS_AT) & TCP_RST && byte_of(forged, i, SOURCE_AT) == from)
			return i;
	}
	return FRAME_NONE;
}

#define BOX DELIVER "\treply to dot after 20 s\n\tbox resets the client 5 s after the dot with ttl 57\n"

static void test_forge_way_box_resets_one_side_in_the_name_of_the_other(void **state)
{
	struct forged forged = forged_play(BOX, AT_CLIENT, 0);
	size_t reset = find_reset(&forged, 198), dot = forged_find(&forged, 0, "\r\n.\r\n");

	(void)state;
	assert_int_not_equal(reset, FRAME_NONE);
	assert_int_equal(byte_of(&forged, reset, TTL_AT), 57);
	assert_in_range(forged_time_ns(&forged, reset) - forged_time_ns(&forged, dot),
			5 * NS_PER_S, 5 * NS_PER_S + 30 * NS_PER_MS);
	forged_free(&forged);
}

static void test_forge_way_other_side_does_not_see_the_reset(void **state)
{
	struct forged forged = forged_play(BOX, AT_SERVER, 0);

	(void)state;
	assert_int_equal(find_reset(&forged, 198), FRAME_NONE);
	/* its reply meets nobody any more */
	assert_int_not_equal(find_reset(&forged, 192), FRAME_NONE);
	forged_free(&forged);
}

#define TAKEN DELIVER "\treply to dot \"250 mine\"\n\tbox takes over at the dot near the server\n"

static void test_forge_way_box_answers_and_the_server_hears_no_more(void **state)
{
	struct forged near = forged_play(TAKEN, AT_CLIENT, 0);
	struct forged far = forged_play(TAKEN, AT_SERVER, 0);

	(void)state;
	assert_int_not_equal(forged_find(&near, 0, "250 mine"), FRAME_NONE);
	assert_int_equal(forged_find(&far, 0, "250 mine"), FRAME_NONE);
	assert_int_equal(forged_find(&far, 0, "\r\n.\r\n"), FRAME_NONE);
	assert_int_equal(near.copies[0].count, 0);
	forged_free(&near);
	forged_free(&far);
}

#define REFUSED(how) DELIVER "\trouter refuses frames over 1280 B from the client" how "\n"

/* ICMP type 3 code 4, from anybody. */
static size_t count_too_big(const struct forged *forged)
{
	size_t n = 0;

	for (size_t i = 0; i < forged->frame_count; i++) {
		n += byte_of(forged, i, PROTOCOL_AT) == 1 && byte_of(forged, i, TCP_AT) == 3 &&
		     byte_of(forged, i, TCP_AT + 1) == 4 &&
		     byte_of(forged, i, TCP_AT + 6) == 1280 / 256;
	}
	return n;
}

static void test_forge_way_router_says_what_does_not_pass_and_the_client_heeds_it(void **state)
{
	struct forged near = forged_play(REFUSED(""), AT_CLIENT, 0);
	struct forged far = forged_play(REFUSED(""), AT_SERVER, 0);

	(void)state;
	assert_true(count_too_big(&near) > 0);
	assert_int_equal(count_too_big(&far), 0);
	assert_int_equal(near.copies[0].count, 1);
	for (size_t i = 0; i < far.frame_count; i++)
		assert_true(forged_frame(&far, i).n <= 1280 + 14);
	forged_free(&near);
	forged_free(&far);
}

static void test_forge_way_client_that_heeds_no_router_gets_nothing_through(void **state)
{
	struct forged near = forged_play(REFUSED(" in vain"), AT_CLIENT, 0);

	(void)state;
	assert_true(count_too_big(&near) > 3);
	assert_int_equal(near.copies[0].count, 0);
	forged_free(&near);
}

static void test_forge_way_client_behind_a_nat_is_another_at_the_server(void **state)
{
	struct forged near = forged_play("nat 203.0.113.7\n" DELIVER, AT_CLIENT, 0);
	struct forged far = forged_play("nat 203.0.113.7\n" DELIVER, AT_SERVER, 0);
	struct span here = forged_frame(&near, 0), there = forged_frame(&far, 0);

	(void)state;
	assert_int_equal(here.p[SOURCE_AT], 192);
	assert_int_equal(there.p[SOURCE_AT], 203);
	assert_memory_not_equal(here.p + TCP_AT, there.p + TCP_AT, 2);
	assert_memory_equal(here.p + TCP_AT + 4, there.p + TCP_AT + 4, 4);
	forged_free(&near);
	forged_free(&far);
}

static void assert_copies(const char *text, unsigned expected)
{
	struct forged forged = forged_play(text, AT_CLIENT, 0);

	assert_int_equal(forged.copies_count, 1);
	assert_string_equal(forged.copies[0].message, "m");
	assert_string_equal(forged.copies[0].recipient, "d@e.example");
	assert_int_equal(forged.copies[0].count, expected);
	forged_free(&forged);
}

static void test_forge_way_server_stores_what_it_answers_yes_to_however_late(void **state)
{
	(void)state;
	assert_copies(DELIVER "\treply to dot after 35 s\nresend after 5 s\n", 2);
}

static void test_forge_way_server_stores_nothing_that_it_refuses(void **state)
{
	(void)state;
	assert_copies(DELIVER "\treply to dot \"554 no\"\n", 0);
	assert_copies(DELIVER "\treply to rcpt \"550 no\"\n", 0);
}

static void test_forge_way_silent_server_stores_only_what_it_is_said_to_keep(void **state)
{
	(void)state;
	assert_copies(DELIVER "\treply to dot nothing\n", 0);
	assert_copies(DELIVER "\treply to dot nothing keeping it\n", 1);
	assert_copies(DELIVER "\treply to dot after 2 s close keeping it\n", 1);
	assert_copies(DELIVER "\treply to dot nothing keeping it\n\tlose the dot forever\n", 0);
}

static void test_forge_way_what_comes_after_the_capture_is_not_true_yet(void **state)
{
	(void)state;
	assert_copies("capture until 10 s\n" DELIVER "\treply to dot after 20 s\n", 0);
}

static void test_forge_way_lmtp_and_prdr_answer_for_each_recipient(void **state)
{
	static const char text[] =
		"client c 192.0.2.1\nserver s 198.51.100.1\n"
		"message m from a@b.example to d@e.example f@e.example\n"
		"session c -> s\n\tdeliver m prdr\n\treply to dot f@e.example \"452 full\"\n";
	struct forged forged = forged_play(text, AT_CLIENT, 0);

	(void)state;
	assert_int_not_equal(forged_find(&forged, 0, "353 "), FRAME_NONE);
	assert_int_equal(forged.copies_count, 2);
	assert_int_equal(forged.copies[0].count, 1);
	assert_int_equal(forged.copies[1].count, 0);
	forged_free(&forged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forge_way_box_resets_one_side_in_the_name_of_the_other),
		cmocka_unit_test(test_forge_way_other_side_does_not_see_the_reset),
		cmocka_unit_test(test_forge_way_box_answers_and_the_server_hears_no_more),
		cmocka_unit_test(
			test_forge_way_router_says_what_does_not_pass_and_the_client_heeds_it),
		cmocka_unit_test(test_forge_way_client_that_heeds_no_router_gets_nothing_through),
		cmocka_unit_test(test_forge_way_client_behind_a_nat_is_another_at_the_server),
		cmocka_unit_test(test_forge_way_server_stores_what_it_answers_yes_to_however_late),
		cmocka_unit_test(test_forge_way_server_stores_nothing_that_it_refuses),
		cmocka_unit_test(test_forge_way_silent_server_stores_only_what_it_is_said_to_keep),
		cmocka_unit_test(test_forge_way_what_comes_after_the_capture_is_not_true_yet),
		cmocka_unit_test(test_forge_way_lmtp_and_prdr_answer_for_each_recipient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
