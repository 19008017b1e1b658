/* SPDX-License-Identifier: MIT */
/* The JSON Lines report: its lines, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger_fixture.h"
#include "report/jsonl.h"
#include "smtp/ledger_write.h"

#include <stdio.h>

#define DLT_EN10MB 1

static struct fixture fixture;
static struct json json;
static FILE *out;
static char *written;
static size_t written_size;

static int setup(void **state)
{
	(void)state;
	out = open_memstream(&written, &written_size);
	return out ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	json_free(&json);
	fclose(out);
	free(written);
	fixture_free(&fixture);
	return 0;
}

static void begin(void (*make)(struct fixture *fixture))
{
	make(&fixture);
	assert_true(json_init(&json, out, fixture.ledger));
}

static void assert_written(const char *expected)
{
	struct fault fault;

	assert_true(json_flush(&json, &fault));
	assert_string_equal(written, expected);
}

static void test_jsonl_capture(void **state)
{
	const struct source_input input = {
		.name = "q154083.pcap",
		.link = DLT_EN10MB,
		.packets = 154,
		.bytes = 92238,
		.first_ns = fixture_time(0),
		.last_ns = fixture_time(1.5),
	};
	const struct capture_counts counts = {.skipped = {[SKIP_NOT_IP] = 3}, .gaps = 1};

	(void)state;
	begin(fixture_q154083);
	jsonl_capture(&json, &input, VANTAGE_CLIENT, &counts);
	assert_written("{\"type\":\"capture\",\"file\":\"q154083.pcap\",\"link\":\"EN10MB\","
		       "\"vantage\":\"client\",\"packets\":154,\"bytes\":92238,"
		       "\"first\":\"1709632800.000000000\",\"last\":\"1709632801.500000000\","
		       "\"skipped\":{\"not IP\":3},\"gaps\":1,\"dropped\":0}\n");
}

static void test_jsonl_empty_capture_has_no_times(void **state)
{
	const struct source_input input = {.name = "-", .link = DLT_EN10MB};

	(void)state;
	begin(fixture_q154083);
	jsonl_capture(&json, &input, VANTAGE_UNKNOWN, NULL);
	assert_written("{\"type\":\"capture\",\"file\":\"-\",\"link\":\"EN10MB\","
		       "\"vantage\":\"unknown\",\"packets\":0,\"bytes\":0,\"first\":null,"
		       "\"last\":null,\"skipped\":{},\"gaps\":0,\"dropped\":0}\n");
}

static void test_jsonl_session(void **state)
{
	(void)state;
	begin(fixture_still_waiting);
	fixture.session->closed_by = CLOSED_UNSEEN;
	fixture.session->transactions = 1;
	jsonl_session(&json, fixture.session, NULL);
	assert_written("{\"type\":\"session\",\"id\":0,\"client\":\"192.0.2.1:40001\","
		       "\"server\":\"192.0.2.10:25\",\"client_name\":\"out.msn.example\","
		       "\"server_name\":\"mx.example.net\",\"start\":\"1709632800.000000000\","
		       "\"end\":\"1709632800.500200000\",\"protocol\":\"smtp\",\"tls\":\"none\","
		       "\"transactions\":1,\"closed_by\":null,\"gap_bytes\":0,"
		       "\"retransmitted_segments\":0}\n");
}

static void test_jsonl_attempt(void **state)
{
	(void)state;
	begin(fixture_q154083);
	jsonl_attempt(&json, ledger_attempt(fixture.ledger, 0), &fixture.tries[0].verdict, NULL);
	assert_written("{\"type\":\"attempt\",\"id\":0,\"session\":0,"
		       "\"message_id\":\"8F2A.1@msn.example\",\"digest\":null,"
		       "\"subject\":\"quarterly figures\",\"sender\":\"alice@msn.example\","
		       "\"recipients\":[{\"address\":\"bob@example.net\","
		       "\"outcome\":\"unacknowledged\",\"cause\":\"reply-late\","
		       "\"reply_code\":250,\"copies_min\":1,\"copies_max\":1}],"
		       "\"size\":27212,\"outcome\":\"unacknowledged\","
		       "\"cause\":\"reply-late\",\"eod\":\"1709632800.500000000\","
		       "\"reply_time\":\"1709632900.500000000\",\"reply_code\":250,"
		       "\"reply_text\":\"250 2.0.0 Ok: queued as 4F1C2\",\"waited\":90.052000000,"
		       "\"timer_expired\":true,\"frames\":{\"data\":[0,10],\"eod\":[0,13],"
		       "\"eod_acked\":[0,14],\"reply\":[0,16],\"left\":[0,15]},"
		       "\"body_digest\":null,\"transid\":null,\"date\":null,\"received\":0,\"declared_size\":null,"
		       "\"is_encrypted\":false,\"file\":0,\"client\":\"192.0.2.1:40001\","
		       "\"server\":\"192.0.2.10:25\",\"connection\":null,\"position\":0,"
		       "\"start\":\"1709632800.070000000\","
		       "\"left\":\"1709632890.552000000\",\"copies_min\":1,\"copies_max\":1}\n");
}

static void test_jsonl_attempt_refused_before_its_message(void **state)
{
	(void)state;
	begin(fixture_greylist);
	jsonl_attempt(&json, ledger_attempt(fixture.ledger, 0), &fixture.tries[0].verdict, NULL);
	assert_written("{\"type\":\"attempt\",\"id\":0,\"session\":0,\"message_id\":null,"
		       "\"digest\":null,\"subject\":null,\"sender\":\"alice@msn.example\","
		       "\"recipients\":[{\"address\":\"bob@example.net\",\"outcome\":\"rejected\","
		       "\"cause\":null,\"reply_code\":450,\"copies_min\":0,"
		       "\"copies_max\":0}],\"size\":0,\"outcome\":\"rejected\","
		       "\"cause\":null,\"eod\":null,\"reply_time\":\"1709632800.100000000\","
		       "\"reply_code\":450,\"reply_text\":\"450 4.2.0 Greylisted\","
		       "\"waited\":null,\"timer_expired\":false,\"frames\":{\"data\":null,"
		       "\"eod\":null,\"eod_acked\":null,\"reply\":[0,9],\"left\":null},"
		       "\"body_digest\":null,\"transid\":null,\"date\":null,\"received\":0,\"declared_size\":null,"
		       "\"is_encrypted\":false,\"file\":0,\"client\":\"192.0.2.1:40001\","
		       "\"server\":\"192.0.2.10:25\",\"connection\":null,\"position\":0,"
		       "\"start\":\"1709632800.070000000\","
		       "\"left\":null,\"copies_min\":0,\"copies_max\":0}\n");
}

static void test_jsonl_recipients_that_fare_differently_are_mixed(void **state)
{
	struct attempt *attempt;
	struct verdict verdicts[2];

	(void)state;
	begin(fixture_q154083);
	attempt = fixture.attempt;
	assert_non_null(ledger_add_recipient(fixture.ledger, attempt));
	verdicts[0] = fixture.tries[2].verdict;
	verdicts[1] = (struct verdict){.outcome = OUTCOME_REJECTED, .reply_code = 550};
	jsonl_attempt(&json, attempt, verdicts, NULL);
	assert_true(json_flush(&json, NULL));
	assert_non_null(strstr(written,
			       "{\"address\":null,\"outcome\":\"rejected\",\"cause\":null,"
			       "\"reply_code\":550,\"copies_min\":0,\"copies_max\":0}],"
			       "\"size\":27212,\"outcome\":\"mixed\""));
}

static void test_jsonl_digest_is_32_figures(void **state)
{
	(void)state;
	begin(fixture_still_waiting);
	fixture.attempt->has_digest = true;
	fixture.attempt->digest = (struct digest){0x41fca774386665d4, 0xaf};
	jsonl_attempt(&json, fixture.attempt, &fixture.tries[0].verdict, NULL);
	assert_true(json_flush(&json, NULL));
	assert_non_null(strstr(written, "\"digest\":\"41fca774386665d400000000000000af\""));
}

static void test_jsonl_empty_sender_is_not_unknown(void **state)
{
	(void)state;
	begin(fixture_still_waiting);
	fixture.attempt->sender = 0;
	jsonl_attempt(&json, fixture.attempt, &fixture.tries[0].verdict, NULL);
	fixture.attempt->mail = NO_EVENT;
	jsonl_attempt(&json, fixture.attempt, &fixture.tries[0].verdict, NULL);
	assert_true(json_flush(&json, NULL));
	assert_non_null(strstr(written, "\"sender\":\"\""));
	assert_non_null(strstr(written, "\"sender\":null"));
}

static void test_jsonl_delivery(void **state)
{
	(void)state;
	begin(fixture_q154083);
	fixture.delivery.number = 7;
	fixture.delivery.revision = 3;
	fixture.tries[2].certainty = JOIN_LIKELY;
	fixture.tries[1].relation = RELATION_RESEND;
	fixture.tries[2].relation = RELATION_SENT_AGAIN;
	jsonl_delivery(&json, &fixture.delivery, 1);
	assert_written("{\"type\":\"delivery\",\"id\":7,\"revision\":3,"
		       "\"message_id\":\"8F2A.1@msn.example\",\"subject\":\"quarterly figures\","
		       "\"sender\":\"alice@msn.example\",\"recipient\":\"bob@example.net\","
		       "\"attempts\":[0,1,2],\"joined\":[\"certain\",\"likely\"],"
		       "\"relations\":[\"resend\",\"sent-again\"],"
		       "\"state\":\"duplicated\",\"copies_min\":3,\"copies_max\":3,"
		       "\"cause\":\"reply-late\",\"first\":\"1709632800.000000000\","
		       "\"last\":\"1709633037.640000000\",\"hop_of\":null,"
		       "\"recipients\":1}\n");
}

static void test_jsonl_hostile_texts_are_made_safe(void **state)
{
	static const char hostile[] = "a\"\\\033[2J\x9b\xff\xe2\x80\xae"
				      "b";

	(void)state;
	begin(fixture_q154083);
	fixture.delivery.subject = ledger_keep(fixture.ledger, span_of(hostile));
	jsonl_delivery(&json, &fixture.delivery, 1);
	assert_true(json_flush(&json, NULL));
	assert_non_null(
		strstr(written, "\"subject\":\"a\\\"\\\\\\\\x1b[2J\\\\x9b\\\\xff<U+202E>b\""));
}

static void test_jsonl_lines_of_a_reply_stay_apart(void **state)
{
	(void)state;
	begin(fixture_still_waiting);
	fixture_reply(&fixture, 50, 250, "250-2.0.0 Ok\n250 queued as 1");
	jsonl_attempt(&json, fixture.attempt, &fixture.tries[0].verdict, NULL);
	assert_true(json_flush(&json, NULL));
	assert_non_null(strstr(written, "\"reply_text\":\"250-2.0.0 Ok\\n250 queued as 1\""));
}

static void test_jsonl_longest_hostile_text_fits(void **state)
{
	char hostile[512];

	(void)state;
	begin(fixture_q154083);
	memset(hostile, '\xff', sizeof hostile);
	fixture.delivery.subject =
		ledger_keep(fixture.ledger, (struct span){(uint8_t *)hostile, sizeof hostile});
	jsonl_delivery(&json, &fixture.delivery, 1);
	assert_true(json_flush(&json, NULL));
	assert_non_null(strstr(written, "\\\\xff\",\"sender\":"));
}

static void test_jsonl_failed_write_is_a_fault(void **state)
{
	struct fault fault = {0};

	(void)state;
	begin(fixture_q154083);
	fclose(out);
	out = fopen("/dev/full", "w");
	assert_non_null(out);
	json.out = out;
	fputs("x", out);
	assert_false(json_flush(&json, &fault));
	assert_int_equal(fault.kind, FAULT_READ);
	assert_non_null(strstr(fault.text, "No space left"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* What is unknown of it is null, and counts are there though they are 0. */
