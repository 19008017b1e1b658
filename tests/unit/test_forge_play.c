/* SPDX-License-Identifier: MIT */
/* Scenarios played: what a tap sees where, what TCP does about losses, and whether the frames are
 * right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../forge/lex.h"
#include "../forge/parse.h"
#include "../forge/simulate.h"

#define START                                                                                      \
	"delay 20 ms\n"                                                                            \
	"client c 192.0.2.1\nserver s 198.51.100.1\n"                                              \
	"message m 4 kB from a@b.example to d@e.example\n"

#define LOST_REPLY                                                                                 \
	START "session c -> s\n\tdeliver m\n\treply to dot after 1 s \"250 kept\"\n"               \
	      "\tlose the reply 3 times\n"

enum { FROM_CLIENT, FROM_SERVER };

#define IP_AT 14
#define TCP_AT 34 /* IPv4 without options */

struct frame {
	int64_t time_ns;
	size_t len;
	uint8_t *bytes;
};

struct capture {
	struct frame *frames;
	size_t count;
};

static bool keep_frame(void *context, int64_t time_ns, const uint8_t *bytes, size_t len)
{
	struct capture *capture = context;
	struct frame *frame;

	capture->frames = realloc(capture->frames, (capture->count + 1) * sizeof(*frame));
	assert_non_null(capture->frames);
	frame = &capture->frames[capture->count++];
	frame->time_ns = time_ns;
	frame->len = len;
	frame->bytes = malloc(len);
	assert_non_null(frame->bytes);
	memcpy(frame->bytes, bytes, len);
	return true;
}

static struct capture play(const char *text)
{
	struct capture capture = {0};
	char *error, reason[256];
	struct scenario *scenario = parse_scenario("x.scn", text, strlen(text), &error);
	struct craft *craft = craft_new(reason, sizeof(reason));

	if (error)
		print_error("%s\n", error);
	assert_non_null(scenario);
	assert_non_null(craft);
	assert_true(simulate(scenario, craft, keep_frame, &capture, NULL).is_ok);
	craft_free(craft);
	scenario_free(scenario);
	return capture;
}

static void discard(struct capture *capture)
{
	for (size_t i = 0; i < capture->count; i++)
		free(capture->frames[i].bytes);
	free(capture->frames);
}

static int sender(const struct frame *frame)
{
	return frame->bytes[IP_AT + 12] == 192 ? FROM_CLIENT : FROM_SERVER;
}

static uint8_t flags(const struct frame *frame)
{
	return frame->bytes[TCP_AT + 13];
}

