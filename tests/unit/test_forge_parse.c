/* SPDX-License-Identifier: MIT */
/* The scenario language: what a text means, and what an error says and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../forge/lex.h"
#include "../forge/parse.h"

#define HOSTS "client c 192.0.2.1 timer 30 s\nserver s 198.51.100.1\n"
#define MESSAGE "message m 2 kB from a@b.example to d@e.example\n"

static struct scenario *parse(const char *text)
{
	char *error;
	struct scenario *scenario = parse_scenario("x.scn", text, strlen(text), &error);

	if (error)
		print_error("%s\n", error);
	free(error);
	assert_non_null(scenario);
	return scenario;
}

static void assert_refused(const char *text, const char *expected)
{
	char *error;
	struct scenario *scenario = parse_scenario("x.scn", text, strlen(text), &error);

	assert_null(scenario);
	assert_string_equal(error, expected);
	free(error);
}

static void test_forge_parse_reads_a_small_scenario(void **state)
{
	struct scenario *scenario = parse(HOSTS MESSAGE "session c -> s\n"
							"\tdeliver m\n"
							"\treply to dot after 100 s\n");
	const struct session *session = scenario->sessions;

	(void)state;
	assert_string_equal(session->client->name, "c");
	assert_string_equal(session->server->name, "s");
	assert_int_equal(session->client->timer_ns, 30 * NS_PER_S);
	assert_int_equal(session->items->kind, ITEM_DELIVER);
	assert_int_equal(session->items->message->size, 2000);
	assert_int_equal(session->items->replies->point, REPLY_DOT);
	assert_int_equal(session->items->replies->delay_ns, 100 * NS_PER_S);
	scenario_free(scenario);
}

static void test_forge_parse_resend_repeats_the_message_and_not_the_trouble(void **state)
{
	struct scenario *scenario = parse(HOSTS MESSAGE "session c -> s\n"
							"\tdeliver m\n"
							"\treply to dot nothing\n"
							"\tlose the dot\n"
							"resend after 28 s\n");
	const struct session *again = scenario->sessions->next;

	(void)state;
	assert_int_equal(again->when, WHEN_AFTER);
	assert_int_equal(again->time_ns, 28 * NS_PER_S);
	assert_ptr_equal(again->items->message, scenario->sessions->items->message);
	assert_null(again->items->replies);
	assert_null(again->rules);
	scenario_free(scenario);
}

static void test_forge_parse_resend_as_before_repeats_the_trouble(void **state)
{
	struct scenario *scenario = parse(HOSTS MESSAGE "session c -> s\n"
							"\tdeliver m\n"
							"\treply to dot nothing\n"
							"\tlose the dot\n"
							"resend after 28 s as before\n");
	const struct session *again = scenario->sessions->next;

	(void)state;
	assert_int_equal(again->items->replies->act, REPLY_NOTHING);
	assert_int_equal(again->rules->target, TARGET_DOT);
	scenario_free(scenario);
}

static void test_forge_parse_takes_a_dialogue_line_as_it_stands(void **state)
{
	struct scenario *scenario = parse(HOSTS "session c -> s\n"
						"\tS: 220 \"hello\"  # all of it \n");

	(void)state;
	assert_string_equal(scenario->sessions->items->text, "220 \"hello\"  # all of it ");
	scenario_free(scenario);
}

static void test_forge_parse_skips_comments_and_empty_lines(void **state)
{
	struct scenario *scenario = parse("# nothing\n\n  # here\n" HOSTS "\n"
					  "session c -> s # and here\n");

	(void)state;
	assert_null(scenario->sessions->items);
	scenario_free(scenario);
}

static void test_forge_parse_reads_units(void **state)
{
	struct scenario *scenario = parse("delay 1.5ms\nclock 2 min behind\n" HOSTS
					  "message a 4 KiB from a@b.example to d@e.example\n"
					  "session c -> s at 1 h\n");

	(void)state;
	assert_int_equal(scenario->delay_ns, 1500 * NS_PER_US);
	assert_int_equal(scenario->clock_ns, -120 * NS_PER_S);
	assert_int_equal(scenario_find_message(scenario, "a")->size, 4096);
	assert_int_equal(scenario->sessions->time_ns, 3600 * NS_PER_S);
	scenario_free(scenario);
}

static void test_forge_parse_error_names_line_column_and_what_was_expected(void **state)
{
	(void)state;
	assert_refused("# one\n\nclient c 192.0.2.1 timer fast\n",
		       "x.scn:3:26: expected a duration such as \"90 s\", found \"fast\"");
}

static void test_forge_parse_error_points_behind_a_line_that_ends_too_early(void **state)
{
	(void)state;
	assert_refused("delay 90\n", "x.scn:1:9: expected a duration such as \"90 s\", found the "
				     "end of the line");
}

static void test_forge_parse_error_names_the_choices(void **state)
{
	(void)state;
	assert_refused(HOSTS MESSAGE "session c -> s\n\tdeliver m\n\treply to dto after 3 s\n",
		       "x.scn:6:11: expected banner, ehlo, mail, rcpt, data, chunk, dot or quit, "
		       "found \"dto\"");
}

static void test_forge_parse_refuses_an_unknown_host(void **state)
{
	(void)state;
	assert_refused(HOSTS "session c -> nowhere\n",
		       "x.scn:3:14: expected the name of a server, found \"nowhere\"");
}

static void test_forge_parse_refuses_two_versions_of_ip(void **state)
{
	(void)state;
	assert_refused("client c 192.0.2.1\nserver s 2001:db8::1\nsession c -> s\n",
		       "x.scn:3:14: expected a server with the same version of IP as the client, "
		       "found \"s\"");
}

static void test_forge_parse_refuses_an_open_string(void **state)
{
	(void)state;
	assert_refused("scenario \"no end\n",
		       "x.scn:1:10: expected a string closed by a double quote, found \"no end\"");
}

static void test_forge_parse_refuses_what_is_left_of_a_line(void **state)
{
	(void)state;
	assert_refused("vlan 7 8\n", "x.scn:1:8: expected the end of the line, found \"8\"");
}

static void test_forge_parse_refuses_a_text_without_a_session(void **state)
{
	(void)state;
	assert_refused("", "x.scn:1:1: expected a session, found the end of the line");
}

static void test_forge_parse_refuses_a_number_too_big_for_its_unit(void **state)
{
	(void)state;
	assert_refused("delay 99999999999999999 h\n",
		       "x.scn:1:7: expected a smaller number, found \"99999999999999999\"");
}

static void test_forge_parse_refuses_a_chunked_message_that_is_cut(void **state)
{
	(void)state;
	assert_refused(HOSTS MESSAGE "session c -> s\n\tdeliver m in chunks of 1 kB cut after 9 B\n",
		       "x.scn:5:42: expected \"in chunks of\" or \"cut after\", not both, found \"B\"");
}

static void test_forge_parse_reads_what_boxes_and_routers_do(void **state)
{
	struct scenario *scenario = parse(HOSTS MESSAGE
					  "session c -> s\n\tdeliver m\n"
					  "\trouter refuses frames over 1280 B in vain\n"
					  "\tbox resets both sides 5 s after the dot with ttl 57\n"
					  "\tbox takes over at the dot near the server\n");
	const struct rule *rule = scenario->sessions->rules;

	(void)state;
	assert_int_equal(rule->act, RULE_REFUSE);
	assert_int_equal(rule->number, 1280);
	assert_true(rule->is_unheeded);
	rule = rule->next;
	assert_int_equal(rule->act, RULE_RESET);
	assert_true(rule->resets[SIDE_CLIENT] && rule->resets[SIDE_SERVER]);
	assert_int_equal(rule->duration_ns, 5 * NS_PER_S);
	assert_int_equal(rule->ttl, 57);
	rule = rule->next;
	assert_int_equal(rule->act, RULE_TAKE);
	assert_int_equal(rule->place_percent, 75);
	scenario_free(scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forge_parse_reads_a_small_scenario),
		cmocka_unit_test(test_forge_parse_resend_repeats_the_message_and_not_the_trouble),
		cmocka_unit_test(test_forge_parse_resend_as_before_repeats_the_trouble),
		cmocka_unit_test(test_forge_parse_takes_a_dialogue_line_as_it_stands),
		cmocka_unit_test(test_forge_parse_skips_comments_and_empty_lines),
		cmocka_unit_test(test_forge_parse_reads_units),
		cmocka_unit_test(test_forge_parse_error_names_line_column_and_what_was_expected),
		cmocka_unit_test(test_forge_parse_error_points_behind_a_line_that_ends_too_early),
		cmocka_unit_test(test_forge_parse_error_names_the_choices),
		cmocka_unit_test(test_forge_parse_refuses_an_unknown_host),
		cmocka_unit_test(test_forge_parse_refuses_two_versions_of_ip),
		cmocka_unit_test(test_forge_parse_refuses_an_open_string),
		cmocka_unit_test(test_forge_parse_refuses_what_is_left_of_a_line),
		cmocka_unit_test(test_forge_parse_refuses_a_text_without_a_session),
		cmocka_unit_test(test_forge_parse_refuses_a_number_too_big_for_its_unit),
		cmocka_unit_test(test_forge_parse_refuses_a_chunked_message_that_is_cut),
		cmocka_unit_test(test_forge_parse_reads_what_boxes_and_routers_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
