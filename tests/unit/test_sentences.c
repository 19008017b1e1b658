/* SPDX-License-Identifier: MIT */
/* What is said of each step, and of the whole. The expected texts are to be read as prose too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger_fixture.h"
#include "smtp/ledger_write.h"

static struct fixture fixture;
static struct subject subject;
static struct story story;
static struct prose prose;

static void tell_again(void)
{
	story_free(&story);
	subject = fixture_subject(&fixture);
	assert_true(story_tell(&subject, &story));
}

static void tell(void (*make)(struct fixture *fixture))
{
	make(&fixture);
	story = (struct story){0};
	tell_again();
}

static int teardown(void **state)
{
	(void)state;
	story_free(&story);
	fixture_free(&fixture);
	return 0;
}

/* The first sentence of KIND in attempt TRY. */
static const char *sentence(uint32_t try, enum step_kind kind)
{
	for (uint32_t i = 0; i < story.count; i++) {
		if (story.steps[i].kind != kind || story.steps[i].try != try)
			continue;
		story_sentence(&subject, &story, i, &prose);
		return prose.text;
	}
	fail_msg("no step \"%s\"", step_name(kind));
	return NULL;
}

static const char *headline(void)
{
	story_headline(&subject, &prose);
	return prose.text;
}

static const char *verdict(void)
{
	story_verdict(&subject, &prose);
	return prose.text;
}

/* ---- Steps ------------------------------------------------------------------------------- */

static void test_sentences_opening(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		sentence(0, STEP_OPENED),
		"The client 192.0.2.1 connects to the server 192.0.2.10: attempt 1 of 3 to deliver "
		"this message. The connection stands after 20 ms.");
}

static void test_sentences_end_of_data_starts_the_timer(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		sentence(0, STEP_EOD),
		"The message is out: 27 212 bytes in 370 ms, ended by the final dot.\n"
		"The client now waits for the server's confirmation, the 250, and its timer "
		"starts: "
		"90 s are assumed here.\n"
		"Until the 250 is there, the client must take it that nothing was delivered.");
}

static void test_sentences_tcp_ack_is_no_confirmation(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		sentence(0, STEP_EOD_ACKED),
		"The server's machine has every byte up to the final dot: its TCP ACK comes 0.2 ms "
		"later.\n"
		"This is not the confirmation: the mail program behind it has not yet said that it "
		"keeps the message.");
}

static void test_sentences_timer_says_what_was_known(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(sentence(0, STEP_TIMER),
			    "The timer runs out: 90.0 s without an answer.\n"
			    "The server had TCP-acknowledged all 27 212 bytes 0.2 ms after the end "
			    "(frame 14), so "
			    "its machine had the whole message.\n"
			    "Next: the client gives up, 52 ms later (frame 15).");
}

static void test_sentences_timer_shorter_than_the_clients(void **state)
{
	(void)state;
	tell(fixture_q154083);
	subject.timer_ns = 30 * NS_PER_SECOND;
	story_free(&story);
	assert_true(story_tell(&subject, &story));
	assert_non_null(strstr(sentence(0, STEP_TIMER),
			       "Yet this client goes on waiting: its own timer is longer than the "
			       "30 s assumed here."));
}

static void test_sentences_client_gives_up(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		sentence(0, STEP_CLIENT_LEFT),
		"The timer has run out, and the client gives up: 90.1 s after the end of the "
		"message, "
		"without an answer, it closes the connection.\n"
		"Next: its 250 comes 9.9 s later, too late (frame 16); that copy stays with the "
		"recipient.");
}

static void test_sentences_client_with_another_timer(void **state)
{
	(void)state;
	tell(fixture_fifty);
	assert_string_equal(
		sentence(0, STEP_CLIENT_LEFT),
		"The client gives up: 30.0 s after the end of the message, without an answer, it "
		"closes the connection. That looks like a timer of 30 s.\n"
		"The server had TCP-acknowledged all 27 212 bytes 0.2 ms after the end (frame 14), "
		"so "
		"its machine had the whole message.\n"
		"Not knowing what became of the message, it will send it again.");
}

