/* SPDX-License-Identifier: MIT */
/* The dialogue report: every line of its format, on conversations written by hand. */
#include "play.h"
#include "report/dialogue_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What is written of the first session of PLAY, which ends here, without its first line. */
static char *written(struct play *play)
{
	struct heard heard;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	play_hear(play, VANTAGE_CLIENT, &heard);
	struct dialogue_page page = {
		.out = out,
		.ledger = heard.ledger,
		.origin_ns = play->segments[0].mark.time_ns,
	};
	dialogue_write_session(&page, ledger_session(heard.ledger, 0));
	fclose(out);
	heard_free(&heard);
	play_end(play);
	return text;
}

static void test_report_dialogue_gives_frame_time_and_side_of_every_line(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example ESMTP\r\n");
	play_wait(&play, 1.5);
	play_say(&play, SIDE_CLIENT, "EHLO a.example\r\n");
	play_say(&play, SIDE_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	char *text = written(&play);
	const char *lines = "         4       0.060000 S: 220 mx.example ESMTP\n"
			    "         5       1.580000 C: EHLO a.example\n"
			    "         6       1.600000 S: 250-mx.example\n"
			    "         6       1.600000 S: 250 8BITMIME\n";
	assert_string_equal(strchr(text + 1, '\n') + 1, lines);
	free(text);
}

static void test_report_dialogue_begins_a_session_with_who_and_when(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	char *text = written(&play);
	*strchr(text + 1, '\n') = '\0';
	assert_non_null(strstr(text, "\nsession 0 "));
	assert_non_null(strstr(text, "Z 192.0.2.1:40000 > 198.51.100.1:25 SMTP capture 0"));
	free(text);
}

static void test_report_dialogue_dates_are_rfc_3339(void **state)
{
	char date[DIALOGUE_DATE];
	(void)state;
	assert_string_equal(dialogue_date(INT64_C(899373821218765432), date),
			    "1998-07-02T10:03:41.218765Z");
	assert_string_equal(dialogue_date(-1000, date), "1969-12-31T23:59:59.999999Z");
	assert_string_equal(dialogue_date(NO_TIME, date), "-");
}

/* What stands behind frame and time in the lines of events. */
static char *texts_of(const char *text)
{
	char *texts = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&texts, &size);

	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		const char *at = line;
		if (*at != ' ')
			continue;
		for (int field = 0; field < 2; field++) {
			at += strspn(at, " ");
			at += strcspn(at, " ");
		}
		fprintf(out, "%.*s\n", (int)strcspn(at + 1, "\n"), at + 1);
	}
	fclose(out);
	return texts;
}

/* EXPECTED stands in the texts of the lines, whole lines of it. */
static void expect_texts(struct play *play, const char *expected)
{
	char *text = written(play), *texts = texts_of(text);

	if (!strstr(texts, expected))
		fail_msg("expected\n%s\nin\n%s", expected, texts);
	free(texts);
	free(text);
}

static void test_report_dialogue_names_messages_by_attempt_and_size(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "one\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<c@x>\r\nRCPT TO:<d@y>\r\nBDAT 0 LAST\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 empty\r\n");
	play_fin(&play, SIDE_CLIENT);
	expect_texts(&play, "C* message 0: 5 bytes\n"
			    "C* end of message 0\n"
			    "S: 250 ok\n"
			    "C: MAIL FROM:<c@x>\n"
			    "C: RCPT TO:<d@y>\n"
			    "C: BDAT 0 LAST\n"
			    "C* end of message 1\n"
			    "S: 250 ok\n"
			    "S: 250 ok\n"
			    "S: 250 empty\n"
			    "C* closes (FIN)\n");
}

