/* SPDX-License-Identifier: MIT */
/* A session's bytes read again: what is there, what is not, and what nobody should see. */
#include "play_capture.h"
#include "view/bytes.h"
#include "view/ladder_run.h"

#include "bounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct reading {
	struct played played;
	struct wire *wire;
	struct wire_contents contents;
	struct bytes bytes;
};

static const struct session *first_session(struct reading *reading)
{
	return ledger_session(analysis_ledger(reading->played.analysis), 0);
}

/** Reads the first session again: as OPTIONS say, in small batches. */
static void read_session(struct reading *reading, const struct wire_options *options)
{
	assert_int_not_equal(
		ledger_session_count(analysis_ledger(reading->played.analysis)), 0);
	reading->wire =
		wire_new(reading->played.analysis, first_session(reading), options);
	assert_non_null(reading->wire);
	while (wire_read(reading->wire, 3))
		;
	reading->contents = wire_contents(reading->wire);
	bytes_make(&reading->bytes, &reading->contents, first_session(reading));
}

/** The same of PLAY, which ends here. */
static void read_again(struct reading *reading, struct play *play, size_t ring_bytes,
		       const struct wire_options *options)
{
	played_read(&reading->played, play, ring_bytes);
	read_session(reading, options);
}

static void reading_end(struct reading *reading)
{
	bytes_clear(&reading->bytes);
	wire_free(reading->wire);
	played_end(&reading->played);
}

static const char *row_text(const struct reading *reading, uint32_t row)
{
	static char line[BYTES_ROW_TEXT + 16];
	char text[BYTES_ROW_TEXT];
	bytes_text(&reading->bytes, &reading->contents, row, false, text);
	snprintf(line, sizeof line, "%s %s\n", bytes_mark(&reading->bytes.rows[row]), text);
	return line;
}

/** Expects the rows from FIRST on to read as LINES. */
static void expect_rows(const struct reading *reading, uint32_t first, const char *lines)
{
	char all[8192] = "";
	size_t used = 0;
	for (uint32_t i = first; i < reading->bytes.count && used < strlen(lines); i++)
		used += (size_t)snprintf(all + used, sizeof all - used, "%s",
					 row_text(reading, i));
	assert_string_equal(all, lines);
}

static bool has_row(const struct reading *reading, const char *part)
{
	for (uint32_t i = 0; i < reading->bytes.count; i++)
		if (strstr(row_text(reading, i), part))
			return true;
	return false;
}

static void say_greeting(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx ESMTP\r\n");
	play_say(play, SIDE_CLIENT, "EHLO a\r\n");
	play_say(play, SIDE_SERVER, "250-mx\r\n250 AUTH PLAIN LOGIN\r\n");
}

static void say_message(struct play *play, const char *message)
{
	play_begin(play);
	play_open(play);
	play_envelope(play, "a@x", "b@y");
	play_say_cut(play, SIDE_CLIENT, message, 10);
	play_say(play, SIDE_SERVER, "250 kept\r\n");
}

static const struct wire_options plain = {.event = NO_EVENT};

static void test_bytes_are_the_dialogue_line_by_line(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_greeting(&play);
	play_say(&play, SIDE_CLIENT, "NO");
	play_say(&play, SIDE_CLIENT, "OP\r\nQUIT\r\n");
	read_again(&reading, &play, 0, &plain);
	expect_rows(&reading, 0,
		    "S: 220 mx ESMTP\n"
		    "C: EHLO a\n"
		    "S: 250-mx\n"
		    "S: 250 AUTH PLAIN LOGIN\n"
		    "C: NOOP\n"
		    "C: QUIT\n");
	assert_int_equal(reading.bytes.rows[4].mark.frame, 7);
	assert_int_equal(reading.bytes.rows[5].mark.frame, 8);
	reading_end(&reading);
}

