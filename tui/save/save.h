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
 * An existing file is asked about. A screen is written at once, all else by a task, until Esc
 * cancels. Questions are prompts of the application; save_answer() takes the answers.
 */
#ifndef SMTPSCOPE_TUI_SAVE_H
#define SMTPSCOPE_TUI_SAVE_H

#include "list/list.h"
#include "save/save_file.h"
#include "task.h"

#define SAVE_MOST_ROWS 4000 /* of a screen that is saved whole */

struct app;
struct view;
struct slice;
struct save_eml;
struct report_run;

/** What a view offers to save. */
struct save_offer {
	char name[64];	       /* "1-lanes": a part of the file's name */
	const char *ending;    /* that is offered: "svg" */
	const struct rows_kind *kind; /* of the rows that may be saved; NULL: only the screen may */
	const struct list *list; /* of such rows, where others than "this" may be */
	uint32_t row;	       /* the row meant by "this" */
	uint32_t number;       /* and what it is called, #1 */
	bool is_screen;	       /* it is one row's own screen: that is what text shows */
	int rows;	       /* a screen of so many rows shows all of it; 0: as it is */
};

enum save_scope { SAVE_THIS, SAVE_MARKED, SAVE_SHOWN, SAVE_ALL };
/** By the ending of the name; SAVE_FORMS: it is none of them. */
enum save_form {
	SAVE_TEXT, SAVE_SVG, SAVE_MARKDOWN, SAVE_JSONL, SAVE_CSV, SAVE_PACKETS, SAVE_MESSAGES,
	SAVE_FORMS
};

/** Rows by their ids, as they were when they were to be saved. */
struct save_rows {
	uint32_t *ids;
	uint32_t count;
	uint32_t next; /* the one to be written */
};

enum save_question { SAVE_WHICH, SAVE_NAME, SAVE_OVERWRITE };

struct save {
	enum save_question question; /* that is asked */
	enum save_scope scope;
	struct save_offer offer;
	char words[128]; /* the question */
	char path[SAVE_PATH];
	bool is_holding; /* the analysis: ids of rows are to stay */
	struct save_eml *eml; /* messages that are asked about, or being written */
	/* While it is written: */
	struct task task;
	enum save_form form;
	int percent; /* that was told */
	struct save_file file;
	struct save_rows rows;
	struct slice *slice;
	struct report_run *report;
	struct filter *where; /* of the report; NULL: all */
	struct column columns[MOST_COLUMNS]; /* of a table */
	size_t column_count;
};

/** Begins to ask. */
void save_ask(struct app *app);

/** Takes the answer TEXT to what was asked. */
void save_answer(struct app *app, const char *text);

/** Whether a task is writing. */
bool save_is_busy(const struct app *app);

/** Whether what is being written tells of deliveries, which stay as they are meanwhile. */
bool save_holds_deliveries(const struct app *app);

/** The user does not want what is being written. */
void save_cancel(struct app *app);

/** Leaves what is not whole. */
void save_clear(struct app *app);

#endif
