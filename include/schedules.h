/* SPDX-License-Identifier: MIT */
/*
 * schedules: which software's retries the times of attempts look like.
 *
 * Every program has its own way to space its attempts for one message. From four attempts on the
 * pattern may be told; it is a guess, as everybody may configure another one, and it is made only
 * where every interval fits.
 */
#ifndef SMTPSCOPE_SCHEDULES_H
#define SMTPSCOPE_SCHEDULES_H

#include "ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schedule {
	SCHEDULE_FIXED,   /* always the same interval: a mail program, a script, a queue run */
	SCHEDULE_POSTFIX, /* the age of the message, 300 to 4000 s, at runs of the queue each 300 s */
	SCHEDULE_SQUARES, /* 400 n^2 s after its birth: qmail, OpenSMTPD */
	SCHEDULE_HARAKA,  /* 64, 128, 256, ... s */
	SCHEDULE_DMA,     /* 300 s, then each 1.5 to 2.5 times as long, up to 3 h */
	SCHEDULES,
};

/** "Postfix's"; for SCHEDULE_FIXED "". */
const char *schedule_owner(enum schedule schedule);

/** "a fixed interval", "300 s, growing with the message's age": what it is, in a few words. */
const char *schedule_words(enum schedule schedule);

/** When one attempt began, and when it was over. */
struct attempt_time {
	int64_t start_ns;
	int64_t end_ns;
};

#define SCHEDULE_LEAST_TIMES 4 /* attempts; with fewer nothing is told */

/** The schedules that all intervals between the COUNT TIMES fit: bits, 1 << enum schedule. */
uint32_t schedules_fitting(const struct attempt_time *times, size_t count);

#endif