static void test_jsonl_server_that_never_answered(void **state)
{
	struct party party = {
		.endpoint = {.address = {[10] = 0xff, [11] = 0xff, [12] = 192, [15] = 1},
			     .port = 25},
		.sessions = 1,
		.attempts = 1,
		.ends = 1,
		.unanswered = 1,
		.longest_unanswered_ns = 90 * NS_PER_SECOND,
	};

	(void)state;
	begin(fixture_greylist);
	jsonl_server(&json, &party);
	assert_written(
		"{\"type\":\"server\",\"address\":\"192.0.0.1:25\",\"name\":null,\"sessions\":1,"
		"\"messages\":0,\"attempts\":1,\"deliveries\":0,\"duplicated\":0,"
		"\"maybe_duplicated\":0,\"refused\":0,\"encrypted\":0,\"ends\":1,"
		"\"answered\":0,\"unanswered\":1,\"waiting\":0,\"unseen\":0,\"past_timer\":0,"
		"\"answers\":null,\"longest_unanswered\":90.000000000,\"waits\":{"
#define NO_WAITS "{\"count\":0,\"longest\":null,\"over_minimum\":0,\"given_up\":0}"
		"\"connect\":" NO_WAITS ",\"greeting\":" NO_WAITS ",\"hello\":" NO_WAITS
		",\"mail\":" NO_WAITS ",\"rcpt\":" NO_WAITS ",\"data\":" NO_WAITS
		",\"block\":" NO_WAITS ",\"eod\":" NO_WAITS "}}\n");
}

