/* SPDX-License-Identifier: MIT */
/* What filters find: deliveries made by hand, a field at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filter.h"
#include "ledger_fixture.h"
#include "smtp/ledger_write.h"

#include <locale.h>
#include <stdlib.h>
#include <time.h>

static struct fixture fixture;

static int teardown(void **state)
{
	(void)state;
	fixture_free(&fixture);
	fixture = (struct fixture){0};
	return 0;
}

static bool fits(const char *text)
{
	struct filter_fault fault;
	struct filter *filter = filter_parse(text, &fault);

	if (!filter)
		fail_msg("%s: %s", text, fault.fault.text);
	bool result = filter_matches(filter, fixture.ledger, &fixture.delivery);
	/* A second time it is remembered. */
	assert_int_equal(filter_matches(filter, fixture.ledger, &fixture.delivery), result);
	filter_free(filter);
	return result;
}

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* The fixture's delivery: three attempts from 2024-03-05 10:00:00 UTC on, 3 copies. */
static int setup_q154083(void **state)
{
	(void)state;
	set_zone("UTC");
	fixture_q154083(&fixture);
	for (uint32_t i = 0; i < fixture.delivery.try_count; i++)
		if (fixture.tries[i].verdict.waited_ns > fixture.delivery.longest_wait_ns)
			fixture.delivery.longest_wait_ns = fixture.tries[i].verdict.waited_ns;
	return 0;
}

static void test_filter_nothing_and_blanks_fit_everything(void **state)
{
	(void)state;
	assert_true(filter_matches(NULL, fixture.ledger, &fixture.delivery));
	assert_true(fits(""));
	assert_true(fits("  "));
}

static void test_filter_and_binds_closer_than_or(void **state)
{
	(void)state;
	assert_true(fits("copies=3 or copies=9 and copies=9"));
	assert_false(fits("(copies=3 or copies=9) and copies=9"));
	assert_false(fits("not copies=3 or copies=9"));
	assert_true(fits("not (copies=3 and copies=9)"));
	assert_true(fits("copies=3 attempts=3"));
	assert_false(fits("copies=3 attempts=4"));
}

static void test_filter_state(void **state)
{
	(void)state;
	assert_true(fits("state=duplicated"));
	assert_true(fits("STATE = Duplicated"));
	assert_true(fits("state=in_doubt,duplicated"));
	assert_true(fits("state ~ dup"));
	assert_false(fits("state=maybe-duplicated"));
	assert_false(fits("state!=duplicated"));
}

static void test_filter_cause_and_outcome(void **state)
{
	(void)state;
	assert_true(fits("cause=reply-late"));
	assert_false(fits("cause=none"));
	assert_true(fits("outcome=unacknowledged"));
	assert_true(fits("outcome=accepted"));
	assert_false(fits("outcome!=accepted"));
	assert_false(fits("outcome=rejected"));
}

static void test_filter_from_and_to(void **state)
{
	(void)state;
	assert_true(fits("from=alice@msn.example"));
	assert_true(fits("from=<ALICE@msn.example>"));
	assert_false(fits("from=alice"));
	assert_true(fits("from ~ alice"));
	assert_true(fits("to ~ @example\\.net$"));
	assert_false(fits("to !~ @example\\.(net|org)$"));
	assert_false(fits("from=<>"));
}

static void test_filter_from_nobody_is_not_from_unknown(void **state)
{
	(void)state;
	fixture.delivery.sender = 0;
	assert_true(fits("from=<>"));
	assert_true(fits("from=''"));
	for (uint32_t i = 0; i < fixture.delivery.try_count; i++)
		ledger_edit_attempt(fixture.ledger, fixture.tries[i].attempt)->mail = NO_EVENT;
	assert_false(fits("from=<>"));
	assert_false(fits("from ~ ."));
	assert_true(fits("from!=alice@msn.example"));
}

static void test_filter_subject_and_message_id(void **state)
{
	(void)state;
	assert_true(fits("subject='Quarterly Figures'"));
	assert_true(fits("subject ~ ^quart.*s$"));
	assert_false(fits("subject=''"));
	assert_true(fits("message-id=<8F2A.1@msn.example>"));
	assert_true(fits("message_id ~ 8f2a"));
	fixture.delivery.subject = 0;
	assert_true(fits("subject=''"));
}