static void test_bytes_out_of_order_and_sent_again_read_once_and_in_order(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_message(&play, "Subject: s\r\n\r\n0123456789\r\n.\r\n");
	/* 0 1 2: the handshake, 3 to 11: the envelope, 12 to 14: the message */
	uint32_t first = play.count - 4;
	struct segment swapped = play.segments[first];
	struct mark mark = swapped.mark;
	play.segments[first] = play.segments[first + 1];
	play.segments[first + 1] = swapped;
	play.segments[first + 1].mark = play.segments[first].mark;
	play.segments[first].mark = mark;
	play_again(&play, 0.3);
	read_again(&reading, &play, 0, &plain);
	assert_true(reading.bytes.count > 6);
	expect_rows(&reading, reading.bytes.count - 5,
		    "C: Subject: s\n"
		    "C: \n"
		    "C: 0123456789\n"
		    "C: .\n"
		    "S: 250 kept\n");
	reading_end(&reading);
}

static void test_bytes_that_the_capture_lacks_are_a_gap(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_message(&play, "Subject: s\r\n\r\n0123456789\r\n.\r\n");
	play_lose(&play, play.count - 3); /* bytes 10 to 19 of the message */
	read_again(&reading, &play, 0, &plain);
	expect_rows(&reading, reading.bytes.count - 5,
		    "C: Subject: s\n"
		    "C* 10 bytes: not in this capture\n"
		    "C: 6789\n"
		    "C: .\n"
		    "S: 250 kept\n");
	reading_end(&reading);
}

static void test_bytes_that_a_snaplen_cut_are_a_gap(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_greeting(&play);
	play_say(&play, SIDE_CLIENT, "NOOP\r\nNOOP again\r\n");
	play.segments[play.count - 1].payload.n = 11;
	read_again(&reading, &play, 0, &plain);
	expect_rows(&reading, 4,
		    "C: NOOP\n"
		    "C: NOOP \n"
		    "C* 7 bytes: cut off by the capture's snaplen\n");
	reading_end(&reading);
}

static void say_passwords(struct play *play)
{
	say_greeting(play);
	play_say(play, SIDE_CLIENT, "AUTH PLAIN AGpvaG4Ac2VjcmV0\r\n");
	play_say(play, SIDE_SERVER, "535 no\r\n");
	play_say(play, SIDE_CLIENT, "auth LOGIN\r\n");
	play_say(play, SIDE_SERVER, "334 VXNlcm5hbWU6\r\n");
	play_say_cut(play, SIDE_CLIENT, "am9obg==\r\n", 4);
	play_say(play, SIDE_SERVER, "334 UGFzc3dvcmQ6\r\n");
	play_say(play, SIDE_CLIENT, "c2VjcmV0\r\n");
	play_say(play, SIDE_SERVER, "235 in\r\n");
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
}

static void test_bytes_mask_passwords(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_passwords(&play);
	read_again(&reading, &play, 0, &plain);
	expect_rows(&reading, 4,
		    "C: AUTH PLAIN ***\n"
		    "S: 535 no\n"
		    "C: auth LOGIN\n"
		    "S: 334 VXNlcm5hbWU6\n"
		    "C: ***\n"
		    "S: 334 UGFzc3dvcmQ6\n"
		    "C: ***\n"
		    "S: 235 in\n"
		    "C: QUIT\n");
	reading.bytes.is_hex = true;
	bytes_make(&reading.bytes, &reading.contents, first_session(&reading));
	assert_true(has_row(&reading, "AUTH PLAIN******"));
	assert_false(has_row(&reading, "AGpv"));
	assert_false(has_row(&reading, "c2Vj"));
	assert_false(has_row(&reading, "63 32 56"));
	assert_true(has_row(&reading, "QUIT.."));
	reading_end(&reading);
}

static void test_bytes_show_passwords_where_asked_for(void **state)
{
	struct reading reading = {.bytes.shows_secrets = true};
	struct play play;
	(void)state;
	say_passwords(&play);
	read_again(&reading, &play, 0, &plain);
	assert_true(has_row(&reading, "C: AUTH PLAIN AGpvaG4Ac2VjcmV0"));
	assert_true(has_row(&reading, "C: c2VjcmV0"));
	reading_end(&reading);
}