static uint32_t sequence(const struct frame *frame)
{
	const uint8_t *p = frame->bytes + TCP_AT + 4;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool holds(const struct frame *frame, const char *text)
{
	return memmem(frame->bytes + TCP_AT, frame->len - TCP_AT, text, strlen(text)) != NULL;
}

/* The next frame from `from` on that holds the text; NULL: none. */
static const struct frame *find(const struct capture *capture, const struct frame *from,
				const char *text)
{
	const struct frame *end = capture->frames + capture->count;

	for (from = from ? from + 1 : capture->frames; from < end; from++) {
		if (holds(from, text))
			return from;
	}
	return NULL;
}

static size_t count(const struct capture *capture, const char *text)
{
	size_t n = 0;

	for (const struct frame *frame = NULL; (frame = find(capture, frame, text)) != NULL;)
		n++;
	return n;
}

static void test_forge_play_same_text_gives_the_same_bytes(void **state)
{
	struct capture one = play(LOST_REPLY), two = play(LOST_REPLY);

	(void)state;
	assert_int_equal(one.count, two.count);
	for (size_t i = 0; i < one.count; i++) {
		assert_int_equal(one.frames[i].time_ns, two.frames[i].time_ns);
		assert_int_equal(one.frames[i].len, two.frames[i].len);
		assert_memory_equal(one.frames[i].bytes, two.frames[i].bytes, one.frames[i].len);
	}
	discard(&one);
	discard(&two);
}

static void test_forge_play_frames_come_in_order_of_time(void **state)
{
	struct capture capture = play("tap between\n" LOST_REPLY);

	(void)state;
	for (size_t i = 1; i < capture.count; i++)
		assert_true(capture.frames[i].time_ns >= capture.frames[i - 1].time_ns);
	discard(&capture);
}

static void test_forge_play_lost_reply_is_seen_at_the_server(void **state)
{
	struct capture capture = play("tap at the server\n" LOST_REPLY);

	(void)state;
	assert_int_equal(count(&capture, "250 kept"), 4);
	discard(&capture);
}

static void test_forge_play_lost_reply_is_not_seen_at_the_client(void **state)
{
	struct capture capture = play("tap at the client\n" LOST_REPLY);

	(void)state;
	assert_int_equal(count(&capture, "250 kept"), 1);
	discard(&capture);
}

static void test_forge_play_tap_between_sees_what_is_lost_behind_it(void **state)
{
	struct capture near = play("tap between\n" START "session c -> s\n\tdeliver m\n"
				   "\treply to dot \"250 kept\"\n"
				   "\tlose the reply once near the client\n");
	struct capture far = play("tap between\n" START "session c -> s\n\tdeliver m\n"
				  "\treply to dot \"250 kept\"\n"
				  "\tlose the reply once near the server\n");

	(void)state;
	assert_int_equal(count(&near, "250 kept"), 2);
	assert_int_equal(count(&far, "250 kept"), 1);
	discard(&near);
	discard(&far);
}

static void test_forge_play_retransmission_backs_off(void **state)
{
	struct capture capture = play("tap at the server\n" LOST_REPLY);
	const struct frame *sent = find(&capture, NULL, "250 kept");
	int64_t gap_ns = 240 * NS_PER_MS; /* 200 ms and the round trip */

	(void)state;
	for (int i = 0; i < 3; i++, gap_ns *= 2) {
		const struct frame *again = find(&capture, sent, "250 kept");

		assert_non_null(again);
		assert_in_range(again->time_ns - sent->time_ns, gap_ns, gap_ns + 2 * NS_PER_MS);
		sent = again;
	}
	discard(&capture);
}

static void test_forge_play_what_the_capture_misses_arrives_all_the_same(void **state)
{
	struct capture capture = play(START "session c -> s\n\tdeliver m\n"
					    "\treply to dot \"250 kept\"\n"
					    "\tcapture misses the reply\n");

	(void)state;
	assert_int_equal(count(&capture, "250 kept"), 0);
	assert_int_equal(count(&capture, "QUIT\r\n"), 1);
	discard(&capture);
}

static void test_forge_play_client_leaves_when_its_timer_ends(void **state)
{
	struct capture capture = play(START "session c -> s\n\tdeliver m\n"
					    "\treply to dot after 100 s \"250 kept\"\n");
	const struct frame *dot = find(&capture, NULL, "\r\n.\r\n");
	const struct frame *left = dot;

	(void)state;
	assert_non_null(dot);
	while (sender(left) != FROM_CLIENT || !(flags(left) & TCP_FIN))
		left++;
	assert_in_range(left->time_ns - dot->time_ns, 89 * NS_PER_S, 91 * NS_PER_S);
	discard(&capture);
}

static void test_forge_play_late_reply_is_answered_with_reset(void **state)
{
	struct capture capture = play(START "session c -> s\n\tdeliver m\n"
					    "\treply to dot after 100 s \"250 kept\"\n");
	const struct frame *reply = find(&capture, NULL, "250 kept");

	(void)state;
	assert_non_null(reply);
	assert_int_equal(sender(reply + 1), FROM_CLIENT);
	assert_int_equal(flags(reply + 1), TCP_RST);
	discard(&capture);
}

static void test_forge_play_half_closed_client_takes_the_late_reply(void **state)
{
	struct capture capture = play(START "session c -> s\n\tS: 220 s\n\tC: EHLO c\n\tS: 250 s\n"
					    "\tclient half-closes\n\tpause 9 s\n\tS: 250 kept\n");
	const struct frame *reply = find(&capture, NULL, "250 kept");

	(void)state;
	assert_non_null(reply);
	assert_int_equal(sender(reply + 1), FROM_CLIENT);
	assert_int_equal(flags(reply + 1), TCP_ACK);
	discard(&capture);
}

static void test_forge_play_numbers_wrap_at_the_dot(void **state)
{
	struct capture capture = play(START "session c -> s wrapping at the dot\n\tdeliver m\n");
	const struct frame *dot = find(&capture, NULL, "\r\n.\r\n");
	size_t header = TCP_AT + 32;

	(void)state;
	assert_non_null(dot);
	/* the last byte is LF, and CR has number 0 */
	assert_int_equal((uint32_t)(sequence(dot) + (dot->len - header) - 2), 0);
	discard(&capture);
}

static uint32_t sum_words(const uint8_t *bytes, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* RFC 1071: over a header with its checksum in place the sum is all ones. */
static void assert_checksums(const struct frame *frame, size_t ip_at, bool is_v6)
{
	size_t tcp_at = ip_at + (is_v6 ? 40 : 20), tcp_len = frame->len - tcp_at;
	uint32_t pseudo = sum_words(frame->bytes + ip_at + (is_v6 ? 8 : 12), is_v6 ? 32 : 8,
				    (uint32_t)(6 + tcp_len));

	if (!is_v6)
		assert_int_equal(sum_words(frame->bytes + ip_at, 20, 0), 0xffff);
	assert_int_equal(sum_words(frame->bytes + tcp_at, tcp_len, pseudo), 0xffff);
}

static void test_forge_play_checksums_are_right_over_ipv4(void **state)
{
	struct capture capture = play(LOST_REPLY);

	(void)state;
	for (size_t i = 0; i < capture.count; i++)
		assert_checksums(&capture.frames[i], IP_AT, false);
	discard(&capture);
}

static void test_forge_play_checksums_are_right_over_ipv6_in_a_vlan(void **state)
{
	struct capture capture = play("vlan 42\nclient c 2001:db8::1\nserver s 2001:db8::2\n"
				      "message m 4001 B from a@b.example to d@e.example\n"
				      "session c -> s\n\tdeliver m\n");

	(void)state;
	assert_true(capture.count > 20);
	for (size_t i = 0; i < capture.count; i++)
		assert_checksums(&capture.frames[i], IP_AT + 4, true);
	discard(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forge_play_same_text_gives_the_same_bytes),
		cmocka_unit_test(test_forge_play_frames_come_in_order_of_time),
		cmocka_unit_test(test_forge_play_lost_reply_is_seen_at_the_server),
		cmocka_unit_test(test_forge_play_lost_reply_is_not_seen_at_the_client),
		cmocka_unit_test(test_forge_play_tap_between_sees_what_is_lost_behind_it),
		cmocka_unit_test(test_forge_play_retransmission_backs_off),
		cmocka_unit_test(test_forge_play_what_the_capture_misses_arrives_all_the_same),
		cmocka_unit_test(test_forge_play_client_leaves_when_its_timer_ends),
		cmocka_unit_test(test_forge_play_late_reply_is_answered_with_reset),
		cmocka_unit_test(test_forge_play_half_closed_client_takes_the_late_reply),
		cmocka_unit_test(test_forge_play_numbers_wrap_at_the_dot),
		cmocka_unit_test(test_forge_play_checksums_are_right_over_ipv4),
		cmocka_unit_test(test_forge_play_checksums_are_right_over_ipv6_in_a_vlan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