static void test_filter_compares_text_as_it_is_shown(void **state)
{
	(void)state;
	fixture.delivery.subject =
		ledger_keep(fixture.ledger, span_of("GR\xc3\x96SSE \x1b[1m\xe2\x80\xae"));
	assert_true(fits("subject ~ gr\xc3\xb6sse"));
	assert_true(fits("gr\xc3\xb6sse"));
	assert_true(fits("subject ~ 'gr.sse'"));
	assert_true(fits("\\x1b[1m"));
	assert_true(fits("subject ~ U.202E"));
	assert_false(fits("subject ~ \x1b"));
}

static void test_filter_server_and_client(void **state)
{
	(void)state;
	assert_true(fits("server=192.0.2.10"));
	assert_true(fits("server=192.0.2.10:25"));
	assert_false(fits("server=192.0.2.10:26"));
	assert_false(fits("server=192.0.2.1"));
	assert_true(fits("server=mx.example.net"));
	assert_false(fits("server=example.net"));
	assert_true(fits("server ~ example.net"));
	assert_true(fits("server ~ '2\\.10:25$'"));
	assert_true(fits("client=192.0.2.0/24"));
	assert_true(fits("client=192.0.3.0/23"));
	assert_false(fits("client=192.0.3.0/24"));
	assert_true(fits("client=0.0.0.0/0"));
	assert_false(fits("client=2001:db8::1"));
	assert_true(fits("client=::ffff:192.0.2.1"));
	assert_true(fits("client=192.0.2.1:40002"));
	assert_true(fits("client=out.msn.example"));
}

static void test_filter_ipv6_peer(void **state)
{
	(void)state;
	fixture.session->server =
		(struct endpoint){.address = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x25}, .port = 25};
	assert_true(fits("server=2001:db8::25"));
	assert_true(fits("server=[2001:DB8:0::25]:25"));
	assert_true(fits("server=2001:db8::/32"));
	assert_false(fits("server=2001:db8::26"));
	assert_false(fits("server=[2001:db8::25]:587"));
}

static void test_filter_waited(void **state)
{
	(void)state;
	assert_true(fits("waited>90s")); /* it is 90.052 s */
	assert_true(fits("waited>=1.5m"));
	assert_true(fits("waited=90s"));
	assert_true(fits("waited=90.1"));
	assert_false(fits("waited=90.0s"));
	assert_true(fits("waited<10m"));
	assert_true(fits("waited<=90052ms"));
	assert_false(fits("waited<90052ms"));
	assert_true(fits("waited<1.5h"));
	fixture.delivery.longest_wait_ns = 0;
	assert_false(fits("waited<10m"));
}

static void test_filter_size(void **state)
{
	(void)state;
	assert_true(fits("size=27212"));
	assert_true(fits("size=27k"));
	assert_true(fits("size=27.2kB"));
	assert_false(fits("size=27.1k"));
	assert_false(fits("size>27k"));
	assert_true(fits("size>26.9k"));
	assert_true(fits("size<1M"));
}

static void test_filter_numbers(void **state)
{
	(void)state;
	fixture.delivery.number = 6;
	assert_true(fits("copies=3 copies-min>=3 copies_min<4"));
	assert_true(fits("attempts>2"));
	assert_true(fits("id=6 number=7"));
	assert_true(fits("session=1"));
	assert_false(fits("session=3"));
}

static void test_filter_code_and_reply(void **state)
{
	(void)state;
	assert_true(fits("code=250"));
	assert_true(fits("code=2xx"));
	assert_true(fits("code=25x"));
	assert_false(fits("code>=400"));
	assert_true(fits("reply ~ 4f1c9"));
	assert_true(fits("reply='250 2.0.0 Ok: queued as 4F1D0'"));
	assert_false(fits("reply ~ 4F1CA"));
}

static void test_filter_finds_the_reply_that_refused(void **state)
{
	(void)state;
	fixture_free(&fixture);
	fixture_greylist(&fixture);
	assert_true(fits("code=4xx outcome=rejected"));
	assert_true(fits("code=450 reply ~ greylisted"));
}

static void test_filter_reads_lines_of_a_reply_side_by_side(void **state)
{
	(void)state;
	const struct attempt *attempt = fixture.attempt;
	fixture.session->events[attempt->reply].text =
		ledger_keep(fixture.ledger, span_of("250-thank you\n250 queued as X1"));
	assert_true(fits("reply ~ 'you 250 queued'"));
}

