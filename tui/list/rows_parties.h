/* SPDX-License-Identifier: MIT */
/*
 * rows_parties: the cells that the lists of servers and of senders have alike.
 */
#ifndef SMTPSCOPE_TUI_ROWS_PARTIES_H
#define SMTPSCOPE_TUI_ROWS_PARTIES_H

#include "list/columns.h"
#include "tally.h"

/** "192.0.2.1:25 mx.example"; what the user calls it stands first: "Outlook pool 192.0.2.1:25". */
void party_print_name(const struct model *model, const struct party *party, struct cell_text *out);

/** "3 of 4": answered, of how many. */
void party_print_answered(const struct party *party, struct cell_text *out);

/** "2", "2+1?": duplicated, and perhaps duplicated. */
void party_print_duplicated(const struct party *party, struct cell_text *out);

/** A number; nothing for 0. */
void party_print_count(uint32_t count, struct cell_text *out);

/** A duration in six columns. */
void party_print_time(int64_t time_ns, struct cell_text *out);

/** Trouble first: what was duplicated, then what was late. */
int64_t party_rank(const struct party *party);
enum screen_style party_style(const struct party *party);

#endif
