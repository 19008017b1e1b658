/* SPDX-License-Identifier: MIT */
/* The text report on sample captures: the answer first, proofs, advice, what was passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "report.h"
#include "text.h"

#include <string.h>

static struct source *source;
static struct analysis *analysis;
static char *written;
static size_t written_size;

static int teardown(void **state)
{
	(void)state;
	analysis_free(analysis);
	source_free(source);
	free(written);
	written = NULL;
	analysis = NULL;
	source = NULL;
	return 0;
}

/* Reads everything from the source. */
static void analyse(void)
{
	const struct analysis_options options = {.seed = 1};
	struct fault fault = {0};
	enum source_state source_state;

	analysis = analysis_new(source, &options);
	assert_non_null(analysis);
	do {
		source_state = analysis_read(analysis, 1000, &fault);
	} while (source_state == SOURCE_PACKET);
	assert_int_equal(source_state, SOURCE_END);
	assert_true(analysis_update(analysis, NO_TIME));
}

static void read_capture(const char *path)
{
	struct fault fault = {0};

	source = source_new(NULL);
	assert_non_null(source);
	if (!source_add_file(source, path, &fault))
		fail_msg("%s", fault.text);
	analyse();
}

static void write_report(const struct report_options *options)
{
	struct fault fault = {0};
	FILE *out = open_memstream(&written, &written_size);

	assert_non_null(out);
	assert_true(report_write(REPORT_TEXT, out, analysis, options, &fault));
	fclose(out);
}

/* PARTS, up to a NULL, stand in the report in this order. */
static void assert_parts(const char *const *parts)
{
	const char *at = written;

	for (; *parts; parts++) {
		const char *found = strstr(at, *parts);
		if (!found)
			fail_msg("not, or not in this order: \"%s\" in\n%s", *parts, written);
		at = found + strlen(*parts);
	}
}

