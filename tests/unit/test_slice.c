/* SPDX-License-Identifier: MIT */
/* Slices of conversations written by hand: which connections are in them, and what of their bytes
 * stays when they are redacted. */
#include "play_capture.h"
#include "slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* The slice of a play: all payloads of a side in the order of their packets. */
struct cutting {
	struct played played;
	struct slice_counts counts;
	char *said[2];
	size_t said_n[2];
};

/* Packets of a slice are raw IPv4, as those of a play, of 20 bytes of IP and of TCP. */
static void read_slice(struct cutting *cutting, int fd)
{
	static uint8_t bytes[1 << 16];
	ssize_t n = pread(fd, bytes, sizeof bytes, 0);
	struct source *source = source_new(NULL);
	struct packet packet;
	FILE *out[2];

	assert_true(n > 0 && n < (ssize_t)sizeof bytes);
	assert_true(source_add_memory(source, "slice", (struct span){bytes, (size_t)n}, NULL));
	for (int i = 0; i < 2; i++)
		out[i] = open_memstream(&cutting->said[i], &cutting->said_n[i]);
	while (source_next(source, &packet, NULL) == SOURCE_PACKET) {
		struct span payload = span_skip(packet.bytes, 40);
		bool is_server = packet.bytes.p[20] == 0 && packet.bytes.p[21] == 25;
		fwrite(payload.p, 1, payload.n, out[is_server ? SIDE_SERVER : SIDE_CLIENT]);
	}
	for (int i = 0; i < 2; i++)
		fclose(out[i]);
	source_free(source);
}

/* Of PLAY, which ends here, the slice of all deliveries, a few packets at a time. */
static void cut(struct cutting *cutting, struct play *play, bool redacts)
{
	struct fault fault = {0};
	enum slice_state state = SLICE_GOES_ON;
	int fd = memfd_create("slice", 0);

	*cutting = (struct cutting){0};
	played_read(&cutting->played, play, 0);
	struct analysis *analysis = cutting->played.analysis;
	assert_true(analysis_update(analysis, NO_TIME));
	struct slice *slice = slice_new(analysis, redacts, 1);
	for (uint32_t i = 0; i < deliveries_count(analysis_deliveries(analysis)); i++)
		slice_add(slice, delivery_get(analysis_deliveries(analysis), i));
	while (state == SLICE_GOES_ON)
		state = slice_step(slice, fd, 3, &fault);
	assert_int_equal(state, SLICE_DONE);
	assert_int_equal(slice_progress(slice), 100);
	cutting->counts = slice_counts(slice);
	slice_free(slice);
	read_slice(cutting, fd);
	close(fd);
}

static void cutting_end(struct cutting *cutting)
{
	played_end(&cutting->played);
	free(cutting->said[0]);
	free(cutting->said[1]);
}

/* The letters of tags, "caaaaaaa", as any blanks. */
static void blank_tags(char *text)
{
	for (char *at = text; (at = strstr(at, "aaaaaaa")); at += 7)
		memset(at - 1, 'x', 8);
}

/* In the redacted slice of PLAY, which ends here, the client says EXPECTED. */
static void expect_said(struct play *play, const char *expected)
{
	struct cutting cutting;

	cut(&cutting, play, true);
	blank_tags(cutting.said[SIDE_CLIENT]);
	assert_string_equal(cutting.said[SIDE_CLIENT], expected);
	cutting_end(&cutting);
}

#define ENVELOPE "EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"

/* Up to the reply to RCPT. */
static void say_envelope(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	play_say(play, SIDE_CLIENT, "EHLO c\r\n");
	play_say(play, SIDE_SERVER, "250-mx\r\n250 CHUNKING\r\n");
	play_say(play, SIDE_CLIENT, "MAIL FROM:<a@b.example>\r\n");
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	play_say(play, SIDE_CLIENT, "RCPT TO:<c@d.example>\r\n");
	play_say(play, SIDE_SERVER, "250 ok\r\n");
}

static void say_data(struct play *play)
{
	say_envelope(play);
	play_say(play, SIDE_CLIENT, "DATA\r\n");
	play_say(play, SIDE_SERVER, "354 go on\r\n");
}

static void test_slice_keeps_commands_and_blanks_the_message(void **state)
{
	struct play play;
	(void)state;
	say_data(&play);
	play_say(&play, SIDE_CLIENT, "Message-ID: <1@b.example>\r\nDate: today\r\nX-Note: never tell\r\n"
				     "\r\nDear Carol,\r\nnothing.\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	expect_said(&play, ENVELOPE "DATA\r\nMessage-ID: <1@b.example>\r\nDate: today\r\n"
				    "X-Note: xxxxxxxxxx\r\n\r\nxxxxxxxxxxx\r\nxxxxxxxx\r\n.\r\n"
				    "QUIT\r\n");
}