static void test_report_dialogue_masks_passwords(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH PLAIN AGEAc2VjcmV0\r\n");
	play_say(&play, SIDE_SERVER, "535 no\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH LOGIN\r\n");
	play_say(&play, SIDE_SERVER, "334 VXNlcm5hbWU6\r\n");
	play_say(&play, SIDE_CLIENT, "c2VjcmV0\r\n");
	play_say(&play, SIDE_SERVER, "235 yes\r\n");
	expect_texts(&play, "C: AUTH PLAIN ***\n"
			    "S: 535 no\n"
			    "C: AUTH LOGIN\n"
			    "S: 334 VXNlcm5hbWU6\n"
			    "C: ***\n"
			    "S: 235 yes\n");
}

static void test_report_dialogue_makes_hostile_bytes_safe(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\033[2J\rS: 250 forged\xff\r\n");
	expect_texts(&play, "S: 220 mx\\x1b[2J\\x0dS: 250 forged\\xff\n");
}

static void test_report_dialogue_shows_where_bytes_are_missing(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO a\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	play_ack(&play, SIDE_CLIENT);
	play_lose(&play, 4);
	play_wait(&play, 2);
	play_say(&play, SIDE_CLIENT, "QUIT\r\n");
	play_say(&play, SIDE_SERVER, "221 bye\r\n");
	expect_texts(&play, "C* gap of 8 bytes: not in this capture\n");
}

static void test_report_dialogue_has_a_close_by_its_time(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	play_say(&play, SIDE_CLIENT, "EHLO a\r\n");
	play_say(&play, SIDE_CLIENT, "NOOP\r\n");
	play_lose(&play, 4);
	play_fin(&play, SIDE_CLIENT);
	play_again(&play, 1);
	expect_texts(&play, "C* gap of 8 bytes: never seen, never acknowledged\n"
			    "C: NOOP\n"
			    "C* closes (FIN)\n");
}

static void test_report_dialogue_tells_what_is_no_command_and_what_never_ended(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "some words\r\n250-almost\r\n250 o");
	play_fin(&play, SIDE_SERVER);
	expect_texts(&play, "S? some words\n");
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "x\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250-almost\r\n");
	play_fin(&play, SIDE_SERVER);
	expect_texts(&play, "S~ 250-almost\n");
}

static void test_report_dialogue_says_once_where_tls_begins(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx.example\r\n");
	play_say(&play, SIDE_CLIENT, "STARTTLS\r\n");
	play_say(&play, SIDE_SERVER, "220 go\r\n");
	play_say(&play, SIDE_CLIENT, "\x16\x03\x01");
	play_rst(&play, SIDE_CLIENT);
	expect_texts(&play, "C: STARTTLS\n"
			    "S: 220 go\n"
			    "S* TLS from here on\n"
			    "C* resets (RST)\n");
}

static void test_report_dialogue_says_where_a_text_was_cut(void **state)
{
	struct play play;
	char reply[800];
	(void)state;
	memset(reply, 'x', sizeof reply);
	snprintf(reply, 5, "220 ");
	reply[4] = 'x';
	snprintf(reply + sizeof reply - 3, 3, "\r\n");
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, reply);
	expect_texts(&play, "xxx\nS* the rest of it is not kept\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_dialogue_gives_frame_time_and_side_of_every_line),
		cmocka_unit_test(test_report_dialogue_begins_a_session_with_who_and_when),
		cmocka_unit_test(test_report_dialogue_dates_are_rfc_3339),
		cmocka_unit_test(test_report_dialogue_names_messages_by_attempt_and_size),
		cmocka_unit_test(test_report_dialogue_masks_passwords),
		cmocka_unit_test(test_report_dialogue_makes_hostile_bytes_safe),
		cmocka_unit_test(test_report_dialogue_shows_where_bytes_are_missing),
		cmocka_unit_test(test_report_dialogue_has_a_close_by_its_time),
		cmocka_unit_test(
			test_report_dialogue_tells_what_is_no_command_and_what_never_ended),
		cmocka_unit_test(test_report_dialogue_says_once_where_tls_begins),
		cmocka_unit_test(test_report_dialogue_says_where_a_text_was_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
