/* SPDX-License-Identifier: MIT */
/*
 * prompt_history: what was answered to prompts before, newest last, while the program runs. Each
 * text belongs to what was asked: a search is not offered where a filter is wanted.
 */
#ifndef SMTPSCOPE_TUI_PROMPT_HISTORY_H
#define SMTPSCOPE_TUI_PROMPT_HISTORY_H

#include "prompt/prompt.h"

#define HISTORY_TEXTS 32

struct prompt_history {
	struct {
		int asked;
		char text[PROMPT_SIZE];
	} texts[HISTORY_TEXTS];
	size_t count;
	size_t at;		  /* the text that is shown; `count`: what was typed is */
	char typed[PROMPT_SIZE]; /* meanwhile */
};

/** A prompt was opened: nothing older is shown yet. */
void prompt_history_begin(struct prompt_history *history);

/** TEXT was answered to what was ASKED; "" is not kept, and the same text only once. */
void prompt_history_add(struct prompt_history *history, int asked, const char *text);

/**
 * Puts the next older (BY -1) or newer (1) answer to what is ASKED into PROMPT; behind the newest
 * one comes what was typed. False: there is none, all is as it was.
 */
bool prompt_history_step(struct prompt_history *history, int asked, int by, struct prompt *prompt);

#endif
