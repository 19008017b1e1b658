/* SPDX-License-Identifier: MIT */
/*
 * terminal_type: what the terminal can do, asked before curses takes it over.
 */
#ifndef SMTPSCOPE_TUI_TERMINAL_TYPE_H
#define SMTPSCOPE_TUI_TERMINAL_TYPE_H

#include "fault.h"

#include <stdbool.h>

/** Whether a terminal of the type TERM can show screens. False: FAULT says what to do. */
bool terminal_type_check(struct fault *fault);

#endif
