/* SPDX-License-Identifier: MIT */
/* Where a session was captured, as its handshake tells. */
#include "delivery/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What a session tells whose server took SERVER_MS to answer, and whose client CLIENT_MS. */
static enum vantage told_by(double server_ms, double client_ms)
{
	struct session session = {.ttl_client = 64, .ttl_server = 64};

	session.syn_ns = 0;
	session.syn_ack_ns = (int64_t)(server_ms * (double)NS_PER_MS);
	session.open_ns = session.syn_ack_ns + (int64_t)(client_ms * (double)NS_PER_MS);
	return vantage_of(&session, NULL);
}

static void test_vantage_is_near_the_side_that_answers_at_once(void **state)
{
	(void)state;
	assert_int_equal(told_by(20, 0.1), VANTAGE_CLIENT);
	assert_int_equal(told_by(0.1, 20), VANTAGE_SERVER);
}

static void test_vantage_is_between_where_both_take_time(void **state)
{
	(void)state;
	assert_int_equal(told_by(20, 15), VANTAGE_BETWEEN);
}

static void test_vantage_is_not_told_by_a_kernel_that_hesitates(void **state)
{
	(void)state;
	assert_int_equal(told_by(2.4, 1.7), VANTAGE_UNKNOWN);
	assert_int_equal(told_by(20, 3), VANTAGE_CLIENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vantage_is_near_the_side_that_answers_at_once),
		cmocka_unit_test(test_vantage_is_between_where_both_take_time),
		cmocka_unit_test(test_vantage_is_not_told_by_a_kernel_that_hesitates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