static void test_slice_blanks_folded_values_and_keeps_their_folds(void **state)
{
	struct play play;
	(void)state;
	say_data(&play);
	play_say(&play, SIDE_CLIENT, "Subject: a\r\n\tb c\r\nDate: to\r\n day\r\n\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	struct cutting cutting;
	cut(&cutting, &play, true);
	assert_null(strstr(cutting.said[SIDE_CLIENT], "b c"));
	assert_non_null(strstr(cutting.said[SIDE_CLIENT], "Date: to\r\n day\r\n\r\n.\r\n"));
	cutting_end(&cutting);
}

static void test_slice_keeps_stuffed_dots_and_bare_ones(void **state)
{
	struct play play;
	(void)state;
	say_data(&play);
	play_say(&play, SIDE_CLIENT, "\r\nfirst words\r\n..\r\n..dots\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	struct cutting cutting;
	cut(&cutting, &play, true);
	assert_non_null(strstr(cutting.said[SIDE_CLIENT], "xxx\r\n.x\r\n.xxxxx\r\n.\r\n"));
	cutting_end(&cutting);
}

static void test_slice_blanks_chunks_and_keeps_their_commands(void **state)
{
	struct play play;
	(void)state;
	say_envelope(&play);
	play_say(&play, SIDE_CLIENT, "BDAT 12\r\n\r\nsecret tex");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "BDAT 5 LAST\r\nt.\r\n.");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	expect_said(&play, ENVELOPE "BDAT 12\r\n\r\nxxxxxxxxxx"
				    "BDAT 5 LAST\r\nxx\r\nxQUIT\r\n");
}

static void test_slice_blanks_what_is_sent_again_in_other_pieces(void **state)
{
	struct play play;
	(void)state;
	say_data(&play);
	play_say(&play, SIDE_CLIENT, "\r\nsecret words,");
	play_again(&play, 1);
	play_say(&play, SIDE_CLIENT, " and more\r\n.\r\n");
	play_again(&play, 2);
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	expect_said(&play, ENVELOPE "DATA\r\n\r\nxxxxxxxxxxxxx\r\nxxxxxxxxxxxxx"
				    "xxxxxxxxx\r\n.\r\nxxxxxxxxx\r\n.\r\n");
}

static void test_slice_blanks_passwords(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH PLAIN AGEAYg==\r\nAUTH LOGIN\r\n");
	play_say(&play, SIDE_SERVER, "535 no\r\n334 VXNlcm5hbWU6\r\n");
	play_say(&play, SIDE_CLIENT, "YQ==\r\n");
	play_say(&play, SIDE_SERVER, "235 ok\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@b.example>\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "RCPT TO:<c@d.example>\r\n");
	play_say(&play, SIDE_SERVER, "550 no\r\n");
	expect_said(&play, "AUTH PLAIN xxxxxxxx\r\nAUTH LOGIN\r\nxxxx\r\n"
			   "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n");
}

static void test_slice_leaves_everything_as_it_was_unless_it_is_redacted(void **state)
{
	struct play play;
	struct cutting cutting;
	(void)state;
	say_data(&play);
	play_say(&play, SIDE_CLIENT, "\r\nDear Carol\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	uint32_t packets = play.count;
	cut(&cutting, &play, false);
	assert_string_equal(cutting.said[SIDE_CLIENT],
			    ENVELOPE "DATA\r\n\r\nDear Carol\r\n.\r\n");
	assert_string_equal(cutting.said[SIDE_SERVER], "220 mx\r\n250-mx\r\n250 CHUNKING\r\n"
						       "250 ok\r\n250 ok\r\n354 go on\r\n"
						       "250 taken\r\n");
	assert_int_equal(cutting.counts.packets, packets);
	assert_int_equal(cutting.counts.deliveries, 1);
	cutting_end(&cutting);
}

/* ---- Which connections --------------------------------------------------------------------- */

static void test_slice_leaves_out_another_session_of_the_same_ports(void **state)
{
	struct play play;
	struct cutting cutting;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 first\r\n");
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	play_rst(&play, SIDE_CLIENT);
	uint32_t others = play.count;
	play_reconnect(&play, 40000);
	play_open(&play);
	play_envelope(&play, "a@b.example", "c@d.example");
	play_message(&play, "1@b.example", "Dear Carol");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	uint32_t packets = play.count - others;
	cut(&cutting, &play, false);
	assert_int_equal(cutting.counts.connections, 1);
	assert_int_equal(cutting.counts.packets, packets);
	assert_int_equal(cutting.counts.first_frame, others + 1);
	assert_null(strstr(cutting.said[SIDE_SERVER], "220 first"));
	cutting_end(&cutting);
}

static void test_slice_keeps_a_session_whose_beginning_was_not_captured(void **state)
{
	struct play play;
	struct cutting cutting;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@b.example", "c@d.example");
	play_message(&play, "1@b.example", "Dear Carol");
	play_say(&play, SIDE_SERVER, "250 taken\r\n");
	for (int i = 0; i < 3; i++)
		play_lose(&play, 0);
	uint32_t packets = play.count;
	cut(&cutting, &play, true);
	assert_int_equal(cutting.counts.packets, packets);
	assert_null(strstr(cutting.said[SIDE_CLIENT], "Carol"));
	assert_non_null(strstr(cutting.said[SIDE_CLIENT], "MAIL FROM:<a@b.example>\r\n"));
	cutting_end(&cutting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slice_keeps_commands_and_blanks_the_message),
		cmocka_unit_test(test_slice_blanks_folded_values_and_keeps_their_folds),
		cmocka_unit_test(test_slice_keeps_stuffed_dots_and_bare_ones),
		cmocka_unit_test(test_slice_blanks_chunks_and_keeps_their_commands),
		cmocka_unit_test(test_slice_blanks_what_is_sent_again_in_other_pieces),
		cmocka_unit_test(test_slice_blanks_passwords),
		cmocka_unit_test(test_slice_leaves_everything_as_it_was_unless_it_is_redacted),
		cmocka_unit_test(test_slice_leaves_out_another_session_of_the_same_ports),
		cmocka_unit_test(test_slice_keeps_a_session_whose_beginning_was_not_captured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
