/* SPDX-License-Identifier: MIT */
/* Passwords are not kept: conversations with AUTH (RFC 4954), of which the ledger holds no byte.
 * John's password is "secret". */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What tells them: in clear, as PLAIN, as LOGIN's answers, as the beginning of CRAM-MD5's. */
static const char *const secrets[] = {"secret", "john", "AGpvaG4Ac2VjcmV0", "am9obg", "c2VjcmV0",
				      "am9obiBi"};

/* "S 250 ok" and "C EHLO c", one a segment; "c" and "s" were not captured. */
static void say(struct play *play, const char *const *lines)
{
	char text[256];

	play_begin(play);
	play_open(play);
	for (; *lines; lines++) {
		char who = (*lines)[0];
		snprintf(text, sizeof text, "%s\r\n", *lines + 2);
		play_say(play, who == 'S' || who == 's' ? SIDE_SERVER : SIDE_CLIENT, text);
		if (who == 'c' || who == 's')
			play_lose(play, play->count - 1);
	}
}

static uint32_t masked_events(const struct session *session)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < session->event_count; i++)
		n += (session_event(session, i)->bits & EVENT_SECRET) != 0;
	return n;
}

/* Of PLAY, which ends here, no text of the ledger holds a secret; MASKED commands had one. */
static void expect_kept_out(struct play *play, uint32_t masked)
{
	struct heard heard;
	struct span text;

	play_hear(play, VANTAGE_CLIENT, &heard);
	for (text_id id = 1; (text = ledger_text(heard.ledger, id)).n; id++)
		for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
			if (memmem(text.p, text.n, secrets[i], strlen(secrets[i])))
				fail_msg("kept: %.*s", (int)text.n, (const char *)text.p);
	assert_int_equal(masked_events(ledger_session(heard.ledger, 0)), masked);
	heard_free(&heard);
	play_end(play);
}

static void expect_lines_kept_out(const char *const *lines, uint32_t masked)
{
	struct play play;

	say(&play, lines);
	expect_kept_out(&play, masked);
}

static void test_secrets_of_plain_with_an_initial_response(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C AUTH PLAIN AGpvaG4Ac2VjcmV0",
					    "S 235 ok", NULL};
	(void)state;
	expect_lines_kept_out(lines, 1);
}

static void test_secrets_of_plain_behind_an_empty_challenge(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C AUTH PLAIN", "S 334 ",
					    "C AGpvaG4Ac2VjcmV0", "S 235 ok", NULL};
	(void)state;
	expect_lines_kept_out(lines, 1);
}

static void test_secrets_of_login_in_two_steps(void **state)
{
	static const char *const lines[] = {"S 220 mx",	    "C AUTH LOGIN", "S 334 VXNlcm5hbWU6",
					    "C am9obg==",   "S 334 UGFzc3dvcmQ6",
					    "C c2VjcmV0",   "S 535 no", NULL};
	(void)state;
	expect_lines_kept_out(lines, 2);
}

static void test_secrets_of_login_with_the_name_in_the_command(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C auth login am9obg==",
					    "S 334 UGFzc3dvcmQ6", "C c2VjcmV0", "S 235 ok", NULL};
	(void)state;
	expect_lines_kept_out(lines, 2);
}

static void test_secrets_of_cram_md5(void **state)
{
	static const char *const lines[] = {
		"S 220 mx", "C AUTH CRAM-MD5", "S 334 PDE4OTYuNjk3MTcwOTUyQG14PiA=",
		"C am9obiBiOTEzYTYwMmM3ZWRhN2E0OTViNGU2ZTczMzRkMzg5MA==", "S 235 ok", NULL};
	(void)state;
	expect_lines_kept_out(lines, 1);
}

static void test_secrets_sent_before_they_were_asked_for(void **state)
{
	static const char *const lines[] = {
		"S 220 mx", "C AUTH LOGIN\r\nam9obg==\r\nc2VjcmV0\r\nMAIL FROM:<a@b.example>",
		"S 334 VXNlcm5hbWU6", "S 334 UGFzc3dvcmQ6", "S 235 ok", "S 250 ok", NULL};
	(void)state;
	expect_lines_kept_out(lines, 2);
}

static void test_secrets_of_a_refused_auth_that_the_client_goes_on_with(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C AUTH LOGIN\r\nam9obg==\r\nc2VjcmV0",
					    "S 504 no such mechanism", "S 500 what", "S 500 what",
					    NULL};
	(void)state;
	expect_lines_kept_out(lines, 2);
}

static void test_secrets_of_commands_that_are_none(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C AUTH=PLAIN AGpvaG4Ac2VjcmV0",
					    "S 500 what", "C PASS c2VjcmV0", "S 500 what",
					    "C Authorization: Basic am9objpzZWNyZXQ=", NULL};
	(void)state;
	expect_lines_kept_out(lines, 3);
}

