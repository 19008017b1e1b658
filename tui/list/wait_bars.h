/* SPDX-License-Identifier: MIT */
/*
 * wait_bars: how long a server's answers took, as a histogram of nine characters.
 *
 *     under 0.1 s, 0.3 s, 1 s, 3 s, 10 s, 30 s, 100 s, longer, and never answered
 *
 * The steps are the same for all servers, so that rows can be compared. The highest bar is full;
 * whatever is not nothing has a bar. No curses in here.
 */
#ifndef SMTPSCOPE_TUI_WAIT_BARS_H
#define SMTPSCOPE_TUI_WAIT_BARS_H

#include "prose.h"
#include "tally.h"

#define WAIT_BARS 9
#define WAIT_BARS_TEXT (WAIT_BARS * 4 + 1)

/** "▂█·····▁▃", or "-#......:" in ASCII, into OUT; returns it. */
const char *wait_bars_draw(const struct party *party, bool ascii_only,
			   char out[static WAIT_BARS_TEXT]);

/** "under 100 ms: 12, 30 s to 100 s: 1, never: 8": the same in words, added to OUT. */
void wait_bars_say(const struct party *party, struct prose *out);

#endif
