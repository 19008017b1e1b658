/* SPDX-License-Identifier: MIT */
/*
 * ledger_copy: a session taken over from one ledger into another.
 */
#ifndef SMTPSCOPE_LEDGER_COPY_H
#define SMTPSCOPE_LEDGER_COPY_H

#include "moves.h"

/**
 * Writes session ID of moves->before into AFTER, where it is the newest one, with its events, its
 * attempts, their recipients and all texts; a closed one is closed there. Its number, and those of
 * its attempts, stay. MOVES gets the new ids. False: no memory.
 */
bool ledger_copy_session(struct ledger *after, struct moves *moves, uint32_t id);

#endif
