/* SPDX-License-Identifier: MIT */
/*
 * closings: the events by which a session ends, put where they belong.
 *
 * A FIN or RST is an event as soon as its packet is seen. Bytes that lie before it, or that it
 * acknowledges, may be read later, where the capture lacks others and they are waited for. So a FIN
 * may stand before the reply that it acknowledges; once the session is over that is put right.
 */
#ifndef SMTPSCOPE_CLOSINGS_H
#define SMTPSCOPE_CLOSINGS_H

#include "smtp/ledger_write.h"

/**
 * Moves each FIN and RST of SESSION, of which FIRST is the first, behind the newest other event that
 * was captured before it; the other events keep their order. Attempts name their events by new
 * indices then, and are touched. NO_EVENT: there is none. Where memory runs out, all stays as it is.
 */
void closings_order(struct ledger *ledger, struct session *session, uint32_t first);

#endif
