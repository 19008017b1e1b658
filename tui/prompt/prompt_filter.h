/* SPDX-License-Identifier: MIT */
/*
 * prompt_filter: what a prompt says while a filter is typed: which fields and words there are,
 * how the one being typed ends (Tab), or why the text is no filter. A word that may still become
 * one is not called wrong.
 */
#ifndef SMTPSCOPE_TUI_PROMPT_FILTER_H
#define SMTPSCOPE_TUI_PROMPT_FILTER_H

#include "prompt/prompt.h"

/** Looks at PROMPT's text, and gives advice in it. */
void prompt_filter_advise(struct prompt *prompt);

#endif
