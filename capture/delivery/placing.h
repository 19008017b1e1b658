/* SPDX-License-Identifier: MIT */
/*
 * placing: parts put into deliveries, and moved where what comes later shows that they belong
 * elsewhere.
 *
 * A capture brings attempts in the order in which they end, and several captures in any order; a
 * part is settled by what began before it. So whoever comes late has those after it settled again.
 */
#ifndef SMTPSCOPE_PLACING_H
#define SMTPSCOPE_PLACING_H

#include "delivery/deliveries_state.h"

/** Puts part NUMBER where it belongs, as far as is known now. False: no memory. */
bool placing_settle(struct deliveries *deliveries, uint32_t number);

/** The same for those of the group of part NUMBER that come after it in time. */
bool placing_settle_later(struct deliveries *deliveries, uint32_t number);

/**
 * Shows ATTEMPT, which is still being sent, as a delivery of its own for each recipient: what
 * identifies its message is not known before its end. False: no memory.
 */
bool placing_show(struct deliveries *deliveries, const struct attempt *attempt);

/** Ends that. The deliveries are spare: the attempt is in them again if it founds any. */
bool placing_hide(struct deliveries *deliveries, const struct attempt *attempt);

/** DELIVERY is to be summed up anew, once, at the end of the update. False: no memory. */
bool placing_note_change(struct deliveries *deliveries, struct delivery *delivery);

#endif