static void test_jsonl_what_if(void **state)
{
	const struct what_if_sums sums = {
		.timer_ns = 600 * NS_PER_SECOND,
		.attempts = 7,
		.confirmed = 3,
		.refused = 1,
		.too_late = 1,
		.unknown = 2,
		.encrypted = 1,
		.spared = 2,
	};

	(void)state;
	begin(fixture_greylist);
	jsonl_what_if(&json, &sums);
	assert_written("{\"type\":\"what-if\",\"timer\":600.000000000,\"attempts\":7,"
		       "\"confirmed\":3,\"encrypted\":1,\"refused\":1,\"too_late\":1,"
		       "\"unknown\":2,\"spared\":2}\n");
}

static void test_jsonl_waits_name_those_beyond_the_minimum(void **state)
{
	struct longest_waits waits = {{[WAIT_MAIL] = NO_TIME,
				       [WAIT_RCPT] = 301 * NS_PER_SECOND,
				       [WAIT_DATA] = 120 * NS_PER_SECOND,
				       [WAIT_BLOCK] = NO_TIME}};

	(void)state;
	begin(fixture_greylist);
	json_begin(&json, "x");
	jsonl_put_waits(&json, &waits, WAIT_MAIL, WAIT_BLOCK);
	json_end(&json);
	assert_written("{\"type\":\"x\",\"waits\":{\"mail\":null,\"rcpt\":301.000000000,"
		       "\"data\":120.000000000,\"block\":null},\"over_minimum\":[\"rcpt\"]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_jsonl_capture),
		TEST(test_jsonl_empty_capture_has_no_times),
		TEST(test_jsonl_session),
		TEST(test_jsonl_server_that_never_answered),
		TEST(test_jsonl_what_if),
		TEST(test_jsonl_waits_name_those_beyond_the_minimum),
		TEST(test_jsonl_attempt),
		TEST(test_jsonl_attempt_refused_before_its_message),
		TEST(test_jsonl_recipients_that_fare_differently_are_mixed),
		TEST(test_jsonl_digest_is_32_figures),
		TEST(test_jsonl_empty_sender_is_not_unknown),
		TEST(test_jsonl_delivery),
		TEST(test_jsonl_hostile_texts_are_made_safe),
		TEST(test_jsonl_lines_of_a_reply_stay_apart),
		TEST(test_jsonl_longest_hostile_text_fits),
		TEST(test_jsonl_failed_write_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
