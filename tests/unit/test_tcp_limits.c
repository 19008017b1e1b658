/* SPDX-License-Identifier: MIT */
/* What gives way where connections or early bytes are too many. */
#include "bounds.h"
#include "tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PIECE 65536u

/* What came out of the tcp layer. */
struct seen {
	uint64_t bytes;
	uint64_t gap_bytes;
	uint32_t evicted;
	uint32_t evicted_ports[64];
};

/* One connection, for its callbacks. */
struct owner {
	struct seen *seen;
	uint16_t port;
	struct tcp_connection *connection;
};

static void *open_one(void *context, struct tcp_connection *connection,
		      const struct tcp_endpoints *endpoints)
{
	struct owner *owner = malloc(sizeof *owner);
	if (!owner)
		abort();
	*owner = (struct owner){context, endpoints->client.port, connection};
	return owner;
}

static void take_bytes(void *context, enum side side, struct span bytes, uint64_t offset,
		       const struct mark *mark, uint16_t file)
{
	struct owner *owner = context;
	(void)side;
	(void)offset;
	(void)mark;
	(void)file;
	owner->seen->bytes += bytes.n;
	tcp_attend(owner->connection, bytes.p[0] == '?');
}

static void take_gap(void *context, enum side side, uint64_t offset, uint64_t length,
		     enum gap_kind kind, const struct mark *mark)
{
	struct owner *owner = context;
	(void)side;
	(void)offset;
	(void)kind;
	(void)mark;
	owner->seen->gap_bytes += length;
}

static void take_fact(void *context, const struct fact *fact)
{
	(void)context;
	(void)fact;
}

static void close_one(void *context, enum close_kind kind, const struct mark *mark)
{
	struct owner *owner = context;
	(void)mark;
	if (kind == CLOSE_EVICTED && owner->seen->evicted < 64)
		owner->seen->evicted_ports[owner->seen->evicted++] = owner->port;
	free(owner);
}

static struct tcp *new_tcp(struct seen *seen)
{
	const struct tcp_sink sink = {seen, open_one, take_bytes, take_gap, take_fact, close_one};
	*seen = (struct seen){0};
	return tcp_new(&sink, 1);
}

static int64_t now_ns;

/* The client at PORT sends LEN of BYTES at SEQ; its SYN had number 0. */
static void feed(struct tcp *tcp, uint16_t port, uint8_t flags, uint32_t seq, const void *bytes,
		 uint32_t len)
{
	now_ns += NS_PER_MS / 1000;
	struct segment segment = {.mark = {now_ns, 1},
				  .source = {.address = {[15] = 1}, .port = port},
				  .destination = {.address = {[15] = 2}, .port = 25},
				  .seq = seq,
				  .flags = flags,
				  .len = len,
				  .payload = {bytes, len}};
	assert_true(tcp_feed(tcp, &segment));
}

static void test_tcp_limits_let_the_connection_go_that_was_silent_longest(void **state)
{
	struct seen seen;
	struct tcp *tcp = new_tcp(&seen);
	(void)state;
	tcp_follow_at_most(tcp, 3);
	feed(tcp, 1001, TCP_SYN, 0, NULL, 0);
	feed(tcp, 1002, TCP_SYN, 0, NULL, 0);
	feed(tcp, 1003, TCP_SYN, 0, NULL, 0);
	feed(tcp, 1001, 0, 1, "EHLO", 4);
	feed(tcp, 1004, TCP_SYN, 0, NULL, 0);
	assert_int_equal(seen.evicted, 1);
	assert_int_equal(seen.evicted_ports[0], 1002);
	assert_int_equal(tcp_counts(tcp)->limit_connections, 1);
	assert_int_equal(tcp_counts(tcp)->open, 3);
	tcp_free(tcp);
}

static void test_tcp_limits_keep_the_connection_whose_answer_is_awaited(void **state)
{
	struct seen seen;
	struct tcp *tcp = new_tcp(&seen);
	(void)state;
	tcp_follow_at_most(tcp, 2);
	feed(tcp, 1001, TCP_SYN, 0, NULL, 0);
	feed(tcp, 1001, 0, 1, "?", 1);
	feed(tcp, 1002, TCP_SYN, 0, NULL, 0);
	feed(tcp, 1003, TCP_SYN, 0, NULL, 0);
	assert_int_equal(seen.evicted_ports[0], 1002);
	tcp_free(tcp);
}

static void test_tcp_limits_find_each_of_many_connections_again(void **state)
{
	enum { MANY = 20000 };
	struct seen seen;
	struct tcp *tcp = new_tcp(&seen);
	(void)state;
	for (uint16_t i = 0; i < MANY; i++)
		feed(tcp, (uint16_t)(1000 + i), TCP_SYN, 0, NULL, 0);
	for (uint16_t i = 0; i < MANY; i++)
		feed(tcp, (uint16_t)(1000 + i), 0, 1, "x", 1);
	assert_int_equal(tcp_counts(tcp)->connections, MANY);
	assert_int_equal(seen.bytes, MANY);
	tcp_free(tcp);
}

static void test_tcp_limits_give_up_the_holes_that_have_waited_longest(void **state)
{
	static const uint8_t zeros[PIECE];
	const uint32_t full = LIMIT_EARLY_BYTES / PIECE;
	const uint32_t connections = LIMIT_EARLY_TOTAL / LIMIT_EARLY_BYTES;
	struct seen seen;
	struct tcp *tcp = new_tcp(&seen);
	(void)state;
	/* Each lacks its first 10 bytes, and has as many early ones as one may have. */
	for (uint32_t i = 0; i < connections; i++) {
		uint16_t port = (uint16_t)(1000 + i);
		feed(tcp, port, TCP_SYN, 0, NULL, 0);
		for (uint32_t k = 0; k < full; k++)
			feed(tcp, port, 0, 11 + k * PIECE, zeros, PIECE);
	}
	assert_int_equal(seen.bytes, 0);
	feed(tcp, 999, TCP_SYN, 0, NULL, 0);
	feed(tcp, 999, 0, 11, zeros, PIECE);
	assert_int_equal(tcp_counts(tcp)->limit_early, 1);
	assert_int_equal(seen.gap_bytes, 10);
	assert_int_equal(seen.bytes, LIMIT_EARLY_BYTES);
	tcp_free(tcp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_limits_let_the_connection_go_that_was_silent_longest),
		cmocka_unit_test(test_tcp_limits_keep_the_connection_whose_answer_is_awaited),
		cmocka_unit_test(test_tcp_limits_find_each_of_many_connections_again),
		cmocka_unit_test(test_tcp_limits_give_up_the_holes_that_have_waited_longest),
	};
	return cmocka_run_group_tests_name("tcp_limits", tests, NULL, NULL);
}