static void test_sentences_stars_in_a_greeting_are_explained(void **state)
{
	(void)state;
	tell(fixture_server_closes);
	fixture.session->is_rewritten = true;
	assert_non_null(strstr(sentence(1, STEP_GREETING), "a firewall on the way"));
	assert_null(strstr(sentence(0, STEP_GREETING), "a firewall on the way"));
}

static void test_sentences_late_reply_from_the_client_alone(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		sentence(0, STEP_REPLY_LATE),
		"Too late: \"250 2.0.0 Ok: queued as 4F1C2\" comes 100.0 s after the end of the "
		"message, 9.9 s after the client had given up.\n"
		"The server keeps the message all the same, but nobody listens any more: this copy "
		"stays with the recipient (RFC 1047).\n"
		"It was sent late, or held up by losses on its way: from here one cannot tell "
		"which.");
}

static void test_sentences_late_reply_at_the_server_was_sent_late(void **state)
{
	(void)state;
	tell(fixture_q154083);
	fixture.vantage = VANTAGE_SERVER;
	assert_non_null(
		strstr(sentence(0, STEP_REPLY_LATE),
		       "It was captured at the server, so it left that late: the server was "
		       "slow."));
}

static void test_sentences_late_refusal_leaves_no_copy(void **state)
{
	(void)state;
	fixture_init(&fixture);
	fixture_attempt(&fixture, 0);
	fixture_client_left(&fixture, 90.5, EVENT_FIN);
	fixture_reply(&fixture, 100.5, 451, "451 4.3.0 Try again");
	fixture_verdict(&fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LATE, 0, 0);
	fixture_finish(&fixture, STATE_UNDELIVERED, CAUSE_REPLY_LATE, 101);
	tell_again();
	assert_non_null(strstr(sentence(0, STEP_REPLY_LATE), "so no copy comes of this attempt."));
}

static void test_sentences_resend(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		sentence(1, STEP_RESEND),
		"27.9 s after giving up the client sends the message again on a new connection "
		"(client port 40002): attempt 2 of 3.\n"
		"It is the same message: its content is equal.\n"
		"The server keeps the copy of attempt 1, so the recipient gets one more.");
}

static void test_sentences_lost_reply(void **state)
{
	(void)state;
	tell(fixture_reply_lost);
	assert_string_equal(sentence(0, STEP_REPLY_LOST),
			    "The server answers after 8.0 s: \"250 2.0.0 Ok: queued as 9A001\".\n"
			    "It passes here 3 times, and no TCP ACK of the client for it ever "
			    "does: it was lost "
			    "between here and the client.\n"
			    "The server is sure that it has delivered the message; the client will "
			    "never know.");
	assert_string_equal(sentence(0, STEP_REPLY_RESENT),
			    "The server sends its reply again (retransmission 1, 200 ms after the "
			    "first time): no "
			    "TCP ACK of the client for it has come.");
}

static void test_sentences_timer_after_a_lost_reply(void **state)
{
	(void)state;
	tell(fixture_reply_lost);
	assert_non_null(strstr(sentence(0, STEP_TIMER),
			       "for 90.0 s no answer has arrived at the client. One left 82.0 s ago and got "
			       "lost."));
}

static void test_sentences_server_leaves(void **state)
{
	(void)state;
	tell(fixture_server_closes);
	assert_string_equal(sentence(0, STEP_SERVER_LEFT),
			    "The server closes the connection 12.0 s after the end of the message, "
			    "without having "
			    "answered.\n"
			    "The server had TCP-acknowledged all 27 212 bytes 0.2 ms after the end "
			    "(frame 14), so "
			    "its machine had the whole message.\n"
			    "Whether it had kept the message before it broke off no packet tells; "
			    "the client must "
			    "take it that it had not (RFC 5321 3.8), and sends it again.");
}

static void test_sentences_wait_that_goes_on(void **state)
{
	(void)state;
	tell(fixture_still_waiting);
	assert_string_equal(
		sentence(0, STEP_END),
		"This is now: the client has waited for 45.0 s, and no answer has come.\n"
		"The server had TCP-acknowledged all 27 212 bytes 0.2 ms after the end (frame 14), "
		"so "
		"its machine had the whole message.\n"
		"If nothing comes within 45.0 s, the client will give up and send the message "
		"again.");
}

