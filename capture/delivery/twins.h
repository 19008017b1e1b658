/* SPDX-License-Identifier: MIT */
/*
 * twins: attempts that were captured in two places, as one try of one delivery.
 *
 * The view that is placed first founds the deliveries, one for each recipient that it knows, and is
 * joined to others by what it shows of the message. The other one is attached to it.
 */
#ifndef SMTPSCOPE_TWINS_H
#define SMTPSCOPE_TWINS_H

#include "delivery/deliveries_state.h"

/**
 * Which of two views of an attempt is told more surely from other attempts: 1 the first, -1 the
 * second, 0 either.
 */
int twins_compare(const struct attempt *a, const struct attempt *b);

/** Makes ATTEMPT the other view of TWIN, which was placed before. False: no memory. */
bool twins_attach(struct deliveries *deliveries, const struct attempt *attempt,
		  const struct attempt *twin);

/**
 * Judges all that have a twin again, MOST attempts at a time: what the two captures tell together
 * may depend on how long they went on. False: no memory.
 */
bool twins_judge_some(struct deliveries *deliveries, uint32_t most, bool *goes_on);

#endif
