/* SPDX-License-Identifier: MIT */
/*
 * chosen: what belongs to the deliveries that fit a filter.
 */
#ifndef SMTPSCOPE_CHOSEN_H
#define SMTPSCOPE_CHOSEN_H

#include "analysis.h"
#include "filter.h"

/** Attempts, by their numbers, and sessions, by id, of the deliveries that fit; NULL: all. */
struct chosen {
	uint8_t *attempts;
	uint32_t attempt_count;
	uint8_t *sessions;
};

/** Looks through ANALYSIS as it stands. WHERE may be NULL. False: no memory, and all is chosen. */
bool chosen_make(struct chosen *chosen, struct analysis *analysis, struct filter *where);
void chosen_free(struct chosen *chosen);

/** What a choice by a filter goes by; it must outlive the choice. */
struct chosen_by {
	struct filter *where; /* NULL: all */
	const struct ledger *ledger;
};

/** The deliveries that fit BY's filter. */
struct delivery_choice chosen_choice(struct chosen_by *by);

/** Of one that was let go nobody knows any more whether it fits: it does not. */
static inline bool chosen_attempt(const struct chosen *chosen, uint32_t number)
{
	return !chosen->attempts ||
	       (number < chosen->attempt_count && chosen->attempts[number]);
}

static inline bool chosen_session(const struct chosen *chosen, uint32_t id)
{
	return !chosen->sessions || chosen->sessions[id];
}

#endif
