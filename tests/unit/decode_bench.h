/* SPDX-License-Identifier: MIT */
/*
 * decode_bench: a decoder and a frame for it, for the tests of decode.
 *
 * The bench is the cmocka state of a test. Frames are written as digits, a header a line.
 */
#ifndef SMTPSCOPE_TESTS_DECODE_BENCH_H
#define SMTPSCOPE_TESTS_DECODE_BENCH_H

#include "decode.h"
#include "hex.h"

/* 10.0.0.1 port 4000 -> 10.0.0.2 port 25, seq 1, ack 2, PSH ACK, window 4096, "QUIT\r\n" */
#define ETHERNET "020000000001 020000000002 "
#define IPV4_QUIT "45 00 002e 0007 0000 40 06 0000 0a000001 0a000002 "
#define IPV6_QUIT                                                                                  \
	"60000000 001a 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define TCP "0fa0 0019 00000001 00000002 50 18 1000 0000 0000 "
#define QUIT "51554954 0d0a "

struct bench {
	struct decoder *decoder;
	struct hex frame;
	struct packet packet;	/* the next one; a test may set its time, tap and wire_len */
	struct segment segment; /* the newest one */
};

int bench_setup(void **state);
int bench_teardown(void **state);

/** Decodes the frame that DIGITS stand for; wire_len, if 0, is its length. */
bool bench_decode(struct bench *bench, int link, const char *digits);

/** Fails the test unless the newest segment holds just TEXT. */
void bench_expect_payload(const struct bench *bench, const char *text);

/** Fails the test unless N packets, all for REASON, have been passed over. */
void bench_expect_skipped(const struct bench *bench, enum skip_reason reason, uint64_t n);

#endif
