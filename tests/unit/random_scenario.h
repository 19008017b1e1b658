/* SPDX-License-Identifier: MIT */
/*
 * random_scenario: scenario texts (pcaps/README.md explains the language) that tell of random mail
 * traffic and random trouble.
 *
 * Each message has recipients of its own, so that a recipient tells the message. Servers answer in
 * time, late, in part, or never; they refuse, close, and reset; they keep messages that they never
 * answered. The network loses, delays and dies; a box resets connections. Senders try again: at
 * once or later, on the same connection, elsewhere, in plain text after TLS.
 */
#ifndef SMTPSCOPE_TESTS_RANDOM_SCENARIO_H
#define SMTPSCOPE_TESTS_RANDOM_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

/** A generator whose numbers depend on the seed alone (splitmix64). */
uint64_t random_number(uint64_t *state);

/** A number below N, which is not 0. */
uint32_t random_below(uint64_t *state, uint32_t n);

struct random_scenario {
	char *text;
	bool is_answered;  /* every end of data is answered before the client's timer runs out, in
			      plain text, and the capture does not end before */
};

/**
 * The scenario of SEED; free its text with free(). Only if HAS_VEILS is there what cannot be told
 * apart when frames are missing too: a NAT, TLS, a second try on the same connection, a capture that
 * ends in the middle.
 */
struct random_scenario random_scenario(uint64_t seed, bool has_veils);

#endif