static void test_sentences_wait_that_goes_on_past_the_timer(void **state)
{
	(void)state;
	tell(fixture_still_waiting);
	subject.timer_ns = 30 * NS_PER_SECOND;
	story_free(&story);
	assert_true(story_tell(&subject, &story));
	assert_non_null(strstr(sentence(0, STEP_END),
			       "The timer of 30 s has run out, and the client has not left: its "
			       "own timer is longer."));
}

static void test_sentences_end_of_a_capture_that_waits(void **state)
{
	(void)state;
	tell(fixture_still_waiting);
	fixture.is_over = true;
	tell_again();
	assert_non_null(strstr(sentence(0, STEP_END), "How it went on cannot be seen"));
}

static void test_sentences_refusal_for_now(void **state)
{
	(void)state;
	tell(fixture_greylist);
	assert_string_equal(sentence(0, STEP_RCPT_REPLY),
			    "The server refuses this recipient for now: \"450 4.2.0 Greylisted\".\n"
			    "Nothing is delivered by this attempt. The sender will try again "
			    "later, which makes no "
			    "second copy.");
}

static void test_sentences_acceptance(void **state)
{
	(void)state;
	tell(fixture_greylist);
	assert_string_equal(sentence(2, STEP_REPLY),
			    "The server confirms after 100 ms: \"250 2.0.0 Ok: queued as C0001\".\n"
			    "From here on the server is responsible for the message: one copy of "
			    "this attempt is "
			    "with the recipient's server.");
}

static void test_sentences_proof_of_silence(void **state)
{
	(void)state;
	fixture_init(&fixture);
	fixture_attempt(&fixture, 0);
	fixture_client_left(&fixture, 90.5, EVENT_FIN);
	fixture.attempt->silent_after =
		fixture_event(&fixture, 90.52, EVENT_SILENT, EVENT_FROM_SERVER, 0, NULL);
	fixture_verdict(&fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_SILENT, 0, 1);
	fixture_finish(&fixture, STATE_IN_DOUBT, CAUSE_SERVER_SILENT, 91);
	tell_again();
	assert_string_equal(
		sentence(0, STEP_SILENT),
		"A proof of silence: this packet of the server is numbered straight after the last "
		"byte that had come from it.\n"
		"So in all of 90.0 s it had sent no answer, and none was lost on the way: the "
		"server "
		"was slow, or stuck.");
}

static void test_sentences_every_step_says_something(void **state)
{
	static void (*const makers[])(struct fixture *) = {
		fixture_q154083,       fixture_reply_lost, fixture_server_closes,
		fixture_still_waiting, fixture_greylist,   fixture_fifty,
	};

	(void)state;
	for (size_t k = 0; k < sizeof makers / sizeof makers[0]; k++) {
		if (k)
			teardown(NULL);
		tell(makers[k]);
		for (uint32_t i = 0; i < story.count; i++) {
			story_sentence(&subject, &story, i, &prose);
			assert_true(prose.used > 0);
			assert_true(prose.text[prose.used - 1] == '.');
		}
	}
}

