/* SPDX-License-Identifier: MIT */
/*
 * compaction: the ledger and the deliveries made anew, with what is kept.
 *
 * In steps: it looks at all sessions and deliveries, and chooses what is kept (keeping.h); copies
 * it into a new ledger, where it is joined by the same code as ever; and counts what is let go.
 * Meanwhile the old ones go on taking in what is read: closed sessions do not change any more. At
 * the end those that are open, and those that turned out to belong to a kept one meanwhile, follow
 * all at once. Texts, joins and lists of the old ones go with them, so nothing leaks, and nothing
 * needs to be taken out of anywhere. For analysis.c alone.
 */
#ifndef SMTPSCOPE_COMPACTION_H
#define SMTPSCOPE_COMPACTION_H

#include "delivery/deliveries_move.h"

struct compaction;

/**
 * Begins to make LEDGER and DELIVERIES anew with about SHARE (0 to 1) of what they hold; SEED as in
 * ledger_new(). NULL: no memory.
 */
struct compaction *compaction_new(struct ledger *ledger, struct deliveries *deliveries,
				  uint64_t seed, double share);

/** Frees it, and what it made unless that was taken. NULL is allowed. */
void compaction_free(struct compaction *compaction);

/** Who knows of sessions that must be kept: calls KEEP for each, with TO. Asked twice. */
struct compaction_pins {
	void (*pin)(void *context, void (*keep)(void *to, uint32_t session), void *to);
	void *context;
};

enum compaction_state { COMPACTION_GOES_ON, COMPACTION_READY, COMPACTION_FAILED };

/**
 * Works on for as long as it takes to copy MOST sessions. The deliveries are up to date, as of
 * NOW_NS. READY: compaction_finish() has only little left to do. FAILED: no memory.
 */
enum compaction_state compaction_step(struct compaction *compaction, uint32_t most, int64_t now_ns,
				      const struct compaction_pins *pins);

/** Does the rest. False: no memory, all is as it was. */
bool compaction_finish(struct compaction *compaction, int64_t now_ns,
		       const struct compaction_pins *pins);

/** What was made. */
struct compacted {
	struct ledger *ledger;
	struct deliveries *deliveries;
	struct moves moves;
};

/** Gives it away, behind compaction_finish(). */
struct compacted compaction_take(struct compaction *compaction);

#endif
