/* SPDX-License-Identifier: MIT */
/*
 * compaction: the ledger and the deliveries made anew, with what is kept.
 *
 * The new ones grow beside the old ones, some sessions at a time, while the old ones go on taking
 * in what is read: closed sessions do not change any more. At the end those that are open, and
 * those that turned out to belong to a kept one meanwhile, follow all at once. Texts, joins and
 * lists of the old ones go with them, so nothing leaks, and nothing needs to be taken out of
 * anywhere. For analysis.c alone.
 */
#ifndef SMTPSCOPE_COMPACTION_H
#define SMTPSCOPE_COMPACTION_H

#include "delivery/deliveries_move.h"

struct compaction;

/** Of LEDGER and DELIVERIES, which are up to date; SEED as in ledger_new(). NULL: no memory. */
struct compaction *compaction_new(struct ledger *ledger, struct deliveries *deliveries,
				  uint64_t seed);

/** Frees it, and what it made unless that was taken. NULL is allowed. */
void compaction_free(struct compaction *compaction);

/** SESSION is kept. Before the choice, and again before the finish. */
void compaction_pin(void *compaction, uint32_t session);

/** Chooses what is kept, so that it takes about SHARE of the memory. */
void compaction_choose(struct compaction *compaction, double share);

enum compaction_state { COMPACTION_GOES_ON, COMPACTION_READY, COMPACTION_FAILED };

/**
 * Copies at most MOST sessions; NOW_NS is that of the deliveries. READY: compaction_finish() has
 * only few to copy.
 */
enum compaction_state compaction_step(struct compaction *compaction, uint32_t most, int64_t now_ns);

/** Copies the rest. False: no memory, all is as it was. */
bool compaction_finish(struct compaction *compaction, int64_t now_ns);

/** What was made. */
struct compacted {
	struct ledger *ledger;
	struct deliveries *deliveries;
	struct moves moves;
};

/** Gives it away, behind compaction_finish(). */
struct compacted compaction_take(struct compaction *compaction);

#endif
