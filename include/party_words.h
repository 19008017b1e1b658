/* SPDX-License-Identifier: MIT */
/*
 * party_words: a server or a sender of the tally in plain words, for reports and screens.
 *
 * Each function adds to OUT without a full stop and without a line break. What came from the
 * network passes text_clean(). A timer is always told as a guess, with what it was guessed from.
 */
#ifndef SMTPSCOPE_PARTY_WORDS_H
#define SMTPSCOPE_PARTY_WORDS_H

#include "prose.h"
#include "tally.h"

/** "198.51.100.25:25 (mx.example.net)"; a sender without its port. */
void party_say_name(const struct party *party, const struct ledger *ledger, bool ascii_only,
		    struct prose *out);

/** "1 message in 3 attempts, 1 delivery duplicated". */
void party_say_counts(const struct party *party, struct prose *out);

/** "answered 2 of 3: median 0.3 s, 95 % within 100 s, worst 100.1 s; 2 past the timer of 90 s". */
void party_say_answers(const struct party *party, int64_t timer_ns, struct prose *out);

/**
 * "left after 90.0 s on 4 of 4 attempts: as it seems a 90 s timer (MSN's, Q154083)"; nothing if
 * there were no give-ups while waiting for KIND.
 */
void party_say_guess(const struct party *party, enum wait_kind kind, struct prose *out);

/** "tries again after 118 s (2 intervals)", and whose schedule that is; nothing without retries. */
void party_say_retries(const struct party *party, struct prose *out);

/** "RCPT 312 s": the longest waits beyond RFC 5321's minimum; nothing if there are none. */
void party_say_slow_phases(const struct party *party, struct prose *out);

/** The software whose timer for GUESS's kind this is: "Postfix, Exim"; "" if none is known. */
#define OWNERS_TEXT 160
const char *timer_owners(const struct timer_guess *guess, char out[static OWNERS_TEXT]);

#endif
