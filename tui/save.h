/* SPDX-License-Identifier: MIT */
/*
 * save: what is on the screen, or in a list, as a file.
 *
 * `s` asks which rows where there is a choice, then for a name, whose ending chooses the form:
 *
 *     .txt            what is shown; of deliveries the text report; of other rows a table
 *     .svg            the screen as a picture, in the colours of the theme
 *     .md             the markdown report, of deliveries
 *     .jsonl .csv     the reports of these names, of deliveries
 *     .pcap .pcapng   the packets of deliveries and sessions, see slice.h
 *     .eml            the messages of deliveries and sessions, see save_eml.h
 *
 * An existing file is asked about. Packets and messages are written in steps of the event loop, until
 * Esc cancels; all else at once. Questions are prompts of the application; save_answer() takes the answers.
 */
#ifndef SMTPSCOPE_TUI_SAVE_H
#define SMTPSCOPE_TUI_SAVE_H

#include "list.h"
#include "save_file.h"

#define SAVE_MOST_ROWS 4000 /* of a screen that is saved whole */

struct app;
struct view;
struct slice;
struct save_eml;

/** What a view offers to save. */
struct save_offer {
	char name[64];	       /* "1-lanes": a part of the file's name */
	const char *ending;    /* that is offered: "svg" */
	const struct rows_kind *kind; /* of the rows that may be saved; NULL: only the screen may */
	const struct list *list; /* of such rows, where others than "this" may be */
	uint32_t row;	       /* the row meant by "this" */
	bool is_screen;	       /* it is one row's own screen: that is what text shows */
	int rows;	       /* a screen of so many rows shows all of it; 0: as it is */
};

enum save_scope { SAVE_THIS, SAVE_MARKED, SAVE_SHOWN, SAVE_ALL };
enum save_question { SAVE_WHICH, SAVE_NAME, SAVE_OVERWRITE };

struct save {
	enum save_question question; /* that is asked */
	enum save_scope scope;
	struct save_offer offer;
	char words[128]; /* the question */
	char path[SAVE_PATH];
	struct save_file file; /* while packets are written */
	struct slice *slice;
	struct save_eml *eml; /* messages that are asked about, or being written */
};

/** Begins to ask. */
void save_ask(struct app *app);

/** Takes the answer TEXT to what was asked. */
void save_answer(struct app *app, const char *text);

/** Whether something is being written: save_step() is wanted. */
bool save_is_busy(const struct app *app);

/** Writes on for a moment. */
void save_step(struct app *app);

/** The user does not want what is being written. */
void save_cancel(struct app *app);

/** Leaves what is not whole. */
void save_clear(struct app *app);

#endif