static void test_filter_frame(void **state)
{
	const struct event *eod = session_event(fixture.session, fixture.attempt->eod);
	char text[40];

	(void)state;
	snprintf(text, sizeof text, "frame=%u", eod->frame);
	assert_true(fits(text));
	assert_false(fits("frame=99999"));
}

static void test_filter_tls(void **state)
{
	(void)state;
	assert_true(fits("tls=none"));
	fixture.session->tls = TLS_STARTTLS;
	assert_true(fits("tls=starttls"));
	assert_true(fits("tls=none"));
	assert_false(fits("tls!=none"));
}

static void test_filter_time_of_day_is_all_of_its_minute(void **state)
{
	(void)state;
	assert_true(fits("time=10:00"));
	assert_true(fits("time=10:00:00"));
	assert_false(fits("time=10:01"));
	assert_true(fits("time<=10:00 time>=10:00"));
	assert_false(fits("time>10:00"));
	assert_true(fits("time>9:59 time<10:01"));
	fixture.delivery.first_ns = fixture_time(59.9);
	assert_true(fits("time<=10:00"));
	assert_true(fits("time=10:00:59.9"));
	assert_false(fits("time=10:00:59.8"));
}

static void test_filter_time_with_date(void **state)
{
	(void)state;
	assert_true(fits("time=2024-03-05"));
	assert_true(fits("time='2024-03-05 10:00'"));
	assert_true(fits("time=2024-03-05T10:00:00Z"));
	assert_true(fits("time=2024-03-05T11:00+01:00"));
	assert_true(fits("time=2024-03-05T05:00-0500"));
	assert_false(fits("time>2024-03-05"));
	assert_true(fits("time>2024-03-04 time<2024-03-06"));
}

static void test_filter_time_is_local_without_a_zone(void **state)
{
	(void)state;
	set_zone("CET-1CEST");
	assert_true(fits("time=11:00"));
	assert_true(fits("time=10:00Z"));
	assert_true(fits("time=2024-03-05T11:00"));
	set_zone("PST8PDT");
	assert_true(fits("time=2:00"));
	set_zone("LINT-14");
	assert_true(fits("time=2024-03-06"));
	assert_true(fits("time=00:00"));
}

static void test_filter_text_without_field_is_sought_in_all_that_is_seen(void **state)
{
	static const char *const words[] = {
		"FIGURES",  "alice@",	  "bob",	"<8F2A.1@msn.example>", "reply-late",
		"duplicat", "192.0.2.10", ":40003",	"mx.example",		"out.msn",
		"4F1C9",    "10:00",	  "2024-03-05", "'quarterly figures'",
	};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!fits(words[i]))
			fail_msg("not found: %s", words[i]);
	assert_false(fits("nothing"));
	assert_false(fits("10:01"));
	assert_false(fits("'figures quarterly'"));
	assert_true(fits("figures quarterly"));
	assert_false(fits("!figures"));
	assert_false(fits("figures nothing"));
}

int main(void)
{
#define FILTER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_q154083, teardown)
	const struct CMUnitTest tests[] = {
		FILTER_TEST(test_filter_nothing_and_blanks_fit_everything),
		FILTER_TEST(test_filter_and_binds_closer_than_or),
		FILTER_TEST(test_filter_state),
		FILTER_TEST(test_filter_cause_and_outcome),
		FILTER_TEST(test_filter_from_and_to),
		FILTER_TEST(test_filter_from_nobody_is_not_from_unknown),
		FILTER_TEST(test_filter_subject_and_message_id),
		FILTER_TEST(test_filter_compares_text_as_it_is_shown),
		FILTER_TEST(test_filter_server_and_client),
		FILTER_TEST(test_filter_ipv6_peer),
		FILTER_TEST(test_filter_waited),
		FILTER_TEST(test_filter_size),
		FILTER_TEST(test_filter_numbers),
		FILTER_TEST(test_filter_code_and_reply),
		FILTER_TEST(test_filter_finds_the_reply_that_refused),
		FILTER_TEST(test_filter_reads_lines_of_a_reply_side_by_side),
		FILTER_TEST(test_filter_frame),
		FILTER_TEST(test_filter_tls),
		FILTER_TEST(test_filter_time_of_day_is_all_of_its_minute),
		FILTER_TEST(test_filter_time_with_date),
		FILTER_TEST(test_filter_time_is_local_without_a_zone),
		FILTER_TEST(test_filter_text_without_field_is_sought_in_all_that_is_seen),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
