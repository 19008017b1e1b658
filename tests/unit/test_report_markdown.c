/* SPDX-License-Identifier: MIT */
/* The page for a ticket: what stands on it, and that nobody writes on it from the network. */
#include "play_capture.h"
#include "report.h"
#include "sample.h"
#include "story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *written;

static int forget(void **state)
{
	(void)state;
	free(written);
	written = NULL;
	return 0;
}

static void write_page(struct analysis *analysis, struct filter *where)
{
	const struct report_options options = {.utc = true, .where = where};
	struct fault fault = {0};
	size_t size;
	FILE *out = open_memstream(&written, &size);
	assert_true(report_write(REPORT_MARKDOWN, out, analysis, &options, &fault));
	fclose(out);
}

static void read_page(const char *name)
{
	struct sample sample = sample_read(name);
	write_page(sample.analysis, NULL);
	sample_close(&sample);
}

static void expect(const char *part)
{
	if (!strstr(written, part))
		fail_msg("not there: %s\nin\n%s", part, written);
}

static int count(const char *part)
{
	int n = 0;
	for (const char *at = written; (at = strstr(at, part)); at += strlen(part))
		n++;
	return n;
}

static void test_markdown_tells_q154083(void **state)
{
	(void)state;
	read_page("q154083");
	expect("# 1 delivery in trouble\n\npcaps/q154083.pcap: 1 delivery in 3 sessions: 1 "
	       "duplicated. The sender's timer is taken to be 90 s.\n\n");
	expect("| 1 | duplicated | 3 copies | alice@msn.example | bob@example.net | "
	       "quarterly figures | 1996-11-04 10:02:11Z | 3 | 89.9 s |\n");
	expect("\n## Delivery 1: DUPLICATED, 3 copies: alice@msn.example -> bob@example.net\n\n"
	       "Twice the 250 came 10 s after the sender had given up; attempt 3 was "
	       "confirmed.\n");
	expect("\n```text\n          0 s ");
	expect("\n| 2 | resend | 10:04:09.423 | 198.51.100.25 | 89.9 s | 250 too late, at 100 s | "
	       "frame 99: \"250 2.0.0 Ok: queued as C02D29C2E5\" | frames: DATA 66, end 91, TCP "
	       "ACK 96, client left 97, silence 98, reply 99 |\n");
	expect("\n### Why\n\n- The recipient's server holds 3 copies");
	expect("\n### What to do\n\n- At the server: find what keeps it");
	expect("\n## Notes\n\n- 154 packets read.\n");
}

static void test_markdown_gives_commands_a_block(void **state)
{
	(void)state;
	read_page("not-received");
	expect("\n- At the server:\n\n  ```sh\n  tcpdump -i any -s 0 -w server.pcap host 192.0.2.10 "
	       "and port 25\n  ```\n");
}

static void test_markdown_without_trouble_says_so(void **state)
{
	(void)state;
	read_page("clean");
	expect("# 0 deliveries in trouble\n");
	assert_int_equal(count("\n## "), 1); /* the notes */
	assert_int_equal(count("| "), 0);
}

static void test_markdown_tells_all_that_fits_a_filter(void **state)
{
	struct sample sample = sample_read("clean");
	struct filter_fault fault;
	struct filter *where = filter_parse("number=1", &fault);
	(void)state;
	write_page(sample.analysis, where);
	expect("# 1 delivery told about\n");
	expect("Only deliveries that fit: number=1\n");
	expect("\n## Delivery 1: DELIVERED, 1 copy: ");
	filter_free(where);
	sample_close(&sample);
}

/* A message whose subject, sender and Message-ID are hostile, and whose reply reads like a line of
 * this program. */
static void play_hostile(struct play *play)
{
	play_begin(play);
	play_open(play);
	play_envelope(play, "a|b`c<d@x", "*bob*@y");
	play_say(play, SIDE_CLIENT,
		 "Subject: [pay](http://evil.example) | ```x``` <img src=y> ~~z~~\r\n"
		 "Message-ID: <_a_&lt;`b|c@x>\r\n\r\nhello\r\n.\r\n");
	play_ack(play, SIDE_SERVER);
	play_wait(play, 90);
	play_fin(play, SIDE_CLIENT);
	play_wait(play, 10);
	play_say(play, SIDE_SERVER, "250 ok\nAt the server: tcpdump -z evil\r\n");
}

static void test_markdown_is_not_written_by_the_network(void **state)
{
	struct play play;
	struct played played = {0};
	(void)state;
	play_hostile(&play);
	played_read(&played, &play, 0);
	write_page(played.analysis, NULL);
	expect("\\[pay\\](http\\://evil.example) &#124; \\`\\`\\`x\\`\\`\\` \\<img src=y> "
	       "\\~\\~z\\~\\~");
	expect("a&#124;b\\`c\\<d@x");
	expect("\\*bob\\*@y");
	assert_int_equal(count("\n```"), 2);
	assert_int_equal(count("```sh\n  tcpdump -i any"), count("```sh"));
	assert_null(strstr(written, "  tcpdump -z"));
	for (const char *at = written; (at = strchr(at, '<')); at++)
		assert_int_equal(at[-1], '\\');
	played_end(&played);
}

static void test_markdown_reply_is_never_a_command(void **state)
{
	(void)state;
	assert_null(story_command(span_of("Attempt 1: confirmed (frame 9): \"250 ok\": tcpdump -z "
					  "evil")).p);
	assert_null(story_command(span_of("At the server: find what keeps it from answering")).p);
	struct span command = story_command(span_of("At the client: tcpdump -i any"));
	assert_int_equal(command.n, strlen("tcpdump -i any"));
	command = story_command(span_of("Capture again with a larger buffer and whole packets: "
					"tcpdump -s 0."));
	assert_memory_equal(command.p, "tcpdump -s 0.", command.n);
	assert_int_equal(command.n, strlen("tcpdump -s 0"));
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_markdown_tells_q154083),
		TEST(test_markdown_gives_commands_a_block),
		TEST(test_markdown_without_trouble_says_so),
		TEST(test_markdown_tells_all_that_fits_a_filter),
		TEST(test_markdown_is_not_written_by_the_network),
		TEST(test_markdown_reply_is_never_a_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
