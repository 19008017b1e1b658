/* SPDX-License-Identifier: MIT */
/*
 * clipboard: text as a terminal takes it into its clipboard, over ssh too.
 *
 * That is OSC 52 of xterm ("Manipulate Selection Data"): ESC ] 52 ; c ; BASE64 BEL. Terminals that
 * do not know it pass it over; some ask the user, or allow it only if they are told to.
 */
#ifndef SMTPSCOPE_TUI_CLIPBOARD_H
#define SMTPSCOPE_TUI_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>

#define CLIPBOARD_MOST 100000 /* bytes of a text: terminals take no more of it than that */

/**
 * The sequence that copies the NUL-terminated TEXT, cut at CLIPBOARD_MOST between two characters;
 * LENGTH gets how long it is. The caller frees it. NULL: no memory.
 */
char *clipboard_encode(const char *text, size_t *length);

/** Whether a terminal of TYPE, as TERM names it, may have a clipboard. */
bool clipboard_is_known_to(const char *type);

#endif