static void test_bytes_mask_an_answer_longer_than_a_row(void **state)
{
	struct reading reading = {0};
	struct play play;
	char answer[3 * BYTES_LINE];
	(void)state;
	memset(answer, 'k', sizeof answer);
	memcpy(answer + sizeof answer - 3, "\r\n", 3);
	say_greeting(&play);
	play_say(&play, SIDE_CLIENT, "AUTH XOAUTH2\r\n");
	play_say(&play, SIDE_SERVER, "334 \r\n");
	play_say_cut(&play, SIDE_CLIENT, answer, 400);
	play_say(&play, SIDE_SERVER, "235 in\r\n");
	read_again(&reading, &play, 0, &plain);
	assert_false(has_row(&reading, "kk"));
	assert_true(has_row(&reading, "C+ ***"));
	reading_end(&reading);
}

static void test_bytes_mask_a_password_whose_line_never_ended(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_greeting(&play);
	play_say(&play, SIDE_CLIENT, "AUTH PLAIN AGpvaG4Ac2Vjc");
	read_again(&reading, &play, 0, &plain);
	expect_rows(&reading, 4, "C: AUTH PLAIN ***\n");
	reading_end(&reading);
}

#define LINE_BYTES 100

/** A message of LINES lines "line 0042 ......", LINE_BYTES each, with its dot. */
static char *long_message(unsigned lines)
{
	size_t n = (size_t)lines * LINE_BYTES;
	char *message = malloc(n + 4);
	assert_non_null(message);
	memset(message, '.', n);
	for (unsigned i = 0; i < lines; i++) {
		char *line = message + (size_t)i * LINE_BYTES;
		char number[16];
		int used = snprintf(number, sizeof number, "line %04u ", i);
		memcpy(line, number, (size_t)used);
		memcpy(line + LINE_BYTES - 2, "\r\n", 2);
	}
	memcpy(message + n, ".\r\n", 4);
	return message;
}

static void test_bytes_leave_the_middle_of_a_long_message_out(void **state)
{
	struct reading reading = {0};
	struct play play;
	char *message = long_message(200);
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say_cut(&play, SIDE_CLIENT, message, 1000);
	play_say(&play, SIDE_SERVER, "250 kept\r\n");
	free(message);
	read_again(&reading, &play, 0, &plain);
	assert_true(has_row(&reading, "C: line 0040"));
	assert_false(has_row(&reading, "line 0041"));
	assert_true(has_row(&reading, "C* 15 kB of the message left out"));
	assert_true(has_row(&reading, "C: line 0199"));
	expect_rows(&reading, reading.bytes.count - 2, "C: .\nS: 250 kept\n");
	reading_end(&reading);
}

static void test_bytes_show_more_of_a_message_when_asked(void **state)
{
	const struct wire_options all = {.event = NO_EVENT, .body_bytes = 100000};
	struct reading reading = {0};
	struct play play;
	char *message = long_message(200);
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say_cut(&play, SIDE_CLIENT, message, 1000);
	free(message);
	read_again(&reading, &play, 0, &all);
	assert_true(has_row(&reading, "C: line 0120"));
	assert_false(has_row(&reading, "left out"));
	reading_end(&reading);
}

static void test_bytes_keep_what_lies_around_the_wanted_event(void **state)
{
	struct wire_options options = {.event = NO_EVENT};
	struct reading reading = {0};
	struct play play;
	char noop[600];
	(void)state;
	say_greeting(&play);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(noop, sizeof noop, "NOOP %04u %0500u\r\n", i, 0u);
		play_say(&play, SIDE_CLIENT, noop);
	}
	/* Row 4 is the first NOOP; its event stands behind SYN, SYN, ACK, 220, EHLO and 250. */
	options.event = 6 + 700;
	read_again(&reading, &play, 0, &options);
	assert_true(has_row(&reading, "NOOP 0700"));
	assert_false(has_row(&reading, "NOOP 0100"));
	assert_true(has_row(&reading, "there is more before this"));
	const struct event *wanted = session_event(first_session(&reading), options.event);
	uint32_t row = bytes_row_of_event(&reading.bytes, wanted);
	assert_non_null(strstr(row_text(&reading, row), "C: NOOP 0700"));
	reading_end(&reading);
}

