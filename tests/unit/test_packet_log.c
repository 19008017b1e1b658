/* SPDX-License-Identifier: MIT */
/* Packets that are written as they come: what can be read again is what was read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis.h"
#include "packet_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct source *open_files(const char *first, const char *second)
{
	struct source *source = source_new(NULL);
	assert_non_null(source);
	assert_true(source_add_file(source, first, NULL));
	if (second)
		assert_true(source_add_file(source, second, NULL));
	return source;
}

/* Both sources bring the same packets. */
static void expect_same(struct source *a, struct source *b)
{
	struct packet x, y;
	enum source_state state;

	while ((state = source_next(a, &x, NULL)) == SOURCE_PACKET) {
		assert_int_equal(source_next(b, &y, NULL), SOURCE_PACKET);
		assert_int_equal(x.mark.time_ns, y.mark.time_ns);
		assert_int_equal(x.link, y.link);
		assert_int_equal(x.wire_len, y.wire_len);
		assert_int_equal(x.bytes.n, y.bytes.n);
		assert_memory_equal(x.bytes.p, y.bytes.p, y.bytes.n);
	}
	assert_int_equal(source_next(b, &y, NULL), state);
}

static void test_packet_log_has_every_packet_of_every_input(void **state)
{
	char path[] = "/tmp/smtpscope-log-XXXXXX";
	struct fault fault = {0};
	struct packet packet;
	(void)state;
	struct source *source = open_files("pcaps/q154083.pcap", "pcaps/greylist.pcap");
	struct packet_log *log = packet_log_new(mkstemp(path), path, source, &fault);
	assert_non_null(log);
	while (source_next(source, &packet, NULL) == SOURCE_PACKET)
		packet_log_take(log, &packet);
	assert_true(packet_log_flush(log, &fault));
	struct source *again = open_files(path, NULL);
	source_free(source);
	source = open_files("pcaps/q154083.pcap", "pcaps/greylist.pcap");
	expect_same(source, again);
	assert_true(packet_log_packets(log) > 150);
	source_free(again);
	packet_log_free(log);
	source_free(source);
	unlink(path);
}

static void test_packet_log_can_be_read_up_to_the_newest_batch(void **state)
{
	char path[] = "/tmp/smtpscope-log-XXXXXX";
	struct fault fault = {0};
	struct packet packet;
	(void)state;
	struct source *source = open_files("pcaps/q154083.pcap", NULL);
	struct packet_log *log = packet_log_new(mkstemp(path), path, source, &fault);
	const struct analysis_options options = {.seed = 1, .log = log};
	struct analysis *analysis = analysis_new(source, &options);
	assert_int_equal(analysis_read(analysis, 7, &fault), SOURCE_PACKET);
	struct source *again = open_files(path, NULL);
	for (int i = 0; i < 7; i++)
		assert_int_equal(source_next(again, &packet, NULL), SOURCE_PACKET);
	assert_int_equal(source_next(again, &packet, NULL), SOURCE_END);
	assert_int_equal(packet_log_packets(analysis_log(analysis)), 7);
	source_free(again);
	analysis_free(analysis);
	packet_log_free(log);
	source_free(source);
	unlink(path);
}

static void test_packet_log_that_cannot_go_on_is_warned_of_once(void **state)
{
	struct fault fault = {0};
	(void)state;
	struct source *source = open_files("pcaps/q154083.pcap", NULL);
	struct packet_log *log =
		packet_log_new(open("/dev/full", O_WRONLY), "full.pcapng", source, &fault);
	const struct analysis_options options = {.seed = 1, .log = log};
	struct analysis *analysis = analysis_new(source, &options);
	assert_int_equal(analysis_read(analysis, 20, &fault), SOURCE_WARNING);
	assert_non_null(strstr(fault.text, "full.pcapng ends here"));
	assert_non_null(strstr(fault.text, "No space left on device"));
	assert_null(packet_log_name(log));
	assert_int_equal(analysis_read(analysis, 20, &fault), SOURCE_PACKET);
	assert_int_equal(analysis_read(analysis, 1000, &fault), SOURCE_END);
	assert_int_equal(analysis_packets(analysis), 154);
	analysis_free(analysis);
	packet_log_free(log);
	source_free(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet_log_has_every_packet_of_every_input),
		cmocka_unit_test(test_packet_log_can_be_read_up_to_the_newest_batch),
		cmocka_unit_test(test_packet_log_that_cannot_go_on_is_warned_of_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
