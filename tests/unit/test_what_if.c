/* SPDX-License-Identifier: MIT */
/* What another timer would have changed, on sample captures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sample.h"
#include "story.h"
#include "what_if.h"

#define SECONDS(s) ((int64_t)(s)*NS_PER_SECOND)

/* What a timer of SECONDS would have changed in the only delivery of SAMPLE. */
static void expect_what_if(const char *name, int64_t seconds, const char *expected)
{
	struct sample sample = sample_read(name);
	struct prose answer;

	deliveries_set_timer(sample.deliveries, SECONDS(seconds));
	struct subject subject =
		subject_of(sample.ledger, sample.deliveries, delivery_get(sample.deliveries, 0),
			   analysis_now(sample.analysis), true);
	prose_clear(&answer);
	story_what_if(&subject, &answer);
	assert_string_equal(answer.text, expected);
	sample_close(&sample);
}

static struct what_if_sums sums_of(const char *name, int64_t seconds)
{
	struct sample sample = sample_read(name);
	struct what_if_sums sums =
		what_if_sum(sample.ledger, sample.deliveries, (struct delivery_choice){0},
			    SECONDS(seconds));

	sample_close(&sample);
	return sums;
}

static void test_what_if_a_longer_timer_would_have_seen_the_reply(void **state)
{
	(void)state;
	expect_what_if("q154083", 600,
		       "with 10 min attempt 1 would have been confirmed after 100.1 s: 1 copy");
	expect_what_if("q154083", 90,
		       "with 90 s attempt 3 would have been confirmed after 4.1 s: 3 copies");
}

static void test_what_if_a_shorter_timer_would_have_given_up_each_time(void **state)
{
	(void)state;
	expect_what_if("q154083", 2, "with 2 s no attempt would have been confirmed: 3 copies");
}

static void test_what_if_a_reply_was_never_seen_nobody_knows(void **state)
{
	(void)state;
	expect_what_if("server-silent", 600,
		       "with 10 min nobody can know: attempt 1 was never answered here");
}

static void test_what_if_the_client_waited_longer_than_the_timer_it_is_known(void **state)
{
	(void)state;
	expect_what_if("server-silent", 60,
		       "with 60 s attempt 2 would have been confirmed after 3.0 s: 1 to 2 copies");
}

static void test_what_if_a_lost_reply_confirms_nothing(void **state)
{
	(void)state;
	expect_what_if("noisy-line", 600,
		       "with 10 min nobody can know: attempt 1 was never answered here");
}

static void test_what_if_of_encrypted_replies_is_probable(void **state)
{
	(void)state;
	expect_what_if("tls-slow", 600,
		       "with 10 min attempt 1 would probably have been confirmed after 100.0 s");
}

static void test_what_if_sums_count_each_attempt_once(void **state)
{
	struct what_if_sums sums = sums_of("clean", 90);

	(void)state;
	assert_int_equal(sums.attempts, 6); /* one of them for two recipients */
	assert_int_equal(sums.confirmed, 6);
	assert_int_equal(sums.encrypted, 1);
}

static void test_what_if_sums_tell_the_resends_that_were_needless(void **state)
{
	struct what_if_sums sums = sums_of("q154083", 600);

	(void)state;
	assert_int_equal(sums.attempts, 3);
	assert_int_equal(sums.confirmed, 3);
	assert_int_equal(sums.spared, 2);
	sums = sums_of("q154083", 90);
	assert_int_equal(sums.confirmed, 1);
	assert_int_equal(sums.too_late, 2);
	assert_int_equal(sums.spared, 0);
}

static void test_what_if_sums_tell_what_nobody_can_know(void **state)
{
	struct what_if_sums sums = sums_of("server-silent", 600);

	(void)state;
	assert_int_equal(sums.confirmed, 1);
	assert_int_equal(sums.unknown, 1);
	sums = sums_of("rejected", 90);
	assert_int_equal(sums.refused, 1);
	sums = sums_of("still-waiting", 90);
	assert_int_equal(sums.unknown, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_if_a_longer_timer_would_have_seen_the_reply),
		cmocka_unit_test(test_what_if_a_shorter_timer_would_have_given_up_each_time),
		cmocka_unit_test(test_what_if_a_reply_was_never_seen_nobody_knows),
		cmocka_unit_test(test_what_if_the_client_waited_longer_than_the_timer_it_is_known),
		cmocka_unit_test(test_what_if_a_lost_reply_confirms_nothing),
		cmocka_unit_test(test_what_if_of_encrypted_replies_is_probable),
		cmocka_unit_test(test_what_if_sums_count_each_attempt_once),
		cmocka_unit_test(test_what_if_sums_tell_the_resends_that_were_needless),
		cmocka_unit_test(test_what_if_sums_tell_what_nobody_can_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