static void test_sentences_hostile_reply_is_made_safe(void **state)
{
	(void)state;
	fixture_init(&fixture);
	fixture_attempt(&fixture, 0);
	fixture_reply(&fixture, 1, 250, "250 \033[2J\xff\u202e owned");
	fixture_verdict(&fixture, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
	fixture_finish(&fixture, STATE_DELIVERED, CAUSE_NONE, 2);
	tell_again();
	assert_non_null(strstr(sentence(0, STEP_REPLY), "\"250 \\x1b[2J\\xff<U+202E> owned\""));
}

static void test_sentences_encrypted_reply_has_no_words(void **state)
{
	(void)state;
	fixture_init(&fixture);
	fixture_attempt(&fixture, 0);
	fixture.attempt->is_encrypted = true;
	fixture_client_left(&fixture, 90.5, EVENT_FIN);
	fixture_reply(&fixture, 100.5, 0, NULL);
	fixture_verdict(&fixture, OUTCOME_ENCRYPTED, CAUSE_REPLY_LATE, 0, 1);
	fixture_finish(&fixture, STATE_IN_DOUBT, CAUSE_REPLY_LATE, 101);
	tell_again();
	assert_non_null(strstr(sentence(0, STEP_REPLY_LATE),
			       "Too late: an encrypted reply comes 100.0 s after the end"));
	assert_non_null(
		strstr(verdict(), "Attempt 1 (encrypted, so this is probable): the client"));
	story_ending(&subject, 0, &prose);
	assert_string_equal(prose.text, "probably reply too late, at 100 s");
}

/* ---- The whole --------------------------------------------------------------------------- */

static void test_sentences_headlines(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(headline(), "twice the 250 came 9.9 s after the sender had given up; "
					"attempt 3 was confirmed");
	teardown(NULL);
	tell(fixture_reply_lost);
	assert_string_equal(headline(), "the server answered, and its 250 was lost on the way; "
					"attempt 2 was confirmed");
	teardown(NULL);
	tell(fixture_server_closes);
	assert_string_equal(headline(), "the server closed the connection instead of answering; "
					"attempt 2 was confirmed");
	teardown(NULL);
	tell(fixture_still_waiting);
	assert_string_equal(headline(), "the sender is waiting, for 45 s so far");
	teardown(NULL);
	tell(fixture_greylist);
	assert_string_equal(headline(), "refused twice, then confirmed: no second copy");
}

/* A whole message that is refused, and taken the next time. */
static void make_refused_whole(struct fixture *made)
{
	fixture_init(made);
	fixture_attempt(made, 0);
	fixture_reply(made, 3, 451, "451 4.3.0 later");
	fixture_verdict(made, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
	fixture_attempt(made, 60);
	fixture_reply(made, 63, 250, "250 ok");
	fixture_verdict(made, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
	fixture_finish(made, STATE_DELIVERED, CAUSE_NONE, 70);
}

static void test_sentences_headline_doubts_who_refused_what_it_had(void **state)
{
	(void)state;
	tell(make_refused_whole);
	assert_string_equal(headline(), "refused once, then confirmed: no second copy, if the server "
					"keeps its word");
}

static void test_sentences_verdict_on_late_replies(void **state)
{
	(void)state;
	tell(fixture_q154083);
	assert_string_equal(
		verdict(),
		"The recipient's server holds 3 copies: attempts 1, 2 and 3 left one each.\n"
		"Attempt 1: the client left 90.1 s after the end of the message (frame 15), and "
		"the "
		"server's 250 came after 100.0 s (frame 16). It went the same way in attempt 2.\n"
		"Attempt 3: confirmed after 120 ms (frame 47): \"250 2.0.0 Ok: queued as 4F1D0\".\n"
		"The receiving server was slow, or losses on the line held its reply up: from here "
		"one "
		"cannot tell which. The sender's timer, as it seems 90 s, is shorter than the 10 "
		"minutes that RFC 5321 (4.5.3.2.6) asks for. With 600 s attempt 1 would have been "
		"confirmed at 100.0 s, and not sent again.");
}

static void test_sentences_verdict_on_a_lost_reply(void **state)
{
	(void)state;
	tell(fixture_reply_lost);
	assert_string_equal(
		verdict(),
		"The recipient's server holds 2 copies: attempts 1 and 2 left one each.\n"
		"Attempt 1: the server's 250 passed 8.0 s after the end of the message (frame 15), "
		"was "
		"sent 3 times in all, and the client's TCP never acknowledged it.\n"
		"Captured at the server, so all of these 8.0 s were the server's own.\n"
		"Attempt 2: confirmed after 100 ms (frame 33): \"250 2.0.0 Ok: queued as 9A00F\".\n"
		"The line lost the server's reply. The server did its part; the sender, without a "
		"reply, had to take it that nothing was delivered.");
}

static void test_sentences_undecided_verdict_names_the_capture_that_decides(void **state)
{
	(void)state;
	tell(fixture_fifty);
	assert_non_null(strstr(verdict(),
			       "The server was slow, or its reply was lost: this capture "
			       "cannot tell which."));
	assert_non_null(strstr(verdict(), "At the server: tcpdump -i any -s 0 -w server.pcap host "
					  "192.0.2.1 and port 25\n"
					  "At the client: tcpdump -i any -s 0 -w client.pcap host "
					  "192.0.2.10 and port 25"));
}

static void test_sentences_capture_at_the_client_asks_for_one_at_the_server(void **state)
{
	(void)state;
	tell(fixture_fifty);
	fixture.vantage = VANTAGE_CLIENT;
	assert_non_null(strstr(verdict(), "At the server: tcpdump"));
	assert_null(strstr(verdict(), "At the client: tcpdump"));
}

static void test_sentences_endings(void **state)
{
	(void)state;
	tell(fixture_q154083);
	story_ending(&subject, 0, &prose);
	assert_string_equal(prose.text, "250 too late, at 100 s");
	story_ending(&subject, 2, &prose);
	assert_string_equal(prose.text, "confirmed after 120 ms");
	teardown(NULL);
	tell(fixture_greylist);
	story_ending(&subject, 0, &prose);
	assert_string_equal(prose.text, "refused for now (450)");
}

static void test_sentences_advice_names_the_senders_setting(void **state)
{
	(void)state;
	tell(fixture_q154083);
	story_advice(&subject, &prose);
	assert_non_null(strstr(prose.text, "smtp_data_done_timeout"));
	teardown(NULL);
	tell(fixture_greylist);
	story_advice(&subject, &prose);
	assert_string_equal(prose.text, "");
}

static void test_sentences_end_of_data_warns_of_what_may_be_smuggled(void **state)
{
	static const char warning[] = "Within it a dot stands alone on its line without a CR";

	(void)state;
	tell(fixture_still_waiting);
	assert_null(strstr(sentence(0, STEP_EOD), warning));
	fixture.attempt->bare_dots = 1;
	assert_non_null(strstr(sentence(0, STEP_EOD), warning));
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sentences_opening),
		TEST(test_sentences_end_of_data_starts_the_timer),
		TEST(test_sentences_tcp_ack_is_no_confirmation),
		TEST(test_sentences_timer_says_what_was_known),
		TEST(test_sentences_timer_shorter_than_the_clients),
		TEST(test_sentences_client_gives_up),
		TEST(test_sentences_client_with_another_timer),
		TEST(test_sentences_stars_in_a_greeting_are_explained),
		TEST(test_sentences_late_reply_from_the_client_alone),
		TEST(test_sentences_late_reply_at_the_server_was_sent_late),
		TEST(test_sentences_late_refusal_leaves_no_copy),
		TEST(test_sentences_resend),
		TEST(test_sentences_lost_reply),
		TEST(test_sentences_timer_after_a_lost_reply),
		TEST(test_sentences_server_leaves),
		TEST(test_sentences_wait_that_goes_on),
		TEST(test_sentences_wait_that_goes_on_past_the_timer),
		TEST(test_sentences_end_of_a_capture_that_waits),
		TEST(test_sentences_refusal_for_now),
		TEST(test_sentences_acceptance),
		TEST(test_sentences_proof_of_silence),
		TEST(test_sentences_every_step_says_something),
		TEST(test_sentences_hostile_reply_is_made_safe),
		TEST(test_sentences_encrypted_reply_has_no_words),
		TEST(test_sentences_headlines),
		TEST(test_sentences_headline_doubts_who_refused_what_it_had),
		TEST(test_sentences_verdict_on_late_replies),
		TEST(test_sentences_verdict_on_a_lost_reply),
		TEST(test_sentences_undecided_verdict_names_the_capture_that_decides),
		TEST(test_sentences_capture_at_the_client_asks_for_one_at_the_server),
		TEST(test_sentences_endings),
		TEST(test_sentences_advice_names_the_senders_setting),
		TEST(test_sentences_end_of_data_warns_of_what_may_be_smuggled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