static void test_report_text_tells_q154083(void **state)
{
	static const char *const parts[] = {
		"1 delivery in 3 sessions: 1 duplicated",
		"DUPLICATED, 3 copies: alice@msn.example -> bob@example.net",
		"Twice the 250 came 10 s after the sender had given up; attempt 3 was confirmed.",
		"#1 client ╺",
		"✖ 90 s, gave up",
		"◁ 250 too late, at 100 s",
		"how it ended",
		"queued as ",
		"The recipient's server holds 3 copies: attempts 1, 2 and 3 left one each.",
		"The receiving server was slow",
		"With 600 s attempt 1 would have been confirmed at 100.1 s",
		"What to do",
		"Notes",
		"154 packets read.",
		NULL,
	};

	(void)state;
	read_capture("pcaps/q154083.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_tells_of_servers_and_senders_in_trouble(void **state)
{
	static const char *const parts[] = {
		"What to do",
		"Servers and senders",
		"server 198.51.100.29:25 (mx.mute.example): 1 message in 2 attempts",
		"answered 1 of 2 after 3.0 s; 1 never answered, the longest for 90.0 s",
		"sender 192.0.2.10 (mail.msn.example)",
		"after 90.0 s on 1 of 2 attempts: as it seems a 90 s timer (MSN's, Q154083)",
		"Notes",
		NULL,
	};

	(void)state;
	read_capture("pcaps/server-silent.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_says_nothing_of_servers_without_trouble(void **state)
{
	(void)state;
	read_capture("pcaps/greylist.pcap");
	write_report(NULL);
	assert_null(strstr(written, "Servers and senders"));
}

static void test_report_text_has_a_table_of_other_timers(void **state)
{
	static const int64_t timers_ns[] = {60 * NS_PER_SECOND, 600 * NS_PER_SECOND};
	const struct report_options options = {.what_if_ns = timers_ns, .what_if_count = 2};
	static const char *const parts[] = {
		"What another timer would have made of the 2 attempts\n",
		"    timer       confirmed  refused   too late  nobody can know  resends spared\n",
		"    60 s                1        0          1                0               0\n",
		"    10 min              1        0          0                1               0\n",
		"Nobody can know: no reply was seen",
		"Notes",
		NULL,
	};

	(void)state;
	read_capture("pcaps/server-silent.pcap");
	write_report(&options);
	assert_parts(parts);
}

static void test_report_text_names_the_capture_that_decides(void **state)
{
	static const char *const parts[] = {
		"MAYBE DUPLICATED, 1 to 2 copies",
		"At the server: tcpdump -i any -s 0 -w server.pcap host 192.0.2.10 and port 25",
		NULL,
	};

	(void)state;
	read_capture("pcaps/path-dead.pcap");
	write_report(NULL);
	assert_parts(parts);
	assert_null(strstr(written, "At the client: tcpdump"));
}

static void test_report_text_names_frames_in_the_order_of_the_packets(void **state)
{
	static const char *const parts[] = {
		"frames: DATA 15, end 40, TCP ACK 45, client left 46, silence 47, reply 48", NULL};

	(void)state;
	read_capture("pcaps/q154083.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_says_which_side_left_a_stalled_message(void **state)
{
	static const char *const parts[] = {"its end never was; then the server left", NULL};

	(void)state;
	read_capture("pcaps/data-stalled.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_counts_a_capture_that_was_given_twice_once(void **state)
{
	static const char *const parts[] = {
		"frames of pcaps/path-dead.pcap: DATA 15",
		"A capture at the other end, at the server",
		NULL,
	};
	struct fault fault = {0};

	(void)state;
	source = source_new(NULL);
	assert_true(source_add_file(source, "pcaps/path-dead.pcap", &fault));
	assert_true(source_add_file(source, "pcaps/path-dead.pcap", &fault));
	analyse();
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_says_how_a_server_left(void **state)
{
	static const char *const parts[] = {"The server reset the connection instead of answering",
					    NULL};

	(void)state;
	read_capture("pcaps/server-resets.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_says_that_a_server_left_within_the_message(void **state)
{
	static const char *const parts[] = {
		"The server closed the connection within the message",
		"Attempt 2: the client left within the message (frame 46)", NULL};

	(void)state;
	read_capture("pcaps/cut-off.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_tells_giving_up_from_leaving(void **state)
{
	static const char *const parts[] = {"Attempt 1: the client gave up 30.0 s", NULL};

	(void)state;
	read_capture("pcaps/same-session.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_shows_a_reply_without_its_end(void **state)
{
	static const char *const parts[] = {
		"frame 25: \"250 2\", without its end",
		"the server's reply began (frame 25: \"250 2\") and never ended",
		"frame 28 proves that the server had sent no more",
		"The server never finished its reply: nothing of it was lost on the way.",
		"stands in its own log alone",
		"find what writes this reply without its end",
		"left after 90.0 s on 1 of 2 attempts: as it seems a 90 s timer",
		NULL,
	};

	(void)state;
	read_capture("pcaps/reply-partial.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_tells_a_closed_side_from_a_goodbye(void **state)
{
	static const char *const parts[] = {
		"The 250 came after 100 s, when the sender had given up",
		"100 s, gone",
		"The sender waited less than 100 s",
		"server left after 12 s",
		NULL,
	};

	(void)state;
	read_capture("pcaps/half-close-late.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_says_how_much_the_capture_lacks(void **state)
{
	static const char *const parts[] = {
		"Attempt 1: the capture lacks the packets that would tell: 1 212 bytes of the "
		"client",
		"missing before frame 23",
		NULL,
	};

	(void)state;
	read_capture("pcaps/gap-dot.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_of_encrypted_deliveries_stays_probable(void **state)
{
	static const char *const parts[] = {
		"(sender not seen) -> (recipient not seen)",
		"attempt 2 was probably confirmed.",
		"look for 192.0.2.10 at the times of the attempts",
		NULL,
	};

	(void)state;
	read_capture("pcaps/tls-slow.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_asks_why_replies_were_cut_off(void **state)
{
	static const char *const parts[] = {
		"the connection ended before the other",
		"The server's log tells why the connection ended before all recipients had their",
		NULL,
	};

	(void)state;
	read_capture("pcaps/lmtp-partial.pcap");
	write_report(NULL);
	assert_parts(parts);
}

static void test_report_text_puts_plain_deliveries_on_lines(void **state)
{
	static const char *const parts[] = {
		"\nDeliveries\n",
		"alice@msn.example -> bob@one.example  confirmed after",
		NULL,
	};

	(void)state;
	read_capture("pcaps/fan-out.pcap");
	write_report(NULL);
	assert_parts(parts);
	assert_null(strstr(written, "What to do"));
}

static void test_report_text_counts_lines_left_out(void **state)
{
	const struct report_options options = {.plain_lines = 1};
	static const char *const parts[] = {"confirmed after", "and 3 more", NULL};

	(void)state;
	read_capture("pcaps/fan-out.pcap");
	write_report(&options);
	assert_parts(parts);
}

static void test_report_text_in_ascii_is_ascii(void **state)
{
	const struct report_options options = {.ascii_only = true};

	(void)state;
	read_capture("pcaps/q154083.pcap");
	write_report(&options);
	for (size_t i = 0; i < written_size; i++)
		assert_true((unsigned char)written[i] < 0x80);
	assert_non_null(strstr(written, "X 90 s, gave up"));
}

static void test_report_text_has_no_line_beyond_100_columns(void **state)
{
	char *rest;

	(void)state;
	read_capture("pcaps/reverse.pcap");
	write_report(NULL);
	rest = written;
	for (char *line; (line = strsep(&rest, "\n"));)
		assert_true(text_columns(line) <= 100);
}

static void test_report_text_failed_write_is_a_fault(void **state)
{
	struct fault fault = {0};
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	read_capture("pcaps/q154083.pcap");
	assert_false(report_write(REPORT_TEXT, full, analysis, NULL, &fault));
	assert_int_equal(fault.kind, FAULT_READ);
	fclose(full);
}

static void test_report_jsonl_puts_captures_first_and_deliveries_last(void **state)
{
	static const char *const parts[] = {
		"{\"type\":\"capture\",",
		"{\"type\":\"session\",\"id\":2,",
		"{\"type\":\"attempt\",\"id\":0,",
		"{\"type\":\"delivery\",\"id\":0,",
		NULL,
	};
	struct fault fault = {0};
	FILE *out = open_memstream(&written, &written_size);

	(void)state;
	assert_non_null(out);
	read_capture("pcaps/q154083.pcap");
	assert_true(report_write(REPORT_JSONL, out, analysis, NULL, &fault));
	fclose(out);
	assert_parts(parts);
}

static void test_report_no_mail_is_silent_where_there_is_mail(void **state)
{
	char line[NO_MAIL_TEXT];

	(void)state;
	read_capture("pcaps/q154083.pcap");
	assert_false(report_no_mail(analysis, line));
}

static void test_report_no_mail_says_what_was_seen(void **state)
{
	/* A capture of one ARP frame, cut behind its type. */
	static const uint8_t arp[] = {
		0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0,	   0,
		4,    0,    1,	  0,	0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 14, 0, 0,	   0,
		14,   0,    0,	  0,	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0,  2, 0x08, 0x06,
	};
	char line[NO_MAIL_TEXT];
	struct fault fault = {0};

	(void)state;
	source = source_new(NULL);
	assert_non_null(source);
	assert_true(source_add_memory(source, "arp", (struct span){arp, sizeof arp}, &fault));
	analyse();
	assert_true(report_no_mail(analysis, line));
	assert_string_equal(line,
			    "no mail: 1 packet, 0 TCP connections; 1 packet passed over: not IP");
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_report_text_tells_q154083),
		TEST(test_report_text_tells_of_servers_and_senders_in_trouble),
		TEST(test_report_text_says_nothing_of_servers_without_trouble),
		TEST(test_report_text_has_a_table_of_other_timers),
		TEST(test_report_text_names_the_capture_that_decides),
		TEST(test_report_text_names_frames_in_the_order_of_the_packets),
		TEST(test_report_text_says_which_side_left_a_stalled_message),
		TEST(test_report_text_counts_a_capture_that_was_given_twice_once),
		TEST(test_report_text_says_how_a_server_left),
		TEST(test_report_text_says_that_a_server_left_within_the_message),
		TEST(test_report_text_tells_giving_up_from_leaving),
		TEST(test_report_text_shows_a_reply_without_its_end),
		TEST(test_report_text_tells_a_closed_side_from_a_goodbye),
		TEST(test_report_text_says_how_much_the_capture_lacks),
		TEST(test_report_text_of_encrypted_deliveries_stays_probable),
		TEST(test_report_text_asks_why_replies_were_cut_off),
		TEST(test_report_text_puts_plain_deliveries_on_lines),
		TEST(test_report_text_counts_lines_left_out),
		TEST(test_report_text_in_ascii_is_ascii),
		TEST(test_report_text_has_no_line_beyond_100_columns),
		TEST(test_report_text_failed_write_is_a_fault),
		TEST(test_report_jsonl_puts_captures_first_and_deliveries_last),
		TEST(test_report_no_mail_is_silent_where_there_is_mail),
		TEST(test_report_no_mail_says_what_was_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