static void test_bytes_that_left_the_ring_are_said_to_have_left(void **state)
{
	struct reading reading = {0};
	struct play play;
	char noop[600];
	(void)state;
	say_passwords(&play);
	for (unsigned i = 0; i < 50; i++) {
		snprintf(noop, sizeof noop, "NOOP %04u %0500u\r\n", i, 0u);
		play_say(&play, SIDE_CLIENT, noop);
	}
	read_again(&reading, &play, 10000, &plain);
	assert_non_null(strstr(row_text(&reading, 0), "frames 1 to "));
	assert_non_null(strstr(row_text(&reading, 0), "have left the memory"));
	assert_false(has_row(&reading, "EHLO"));
	assert_true(has_row(&reading, "C: NOOP 0049"));
	reading_end(&reading);
}

static void test_bytes_without_their_beginning_mask_all_that_is_no_command(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_passwords(&play);
	play_lose(&play, 0);
	play_lose(&play, 0);
	play_lose(&play, 0); /* no handshake: offsets begin with the first packet that is left */
	read_again(&reading, &play, 250, &plain);
	assert_false(reading.contents.is_offset_sure);
	assert_false(has_row(&reading, "c2Vj"));
	assert_true(has_row(&reading, "C: QUIT"));
	reading_end(&reading);
}

static void test_bytes_of_a_reused_port_are_those_of_its_own_session(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_greeting(&play);
	play_rst(&play, SIDE_CLIENT);
	play_reconnect(&play, 40000);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 second\r\n");
	read_again(&reading, &play, 0, &plain);
	assert_true(has_row(&reading, "220 mx ESMTP"));
	assert_false(has_row(&reading, "220 second"));
	reading_end(&reading);
}

static void test_bytes_go_on_in_the_next_of_rotated_files(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_message(&play, "Subject: s\r\n\r\n0123456789\r\n.\r\n");
	played_read_two(&reading.played, &play, play.count - 3);
	read_session(&reading, &plain);
	expect_rows(&reading, reading.bytes.count - 5,
		    "C: Subject: s\n"
		    "C: \n"
		    "C: 0123456789\n"
		    "C: .\n"
		    "S: 250 kept\n");
	reading_end(&reading);
}

static void test_bytes_of_tls_are_sizes(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	say_greeting(&play);
	play_say(&play, SIDE_CLIENT, "STARTTLS\r\n");
	play_say(&play, SIDE_SERVER, "220 go\r\n");
	play_say_cut(&play, SIDE_CLIENT, "\x16\x03\x01\x02\x10" "records\r\nof TLS", 8);
	play_say(&play, SIDE_SERVER, "\x16\x03\x01\x02\x10" "more");
	read_again(&reading, &play, 0, &plain);
	expect_rows(&reading, 4,
		    "C: STARTTLS\n"
		    "S: 220 go\n"
		    "C* 20 bytes, encrypted\n"
		    "S* 9 bytes, encrypted\n");
	reading_end(&reading);
}

/* ---- Segments of a row of the ladder ------------------------------------------------------ */

static uint32_t event_of_kind(struct reading *reading, enum event_kind kind)
{
	const struct session *session = first_session(reading);
	for (uint32_t i = 0; i < session->event_count; i++)
		if (session_event(session, i)->kind == kind)
			return i;
	fail_msg("no event of kind %d", kind);
	return NO_EVENT;
}

