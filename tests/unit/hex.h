/* SPDX-License-Identifier: MIT */
/*
 * hex: bytes written down in a test as hexadecimal digits.
 */
#ifndef SMTPSCOPE_TESTS_HEX_H
#define SMTPSCOPE_TESTS_HEX_H

#include "span.h"

#define HEX_MAX 4096

struct hex {
	size_t n;
	uint8_t bytes[HEX_MAX];
};

/** Appends the bytes that DIGITS stand for; blanks are passed over. */
void hex_add(struct hex *hex, const char *digits);

/** The bytes so far; they live as long as HEX. */
struct span hex_span(const struct hex *hex);

#endif