/* It was kept before that was known, but nothing names it any more. */
static void test_secrets_that_are_known_by_their_reply(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C c2VjcmV0", "S 535 no", NULL};
	struct play play;
	(void)state;
	say(&play, lines);
	play_expect_dialogue(&play, "S 220 mx\nC \nS 535 no\n");
}

static void test_secrets_in_two_segments(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say_cut(&play, SIDE_CLIENT, "AUTH PLAIN AGpvaG4Ac2VjcmV0\r\n", 3);
	play_say(&play, SIDE_SERVER, "235 ok\r\n");
	expect_kept_out(&play, 1);
}

static void test_secrets_do_not_hide_that_the_client_gave_up(void **state)
{
	struct play play;
	static const char *const lines[] = {"S 220 mx", "C AUTH LOGIN", "S 334 VXNlcm5hbWU6", "C *",
					    "S 501 cancelled", "C QUIT", NULL};
	(void)state;
	say(&play, lines);
	play_expect_dialogue(&play, "S 220 mx\nC AUTH LOGIN\nS 334 VXNlcm5hbWU6\nC *\n"
				    "S 501 cancelled\nC QUIT\n");
}

/* ---- Behind gaps --------------------------------------------------------------------------- */

static void test_secrets_whose_auth_was_lost(void **state)
{
	static const char *const lines[] = {"S 220 mx", "C EHLO c", "S 250 AUTH PLAIN",
					    "c AUTH PLAIN", "S 334 ", "C AGpvaG4Ac2VjcmV0",
					    "S 235 ok", "C QUIT", NULL};
	(void)state;
	expect_lines_kept_out(lines, 0);
}

static void test_secrets_of_later_steps_whose_auth_was_lost(void **state)
{
	static const char *const lines[] = {"S 220 mx",	  "c AUTH LOGIN", "S 334 VXNlcm5hbWU6",
					    "C am9obg==", "S 334 UGFzc3dvcmQ6",
					    "C c2VjcmV0", "S 535 no", "C QUIT", NULL};
	(void)state;
	expect_lines_kept_out(lines, 1);
}

static void test_secrets_whose_auth_and_challenges_were_lost(void **state)
{
	static const char *const lines[] = {"S 220 mx",	  "c AUTH LOGIN", "s 334 VXNlcm5hbWU6",
					    "C am9obg==", "s 334 UGFzc3dvcmQ6",
					    "C c2VjcmV0", "S 235 ok", "C QUIT", NULL};
	(void)state;
	expect_lines_kept_out(lines, 1);
}

static void test_secrets_whose_first_half_was_lost(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "AUTH PLAIN AGpv");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_CLIENT, "aG4Ac2VjcmV0c2VjcmV0\r\n");
	play_say(&play, SIDE_SERVER, "235 ok\r\n");
	expect_kept_out(&play, 0);
}

static void test_secrets_at_the_beginning_of_a_capture(void **state)
{
	struct play play;
	static const char *const lines[] = {"s 220 mx", "c AUTH LOGIN", "s 334 VXNlcm5hbWU6",
					    "C am9obg==", "S 334 UGFzc3dvcmQ6", "C c2VjcmV0",
					    "S 235 ok", "C QUIT", "S 221 bye", NULL};
	(void)state;
	say(&play, lines);
	for (uint32_t i = 0; i < 3; i++) /* the handshake */
		play_lose(&play, 0);
	expect_kept_out(&play, 2);
}

static void test_secrets_are_not_seen_in_commands_behind_a_gap(void **state)
{
	struct play play;
	static const char *const lines[] = {"S 220 mx", "c NOOP", "S 250 ok", "C QUIT", "S 221 bye",
					    NULL};
	(void)state;
	say(&play, lines);
	expect_kept_out(&play, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets_of_plain_with_an_initial_response),
		cmocka_unit_test(test_secrets_of_plain_behind_an_empty_challenge),
		cmocka_unit_test(test_secrets_of_login_in_two_steps),
		cmocka_unit_test(test_secrets_of_login_with_the_name_in_the_command),
		cmocka_unit_test(test_secrets_of_cram_md5),
		cmocka_unit_test(test_secrets_sent_before_they_were_asked_for),
		cmocka_unit_test(test_secrets_of_a_refused_auth_that_the_client_goes_on_with),
		cmocka_unit_test(test_secrets_of_commands_that_are_none),
		cmocka_unit_test(test_secrets_that_are_known_by_their_reply),
		cmocka_unit_test(test_secrets_in_two_segments),
		cmocka_unit_test(test_secrets_do_not_hide_that_the_client_gave_up),
		cmocka_unit_test(test_secrets_whose_auth_was_lost),
		cmocka_unit_test(test_secrets_of_later_steps_whose_auth_was_lost),
		cmocka_unit_test(test_secrets_whose_auth_and_challenges_were_lost),
		cmocka_unit_test(test_secrets_whose_first_half_was_lost),
		cmocka_unit_test(test_secrets_at_the_beginning_of_a_capture),
		cmocka_unit_test(test_secrets_are_not_seen_in_commands_behind_a_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