/** Expects the segments of the first event of KIND to be labelled so. */
static void expect_segments(struct reading *reading, enum event_kind kind, const char *labels)
{
	struct ladder_run run = {.event = NO_EVENT};
	char all[2048] = "";
	size_t used = 0;
	assert_true(ladder_run_make(&run, &reading->contents, first_session(reading),
				    event_of_kind(reading, kind)));
	for (uint32_t i = 0; i < run.count; i++) {
		struct ladder_row row;
		ladder_run_row(&run, &reading->contents, i, &row);
		used += (size_t)snprintf(all + used, sizeof all - used, "%c %s\n",
					 row.is_server ? 'S' : 'C', row.label);
	}
	ladder_run_clear(&run);
	assert_string_equal(all, labels);
}

static void test_bytes_segments_tell_what_tcp_did(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	uint32_t first = play.count;
	play_say_cut(&play, SIDE_CLIENT, "Subject: s\r\n\r\n0123456789\r\n.\r\n", 10);
	play_again(&play, 0.3);
	play_ack(&play, SIDE_SERVER);
	struct segment *segments = play.segments + first;
	struct segment early = segments[0];
	struct mark mark = early.mark;
	segments[0] = segments[1];
	early.mark = segments[0].mark;
	segments[0].mark = mark;
	segments[1] = early;
	read_again(&reading, &play, 0, &plain);
	expect_segments(&reading, EVENT_MESSAGE,
			"C 10 bytes from byte 10 on, early\n"
			"C 10 bytes from byte 0 on, late\n"
			"C 9 bytes from byte 20 on\n"
			"C 9 bytes from byte 20 on, retransmitted\n");
	expect_segments(&reading, EVENT_EOD,
			"C 9 bytes from byte -8 on\n"
			"C 9 bytes from byte -8 on, retransmitted\n");
	reading_end(&reading);
}

static void test_bytes_segments_show_a_window_that_is_shut_meanwhile(void **state)
{
	struct reading reading = {0};
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "Subject: s\r\n\r\n");
	play_ack(&play, SIDE_SERVER);
	play.segments[play.count - 1].window = 0;
	play_wait(&play, 5);
	play_say(&play, SIDE_CLIENT, "text\r\n.\r\n");
	read_again(&reading, &play, 0, &plain);
	expect_segments(&reading, EVENT_MESSAGE,
			"C 14 bytes from byte 0 on\n"
			"S ACK, window shut\n"
			"C 9 bytes from byte 14 on\n");
	reading_end(&reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_the_dialogue_line_by_line),
		cmocka_unit_test(test_bytes_out_of_order_and_sent_again_read_once_and_in_order),
		cmocka_unit_test(test_bytes_that_the_capture_lacks_are_a_gap),
		cmocka_unit_test(test_bytes_that_a_snaplen_cut_are_a_gap),
		cmocka_unit_test(test_bytes_mask_passwords),
		cmocka_unit_test(test_bytes_show_passwords_where_asked_for),
		cmocka_unit_test(test_bytes_mask_an_answer_longer_than_a_row),
		cmocka_unit_test(test_bytes_mask_a_password_whose_line_never_ended),
		cmocka_unit_test(test_bytes_leave_the_middle_of_a_long_message_out),
		cmocka_unit_test(test_bytes_show_more_of_a_message_when_asked),
		cmocka_unit_test(test_bytes_keep_what_lies_around_the_wanted_event),
		cmocka_unit_test(test_bytes_that_left_the_ring_are_said_to_have_left),
		cmocka_unit_test(test_bytes_without_their_beginning_mask_all_that_is_no_command),
		cmocka_unit_test(test_bytes_of_a_reused_port_are_those_of_its_own_session),
		cmocka_unit_test(test_bytes_go_on_in_the_next_of_rotated_files),
		cmocka_unit_test(test_bytes_of_tls_are_sizes),
		cmocka_unit_test(test_bytes_segments_tell_what_tcp_did),
		cmocka_unit_test(test_bytes_segments_show_a_window_that_is_shut_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
