/* SPDX-License-Identifier: MIT */
/*
 * privileges: given up as soon as the inputs are open.
 *
 * What follows reads hostile bytes and needs no privilege. A process of root becomes the user
 * who called sudo (SUDO_UID, SUDO_GID), or nobody; no process can gain privileges again by
 * exec, nor leaves a core file with somebody's mail in it.
 */
#ifndef SMTPSCOPE_TUI_PRIVILEGES_H
#define SMTPSCOPE_TUI_PRIVILEGES_H

#include "fault.h"

#include <stdbool.h>

/**
 * Root that came by sudo acts as the user who called it from here on until privileges_raise(): what
 * is opened to be written to is what that user may write to, and is his. Nothing changes for others.
 */
void privileges_lower(void);
void privileges_raise(void);

/** Drops them. False: FAULT says what the system refused; going on would be unsafe. */
bool privileges_drop(struct fault *fault);

#endif
