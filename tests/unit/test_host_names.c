/* SPDX-License-Identifier: MIT */
/* What a user calls hosts: which name counts, and where it is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis.h"
#include "bounds.h"
#include "filter.h"
#include "host_names.h"
#include "story.h"

#include <arpa/inet.h>
#include <stdio.h>

static struct endpoint endpoint_of(const char *address, uint16_t port)
{
	struct endpoint endpoint = {.address = {[10] = 0xff, [11] = 0xff}, .port = port};

	if (inet_pton(AF_INET, address, endpoint.address + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, address, endpoint.address), 1);
	return endpoint;
}

/* What ADDRESS and PORT are called by the names LINES, which end with NULL. */
static void expect(const char *const *lines, const char *address, uint16_t port, const char *name)
{
	struct host_names *names = host_names_new();
	struct endpoint endpoint = endpoint_of(address, port);

	for (size_t i = 0; lines[i]; i++)
		assert_true(host_names_add(names, lines[i], NULL));
	assert_string_equal(host_names_find(names, &endpoint), name);
	host_names_free(names);
}

static void refuse(const char *line, const char *reason)
{
	struct host_names *names = host_names_new();
	struct fault fault = {0};

	assert_false(host_names_add(names, line, &fault));
	if (!strstr(fault.text, reason))
		fail_msg("said: %s", fault.text);
	assert_null(host_names_text(names, 0));
	host_names_free(names);
}

static void test_host_names_narrowest_counts(void **state)
{
	static const char *const lines[] = {"192.0.2.17 one of them", "192.0.2.0/24 Outlook pool",
					    "192.0.0.0/16 ours", "192.0.2.17:2525 the test", NULL};
	(void)state;
	expect(lines, "192.0.2.17", 25, "one of them");
	expect(lines, "192.0.2.17", 2525, "the test");
	expect(lines, "192.0.2.99", 25, "Outlook pool");
	expect(lines, "192.0.77.1", 25, "ours");
	expect(lines, "198.51.100.1", 25, "");
}

static void test_host_names_are_of_both_kinds_of_addresses(void **state)
{
	static const char *const lines[] = {"2001:db8::/32\tsix", "[2001:db8::1]:25 mx",
					    "0.0.0.0/0 four", NULL};
	(void)state;
	expect(lines, "2001:db8::2", 25, "six");
	expect(lines, "2001:db8::1", 25, "mx");
	expect(lines, "203.0.113.9", 25, "four");
}

static void test_host_names_later_of_two_alike_counts(void **state)
{
	static const char *const lines[] = {"192.0.2.1 old", "192.0.2.1 new", NULL};
	(void)state;
	expect(lines, "192.0.2.1", 25, "new");
}

static void test_host_names_refuse_what_is_none(void **state)
{
	(void)state;
	refuse("mx.example.net the mx", "'mx.example.net' is no address");
	refuse("192.0.2.1", "what is 192.0.2.1 to be called?");
	refuse("192.0.2.1   ", "what is 192.0.2.1 to be called?");
	refuse("", "is no address");
	refuse("192.0.2.1 a name that is far longer than any column of any screen has room for it",
	       "too long");
}

static void test_host_names_are_bounded(void **state)
{
	struct host_names *names = host_names_new();
	char line[64];
	(void)state;
	for (int i = 0; i < LIMIT_HOST_NAMES; i++) {
		snprintf(line, sizeof line, "192.0.%d.%d host", i / 256, i % 256);
		assert_true(host_names_add(names, line, NULL));
	}
	assert_false(host_names_add(names, "192.0.2.1 one more", NULL));
	host_names_free(names);
}

static void test_host_names_stand_in_sentences_and_fit_filters(void **state)
{
	struct host_names *names = host_names_new();
	struct source *source = source_new(NULL);
	const struct analysis_options options = {.delivery.timer_ns = DEFAULT_TIMER_NS, .seed = 1};
	struct fault fault;
	struct filter_fault filter_fault;
	struct story story;
	struct prose sentence;
	(void)state;
	assert_true(host_names_add(names, "198.51.100.0/24 Outlook pool", &fault));
	assert_true(source_add_file(source, "pcaps/q154083.pcap", &fault));
	struct analysis *analysis = analysis_new(source, &options);
	struct ledger *ledger = analysis_ledger(analysis);
	ledger_name_hosts(ledger, names);
	while (analysis_read(analysis, 1000, &fault) != SOURCE_END)
		;
	assert_true(analysis_update(analysis, NO_TIME));
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	const struct delivery *delivery = delivery_get(deliveries, 0);
	struct subject subject =
		subject_of(ledger, deliveries, delivery, analysis_now(analysis), true);
	assert_true(story_tell(&subject, &story));
	story_sentence(&subject, &story, 0, &sentence);
	assert_non_null(strstr(sentence.text, "the server 198.51.100.25 (Outlook pool)"));
	static const char *const fitting[] = {"server='outlook pool'", "server ~ outl", "outlook"};
	for (size_t i = 0; i < sizeof fitting / sizeof *fitting; i++) {
		struct filter *filter = filter_parse(fitting[i], &filter_fault);
		assert_true(filter_matches(filter, ledger, delivery));
		filter_free(filter);
	}
	struct filter *other = filter_parse("client='outlook pool'", &filter_fault);
	assert_false(filter_matches(other, ledger, delivery));
	filter_free(other);
	story_free(&story);
	analysis_free(analysis);
	source_free(source);
	host_names_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host_names_narrowest_counts),
		cmocka_unit_test(test_host_names_are_of_both_kinds_of_addresses),
		cmocka_unit_test(test_host_names_later_of_two_alike_counts),
		cmocka_unit_test(test_host_names_refuse_what_is_none),
		cmocka_unit_test(test_host_names_are_bounded),
		cmocka_unit_test(test_host_names_stand_in_sentences_and_fit_filters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
